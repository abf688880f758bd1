package mind_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// A lookingHandler looks at something with each record, as one does that logs
// how far a run is.
type lookingHandler struct {
	slog.Handler
	look func()
}

func (h lookingHandler) Handle(context.Context, slog.Record) error { h.look(); return nil }
func (lookingHandler) Enabled(context.Context, slog.Level) bool    { return true }

// TestLoggerMayAskForStats: no log is written under a lock that Stats needs.
func TestLoggerMayAskForStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		gen := &asked{latency: time.Second, fail: func(mind.Request, int) error {
			if time.Since(start) < time.Minute {
				return &mind.BusyError{Err: errors.New("429")}
			}
			return nil
		}}
		var p *mind.Pipeline
		records := 0
		log := slog.New(lookingHandler{slog.DiscardHandler, func() { records++; _ = p.Stats() }})
		p = pipeline(t, problems(1, 500), gen, &mindtest.Memory{}, mind.WithLogger(log), mind.WithConcurrency(64))
		require.NoError(t, p.Run(t.Context()))
		require.Positive(t, records)
	})
}

// A lockingSource holds a lock of its own while it yields, and for Progress.
type lockingSource struct{ mu sync.Mutex }

func (l *lockingSource) Progress() (read, size int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return 1, 2
}

func (l *lockingSource) Documents(context.Context) iter.Seq2[mind.Document, error] {
	return func(yield func(mind.Document, error) bool) {
		for _, d := range problems(1, 5000) {
			l.mu.Lock()
			more := yield(d, nil)
			l.mu.Unlock()
			if !more {
				return
			}
		}
	}
}

// TestSourceMayLock: Stats asks it for its progress without a lock of ours.
func TestSourceMayLock(t *testing.T) {
	p := pipeline(t, &lockingSource{}, &asked{}, &mindtest.Memory{})
	done := make(chan error)
	go func() { done <- p.Run(t.Context()) }()
	for {
		select {
		case err := <-done:
			require.NoError(t, err)
			return
		default:
			balanced(t, p.Stats())
		}
	}
}

// TestWaitWithoutEnd: what a generator asks for is bounded before it is
// reckoned with, and does not turn into no wait at all.
func TestWaitWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
			n.Add(1)
			return mind.Response{}, &mind.BusyError{Wait: 1<<63 - 1}
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		require.ErrorIs(t, pipeline(t, problems(1, 1), gen, &mindtest.Memory{}).Run(ctx), context.DeadlineExceeded)
		require.EqualValues(t, 1, n.Load())
	})
}
