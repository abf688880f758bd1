package mind

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
)

// A journal is one file of a store: records, a line each, appended and synced.
type journal struct {
	disk    disk
	name    string
	rejects bool     // Its records are rejected ones.
	spare   string   // Where the file may be written anew, in the store's folder.
	f       diskFile // nil while there is no file.
	size    int64    // Of the whole lines.
	holes   bool     // Lines were found that a power cut tore holes in.
}

// errEnd ends each without an error.
var errEnd = errors.New("end")

// open opens the file, if there is one, mends its tail, and returns its first
// record. A file that is not ours is refused before anything is changed.
func (j *journal) open() (first *Dialogue, err error) {
	j.f, err = j.disk.open(j.name, os.O_RDWR|os.O_APPEND)
	if errors.Is(err, fs.ErrNotExist) {
		j.f = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if first, err = j.first(); err != nil {
		return nil, err
	}
	if err = j.mendTail(); err != nil {
		return nil, err
	}
	if first == nil {
		if first, err = j.first(); err != nil { // The tail may have become one.
			return nil, err
		}
	}
	if j.size == 0 {
		// An empty file is an error to pandas, polars and DuckDB.
		_ = j.close()
		_ = j.disk.remove(j.name)
		return nil, nil
	}
	// A killed run may have left lines that are not synced. They count as held
	// from now on, so they must stay.
	return first, j.f.Sync()
}

// first is the first record. It must be read in full: the others are known by
// their beginning and their end alone.
func (j *journal) first() (first *Dialogue, err error) {
	err = j.each(func(line []byte) error {
		if torn(line) {
			return nil
		}
		d, err := j.record(line)
		if err != nil {
			return foreign(err)
		}
		first = &d
		return errEnd
	})
	return first, err
}

// record reads a line that must be one of this file's.
func (j *journal) record(line []byte) (d Dialogue, err error) {
	if d, err = wholeRecord(line); err == nil && (d.Reject != "") != j.rejects {
		err = errors.New("those that are kept stand in the main file, those with a \"reject\" in the hidden folder's")
	}
	return d, err
}

// mendTail makes the file end with a whole line and sets its size.
func (j *journal) mendTail() error {
	info, err := j.f.Stat()
	if err != nil {
		return err
	}
	tail, err := j.tail(info.Size())
	j.size = info.Size() - int64(len(tail))
	if len(tail) == 0 || err != nil {
		return err
	}
	body := bytes.TrimRight(tail, "\x00")
	_, err = j.record(body)
	switch {
	case err == nil:
		// It lacks only its end, and perhaps has zeros there instead.
		if len(body) < len(tail) {
			if err := j.disk.truncate(j.name, j.size+int64(len(body))); err != nil {
				return err
			}
		}
		if _, err := j.f.Write([]byte("\n")); err != nil {
			return err
		}
		j.size += int64(len(body)) + 1
		return nil
	case json.Valid(body) || !ourBeginning(tail):
		// Somebody's notes, say. That all before it is ours is no reason to
		// cut it: only what an append of ours may leave behind is cut.
		n := 1
		if err := j.each(func([]byte) error { n++; return nil }); err != nil {
			return err
		}
		return fmt.Errorf("%s:%d: %w", j.name, n, foreign(errors.New("it has no end and is not the beginning of a record")))
	}
	return j.disk.truncate(j.name, j.size)
}

// tail is what stands behind the last line end.
func (j *journal) tail(size int64) ([]byte, error) {
	for n := int64(1 << 16); ; n *= 4 {
		b := make([]byte, min(n, size))
		if _, err := j.f.ReadAt(b, size-int64(len(b))); err != nil && err != io.EOF {
			return nil, err
		}
		if i := bytes.LastIndexByte(b, '\n'); i >= 0 || int64(len(b)) == size {
			return b[i+1:], nil
		}
	}
}

// each calls do with every whole line, without its end, until it returns an
// error; errEnd is none. do must not keep the line.
func (j *journal) each(do func(line []byte) error) error {
	if j.f == nil {
		return nil
	}
	r := bufio.NewReaderSize(io.NewSectionReader(j.f, 0, math.MaxInt64), 1<<20)
	var long []byte
	for n := 1; ; n++ {
		line, err := r.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			long = long[:0]
			for err == bufio.ErrBufferFull {
				long = append(long, line...)
				line, err = r.ReadSlice('\n')
			}
			long = append(long, line...)
			line = long
		}
		if err == io.EOF {
			return nil // Without its end it is no line, or not yet.
		}
		if err == nil {
			err = do(line[:len(line)-1])
		}
		if err == errEnd {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", j.name, n, err)
		}
	}
}

