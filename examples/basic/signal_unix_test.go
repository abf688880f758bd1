//go:build unix

package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/org/mind/mindtest"
)

// A gate is a chat server whose answers wait until it is opened.
type gate struct {
	mindtest.Server
	arrived chan struct{} // one for each request
	open    chan struct{}
}

func newGate() *gate {
	return &gate{arrived: make(chan struct{}, 100), open: make(chan struct{})}
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.arrived <- struct{}{}
	select {
	case <-g.open:
		g.Server.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

// started is the program while a gate holds its first four requests.
func started(t *testing.T, dir string, g *gate, args ...string) (*exec.Cmd, *bufio.Reader) {
	c := command(t, dir, nil, args...)
	stderr, err := c.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	for range 4 {
		<-g.arrived
	}
	return c, bufio.NewReader(stderr)
}

// readTo reads lines until one has s in it.
func readTo(t *testing.T, r *bufio.Reader, s string) {
	for {
		line, err := r.ReadString('\n')
		require.NoError(t, err, "waiting for %q", s)
		if strings.Contains(line, s) {
			return
		}
	}
}

func exitStatus(t *testing.T, c *exec.Cmd, stderr io.Reader) (status int, rest string) {
	b, err := io.ReadAll(stderr)
	require.NoError(t, err)
	err = c.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(b)
	}
	require.NoError(t, err)
	return 0, string(b)
}

func TestTheFirstSignalDrainsAndARerunCompletes(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			dir, g := folder(t, 12), newGate()
			args := []string{"-base-url", serve(t, g), "-model", "m", "-concurrency", "4"}
			c, stderr := started(t, dir, g, args...)
			require.NoError(t, c.Process.Signal(signal))
			readTo(t, stderr, "interrupted: up to 25s for the 4 requests in flight")
			close(g.open)
			status, rest := exitStatus(t, c, stderr)
			require.Equal(t, 130, status)
			require.Contains(t, rest, "run the same command again to go on")
			out := filepath.Join(dir, defaultOut)
			require.Len(t, stored(t, out), 4) // What was paid for.

			status, _, errs := basic(t, dir, nil, args...)
			require.Equal(t, 0, status, errs)
			require.Len(t, stored(t, out), 12)
			require.Equal(t, 12, g.Seen().Requests)
		})
	}
}

func TestTheSecondSignalEndsAtOnce(t *testing.T) {
	dir, g := folder(t, 12), newGate()
	args := []string{"-base-url", serve(t, g), "-model", "m", "-concurrency", "4"}
	c, stderr := started(t, dir, g, args...)
	require.NoError(t, c.Process.Signal(syscall.SIGTERM))
	readTo(t, stderr, "interrupted:")
	ended := make(chan struct{})
	var again errgroup.Group
	again.Go(func() error {
		// The first of them may still count as the one before.
		for tick := time.NewTicker(twice); ; {
			select {
			case <-tick.C:
				_ = c.Process.Signal(syscall.SIGTERM)
			case <-ended:
				return nil
			}
		}
	})
	status, _ := exitStatus(t, c, stderr)
	close(ended)
	require.NoError(t, again.Wait())
	require.Equal(t, 130, status)
	close(g.open)
	status, _, errs := basic(t, dir, nil, args...)
	require.Equal(t, 0, status, errs)
	require.Len(t, stored(t, filepath.Join(dir, defaultOut)), 12)
}

func TestADoubledSignalEndsAsOneDoes(t *testing.T) {
	server := new(mindtest.Server)
	server.SetFaults(mindtest.Fault{Status: http.StatusInternalServerError}) // Nothing is in flight for long.
	dir, url := folder(t, 12), serve(t, server)
	for i := range 25 {
		asked := server.Seen().Requests
		c := command(t, dir, nil, "-base-url", url, "-model", "m")
		stderr, err := c.StderrPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		require.Eventually(t, func() bool { return server.Seen().Requests >= asked+12 }, 10*time.Second, time.Millisecond)
		require.NoError(t, c.Process.Signal(syscall.SIGINT))
		time.Sleep(time.Duration(i) * 200 * time.Microsecond) // Not to wait for anything: to meet every moment of its end.
		_ = c.Process.Signal(syscall.SIGINT)
		status, rest := exitStatus(t, c, stderr)
		require.Equal(t, 130, status, rest)
		require.Contains(t, rest, "run the same command again to go on")
	}
}

func TestASecondProcessOnTheSameOutputIsRefused(t *testing.T) {
	dir, g := folder(t, 12), newGate()
	args := []string{"-base-url", serve(t, g), "-model", "m", "-concurrency", "4"}
	c, stderr := started(t, dir, g, args...)
	status, _, errs := basic(t, dir, nil, args...)
	require.Equal(t, 1, status)
	require.Contains(t, errs, defaultOut)
	close(g.open)
	status, rest := exitStatus(t, c, stderr)
	require.Equal(t, 0, status, rest)
	require.Equal(t, 12, g.Seen().Requests)
}
