package mind_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// problems is a source of n short documents with integer ids from first on.
func problems(first, n int) mind.Documents {
	var ds mind.Documents
	for i := first; i < first+n; i++ {
		ds = append(ds, mind.Document{ID: fmt.Sprint(i), IntID: true, Text: fmt.Sprintf("What is %d + 1?", i)})
	}
	return ds
}

// asked is a generator that answers at once and remembers how often each key
// was asked for. What fails, if set, it answers first.
type asked struct {
	fail    func(r mind.Request, nth int) error // nth attempt for this key, from 1.
	latency time.Duration
	mu      sync.Mutex
	times   map[string]int
}

func (a *asked) Generate(ctx context.Context, r mind.Request) (mind.Response, error) {
	a.mu.Lock()
	if a.times == nil {
		a.times = map[string]int{}
	}
	a.times[r.Key]++
	nth := a.times[r.Key]
	a.mu.Unlock()
	if a.fail != nil {
		if err := a.fail(r, nth); err != nil {
			return mind.Response{}, err
		}
	}
	select {
	case <-time.After(a.latency):
		return mind.Response{Text: "Teacher: " + r.Prompt + "\nStudent: Yes.", Model: "fake", Usage: mind.Usage{PromptTokens: 10, CompletionTokens: 20}}, nil
	case <-ctx.Done():
		return mind.Response{}, context.Cause(ctx)
	}
}

func (a *asked) total() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, times := range a.times {
		n += times
	}
	return n
}

func pipeline(t *testing.T, src mind.Source, gen mind.Generator, sink mind.Sink, opts ...mind.Option) *mind.Pipeline {
	t.Helper()
	p, err := mind.New(src, gen, sink, append([]mind.Option{mind.WithFilters()}, opts...)...)
	require.NoError(t, err)
	return p
}

// balanced checks the books of a run.
func balanced(t *testing.T, s mind.Stats) {
	t.Helper()
	require.Equal(t, s.Units, s.Held+s.Kept+s.Rejected+s.Failed+s.Pending, "%+v", s)
	require.GreaterOrEqual(t, s.Pending, 0)
}

func TestEveryUnitIsAskedForOnce(t *testing.T) {
	var sink mindtest.Memory
	gen := &asked{}
	p := pipeline(t, problems(1, 50), gen, &sink, mind.WithStyles(mind.PaperStyles()...), mind.WithSamples(2))
	require.NoError(t, p.Run(t.Context()))
	s := p.Stats()
	balanced(t, s)
	require.Equal(t, 50*7*2, s.Kept)
	require.Equal(t, 50*7*2, gen.total())
	require.Len(t, gen.times, 50*7*2)
	require.Equal(t, mind.Usage{PromptTokens: 7000, CompletionTokens: 14000}, s.Usage)

	require.NoError(t, p.Run(t.Context()))
	require.Equal(t, 700, p.Stats().Held)
	require.Equal(t, 700, gen.total(), "a finished run sends no request at all")
}

func TestRepeatedDocumentsAreHeld(t *testing.T) {
	var sink mindtest.Memory
	p := pipeline(t, append(problems(1, 10), problems(1, 10)...), &asked{latency: time.Millisecond}, &sink)
	require.NoError(t, p.Run(t.Context()))
	require.Equal(t, 10, p.Stats().Held)
	require.Len(t, sink.Kept(), 10)
}

func TestOutputIsTheSameAtAnyConcurrency(t *testing.T) {
	var outputs [][]string
	for _, concurrency := range []int{1, 7, 64} {
		var sink mindtest.Memory
		require.NoError(t, pipeline(t, problems(1, 100), &asked{}, &sink, mind.WithConcurrency(concurrency), mind.WithStyles(mind.PaperStyles()...)).Run(t.Context()))
		var lines []string
		for _, d := range sink.Dialogues() {
			line, err := json.Marshal(d)
			require.NoError(t, err)
			lines = append(lines, string(line))
		}
		slices.Sort(lines)
		outputs = append(outputs, lines)
	}
	require.Equal(t, outputs[0], outputs[1])
	require.Equal(t, outputs[0], outputs[2])
}

func TestStylesOfAChunkAreNeighbours(t *testing.T) {
	var order []string
	gen := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
		order = append(order, r.Chunk.Doc.ID+" "+r.Style)
		return mind.Response{Text: "x"}, nil
	})
	require.NoError(t, pipeline(t, problems(1, 2), gen, &mindtest.Memory{}, mind.WithConcurrency(1), mind.WithStyles(mind.OlmoStyles()...)).Run(t.Context()))
	require.Equal(t, []string{"1 two_students_written", "1 problem_solving_written", "2 two_students_written", "2 problem_solving_written"}, order)
}

