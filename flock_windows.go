package mind

import (
	"os"

	"golang.org/x/sys/windows"
)

// errDiskFull is how a write fails that finds no room. It is not ENOSPC here,
// and errors.Is does not know better.
const errDiskFull = windows.ERROR_DISK_FULL

// flock locks a byte far behind the end of f, so that its text stays readable;
// the lock goes when f is closed.
func flock(f *os.File) error {
	const exclusive = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), exclusive, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1})
	if err == windows.ERROR_LOCK_VIOLATION {
		return errLocked
	}
	return err
}
