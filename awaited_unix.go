//go:build unix

package mind

import (
	"context"

	"golang.org/x/sys/unix"
)

// Read waits for something to read, but only until ctx is done: no signal ends
// a read of a terminal, or of a pipe whose writer is silent. A goroutine that
// reads would outlive the iteration.
func (a awaited) Read(b []byte) (int, error) {
	const look = 100 // Milliseconds between looks at ctx.
	for {
		if a.ctx.Err() != nil {
			return 0, context.Cause(a.ctx)
		}
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(a.Fd()), Events: unix.POLLIN}}, look)
		if n == 0 && err == nil || err == unix.EINTR {
			continue
		}
		return a.File.Read(b) // Which says what is wrong, if something is.
	}
}