func TestRecordOfADialogue(t *testing.T) {
	var sink mindtest.Memory
	src := mind.Documents{{Text: "One.\n\nTwo.", Meta: map[string]string{"level": "Level 1"}}}
	chunker := mind.ChunkerFunc(func(text string) iter.Seq[string] { return slices.Values([]string{"One.\n\n", " \n", "Two."}) })
	gen := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
		return mind.Response{Text: "a\x00b\xff", Model: "m", Usage: mind.Usage{PromptTokens: 1, CompletionTokens: 2}}, nil
	})
	style := mind.Style{Name: "s", System: "Be kind.", Prompt: func(c mind.Chunk) string {
		if c.Index == 0 {
			return ""
		}
		return "About " + c.Text
	}}
	p := pipeline(t, src, gen, &sink, mind.WithChunker(chunker), mind.WithStyles(style))
	require.NoError(t, p.Run(t.Context()))
	require.Equal(t, 1, p.Stats().Units, "neither white space nor an empty prompt is a unit")
	d := sink.Dialogues()[0]
	require.Len(t, d.Key, 40)
	d.Key = ""
	require.Len(t, d.ID, 16, "a hash of the text")
	d.ID = ""
	require.Equal(t, mind.Dialogue{
		Text: "a\uFFFDb\uFFFD", Style: "s", Chunk: 2, Chunks: 3, Model: "m", FinishReason: "stop",
		Usage: mind.Usage{PromptTokens: 1, CompletionTokens: 2}, Metadata: map[string]string{"level": "Level 1"}, Source: "Two.",
	}, d)
}

func TestFirstRequestLeavesBeforeTheInputEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		asking := make(chan bool)
		src := mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
			return func(yield func(mind.Document, error) bool) {
				yield(mind.Document{Text: "first"}, nil)
				<-asking
				yield(mind.Document{Text: "second"}, nil)
			}
		})
		gen := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
			if r.Chunk.Text == "first" {
				close(asking)
			}
			return mind.Response{Text: "x"}, nil
		})
		require.NoError(t, pipeline(t, src, gen, &mindtest.Memory{}).Run(ctx))
		cancel()
	})
}

// TestBusyServerCostsNoMemory: whatever the input's size, no more units are
// drawn than may be parked.
func TestBusyServerCostsNoMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var drawn atomic.Int64
		src := mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
			return func(yield func(mind.Document, error) bool) {
				for i := range 1_000_000 {
					drawn.Add(1)
					if !yield(mind.Document{Text: fmt.Sprint(i)}, nil) {
						return
					}
				}
			}
		})
		gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
			return mind.Response{}, errors.New("500")
		})
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		p := pipeline(t, src, gen, &mindtest.Memory{}, mind.WithConcurrency(8), mind.WithAttempts(1000))
		require.ErrorIs(t, p.Run(ctx), context.DeadlineExceeded)
		require.LessOrEqual(t, drawn.Load(), int64(1024+8+1))
		balanced(t, p.Stats())
		require.Zero(t, p.Stats().InFlight)
	})
}

// TestHoldersEndAfterAStorm: what was in back-off together does not stay for ever.
func TestHoldersEndAfterAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const concurrency, units = 4, 3000
		start, most, left := time.Now(), 0, 0
		gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
			if time.Since(start) < 30*time.Second {
				return mind.Response{}, errors.New("500")
			}
			time.Sleep(time.Second)
			return mind.Response{Text: "Teacher: yes"}, nil
		})
		before := runtime.NumGoroutine()
		src := mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
			return func(yield func(mind.Document, error) bool) {
				for i := range units {
					left = runtime.NumGoroutine() - before
					most = max(most, left)
					if !yield(mind.Document{Text: fmt.Sprint(i)}, nil) {
						return
					}
				}
			}
		})
		p := pipeline(t, src, gen, &mindtest.Memory{}, mind.WithConcurrency(concurrency), mind.WithAttempts(1000), mind.WithFilters())
		require.NoError(t, p.Run(t.Context()))
		require.Greater(t, most, 1000, "no storm")
		require.Less(t, left, 2*concurrency+10)
	})
}

