package mind

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A memDisk is a disk in memory that knows what of it would survive a power
// cut, and that fails at its k-th operation.
type memDisk struct {
	fault  string // "fails", "writes short", "loses power".
	k      int    // Operations until then.
	failed bool
	out    string
	names  map[string]*memFile // As programs see it,
	synced map[string]*memFile // and as it is on the disk.
}

type memFile struct {
	data   []byte
	synced []byte
}

var errPower = errors.New("power cut")

func newMemDisk(fault string, k int) *memDisk {
	dir, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		panic(err)
	}
	return &memDisk{fault: fault, k: k, out: filepath.Join(dir, "memdisk.jsonl"), names: map[string]*memFile{}, synced: map[string]*memFile{}}
}

// step is an operation that may fail.
func (d *memDisk) step() error {
	if d.k--; d.k > 0 || d.fault == "" {
		return nil
	}
	d.failed = true
	if d.fault == "loses power" {
		panic(errPower)
	}
	return &fs.PathError{Op: "op", Path: "path", Err: errDiskFull}
}

// heal lets nothing fail any more.
func (d *memDisk) heal() { d.fault = "" }

// crash loses what was not synced: names that were made, and of the bytes
// behind those synced a part of the end and any blocks before it.
func (d *memDisk) crash(r *rand.Rand) {
	for name, f := range d.names {
		if d.synced[name] == nil && r.IntN(2) == 0 {
			delete(d.names, name)
			continue
		}
		if !bytes.HasPrefix(f.data, f.synced) {
			// It was cut short or written over since: one or the other.
			if r.IntN(2) == 0 {
				f.data = slices.Clone(f.synced)
			}
			continue
		}
		lost := f.data[len(f.synced):]
		f.data = f.data[:len(f.synced)+r.IntN(len(lost)+1)]
		for i := len(f.synced); i < len(f.data); i += 64 {
			if r.IntN(3) == 0 {
				clear(f.data[i:min(i+64, len(f.data))])
			}
		}
		f.synced = slices.Clone(f.data)
	}
	d.synced = maps.Clone(d.names)
}

// dialogues are the records of both files.
func (d *memDisk) dialogues(t *testing.T) (ds []Dialogue) {
	for _, f := range d.names {
		for line := range bytes.Lines(f.data) {
			var dialogue Dialogue
			require.NoError(t, dialogue.UnmarshalJSON(line))
			ds = append(ds, dialogue)
		}
	}
	return ds
}

func (d *memDisk) open(name string, flag int) (diskFile, error) {
	if err := d.step(); err != nil {
		return nil, err
	}
	if d.names[name] == nil {
		if flag&os.O_CREATE == 0 {
			return nil, fs.ErrNotExist
		}
		d.names[name] = &memFile{}
	}
	return memHandle{d, d.names[name]}, nil
}

func (d *memDisk) truncate(name string, size int64) error {
	if err := d.step(); err != nil {
		return err
	}
	f := d.names[name]
	f.data = slices.Clone(f.data[:size])
	return nil
}

func (d *memDisk) rename(from, to string) error {
	if err := d.step(); err != nil {
		return err
	}
	d.names[to] = d.names[from]
	delete(d.names, from)
	return nil
}

func (d *memDisk) remove(name string) error {
	delete(d.names, name)
	return nil
}

func (d *memDisk) mkdir(string) error { return d.step() }

func (d *memDisk) syncFolder(folder string) error {
	if err := d.step(); err != nil {
		return err
	}
	for name, f := range d.names {
		if filepath.Dir(name) == folder {
			d.synced[name] = f
		}
	}
	return nil
}

func (d *memDisk) lock(string) (io.Closer, error) { return io.NopCloser(nil), d.step() }

type memHandle struct {
	*memDisk
	f *memFile
}

func (h memHandle) ReadAt(b []byte, off int64) (int, error) {
	return bytes.NewReader(h.f.data).ReadAt(b, off)
}

func (h memHandle) Write(b []byte) (int, error) {
	if h.fault == "loses power" && h.k == 1 {
		h.f.data = append(h.f.data, b...) // On its way when the power goes.
	}
	if err := h.step(); err != nil {
		n := 0
		if h.fault == "writes short" {
			n = len(b) * 2 / 3
			h.f.data = append(h.f.data, b[:n]...)
		}
		return n, err
	}
	h.f.data = append(h.f.data, b...)
	return len(b), nil
}

func (h memHandle) Sync() error {
	if err := h.step(); err != nil {
		return err
	}
	h.f.synced = slices.Clone(h.f.data)
	return nil
}

func (h memHandle) Close() error { return nil }

func (h memHandle) Stat() (fs.FileInfo, error) { return memInfo{int64(len(h.f.data))}, nil }

type memInfo struct{ size int64 }

func (memInfo) Name() string       { return "" }
func (i memInfo) Size() int64      { return i.size }
func (memInfo) Mode() fs.FileMode  { return 0 }
func (memInfo) ModTime() time.Time { return time.Time{} }
func (memInfo) IsDir() bool        { return false }
func (memInfo) Sys() any           { return nil }