// keys calls do with the key of every record. It finds the lines with holes,
// which only a power cut leaves, and only among lines that were not
// acknowledged, and takes them out.
func (j *journal) keys(do func(key string) error) error {
	err := j.each(func(line []byte) error {
		if torn(line) {
			j.holes = true
			return nil
		}
		key, err := lineKey(line)
		if err != nil {
			return foreign(err)
		}
		return do(key)
	})
	if err == nil && j.holes {
		err = j.takeOutHoles()
	}
	return err
}

// takeOutHoles writes the file anew without torn lines. Cutting the file at the
// first of them, the tempting alternative, would lose the whole ones behind it.
func (j *journal) takeOutHoles() error {
	_ = j.disk.remove(j.spare)
	to := journal{disk: j.disk, name: j.spare}
	defer to.close()
	var lines []byte
	err := j.each(func(line []byte) error {
		if torn(line) {
			return nil
		}
		lines = append(append(lines, line...), '\n')
		if len(lines) < 1<<20 {
			return nil
		}
		err := to.append(lines)
		lines = lines[:0]
		return err
	})
	if err == nil {
		err = to.append(lines)
	}
	if err != nil {
		return err
	}
	_, _ = j.close(), to.close() // Windows renames no open file.
	j.size, j.holes = to.size, false
	if to.size == 0 { // Nothing was whole.
		return j.disk.remove(j.name)
	}
	if err := j.disk.rename(j.spare, j.name); err != nil {
		return err
	}
	j.f, err = j.disk.open(j.name, os.O_RDWR|os.O_APPEND)
	return errors.Join(err, j.disk.syncFolder(filepath.Dir(j.name)))
}

// append adds whole lines and syncs them; nil means that they are on the disk.
// After a short write it cuts the file back to its last whole line.
func (j *journal) append(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	if j.f == nil {
		f, err := j.disk.open(j.name, os.O_RDWR|os.O_APPEND|os.O_CREATE)
		if err != nil {
			return err
		}
		j.f = f
		if err := j.disk.syncFolder(filepath.Dir(j.name)); err != nil {
			return err
		}
	}
	// What is written into a file in whose place an editor or sed -i has put
	// another is gone when this one is closed.
	if info, err := j.f.Stat(); err != nil || info.Size() != j.size || !j.disk.same(j.f, j.name) {
		return fmt.Errorf("%s: %w", j.name, errChanged)
	}
	n, err := j.f.Write(lines)
	if err == nil && n < len(lines) {
		err = io.ErrShortWrite
	}
	if err != nil {
		j.size += int64(bytes.LastIndexByte(lines[:n], '\n') + 1)
		// Should these fail as well, the next open mends it.
		_ = j.disk.truncate(j.name, j.size)
		_ = j.f.Sync()
		if j.size == 0 {
			_ = j.close()
			_ = j.disk.remove(j.name)
		}
		return fmt.Errorf("%s: %w", j.name, bare(err))
	}
	j.size += int64(n)
	if err := j.f.Sync(); err != nil {
		// Not to be tried again: the kernel may have dropped the pages, and
		// would say that all is well.
		return fmt.Errorf("%s: sync: %w", j.name, bare(err))
	}
	if !j.disk.same(j.f, j.name) {
		return fmt.Errorf("%s: %w", j.name, errChanged)
	}
	return nil
}

// errChanged is what a store says that its user edits while a run writes.
var errChanged = errors.New("somebody has changed, replaced or removed it during the run")

// bare is what a PathError says without the operation and the path.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func (j *journal) close() error {
	if j.f == nil {
		return nil
	}
	err := j.f.Close()
	j.f = nil
	return err
}