// TestRunNeverWaitsForWhoWaitsForItsSlot: with all but a few of the units that may
// be parked in back-off, others join them and are answered. It takes many, for
// they have to meet at the wrong moment.
func TestRunNeverWaitsForWhoWaitsForItsSlot(t *testing.T) {
	const parked, units = 1024 - 2, 20_000
	run := func(t *testing.T) {
		asked := make([]atomic.Bool, units)
		gen := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
			i, err := strconv.Atoi(r.Chunk.Text)
			switch {
			case err != nil || asked[i].Swap(true):
			case i < parked:
				return mind.Response{}, &mind.BusyError{Wait: 20 * time.Hour, Err: errors.New("429")}
			case i%3 == 0:
				return mind.Response{}, errors.New("500")
			}
			return mind.Response{Text: "Teacher: yes"}, err
		})
		var src mind.Documents
		for i := range units {
			src = append(src, mind.Document{Text: strconv.Itoa(i)})
		}
		p := pipeline(t, src, gen, &mindtest.Memory{}, mind.WithConcurrency(1), mind.WithFilters())
		require.NoError(t, p.Run(t.Context()))
	}
	for range 6 {
		synctest.Test(t, run)
	}
}

func TestFaultsLoseNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault error
		every int // Each so many-th attempt fails.
	}{
		{"a fifth busy", &mind.BusyError{Err: errors.New("429")}, 5},
		{"a tenth errors", errors.New("500"), 10},
		{"a third errors", errors.New("reset"), 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var n atomic.Int64
				gen := &asked{latency: time.Second, fail: func(mind.Request, int) error {
					if n.Add(1)%int64(c.every) == 0 {
						return c.fault
					}
					return nil
				}}
				var sink mindtest.Memory
				p := pipeline(t, problems(1, 1000), gen, &sink, mind.WithConcurrency(16), mind.WithAttempts(64))
				require.NoError(t, p.Run(t.Context()))
				require.Len(t, sink.Kept(), 1000)
				s := p.Stats()
				balanced(t, s)
				require.Equal(t, s.Requests, 1000+s.Busy+s.Errors)
				// One after the other, answers and retries would take 1,000 seconds
				// and more; by chance it is 280 in one of a thousand runs.
				require.Less(t, s.Elapsed, 6*1000/16*time.Second, "%+v", s)
			})
		})
	}
}

func TestBusyCostsNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gen := &asked{fail: func(_ mind.Request, nth int) error {
			if nth <= 20 {
				return &mind.BusyError{Wait: time.Minute, Err: errors.New("429")}
			}
			return nil
		}}
		p := pipeline(t, problems(1, 1), gen, &mindtest.Memory{}, mind.WithAttempts(1))
		// The breaker looks at 5 minutes of silence; a server that says how
		// long it will be busy gets that time all the same.
		err := p.Run(t.Context())
		require.ErrorIs(t, err, mind.ErrStop)
		require.ErrorContains(t, err, "no answer for")
		balanced(t, p.Stats())

		gen.fail = func(_ mind.Request, nth int) error {
			if nth%9 != 0 {
				return &mind.BusyError{Err: errors.New("429")}
			}
			return nil
		}
		gen.times = nil
		require.NoError(t, p.Run(t.Context()))
		require.Equal(t, 9, gen.total())

		// Nor does it use up those of the errors that follow.
		gen.fail = func(_ mind.Request, nth int) error {
			switch nth {
			case 1, 2, 4:
				return &mind.BusyError{Err: errors.New("429")}
			case 3:
				return errors.New("500")
			}
			return nil
		}
		gen.times = nil
		require.NoError(t, pipeline(t, problems(1, 1), gen, &mindtest.Memory{}, mind.WithAttempts(2)).Run(t.Context()))
	})
}

// TestServersWaitIsKept: the unit that a server put off for a minute comes back
// after that, not earlier and not much later, and the others do not wait for it.
func TestServersWaitIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var others time.Duration
		gen := &asked{latency: time.Second, fail: func(r mind.Request, nth int) error {
			if r.Chunk.Doc.ID == "1" && nth == 1 {
				return &mind.BusyError{Wait: time.Minute, Err: errors.New("429")}
			}
			if r.Chunk.Doc.ID != "1" {
				others = time.Since(start)
			}
			return nil
		}}
		p := pipeline(t, problems(1, 10), gen, &mindtest.Memory{}, mind.WithConcurrency(1))
		require.NoError(t, p.Run(t.Context()))
		require.GreaterOrEqual(t, p.Stats().Elapsed, time.Minute)
		require.LessOrEqual(t, p.Stats().Elapsed, 92*time.Second, "half as long again at most")
		require.Less(t, others, 12*time.Second)
	})
}

func TestAttemptsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("500 broken")
		gen := &asked{fail: func(r mind.Request, _ int) error {
			if r.Chunk.Doc.ID == "3" {
				return broken
			}
			return nil
		}}
		var sink mindtest.Memory
		p := pipeline(t, problems(1, 10), gen, &sink)
		err := p.Run(t.Context())
		require.ErrorIs(t, err, broken)
		require.ErrorContains(t, err, "1 of 10 units have no answer after 8 attempts")
		require.Equal(t, 9+8, gen.total())
		require.Equal(t, 1, p.Stats().Failed)
		balanced(t, p.Stats())

		gen.fail = nil
		require.NoError(t, p.Run(t.Context()))
		require.Len(t, sink.Kept(), 10)
		require.Equal(t, 18, gen.total(), "only the failed unit is asked for again")
	})
}

func TestLengthIsAskedOnce(t *testing.T) {
	var sink mindtest.Memory
	var n atomic.Int64
	gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
		n.Add(1)
		return mind.Response{Text: "Teacher: cut", FinishReason: "length"}, nil
	})
	p := pipeline(t, problems(1, 10), gen, &sink, mind.WithFilters(mind.PaperFilters()...))
	require.NoError(t, p.Run(t.Context()))
	require.NoError(t, p.Run(t.Context()))
	require.EqualValues(t, 10, n.Load())
	require.Len(t, sink.Rejected(), 10)
	require.Equal(t, "finish: length", sink.Rejected()[0].Reject)
	require.Equal(t, "Teacher: cut", sink.Rejected()[0].Text, "what was paid for is kept")
}

// TestCutPromptsAreTold: a server that reads half of a prompt without a word
// must not go unnoticed, nor one with another tokenizer be suspected.
func TestCutPromptsAreTold(t *testing.T) {
	for _, c := range []struct {
		name string
		read func(sent int) int
		told int
	}{
		{"half", func(sent int) int { return sent / 2 }, 1},
		{"a tokenizer with fewer tokens", func(sent int) int { return sent * 3 / 4 }, 0},
		{"a server that does not say", func(int) int { return 0 }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			gen := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
				return mind.Response{Text: "x", Usage: mind.Usage{PromptTokens: c.read(mind.O200k.Count(r.Prompt))}}, nil
			})
			var src mind.Documents
			for i := range 5 {
				src = append(src, mind.Document{Text: fmt.Sprintf("%d: %s", i, strings.Repeat(`Let $\frac{a}{b}$ be a fraction. `, 40))})
			}
			var log strings.Builder
			p := pipeline(t, src, gen, &mindtest.Memory{}, mind.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			require.NoError(t, p.Run(t.Context()))
			require.Equal(t, c.told, strings.Count(log.String(), "num_ctx"), log.String())
		})
	}
}

func TestEmptyAnswerIsNeverGood(t *testing.T) {
	for _, text := range []string{"", " \n", "\u00a0"} {
		var sink mindtest.Memory
		gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
			return mind.Response{Text: text}, nil
		})
		require.NoError(t, pipeline(t, problems(1, 1), gen, &sink).Run(t.Context()))
		require.Equal(t, "empty: no text", sink.Rejected()[0].Reject)
	}
}

func TestAnotherPromptStopsTheRun(t *testing.T) {
	style := func(instruction string) mind.Option {
		return mind.WithStyles(mind.Style{Name: "mine", Instruction: instruction})
	}
	var sink mindtest.Memory
	gen := &asked{}
	require.NoError(t, pipeline(t, problems(1, 10), gen, &sink, style("Talk.")).Run(t.Context()))
	p := pipeline(t, problems(1, 10), gen, &sink, style("Speak."))
	for _, err := range []error{p.Run(t.Context()), second(p.Plan(t.Context()))} {
		require.ErrorContains(t, err, "document 1, chunk 0, style mine")
		require.ErrorContains(t, err, "rename the style")
	}
	require.Equal(t, 10, gen.total())
	balanced(t, p.Stats())
}

func second[A, B any](_ A, b B) B { return b }

func TestSourceErrors(t *testing.T) {
	src := func(errs ...error) mind.Source {
		return mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] {
			return func(yield func(mind.Document, error) bool) {
				for i, err := range errs {
					if !yield(mind.Document{Text: fmt.Sprint(i)}, err) {
						return
					}
				}
			}
		})
	}
	var sink mindtest.Memory
	p := pipeline(t, src(nil, fmt.Errorf("%w: row 2", mind.ErrSkip), nil), &asked{}, &sink)
	require.NoError(t, p.Run(t.Context()))
	require.Equal(t, 1, p.Stats().Skipped)
	require.Equal(t, 2, p.Stats().Documents)

	p = pipeline(t, src(nil, nil, errors.New("file is cut off"), nil), &asked{}, &sink)
	require.EqualError(t, p.Run(t.Context()), "file is cut off")
	balanced(t, p.Stats())
}

