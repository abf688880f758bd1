//go:build unix

package mind

import (
	"os"

	"golang.org/x/sys/unix"
)

// errDiskFull is how a write fails that finds no room.
const errDiskFull = unix.ENOSPC

// flock locks f for this open file; the lock goes when it is closed.
func flock(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch err {
		case unix.EINTR:
			continue
		case unix.EWOULDBLOCK:
			return errLocked
		}
		return err
	}
}
