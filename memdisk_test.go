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

// A memDisk is a disk in memory that fails, or loses power, at its k-th
// operation, and that knows what of it survives a power cut.
type memDisk struct {
	fault   string // "fails", "writes short", "is full" (which does so too, but all else goes on), "loses power".
	k       int    // Operations until then.
	failed  bool
	renames int
	out     string
	names   map[string]*memFile // As programs see it,
	synced  map[string]*memFile // and as it is on the disk.
}

// A memFile is a file or a folder.
type memFile struct {
	data   []byte
	synced []byte
}

var (
	errPower = errors.New("power cut")
	errFull  = errDiskFull
)

func newMemDisk(fault string, k int) *memDisk {
	dir, err := filepath.EvalSymlinks(os.TempDir())
	if err != nil {
		panic(err)
	}
	return &memDisk{fault: fault, k: k, out: filepath.Join(dir, "memdisk.jsonl"), names: map[string]*memFile{}, synced: map[string]*memFile{}}
}

// step is an operation that may fail. Once it has, all others do.
func (d *memDisk) step() error {
	if d.k--; d.k > 0 || d.fault == "" || d.fault == "is full" {
		return nil
	}
	return d.fail()
}

func (d *memDisk) fail() error {
	d.failed = true
	if d.fault == "loses power" {
		return errPower
	}
	return &fs.PathError{Op: "op", Path: "path", Err: errFull}
}

// heal starts the machine again: nothing fails any more, until another fault
// is set. Without a crash before, it was the process alone that was killed.
func (d *memDisk) heal() { d.fault, d.failed = "", false }

// crash loses what was not synced: names that were made, changed or removed,
// with what is in them, and of the bytes behind those synced a part of the end
// and any blocks before it.
func (d *memDisk) crash(r *rand.Rand) {
	all := maps.Clone(d.synced)
	maps.Copy(all, d.names)
	for _, name := range slices.Sorted(maps.Keys(all)) { // A folder comes before what is in it.
		f := d.names[name]
		if f != d.synced[name] && r.IntN(2) == 0 {
			f = d.synced[name]
		}
		folder := filepath.Dir(name)
		if f == nil || folder != filepath.Dir(d.out) && d.names[folder] == nil {
			delete(d.names, name)
			continue
		}
		d.names[name] = f
		f.crash(r)
	}
	d.synced = maps.Clone(d.names)
}

func (f *memFile) crash(r *rand.Rand) {
	if bytes.HasPrefix(f.data, f.synced) {
		lost := f.data[len(f.synced):]
		f.data = f.data[:len(f.synced)+r.IntN(len(lost)+1)]
		for i := len(f.synced); i < len(f.data); i += 64 {
			if r.IntN(3) == 0 {
				clear(f.data[i:min(i+64, len(f.data))])
			}
		}
	} else if r.IntN(2) == 0 { // It was cut short since: one or the other.
		f.data = slices.Clone(f.synced)
	}
	f.synced = slices.Clone(f.data)
}

// dialogues are the records of both files, which have nothing else.
func (d *memDisk) dialogues(t *testing.T) []Dialogue {
	ds := d.whole()
	lines := 0
	for _, f := range d.files() {
		lines += bytes.Count(f.data, []byte("\n"))
		require.True(t, len(f.data) == 0 || f.data[len(f.data)-1] == '\n', "the last line is whole")
	}
	require.Len(t, ds, lines)
	return ds
}

func (d *memDisk) files() []*memFile {
	_, folder, err := storePaths(d.out)
	if err != nil {
		panic(err)
	}
	files := []*memFile{d.names[d.out], d.names[filepath.Join(folder, "rejected.jsonl")]}
	return slices.DeleteFunc(files, func(f *memFile) bool { return f == nil })
}

// whole are the records that can be read.
func (d *memDisk) whole() (ds []Dialogue) {
	for _, f := range d.files() {
		for line := range bytes.Lines(f.data) {
			var dialogue Dialogue
			if line[len(line)-1] == '\n' && dialogue.UnmarshalJSON(line) == nil {
				ds = append(ds, dialogue)
			}
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
	d.renames++
	d.names[to] = d.names[from]
	delete(d.names, from)
	return nil
}

func (d *memDisk) remove(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	for other := range d.names {
		if filepath.Dir(other) == name {
			return errors.New("folder is not empty")
		}
	}
	delete(d.names, name)
	return nil
}

func (d *memDisk) same(f diskFile, name string) bool { return d.names[name] == f.(memHandle).f }

func (d *memDisk) mkdir(name string) error { return d.make(name) }

func (d *memDisk) lock(name string) (io.Closer, error) { return io.NopCloser(nil), d.make(name) }

func (d *memDisk) make(name string) error {
	if err := d.step(); err != nil {
		return err
	}
	if d.names[name] == nil {
		d.names[name] = &memFile{}
	}
	return nil
}

func (d *memDisk) syncFolder(folder string) error {
	if err := d.step(); err != nil {
		return err
	}
	in := func(name string, _ *memFile) bool { return filepath.Dir(name) == folder }
	maps.DeleteFunc(d.synced, in)
	for name, f := range d.names {
		if in(name, f) {
			d.synced[name] = f
		}
	}
	return nil
}

type memHandle struct {
	*memDisk
	f *memFile
}

func (h memHandle) ReadAt(b []byte, off int64) (int, error) {
	return bytes.NewReader(h.f.data).ReadAt(b, off)
}

func (h memHandle) Write(b []byte) (int, error) {
	if h.fault == "loses power" && h.k == 1 && !h.failed {
		h.f.data = append(h.f.data, b...) // On its way when the power goes.
	}
	err := h.step()
	if h.fault == "is full" && h.k <= 0 {
		err = h.fail()
	}
	if err != nil {
		n := 0
		if h.fault == "writes short" || h.fault == "is full" {
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