func TestIntegerIdsAreIntegers(t *testing.T) {
	var sink mindtest.Memory
	src := mind.Documents{{ID: "7", IntID: true, Text: "a"}, {ID: "07", IntID: true, Text: "b"}, {IntID: true, Text: "c"}, {ID: "9223372036854775808", IntID: true, Text: "d"}}
	p := pipeline(t, src, &asked{}, &sink)
	require.NoError(t, p.Run(t.Context()))
	require.Equal(t, 3, p.Stats().Skipped)
	require.Len(t, sink.Kept(), 1)
}

func TestPlanSendsNothing(t *testing.T) {
	var sink mindtest.Memory
	gen := &asked{}
	require.NoError(t, pipeline(t, problems(1, 10), gen, &sink).Run(t.Context()))
	p := pipeline(t, problems(1, 30), gen, &sink)
	s, err := p.Plan(t.Context())
	require.NoError(t, err)
	balanced(t, s)
	require.Equal(t, []int{30, 30, 10, 20}, []int{s.Documents, s.Units, s.Held, s.Pending})
	require.Positive(t, s.PromptTokens)
	require.Equal(t, 10, gen.total())
}

// TestRateCountsFromTheFirstRequest: a source may take hours to come to it.
func TestRateCountsFromTheFirstRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := mind.SourceFunc(func(ctx context.Context) iter.Seq2[mind.Document, error] {
			time.Sleep(time.Hour)
			return problems(0, 20).Documents(ctx)
		})
		var p *mind.Pipeline
		var now mind.Stats
		gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
			time.Sleep(2 * time.Second)
			now = p.Stats()
			return mind.Response{Text: "Teacher: yes", Usage: mind.Usage{PromptTokens: 30, CompletionTokens: 70}}, nil
		})
		p = pipeline(t, src, gen, &mindtest.Memory{}, mind.WithConcurrency(1), mind.WithFilters())
		units, tokens := p.Stats().Rate()
		require.Zero(t, units+tokens)
		require.NoError(t, p.Run(t.Context()))
		require.Equal(t, 40*time.Second, now.Asking)
		time.Sleep(time.Hour)
		s := p.Stats()
		require.Equal(t, []time.Duration{time.Hour + 40*time.Second, 40 * time.Second}, []time.Duration{s.Elapsed, s.Asking})
		units, tokens = s.Rate()
		require.Equal(t, []float64{0.5, 50}, []float64{units, tokens})
		units, _ = mind.Stats{Kept: 1, Rejected: 2, Failed: 3, Held: 4, Pending: 5, Asking: 2 * time.Second}.Rate()
		require.Equal(t, 3.0, units, "every outcome counts, and nothing else")
		require.NoError(t, p.Run(t.Context()), "all of it is held")
		require.Zero(t, p.Stats().Asking)
	})
}

func TestOneRunAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p *mind.Pipeline
		gen := mind.GeneratorFunc(func(ctx context.Context, _ mind.Request) (mind.Response, error) {
			require.ErrorContains(t, p.Run(ctx), "running already")
			balanced(t, p.Stats())
			return mind.Response{Text: "x"}, nil
		})
		p = pipeline(t, problems(1, 3), gen, &mindtest.Memory{})
		require.NoError(t, p.Run(t.Context()))
	})
}

func TestWrongOptionsAreNamed(t *testing.T) {
	_, err := mind.New(problems(1, 1), &asked{}, &mindtest.Memory{},
		mind.WithConcurrency(0), mind.WithSamples(-1), mind.WithAttempts(0), mind.WithStyles(mind.SeedStyle(), mind.SeedStyle()), mind.WithFilters(mind.Filter{Name: "f"}),
		mind.WithGrace(-1), mind.WithLimits(mind.Limits{RPM: -1}), mind.WithLogger(nil), mind.WithChunker(nil))
	for _, want := range []string{"WithConcurrency(0)", "WithSamples(-1)", "WithAttempts(0)", `two styles are named "teacher_basics"`, `filter "f"`, "WithGrace", "WithLimits", "WithLogger", "WithChunker"} {
		require.ErrorContains(t, err, want)
	}
	_, err = mind.New(nil, &asked{}, &mindtest.Memory{})
	require.Error(t, err)
	require.False(t, strings.Contains(fmt.Sprint(err), "\n"))
}

func TestStatsBalanceAtAnyMoment(t *testing.T) {
	gen := &asked{}
	p := pipeline(t, problems(1, 2000), gen, &mindtest.Memory{}, mind.WithConcurrency(32))
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
