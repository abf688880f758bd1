package mind_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// A desk is the whole of a user's setup: a client of a fake server, in memory,
// and a store in a file, which is opened anew for each run.
type desk struct {
	t      *testing.T
	name   string
	server *mindtest.Server
}

func newDesk(t *testing.T) *desk {
	return &desk{t, filepath.Join(t.TempDir(), "out.jsonl"), &mindtest.Server{Model: "fake"}}
}

// run runs over docs and tells how many requests that cost.
func (d *desk) run(docs mind.Source, opts ...mind.Option) (requests int, stats mind.Stats) {
	d.t.Helper()
	s, err := mind.OpenStore(d.name)
	require.NoError(d.t, err)
	before := d.server.Seen().Requests
	gen := &mind.Client{BaseURL: "http://host/v1", Key: testKey, Model: "m", HTTP: d.server.Client()}
	p, err := mind.New(docs, gen, s, append([]mind.Option{mind.WithFilters(mind.Finish, mind.Clean)}, opts...)...)
	require.NoError(d.t, err)
	require.NoError(d.t, p.Run(d.t.Context()))
	require.NoError(d.t, s.Close())
	balanced(d.t, p.Stats())
	return d.server.Seen().Requests - before, p.Stats()
}

// TestRerunCosts: what a second run asks a server for, after what happens to
// inputs and outputs between runs.
func TestRerunCosts(t *testing.T) {
	edit := func(change func(content []byte) []byte) func(t *testing.T, d *desk) {
		return func(t *testing.T, d *desk) {
			content, err := os.ReadFile(d.name)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(d.name, change(content), 0o666))
		}
	}
	for _, c := range []struct {
		name    string
		change  func(t *testing.T, d *desk)
		second  mind.Documents
		costs   int
		records int
	}{
		{"nothing", nil, problems(1, 200), 0, 200},
		{"20 rows behind", nil, problems(1, 220), 20, 220},
		{"20 rows in front", nil, append(problems(201, 20), problems(1, 200)...), 20, 220},
		{"an input half as long", nil, problems(1, 100), 0, 200},
		{"a row whose text has changed", nil, append(mind.Documents{{ID: "1", IntID: true, Text: "What is 0 + 1?"}}, problems(2, 199)...), 1, 201},
		{"a last line that is cut off", edit(func(b []byte) []byte { return b[:len(b)-20] }), problems(1, 200), 1, 200},
		{"a last line without its end", edit(func(b []byte) []byte { return b[:len(b)-1] }), problems(1, 200), 0, 200},
		{"a last line of zeros", edit(func(b []byte) []byte { clear(b[len(b)-100:]); return b }), problems(1, 200), 1, 200},
		{"a line with a hole", edit(func(b []byte) []byte { clear(b[len(b)/2 : len(b)/2+1]); return b }), problems(1, 200), 1, 200},
		{"a line that was deleted", edit(func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }), problems(1, 200), 1, 200},
		{"an output that was deleted", func(t *testing.T, d *desk) { require.NoError(t, os.Remove(d.name)) }, problems(1, 200), 180, 200},
		{"rejects that were deleted", func(t *testing.T, d *desk) { require.NoError(t, os.Remove(rejectsOf(d.name))) }, problems(1, 200), 20, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			// A tenth is always cut off. That is an outcome too, and costs a request once.
			d.server.SetFaults(mindtest.Fault{Prompt: "5 + 1", FinishReason: "length"})
			requests, stats := d.run(problems(1, 200))
			require.Equal(t, 200, requests)
			require.Equal(t, map[string]int{"finish": 20}, stats.Rejects)
			if c.change != nil {
				c.change(t, d)
			}
			requests, _ = d.run(c.second)
			require.Equal(t, c.costs, requests)
			keys, torn := recorded(t, d.name)
			require.Zero(t, torn)
			require.Len(t, keys, c.records)
			requests, _ = d.run(c.second)
			require.Zero(t, requests, "a finished run sends no request at all")
		})
	}
}

