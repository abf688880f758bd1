package mind_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

func TestStopDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gen := &asked{latency: time.Second, fail: func(r mind.Request, _ int) error {
			if r.Chunk.Doc.ID == "5" {
				time.Sleep(time.Second / 2)
				return fmt.Errorf("%w: the account is empty", mind.ErrStop)
			}
			return nil
		}}
		var sink mindtest.Memory
		p := pipeline(t, problems(1, 1000), gen, &sink, mind.WithConcurrency(8))
		err := p.Run(t.Context())
		require.ErrorIs(t, err, mind.ErrStop)
		require.ErrorContains(t, err, "the account is empty")
		require.Len(t, sink.Kept(), 7, "what was in flight is kept, and nothing more is sent")
		require.Equal(t, 8, gen.total())
		balanced(t, p.Stats())
	})
}

func TestCancelKeepsAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		latency time.Duration
		kept    int
		elapsed time.Duration
	}{
		{"within the grace", 20 * time.Second, 8, 20 * time.Second},
		{"after the grace", time.Hour, 0, 35 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Second, errors.New("ctrl-c"))
				defer cancel()
				var sink mindtest.Memory
				p := pipeline(t, problems(1, 1000), &asked{latency: c.latency}, &sink, mind.WithConcurrency(8), mind.WithAttempts(1))
				require.EqualError(t, p.Run(ctx), "ctrl-c")
				require.Len(t, sink.Kept(), c.kept)
				require.Equal(t, c.elapsed, p.Stats().Elapsed)
				require.Zero(t, p.Stats().Failed+p.Stats().Errors, "to be cut off is no attempt")
				balanced(t, p.Stats())
			})
		})
	}
}

// TestCancelAtAnyMoment: wherever a cancel finds a run, it ends, its books are
// balanced, and the next one completes it.
func TestCancelAtAnyMoment(t *testing.T) {
	for after := range 40 {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(after)*100*time.Millisecond)
			defer cancel()
			gen := &asked{latency: 250 * time.Millisecond, fail: func(r mind.Request, nth int) error {
				switch {
				case nth == 1 && r.Chunk.Doc.ID[0] == '7':
					return errors.New("500")
				case nth == 1 && r.Chunk.Doc.ID[0] == '8':
					return &mind.BusyError{Err: errors.New("429")}
				}
				return nil
			}}
			var sink mindtest.Memory
			opts := []mind.Option{mind.WithConcurrency(8), mind.WithLimits(mind.Limits{RPM: 1800, TPM: 200_000})}
			p := pipeline(t, problems(1, 100), gen, &sink, opts...)
			err := p.Run(ctx)
			s := p.Stats()
			balanced(t, s)
			require.Equal(t, s.Kept, len(sink.Dialogues()))
			require.Equal(t, s.Kept == 100, err == nil)
			require.Zero(t, s.Parked+s.InFlight)
			require.NoError(t, pipeline(t, problems(1, 100), gen, &sink).Run(t.Context()))
			require.Len(t, sink.Kept(), 100)
		})
	}
}

// TestBooksAgreeWithOthers: what Stats says after a run, whole or cancelled, is
// what a style, a generator and a sink have counted for themselves.
func TestBooksAgreeWithOthers(t *testing.T) {
	for _, after := range []time.Duration{2 * time.Second, 5 * time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			drawn := 0
			style := mind.Style{Name: "s", Prompt: func(c mind.Chunk) string { drawn++; return "About " + c.Text }}
			var mu sync.Mutex
			failed, requests, busy := 0, 0, 0
			gen := &asked{latency: 250 * time.Millisecond, fail: func(r mind.Request, nth int) error {
				mu.Lock()
				defer mu.Unlock()
				requests++
				switch r.Chunk.Doc.ID[len(r.Chunk.Doc.ID)-1] {
				case '7':
					if nth == 2 {
						failed++
					}
					return errors.New("500")
				case '8':
					return fmt.Errorf("%w: 400", mind.ErrSkip)
				case '9':
					if nth == 1 {
						busy++
						return &mind.BusyError{Err: errors.New("429")}
					}
				}
				return nil
			}}
			var sink mindtest.Memory
			require.NoError(t, pipeline(t, problems(1, 6), &asked{}, &sink, mind.WithStyles(style)).Run(t.Context()))
			drawn = 0
			p := pipeline(t, problems(1, 300), gen, &sink, mind.WithStyles(style), mind.WithConcurrency(8), mind.WithAttempts(2))
			require.Error(t, p.Run(ctx))
			s := p.Stats()
			require.Equal(t, drawn, s.Units)
			require.Equal(t, 6, s.Held)
			require.Equal(t, len(sink.Kept())-6, s.Kept)
			require.Equal(t, len(sink.Rejected()), s.Rejected)
			require.Equal(t, map[string]int{"refused": s.Rejected}, s.Rejects)
			require.Equal(t, failed, s.Failed)
			require.Equal(t, []int{requests, busy}, []int{s.Requests, s.Busy})
			require.Equal(t, drawn-len(sink.Dialogues())-failed, s.Pending)
			require.Equal(t, after == time.Hour, s.Pending == 0, "%+v", s)
		})
	}
}

func TestBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("connection refused")
		var back time.Time
		gen := &asked{latency: time.Second, fail: func(mind.Request, int) error {
			if time.Now().Before(back) {
				return down
			}
			return nil
		}}
		var sink mindtest.Memory
		p := pipeline(t, problems(1, 100_000), gen, &sink)
		back = time.Now().Add(time.Hour)
		err := p.Run(t.Context())
		require.ErrorIs(t, err, mind.ErrStop)
		require.ErrorIs(t, err, down)
		require.GreaterOrEqual(t, p.Stats().Elapsed, 5*time.Minute)
		require.Less(t, p.Stats().Elapsed, 7*time.Minute)
		balanced(t, p.Stats())

		back = time.Now().Add(4 * time.Minute)
		p = pipeline(t, problems(1, 1000), gen, &sink, mind.WithAttempts(100))
		require.NoError(t, p.Run(t.Context()), "four minutes are waited for")
		require.Len(t, sink.Kept(), 1000)
	})
}

// TestSilenceOfTheSourceIsNotTheServers: reading a long input takes minutes, in
// which no server can answer; the first errors after that break nothing.
func TestSilenceOfTheSourceIsNotTheServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
			return func(yield func(mind.Document, error) bool) {
				time.Sleep(6 * time.Minute)
				for _, d := range problems(1, 100) {
					if !yield(d, nil) {
						return
					}
				}
			}
		})
		start := time.Now()
		gen := &asked{latency: time.Second, fail: func(mind.Request, int) error {
			if time.Since(start) < 6*time.Minute+3*time.Second {
				return errors.New("502: warming up")
			}
			return nil
		}}
		require.NoError(t, pipeline(t, src, gen, &mindtest.Memory{}).Run(t.Context()))
	})
}

// TestCancelIsHeardAmongHeldUnits, which ask nobody, and from a source that does
// not look at its context.
func TestCancelIsHeardAmongHeldUnits(t *testing.T) {
	var sink mindtest.Memory
	require.NoError(t, pipeline(t, problems(1, 1000), &asked{}, &sink).Run(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	drawn := 0
	src := mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
		return func(yield func(mind.Document, error) bool) {
			for _, d := range problems(1, 1000) {
				if drawn++; drawn == 10 {
					cancel()
				}
				if !yield(d, nil) {
					return
				}
			}
		}
	})
	require.ErrorIs(t, pipeline(t, src, &asked{}, &sink).Run(ctx), context.Canceled)
	require.Equal(t, 10, drawn)
}

// brokenSink fails at the k-th Write and keeps nothing of it.
type brokenSink struct {
	mindtest.Memory
	k int
}

func (b *brokenSink) Write(ctx context.Context, ds []mind.Dialogue) error {
	if b.k--; b.k == 0 {
		return errors.New("disk full")
	} else if b.k < 0 {
		panic("a write after a failed write")
	}
	return b.Memory.Write(ctx, ds)
}

func TestFailedSinkStopsAtOnce(t *testing.T) {
	for k := 1; k < 20; k++ {
		synctest.Test(t, func(t *testing.T) {
			sink := &brokenSink{k: k}
			gen := &asked{latency: time.Second}
			p := pipeline(t, problems(1, 1000), gen, sink, mind.WithConcurrency(8))
			require.EqualError(t, p.Run(t.Context()), "disk full")
			require.Equal(t, p.Stats().Kept, len(sink.Dialogues()))
			require.Less(t, p.Stats().Elapsed, time.Duration(k+1)*time.Second, "requests in flight are cut off")
			balanced(t, p.Stats())
			sink.k = 1 << 30
			require.NoError(t, p.Run(t.Context()))
			require.Len(t, sink.Kept(), 1000)
		})
	}
}
