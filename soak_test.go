package mind_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

// heap is how much memory is in use.
func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// stream is a source of n documents that holds none of them, and looks up from
// time to time.
func stream(n, looks int, look func(drawn int)) mind.Source {
	return mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
		return func(yield func(mind.Document, error) bool) {
			for i := range n {
				if i%max(n/looks, 1) == 0 || i == n-1 { // Not after the last: what a run holds is in use until then.
					look(i)
				}
				if !yield(mind.Document{ID: strconv.Itoa(i), IntID: true, Text: "What is " + strconv.Itoa(i) + " + 1?"}, nil) {
					return
				}
			}
		}
	})
}

// tally is a sink that holds a bit a document.
type tally struct {
	bits           []uint64
	kept, rejected int
	twice          int
	held           func(yield func(string, error) bool)
}

func (s *tally) Keys(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if s.held != nil {
			s.held(yield)
		}
	}
}

func (s *tally) Write(_ context.Context, ds []mind.Dialogue) error {
	for _, d := range ds {
		n, err := strconv.Atoi(d.ID)
		if err != nil {
			return err
		}
		if s.bits[n/64]&(1<<(n%64)) != 0 {
			s.twice++
		}
		s.bits[n/64] |= 1 << (n % 64)
		if d.Reject == "" {
			s.kept++
		} else {
			s.rejected++
		}
	}
	return nil
}

// TestSoak runs for hours, in no time, against a server that is busy, fails,
// refuses, cuts off and is down for minutes: each unit gets its one record, and
// neither memory nor goroutines grow by more than a finished unit may take.
// MIND_SOAK sets the units: 5,000,000 take some minutes.
func TestSoak(t *testing.T) {
	units := 60_000
	if n := os.Getenv("MIND_SOAK"); n != "" {
		var err error
		units, err = strconv.Atoi(n)
		require.NoError(t, err)
	} else if testing.Short() {
		units = 10_000
	}
	const concurrency, looks = 256, 20
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		gen := mind.GeneratorFunc(func(ctx context.Context, r mind.Request) (mind.Response, error) {
			latency, luck := time.Second/2+rand.N(time.Second), rand.Float64()
			switch {
			case time.Since(start)%(20*time.Minute)/time.Minute == 2:
				return mind.Response{}, errors.New("connection refused")
			case luck < 0.05:
				return mind.Response{}, &mind.BusyError{Wait: time.Second, Err: errors.New("429")}
			case luck < 0.10:
				time.Sleep(latency)
				return mind.Response{}, errors.New("500")
			case luck < 0.12:
				return mind.Response{}, fmt.Errorf("%w: 400", mind.ErrSkip)
			case luck < 0.14:
				return mind.Response{Text: "Teacher: cut", FinishReason: "length"}, nil
			}
			time.Sleep(latency)
			return mind.Response{Text: "Teacher: " + r.Prompt}, nil
		})
		sink := &tally{bits: make([]uint64, units/64+1)}
		var heaps, drawn []int
		goroutines := 0
		src := stream(units, looks, func(n int) {
			heaps, drawn = append(heaps, heap()), append(drawn, n)
			goroutines = max(goroutines, runtime.NumGoroutine())
		})
		p := pipeline(t, src, gen, sink, mind.WithConcurrency(concurrency), mind.WithAttempts(1000), mind.WithFilters(mind.Finish))
		require.NoError(t, p.Run(t.Context()))
		s := p.Stats()
		balanced(t, s)
		require.Equal(t, units, s.Units)
		require.Equal(t, units, sink.kept+sink.rejected)
		require.Zero(t, sink.twice)
		grown := heaps[len(heaps)-1] - heaps[1]
		perUnit := float64(grown) / float64(drawn[len(drawn)-1]-drawn[1])
		t.Logf("%d units in %v: %d requests, %d busy, %d errors, %d rejected; heap %d KB after %d units and %d KB after %d: %.1f bytes a unit; at most %d goroutines",
			units, s.Elapsed.Round(time.Second), s.Requests, s.Busy, s.Errors, s.Rejected, heaps[1]>>10, drawn[1], heaps[len(heaps)-1]>>10, units, perUnit, goroutines)
		// 32 bytes a unit, and what happens to be parked.
		require.Less(t, grown, 32*units+16*concurrency*4096)
		require.Less(t, goroutines, concurrency+16*concurrency+50)
	})
}

// BenchmarkMemory is what a run holds when it has drawn all of its units, and
// what it takes to learn from a sink that it holds them all.
//
//	go test -run '^$' -bench Memory -benchtime 1x .
func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{100, 1_000_000, 10_000_000} { // The last takes a minute and more.
		b.Run(fmt.Sprintf("drawn=%d", n), func(b *testing.B) {
			for b.Loop() {
				measureMemory(b, n, &tally{bits: make([]uint64, n/64+1)})
			}
		})
	}
	for _, n := range []int{1_000_000, 10_000_000} {
		b.Run(fmt.Sprintf("held=%d", n), func(b *testing.B) {
			for b.Loop() {
				var r rand.ChaCha8
				held := func(yield func(string, error) bool) {
					var key [40]byte
					for range n {
						for i := range key {
							key[i] = "0123456789abcdefghijklmnopqrstuv"[r.Uint64()%32]
						}
						key[25] &^= 3 // The last characters stand for fewer bits,
						key[25], key[26], key[39] = '0', '-', '0'
						if !yield(string(key[:]), nil) {
							return
						}
					}
				}
				measureMemory(b, 1, &tally{bits: make([]uint64, 1), held: held})
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "keys/s")
		})
	}
}

func measureMemory(b *testing.B, n int, sink *tally) {
	before, after := heap(), 0
	src := stream(n, 1, func(int) { after = heap() })
	gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) { return mind.Response{Text: "x"}, nil })
	p, err := mind.New(src, gen, sink, mind.WithFilters())
	require.NoError(b, err)
	require.NoError(b, p.Run(b.Context()))
	b.ReportMetric(float64(after-before)/(1<<20), "MB")
	if n > 1000 {
		b.ReportMetric(float64(after-before)/float64(n), "B/unit")
	}
}
