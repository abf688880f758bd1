package mindtest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime"
	"slices"
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

func TestOurOwnConform(t *testing.T) {
	text := "Problem:\nWhat is $2+2$?\n\nSolution:\nWe add $2$ to $2$. This is $\\boxed{4}$."
	mindtest.TestSource(t, mind.Documents{{ID: "1", IntID: true, Text: text}, {ID: "2", IntID: true, Text: "b"}})
	mindtest.TestSource(t, mind.Sample(mind.Documents{{ID: "a", Text: text}, {ID: "b", Text: "b"}, {ID: "c", Text: "c"}}, 2, 1))
	problems := &mind.Files{Paths: []string{filepath.Join("..", "testdata", "MATH.json")}}
	mindtest.TestSource(t, problems)
	mindtest.TestSource(t, &mind.Files{Paths: []string{filepath.Join("..", "testdata")}}) // A folder, with files of several kinds.
	benchmark, err := mind.ReadBenchmark(t.Context(), mind.Documents{{Text: "Evaluate the sum of the first twelve odd numbers."}})
	require.NoError(t, err)
	mindtest.TestSource(t, mind.Decontaminate(problems, benchmark))

	mindtest.TestChunker(t, mind.TokenChunker{Max: 8}, text)
	mindtest.TestChunker(t, mind.TokenChunker{Max: 50, Encoding: mind.CL100k}, text)
	mindtest.TestChunker(t, mind.TokenChunker{Max: 50, Tokenizer: mind.TokenizerFunc(func(text string) int { return len(text) })}, text)

	// A function that needs no time need not look whether it has any.
	mindtest.TestGenerator(t, mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
		return mind.Response{Text: "Teacher: by rule"}, nil
	}))
	server := &mindtest.Server{}
	client := &mind.Client{BaseURL: "http://fake/v1", Model: "m", HTTP: server.Client()}
	mindtest.TestGenerator(t, mindtest.Offline{})
	mindtest.TestGenerator(t, client, text)
	mindtest.TestGenerator(t, mind.Balance(client, mindtest.Offline{}), text)

	var memory mindtest.Memory
	mindtest.TestSink(t, func() (mind.Sink, error) { return &memory, nil })
	name := filepath.Join(t.TempDir(), "out.jsonl")
	mindtest.TestSink(t, func() (mind.Sink, error) { return mind.OpenStore(name) })
	n := 0
	for _, err := range mind.Dialogues(name) { // It takes each key apart.
		require.NoError(t, err)
		n++
	}
	require.Equal(t, 48, n)
}

// A judged is a test that may fail. As with a real one, Errorf may be called
// concurrently.
type judged struct {
	testing.TB
	mu       sync.Mutex
	failures []string
}

func (j *judged) Helper() {}
func (j *judged) Errorf(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failures = append(j.failures, fmt.Sprintf(format, args...))
}
func (j *judged) Fatalf(format string, args ...any) { j.Errorf(format, args...); runtime.Goexit() }
func (j *judged) Fatal(args ...any)                 { j.Errorf("%s", fmt.Sprint(args...)); runtime.Goexit() }

// judge runs a conformance test, in a bubble so that what hangs costs nothing,
// and returns what it found. A panic is a finding too.
func judge(t *testing.T, test func(t testing.TB)) (findings string) {
	synctest.Test(t, func(t *testing.T) {
		j := &judged{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() {
				if r := recover(); r != nil {
					j.Errorf("panic: %v", r)
				}
			}()
			test(j)
		}()
		<-done
		time.Sleep(2 * time.Hour) // What hangs must end with the bubble.
		findings = strings.Join(j.failures, "\n")
	})
	return findings
}

func source(documents func(yield func(mind.Document, error) bool)) mind.Source {
	return mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] { return documents })
}

func TestBrokenSourcesAreCaught(t *testing.T) {
	a, b := mind.Document{ID: "a", Text: "a"}, mind.Document{ID: "b", Text: "b"}
	n := 0
	for name, c := range map[string]struct {
		src  mind.Source
		want string
	}{
		"empty": {mind.Documents{}, "no document"},
		"in another order": {source(func(yield func(mind.Document, error) bool) {
			n++
			_ = yield([]mind.Document{a, b}[n%2], nil) && yield([]mind.Document{b, a}[n%2], nil)
		}), "another order"},
		"no integer":     {mind.Documents{{ID: "07", IntID: true}}, "no integer"},
		"other metadata": {mind.Documents{{ID: "a", Meta: map[string]string{"x": ""}}, {ID: "b"}}, "same keys"},
		"after its end":  {source(func(yield func(mind.Document, error) bool) { yield(a, nil); yield(b, nil) }), "panic"},
		"after an error": {source(func(yield func(mind.Document, error) bool) { _ = yield(a, errors.New("broken")) && yield(b, nil) }), "goes on after"},
		"an error":       {source(func(yield func(mind.Document, error) bool) { _ = yield(a, nil) && yield(b, errors.New("broken")) }), "broken"},
		"deaf": {mind.SourceFunc(func(ctx context.Context) iter.Seq2[mind.Document, error] {
			return func(yield func(mind.Document, error) bool) {
				if yield(a, nil) && ctx.Err() != nil {
					time.Sleep(time.Hour)
				}
			}
		}), "does not end"},
		"more than all": {overfull{mind.Documents{a}}, "Progress is 5 of 4"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, judge(t, func(t testing.TB) { mindtest.TestSource(t, c.src) }), c.want)
		})
	}
}