// TestServerFaultsLoseNothing: whatever a server does to a share of the
// requests, each unit has its one outcome, and a rerun asks for nothing.
func TestServerFaultsLoseNothing(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   mindtest.Fault
		rejects map[string]int
		repeats bool // Requests that fail are sent again.
	}{
		{"a fifth is 429", mindtest.Fault{Share: 0.2, Status: 429}, map[string]int{}, true},
		{"a fifth is 429 and says when", mindtest.Fault{Share: 0.2, Status: 429, Header: http.Header{"Retry-After": {"2"}}}, map[string]int{}, true},
		{"a tenth is 500", mindtest.Fault{Share: 0.1, Status: 500}, map[string]int{}, true},
		{"a tenth is 503", mindtest.Fault{Share: 0.1, Status: 503}, map[string]int{}, true},
		{"a tenth is cut before the answer", mindtest.Fault{Share: 0.1, Cut: mindtest.CutBefore}, map[string]int{}, true},
		{"a tenth is cut in the answer", mindtest.Fault{Share: 0.1, Cut: mindtest.CutInside}, map[string]int{}, true},
		{"a tenth is half of a JSON", mindtest.Fault{Share: 0.1, Body: `{"choices":[{"message":{"con`}, map[string]int{}, true},
		{"a tenth is a proxy's page", mindtest.Fault{Share: 0.1, Status: 502, Body: "<html>Bad Gateway</html>"}, map[string]int{}, true},
		{"some are empty", mindtest.Fault{Prompt: "5 + 1", Empty: true}, map[string]int{"clean": 30}, false},
		{"some are cut off", mindtest.Fault{Prompt: "5 + 1", FinishReason: "length"}, map[string]int{"finish": 30}, false},
		{"some are filtered", mindtest.Fault{Prompt: "5 + 1", FinishReason: "content_filter", Empty: true}, map[string]int{"finish": 30}, false},
		{"some are refused", mindtest.Fault{Prompt: "5 + 1", Status: 400}, map[string]int{"refused": 30}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				d.server.SetLatency(time.Second)
				d.server.SetFaults(c.fault)
				requests, stats := d.run(problems(1, 300), mind.WithAttempts(30))
				require.Equal(t, c.rejects, stats.Rejects)
				require.Equal(t, 300, stats.Kept+stats.Rejected)
				require.Equal(t, c.repeats, requests > 300)
				require.Equal(t, requests, 300+stats.Busy+stats.Errors)
				d.server.SetFaults()
				requests, _ = d.run(problems(1, 300))
				require.Zero(t, requests)
			})
		})
	}
}

// TestEditedDuringARun: a user may delete lines between runs, and does so during
// one. What an editor's save or rm has taken the place of is gone when it is
// closed, so nothing more may be written into it, and less acknowledged.
func TestEditedDuringARun(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(t *testing.T, name string, content []byte)
		left int // Lines of the 50 that there were.
	}{
		{"sed -i", func(t *testing.T, name string, content []byte) {
			require.NoError(t, os.WriteFile(name+".tmp", content[bytes.IndexByte(content, '\n')+1:], 0o666))
			require.NoError(t, os.Rename(name+".tmp", name))
		}, 49},
		{"a save in place", func(t *testing.T, name string, content []byte) {
			require.NoError(t, os.WriteFile(name, content[bytes.IndexByte(content, '\n')+1:], 0o666))
		}, 49},
		{"rm", func(t *testing.T, name string, _ []byte) { require.NoError(t, os.Remove(name)) }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "out.jsonl")
			s, err := mind.OpenStore(name)
			require.NoError(t, err)
			var asked atomic.Int64
			edited := make(chan bool)
			gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
				if asked.Add(1) == 51 {
					<-edited
				}
				return mind.Response{Text: "x"}, nil
			})
			p := pipeline(t, problems(1, 100), gen, s, mind.WithConcurrency(1))
			go func() {
				for p.Stats().Kept < 50 {
				}
				content, err := os.ReadFile(name)
				if err == nil {
					c.edit(t, name, content)
				}
				close(edited)
			}()
			err = p.Run(t.Context())
			require.ErrorContains(t, err, name)
			require.ErrorContains(t, err, "edit it between runs")
			require.Equal(t, 50, p.Stats().Kept)
			require.NoError(t, s.Close())
			keys, torn := recorded(t, name)
			require.Zero(t, torn)
			require.Len(t, keys, c.left)

			s, err = mind.OpenStore(name)
			require.NoError(t, err)
			defer s.Close()
			require.NoError(t, pipeline(t, problems(1, 100), gen, s).Run(t.Context()))
			keys, _ = recorded(t, name)
			require.Len(t, keys, 100)
		})
	}
}

// TestPlanBindsNobody: what was only planned leaves no mark in a store.
func TestPlanBindsNobody(t *testing.T) {
	s, err := mind.OpenStore(filepath.Join(t.TempDir(), "out.jsonl"))
	require.NoError(t, err)
	defer s.Close()
	_, err = pipeline(t, problems(1, 3), &asked{}, s).Plan(t.Context())
	require.NoError(t, err)
	require.NoError(t, pipeline(t, mind.Documents{{ID: "a", Text: "b"}}, &asked{}, s).Run(t.Context()))
}

