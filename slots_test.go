package mind

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A server is a generator that holds a number of requests at a time, which may
// change, or takes a number of them a minute, and refuses the others at once.
type server struct {
	latency  func() time.Duration
	holds    func() int // At a time; nil: any number.
	perMin   int        // In a minute; 0: any number.
	refuse   float64    // Share that is refused by chance.
	wait     time.Duration
	mu       sync.Mutex
	inFlight int
	minute   int64
	taken    int
	requests int
	refused  int
	most     int
}

func (s *server) Generate(ctx context.Context, r Request) (Response, error) {
	s.mu.Lock()
	s.requests++
	if m := time.Now().Unix() / 60; m != s.minute {
		s.minute, s.taken = m, 0
	}
	if s.holds != nil && s.inFlight >= s.holds() || s.perMin > 0 && s.taken >= s.perMin || rand.Float64() < s.refuse {
		s.refused++
		s.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		return Response{}, &BusyError{Wait: s.wait, Err: errors.New("429")}
	}
	s.inFlight++
	s.taken++
	s.most = max(s.most, s.inFlight)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.inFlight--
		s.mu.Unlock()
	}()
	select {
	case <-time.After(s.latency()):
		return Response{Text: "a dialogue"}, nil
	case <-ctx.Done():
		return Response{}, context.Cause(ctx)
	}
}

// about returns latencies around d, as answers of different length take.
func about(d time.Duration) func() time.Duration {
	return func() time.Duration { return d/2 + rand.N(d) }
}

// memory is the least that is a Sink; mindtest.Memory cannot be imported here.
type memory struct{ dialogues []Dialogue }

func (m *memory) Keys(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, d := range m.dialogues {
			if !yield(d.Key, nil) {
				return
			}
		}
	}
}

func (m *memory) Write(_ context.Context, ds []Dialogue) error {
	m.dialogues = append(m.dialogues, ds...)
	return nil
}

func numbered(n int) Source {
	return SourceFunc(func(context.Context) iter.Seq2[Document, error] {
		return func(yield func(Document, error) bool) {
			for i := range n {
				if !yield(Document{Text: fmt.Sprint("text ", i)}, nil) {
					return
				}
			}
		}
	})
}

func TestAdmission(t *testing.T) {
	for _, c := range []struct {
		name        string
		units       int
		concurrency int
		server      *server
		speed       float64 // Of the server's own, at least.
		refused     float64 // Of all requests, at most.
	}{
		{"a server with room", 5000, 256, &server{latency: about(time.Second)}, 0.85 * 256, 0},
		{"a server that holds 16", 3000, 256, &server{latency: about(time.Second), holds: func() int { return 16 }, wait: time.Second}, 0.9 * 16, 0.05},
		{"a server that holds 16 and does not say how long to wait", 3000, 256, &server{latency: about(10 * time.Second), holds: func() int { return 16 }}, 0.9 * 16 / 10, 0.05},
		{"a server that holds 1", 500, 64, &server{latency: about(time.Second), holds: func() int { return 1 }, wait: time.Second}, 0.8, 0.15},
		{"a server that takes 600 a minute", 6000, 256, &server{latency: about(time.Second), perMin: 600, wait: time.Second}, 0.9 * 10, 0.1},
		{"a fifth refused by chance", 2000, 16, &server{latency: about(time.Second), refuse: 0.2, wait: time.Second}, 0.5 * 16, 0.25},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, err := New(numbered(c.units), c.server, &memory{}, WithConcurrency(c.concurrency), WithFilters())
				require.NoError(t, err)
				require.NoError(t, p.Run(t.Context()))
				s := p.Stats()
				require.Equal(t, c.units, s.Kept)
				speed := float64(c.units) / s.Elapsed.Seconds()
				refused := float64(c.server.refused) / float64(c.server.requests)
				t.Logf("%.2f units a second, %.2f %% of %d requests refused, at most %d in flight, %d slots at the end", speed, 100*refused, c.server.requests, c.server.most, s.Slots)
				require.GreaterOrEqual(t, speed, c.speed)
				require.LessOrEqual(t, refused, c.refused)
			})
		})
	}
}

