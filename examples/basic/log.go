package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
)

// newLogger writes what the pipeline tells, for people: without -v the first
// few of each kind, because the summary counts them all.
func (f *flags) newLogger(w io.Writer) *slog.Logger {
	switch {
	case f.verbose:
		return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	case f.quiet:
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(&few{w: w, told: map[string]int{}})
}

// A few is a slog.Handler that writes warnings, at most most of each message.
type few struct {
	mu   sync.Mutex
	w    io.Writer
	told map[string]int
}

const most = 10

func (h *few) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (h *few) Handle(_ context.Context, r slog.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told[r.Message]++
	switch n := h.told[r.Message]; {
	case n == most+1:
		_, err := fmt.Fprintf(h.w, "%s: there are more, -v tells them all\n", r.Message)
		return err
	case n > most:
		return nil
	}
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "error" {
			line += fmt.Sprintf(": %v", a.Value)
		} else {
			line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		}
		return true
	})
	_, err := fmt.Fprintln(h.w, line)
	return err
}

// The pipeline adds no attributes and no groups to its logger.
func (h *few) WithAttrs([]slog.Attr) slog.Handler { return h }
func (h *few) WithGroup(string) slog.Handler      { return h }