// TestCancelAnywhereLeavesAValidStore cancels at any call of user code or of
// the store. Every answer received is kept, nothing of the run is left, and the
// next run asks for the rest alone.
func TestCancelAnywhereLeavesAValidStore(t *testing.T) {
	for k, over := 1, false; !over; k++ {
		synctest.Test(t, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "out.jsonl")
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			var mu sync.Mutex
			calls := 0
			call := func() {
				mu.Lock()
				defer mu.Unlock()
				if calls++; calls == k {
					cancel(errors.New("ctrl-c"))
				}
			}
			src := mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
				return func(yield func(mind.Document, error) bool) {
					for _, d := range problems(1, 20) {
						call()
						if !yield(d, nil) {
							return
						}
					}
				}
			})
			gen := &asked{fail: func(mind.Request, int) error { call(); return nil }}
			third := mind.Filter{Name: "third", Check: func(d *mind.Dialogue) error {
				call()
				if d.Key[0]%3 == 0 {
					return errors.New("it is")
				}
				return nil
			}}
			run := func(ctx context.Context) error {
				s, err := mind.OpenStore(name)
				require.NoError(t, err)
				p := pipeline(t, src, gen, &callingSink{s, call}, mind.WithFilters(third), mind.WithConcurrency(3))
				err = p.Run(ctx)
				balanced(t, p.Stats())
				require.NoError(t, s.Close())
				return err
			}
			err := run(ctx)
			if over = calls < k; !over && err != nil {
				require.EqualError(t, err, "ctrl-c")
			}
			keys, torn := recorded(t, name)
			require.Zero(t, torn)
			require.Len(t, keys, gen.total(), "every answer is kept, cancelled at %d", k)
			require.NoError(t, run(t.Context()))
			require.Equal(t, 20, gen.total())
			keys, _ = recorded(t, name)
			require.Len(t, keys, 20)
		})
	}
}

// TestLastWriteIsNotCutOff: an answer that comes after the grace, from a
// generator that does not heed its context, is paid for and written too.
func TestLastWriteIsNotCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		gen := mind.GeneratorFunc(func(ctx context.Context, _ mind.Request) (mind.Response, error) {
			cancel()
			<-ctx.Done()
			return mind.Response{Text: "late"}, nil
		})
		var sink heedingSink
		require.ErrorIs(t, pipeline(t, problems(1, 2), gen, &sink, mind.WithConcurrency(1)).Run(ctx), context.Canceled)
		require.Len(t, sink.Kept(), 1)
	})
}

// A heedingSink gives up when its context is done, as databases do.
type heedingSink struct{ mindtest.Memory }

func (s *heedingSink) Write(ctx context.Context, ds []mind.Dialogue) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.Memory.Write(ctx, ds)
}

// TestSourceThatEndsWhenCancelled: whoever ends an iteration early because of
// the context must not make a run that was cancelled look finished.
func TestSourceThatEndsWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		src := mind.SourceFunc(func(ctx context.Context) iter.Seq2[mind.Document, error] {
			return func(yield func(mind.Document, error) bool) {
				if yield(mind.Document{Text: "first"}, nil) {
					synctest.Wait() // Until it is written.
					cancel(errors.New("ctrl-c"))
					<-ctx.Done()
				}
			}
		})
		var sink mindtest.Memory
		p := pipeline(t, src, &asked{}, &sink)
		require.EqualError(t, p.Run(ctx), "ctrl-c")
		require.Len(t, sink.Kept(), 1)
		require.Zero(t, p.Stats().Pending)
	})
}

// TestDocumentsThatAStoreRefusesCostNothing: what Write would have to refuse is
// found before it is paid for.
func TestDocumentsThatAStoreRefusesCostNothing(t *testing.T) {
	d := newDesk(t)
	d.run(problems(1, 3))
	s, err := mind.OpenStore(d.name)
	require.NoError(t, err)
	defer s.Close()
	gen := &asked{}
	p := pipeline(t, mind.Documents{{ID: "four", Text: "What is 4 + 1?"}}, gen, s)
	require.ErrorContains(t, p.Run(t.Context()), "integer ids")
	_, err = p.Plan(t.Context())
	require.ErrorContains(t, err, "integer ids")
	require.Zero(t, gen.total())
}

// A callingSink calls before and after all that it passes on.
type callingSink struct {
	*mind.Store
	call func()
}

func (s *callingSink) Keys(ctx context.Context) iter.Seq2[string, error] {
	s.call()
	return s.Store.Keys(ctx)
}

func (s *callingSink) Write(ctx context.Context, ds []mind.Dialogue) error {
	s.call()
	defer s.call()
	return s.Store.Write(ctx, ds)
}