// TestAdmissionOverSeveralServers: what a balance is refused by a full endpoint
// costs neither speed nor many requests, and one that was refused once for
// another reason has its share again soon.
func TestAdmissionOverSeveralServers(t *testing.T) {
	for _, endpoints := range []int{2, 4} {
		for _, latency := range []time.Duration{time.Second, 10 * time.Second} {
			t.Run(fmt.Sprintf("%d servers that hold 16, %v", endpoints, latency), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var gens []Generator
					var servers []*server
					for range endpoints {
						s := &server{latency: about(latency), holds: func() int { return 16 }}
						servers, gens = append(servers, s), append(gens, s)
					}
					units := 1500 * endpoints
					p, err := New(numbered(units), Balance(gens...), &memory{}, WithConcurrency(256), WithFilters())
					require.NoError(t, err)
					require.NoError(t, p.Run(t.Context()))
					requests, refused := 0, 0
					for _, s := range servers {
						requests, refused = requests+s.requests, refused+s.refused
					}
					speed := float64(units) / p.Stats().Elapsed.Seconds() * latency.Seconds() / float64(16*endpoints)
					t.Logf("%.2f of the servers' speed, %.1f %% refused", speed, 100*float64(refused)/float64(requests))
					require.GreaterOrEqual(t, speed, 0.9)
					require.LessOrEqual(t, float64(refused), 0.05*float64(requests))
				})
			})
		}
	}
	t.Run("one refuses its second request", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var gens []Generator
			var servers []*server
			for i := range 3 {
				s := &server{latency: about(time.Second)}
				if s.holds = (func() int { return 1 << 20 }); i == 0 {
					s.holds = func() int {
						if s.requests == 2 {
							return 0
						}
						return 1 << 20
					}
				}
				servers, gens = append(servers, s), append(gens, s)
			}
			p, err := New(numbered(12_000), Balance(gens...), &memory{}, WithConcurrency(192), WithFilters())
			require.NoError(t, err)
			require.NoError(t, p.Run(t.Context()))
			t.Logf("%d, %d and %d requests", servers[0].requests, servers[1].requests, servers[2].requests)
			require.Greater(t, servers[0].requests, 12_000/5)
		})
	})
}

// TestAdmissionFollowsTheServer: the second half of a run goes on at the speed
// of a server that has grown or shrunk meanwhile.
func TestAdmissionFollowsTheServer(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after int
		refused       float64
	}{
		{"grows", 16, 128, 0.05},
		{"shrinks", 64, 8, 0.1},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const change = 300 * time.Second
				start := time.Now()
				s := &server{latency: about(time.Second), wait: time.Second, holds: func() int {
					if time.Since(start) < change {
						return c.before
					}
					return c.after
				}}
				units := 300*c.before + 300*c.after
				p, err := New(numbered(units), s, &memory{}, WithConcurrency(256), WithFilters())
				require.NoError(t, err)
				require.NoError(t, p.Run(t.Context()))
				stats := p.Stats()
				require.Equal(t, units, stats.Kept)
				after := float64(c.after) * (stats.Elapsed - change).Seconds() // Units that the server could have answered since.
				t.Logf("%v, %.2f %% refused; the server needed %.0f s after the change, the run %.0f s",
					stats.Elapsed, 100*float64(s.refused)/float64(s.requests), 300.0, (stats.Elapsed - change).Seconds())
				require.LessOrEqual(t, 0.85*after, float64(300*c.after))
				require.LessOrEqual(t, float64(s.refused)/float64(s.requests), c.refused)
			})
		})
	}
}

// TestSlotsForgetWithoutAnswers: what admission remembers of the last moments
// does not grow with a server that never answers.
func TestSlotsForgetWithoutAnswers(t *testing.T) {
	sink := &memory{dialogues: []Dialogue{{Key: makeKey([16]byte{1}, [8]byte{})}}}
	gen := GeneratorFunc(func(context.Context, Request) (Response, error) { return Response{}, fmt.Errorf("%w: 400", ErrSkip) })
	p, err := New(numbered(20_000), gen, sink, WithFilters())
	require.NoError(t, err)
	require.NoError(t, p.Run(t.Context()))
	require.Equal(t, 20_000, p.Stats().Rejected)
	require.Less(t, len(p.slots.events), 10_000)
}

// A slowSink takes its time for each Write, and remembers the largest.
type slowSink struct {
	memory
	most int
}

func (s *slowSink) Write(ctx context.Context, ds []Dialogue) error {
	s.most = max(s.most, len(ds))
	time.Sleep(time.Second)
	return s.memory.Write(ctx, ds)
}

// TestWritesAreBounded: answers that wait for a slow disk go into large groups,
// but not into larger ones the more slots there are.
func TestWritesAreBounded(t *testing.T) {
	for concurrency, most := range map[int]int{100: 100, 4000: 512} {
		synctest.Test(t, func(t *testing.T) {
			sink := &slowSink{}
			p, err := New(numbered(6000), &server{latency: about(time.Second)}, sink, WithConcurrency(concurrency), WithFilters())
			require.NoError(t, err)
			require.NoError(t, p.Run(t.Context()))
			require.Equal(t, most, sink.most)
			require.Len(t, sink.dialogues, 6000)
		})
	}
}

// TestClosedDoorIsKnockedAtAsAsked: a server that refuses everything and asks to
// be left alone for a minute is asked once a minute, not by every unit.
func TestClosedDoorIsKnockedAtAsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := &server{latency: about(time.Second), wait: time.Minute, holds: func() int {
			if time.Since(start) < 4*time.Minute {
				return 0
			}
			return 1000
		}}
		p, err := New(numbered(500), s, &memory{}, WithConcurrency(64), WithFilters())
		require.NoError(t, err)
		require.NoError(t, p.Run(t.Context()))
		t.Logf("%d refused, %v", s.refused, p.Stats().Elapsed)
		require.LessOrEqual(t, s.refused, 16+6, "the first burst, then one a minute")
		require.Less(t, p.Stats().Elapsed, 7*time.Minute)
	})
}
