package mind

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// disk is what a store needs of a file system. Tests put one in its place that
// is full, fails, or loses power.
type disk interface {
	open(name string, flag int) (diskFile, error)
	truncate(name string, size int64) error
	rename(from, to string) error
	remove(name string) error
	same(f diskFile, name string) bool // Whether f is what lies under the name.
	mkdir(name string) error
	syncFolder(name string) error // Makes last what was done to the names in it.
	lock(name string) (io.Closer, error)
}

// A diskFile is open for reading and appending.
type diskFile interface {
	io.ReaderAt
	io.Writer
	io.Closer
	Sync() error
	Stat() (fs.FileInfo, error)
}

// osDisk is the file system. flock locks an open file without waiting;
// errLocked tells that somebody else has.
type osDisk struct{ flock func(*os.File) error }

var errLocked = errors.New("locked")

func (osDisk) open(name string, flag int) (diskFile, error) {
	f, err := os.OpenFile(name, flag, 0o666)
	if err != nil {
		return nil, err // Not f: a nil *os.File is no nil diskFile.
	}
	return f, nil
}

func (osDisk) truncate(name string, size int64) error { return os.Truncate(name, size) }
func (osDisk) rename(from, to string) error           { return os.Rename(from, to) }
func (osDisk) remove(name string) error               { return os.Remove(name) }

func (osDisk) same(f diskFile, name string) bool {
	mine, err1 := f.Stat()
	now, err2 := os.Stat(name)
	return err1 == nil && err2 == nil && os.SameFile(mine, now)
}

func (osDisk) mkdir(name string) error {
	err := os.Mkdir(name, 0o777)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

func (osDisk) syncFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil // It has no such call, and no need of one.
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err = f.Sync(); errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil // Some network file systems have no such call either.
	}
	return err
}

// lock opens and locks a file, and writes the process's number into it for the
// message that others get. The lock goes with the process, however it ends.
func (d osDisk) lock(name string) (io.Closer, error) {
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			return nil, err
		}
		if err := d.flock(f); err != nil {
			owner, _ := io.ReadAll(io.LimitReader(f, 20))
			_ = f.Close()
			if errors.Is(err, errLocked) {
				who := strings.TrimSpace(string(owner))
				if who == "" {
					who = "unknown"
				}
				return nil, fmt.Errorf("another run (process %s) is writing to it: wait for that one, or name another output", who)
			}
			return nil, fmt.Errorf("its file system cannot lock files (%w), so two runs could write to it at once: put it on a local disk", err)
		}
		// The file may have been removed, with its folder, before it was
		// locked: then this lock keeps nobody out.
		mine, err1 := f.Stat()
		now, err2 := os.Stat(name)
		if err1 != nil || err2 != nil || !os.SameFile(mine, now) {
			_ = f.Close()
			if err := d.mkdir(filepath.Dir(name)); err != nil {
				return nil, err
			}
			continue
		}
		_ = f.Truncate(0)
		_, _ = f.WriteAt(strconv.AppendInt(nil, int64(os.Getpid()), 10), 0)
		return f, nil
	}
}