type overfull struct{ mind.Source }

func (overfull) Progress() (read, size int64) { return 5, 4 }

func TestBrokenChunkersAreCaught(t *testing.T) {
	var n atomic.Int64
	for name, c := range map[string]struct {
		chunker mind.ChunkerFunc
		want    string
	}{
		"inside a rune": {func(text string) iter.Seq[string] {
			return slices.Values([]string{text[:len(text)/7], text[len(text)/7:]})
		}, "inside a rune"},
		"by chance": {func(text string) iter.Seq[string] { return slices.Values([]string{fmt.Sprint(n.Add(1))}) }, "other pieces"},
		"after its end": {func(text string) iter.Seq[string] {
			return func(yield func(string) bool) { yield("a"); yield("b") }
		}, "panic"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, judge(t, func(t testing.TB) { mindtest.TestChunker(t, c.chunker) }), c.want)
		})
	}
}

func TestBrokenGeneratorsAreCaught(t *testing.T) {
	good := mind.Response{Text: "x"}
	for name, c := range map[string]struct {
		generate mind.GeneratorFunc
		want     string
	}{
		"without text": {func(ctx context.Context, _ mind.Request) (mind.Response, error) { return mind.Response{}, ctx.Err() }, "without text"},
		"hanging": {func(ctx context.Context, _ mind.Request) (mind.Response, error) {
			time.Sleep(time.Hour)
			return good, ctx.Err()
		}, "does not end"},
		"cancel by itself": {func(context.Context, mind.Request) (mind.Response, error) { return good, context.DeadlineExceeded }, "nobody cancelled"},
		"blames": {func(ctx context.Context, _ mind.Request) (mind.Response, error) {
			if ctx.Err() != nil {
				return good, fmt.Errorf("%w: %w", mind.ErrSkip, ctx.Err())
			}
			return good, nil
		}, "which would be recorded"},
		"back in time": {func(context.Context, mind.Request) (mind.Response, error) { return good, &mind.BusyError{Wait: -1} }, "asks to wait"},
		"no key":       {func(context.Context, mind.Request) (mind.Response, error) { return good, mind.ErrStop }, "cannot be tested"},
		"negative": {func(ctx context.Context, _ mind.Request) (mind.Response, error) {
			return mind.Response{Text: "x", Usage: mind.Usage{PromptTokens: -1}}, ctx.Err()
		}, "usage"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, judge(t, func(t testing.TB) { mindtest.TestGenerator(t, c.generate) }), c.want)
		})
	}
}

// A badSink is a Memory with one fault.
type badSink struct {
	mindtest.Memory
	fault string
	kept  []mind.Dialogue
}

func (b *badSink) Keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if b.fault == "an error" {
			yield("", errors.New("broken"))
			return
		}
		if b.fault == "the caller's slice" {
			for _, d := range b.kept {
				if !yield(d.Key, nil) {
					return
				}
			}
			return
		}
		for _, d := range b.Dialogues() {
			more := yield(d.Key, nil)
			if !more && b.fault != "after its end" {
				return
			}
			if b.fault == "twice" && !yield(d.Key, nil) {
				return
			}
		}
	}
}

func (b *badSink) Write(ctx context.Context, ds []mind.Dialogue) error {
	switch b.fault {
	case "forgets":
		return nil
	case "forgets rejected":
		ds = slices.DeleteFunc(slices.Clone(ds), func(d mind.Dialogue) bool { return d.Reject != "" })
	case "the last is lost":
		ds = ds[:max(len(ds)-1, 0)]
	case "the caller's slice":
		if len(b.kept) == 0 {
			b.kept = ds
		} else {
			b.kept = append(b.kept, ds...)
		}
		return nil
	case "fails":
		return errors.New("disk full")
	case "nothing is too little":
		if len(ds) == 0 {
			return errors.New("nothing to write")
		}
	}
	return b.Memory.Write(ctx, ds)
}

func TestBrokenSinksAreCaught(t *testing.T) {
	for fault, want := range map[string]string{
		"forgets": "lost or asked for twice", "forgets rejected": "lost or asked for twice", "the last is lost": "lost or asked for twice",
		"the caller's slice": "lost or asked for twice", "twice": "lost or asked for twice", "an error": "broken", "after its end": "panic", "fails": "disk full",
		"nothing is too little": "Write of nothing", "": "",
	} {
		t.Run(fault, func(t *testing.T) {
			sink := &badSink{fault: fault}
			findings := judge(t, func(t testing.TB) { mindtest.TestSink(t, func() (mind.Sink, error) { return sink, nil }) })
			require.Contains(t, findings, want)
			if fault == "" {
				require.Empty(t, findings)
			}
		})
	}
	require.Contains(t, judge(t, func(t testing.TB) {
		mindtest.TestSink(t, func() (mind.Sink, error) { return nil, errors.New("locked") })
	}), "locked")
	require.Contains(t, judge(t, func(t testing.TB) {
		mindtest.TestSink(t, func() (mind.Sink, error) { return &mindtest.Memory{}, nil })
	}), "lost or asked for twice", "a sink that is new each time holds nothing")
}
