package mindtest

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/org/mind"
)

// soon is how long something may take that must not wait: long enough for a
// loaded machine.
const soon = 30 * time.Second

// TestSource checks that src keeps the contract of mind.Source: the same
// documents in the same order each time, errors that concern one document or
// are the last, an iteration that may be stopped early and that ends when its
// context is done. The source must yield at least one document.
func TestSource(t testing.TB, src mind.Source) {
	t.Helper()
	first := readSource(t, src, "the first time")
	if len(first) == 0 {
		t.Fatal("source: yields no document: give it some to be tested with")
	}
	if second := readSource(t, src, "the second time"); !slices.EqualFunc(first, second, sameDocument) {
		t.Errorf("source: yields other documents the second time, or in another order: a rerun could not tell what is done")
	}
	for _, d := range first {
		n, err := strconv.ParseInt(d.ID, 10, 64)
		if d.IntID && (err != nil || strconv.FormatInt(n, 10) != d.ID) {
			t.Errorf("source: document %q has IntID, but its ID is no integer of 64 bits in its shortest form", d.ID)
		}
		if a, b := slices.Sorted(maps.Keys(first[0].Meta)), slices.Sorted(maps.Keys(d.Meta)); !slices.Equal(a, b) {
			t.Errorf("source: document %q has the metadata %v, the first one has %v: all must have the same keys", d.ID, b, a)
		}
	}
	for stop := range min(len(first), 3) {
		n := 0
		for range src.Documents(context.Background()) { // A source that goes on panics here.
			if n++; n > stop {
				break
			}
		}
	}
	within(t, "source: Documents with a context that is done", func() {
		ctx, cancel := context.WithCancel(context.Background())
		for _, err := range src.Documents(ctx) {
			cancel()
			if err != nil && !errors.Is(err, mind.ErrSkip) {
				break
			}
		}
		cancel()
	})
	if p, ok := src.(interface{ Progress() (read, size int64) }); ok {
		if read, size := p.Progress(); read < 0 || size < 0 || size > 0 && read > size {
			t.Errorf("source: Progress is %d of %d", read, size)
		}
	}
}

func readSource(t testing.TB, src mind.Source, when string) (ds []mind.Document) {
	t.Helper()
	var last error
	for d, err := range src.Documents(context.Background()) {
		switch {
		case last != nil:
			t.Fatalf("source: goes on after the error %q, which is no mind.ErrSkip", last)
		case err == nil:
			ds = append(ds, d)
		case !errors.Is(err, mind.ErrSkip):
			last = err
		}
	}
	if last != nil {
		t.Fatalf("source: %s it ends with an error: %v", when, last)
	}
	return ds
}

func sameDocument(a, b mind.Document) bool {
	return a.ID == b.ID && a.IntID == b.IntID && a.Text == b.Text && maps.Equal(a.Meta, b.Meta)
}

// TestChunker checks that c keeps the contract of mind.Chunker on these texts,
// and on some that are hard: the same pieces each time, also from several
// goroutines, whole runes, and an iteration that may be stopped early.
func TestChunker(t testing.TB, c mind.Chunker, texts ...string) {
	t.Helper()
	texts = append(slices.Clone(texts), "", " ", "\n\n", "word", strings.Repeat("word ", 2000), strings.Repeat("数学😀", 500), strings.Repeat("$x$\n\n", 300))
	for _, text := range texts {
		want := slices.Collect(c.Chunks(text))
		for i, piece := range want {
			if utf8.ValidString(text) && !utf8.ValidString(piece) {
				t.Errorf("chunker: piece %d of %.40q is cut inside a rune", i, text)
			}
		}
		for range c.Chunks(text) { // A chunker that goes on panics here.
			break
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if got := slices.Collect(c.Chunks(text)); !slices.Equal(got, want) {
					t.Errorf("chunker: cuts %.40q into other pieces another time: the index of a chunk is part of its identity", text)
				}
			})
		}
		wg.Wait()
	}
}

// TestGenerator checks that gen keeps the contract of mind.Generator when it is
// asked about these texts, or about one of ours: answers with a text or a
// reason why there is none, concurrent use, and an end soon after the context's.
// A generator that calls a server calls it here.
func TestGenerator(t testing.TB, gen mind.Generator, texts ...string) {
	t.Helper()
	if len(texts) == 0 {
		texts = []string{"Problem:\nWhat is $12\\cdot 3$?\n\nSolution:\nThree times ten is $30$. Three times two is $6$. Together this is $\\boxed{36}$."}
	}
	var requests []mind.Request
	collect := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
		requests = append(requests, r)
		return mind.Response{Text: "x"}, nil
	})
	var src mind.Documents
	for i, text := range texts {
		src = append(src, mind.Document{ID: strconv.Itoa(i), IntID: true, Text: text})
	}
	p, err := mind.New(src, collect, &Memory{}, mind.WithConcurrency(1), mind.WithStyles(mind.PaperStyles()...))
	if err == nil {
		err = p.Run(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(requests) == 0 {
		t.Fatal("generator: nothing to ask about: give the test a text that is not blank")
	}
	var wg sync.WaitGroup
	for _, r := range requests {
		wg.Go(func() {
			resp, err := gen.Generate(context.Background(), r)
			busy, _ := errors.AsType[*mind.BusyError](err)
			switch {
			case busy != nil && busy.Wait < 0:
				t.Errorf("generator: a BusyError asks to wait %v", busy.Wait)
			case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
				t.Errorf("generator: %v, and nobody cancelled", err)
			case errors.Is(err, mind.ErrStop):
				t.Errorf("generator: cannot be tested: %v", err)
			case err == nil && resp.Text == "" && (resp.FinishReason == "" || resp.FinishReason == "stop"):
				t.Errorf("generator: an answer without text, and neither an error nor a FinishReason that says why")
			case err == nil && (resp.Usage.PromptTokens < 0 || resp.Usage.CompletionTokens < 0):
				t.Errorf("generator: usage of %+v", resp.Usage)
			}
		})
	}
	wg.Wait()
	done, cancel := context.WithCancel(context.Background())
	cancel()
	within(t, "generator: Generate with a context that is done", func() {
		if _, err := gen.Generate(done, requests[0]); errors.Is(err, mind.ErrStop) || errors.Is(err, mind.ErrSkip) {
			t.Errorf("generator: a context that is done ends as %v, which would be recorded, or blamed on the server", err)
		}
	})
	if a, ok := gen.(interface{ AnswerTokens() int }); ok && a.AnswerTokens() < 0 {
		t.Errorf("generator: AnswerTokens is %d", a.AnswerTokens())
	}
}

// TestSink checks that a sink keeps the contract of mind.Sink. Each call of
// open must return the same sink, opened anew if it lies on a disk: what was
// written is there then. It must hold nothing at first. A sink with a method
// Close is closed before it is opened again.
func TestSink(t testing.TB, open func() (mind.Sink, error)) {
	t.Helper()
	sink := func() mind.Sink {
		t.Helper()
		s, err := open()
		if err != nil {
			t.Fatalf("sink: open: %v", err)
		}
		return s
	}
	closed := func(s mind.Sink) {
		t.Helper()
		if c, ok := s.(interface{ Close() error }); ok {
			if err := c.Close(); err != nil {
				t.Errorf("sink: Close: %v", err)
			}
		}
	}
	s := sink()
	if keys := sinkKeys(t, s); len(keys) > 0 {
		t.Fatalf("sink: holds %d dialogues at first: give the test an empty one", len(keys))
	}
	var want []string
	for group := range 4 {
		if group > 0 {
			s = sink()
			if keys := sinkKeys(t, s); !slices.Equal(keys, want) {
				t.Fatalf("sink: %d keys are held where %d were written: dialogues would be lost or asked for twice", len(keys), len(want))
			}
		}
		for part := range 3 {
			ds := dialoguesFor(group, part)
			for _, d := range ds {
				want = append(want, d.Key)
			}
			if a, ok := s.(interface{ Accepts(mind.Document) error }); ok {
				if err := a.Accepts(mind.Document{ID: ds[0].ID, IntID: ds[0].IntID, Meta: ds[0].Metadata}); err != nil {
					t.Fatalf("sink: Accepts: %v", err)
				}
			}
			if err := s.Write(context.Background(), ds); err != nil {
				t.Fatalf("sink: Write: %v", err)
			}
			for i := range ds {
				ds[i] = mind.Dialogue{Key: strings.Repeat("v", 40)} // The caller's own again.
			}
		}
		slices.Sort(want)
		if err := s.Write(context.Background(), nil); err != nil {
			t.Errorf("sink: Write of nothing: %v", err)
		}
		closed(s)
	}
	s = sink()
	for range s.Keys(context.Background()) { // A sink that goes on panics here.
		break
	}
	closed(s)
}

func sinkKeys(t testing.TB, s mind.Sink) []string {
	t.Helper()
	keys := slices.Collect(noErrors(t, s.Keys(context.Background())))
	slices.Sort(keys)
	return keys
}

func noErrors(t testing.TB, keys iter.Seq2[string, error]) iter.Seq[string] {
	return func(yield func(string) bool) {
		for key, err := range keys {
			if err != nil {
				t.Fatalf("sink: Keys: %v", err)
			}
			if !yield(key) {
				return
			}
		}
	}
}

// dialoguesFor are some dialogues with what sinks trip over.
func dialoguesFor(group, part int) (ds []mind.Dialogue) {
	texts := []string{"Teacher: $a<b$ & \"c\"\nStudent: \u2028 数学 😀 \\nabla", "\uFFFD", strings.Repeat("long ", 1<<16), ""}
	for i, text := range texts {
		n := 100*group + 10*part + i
		d := mind.Dialogue{
			ID: strconv.Itoa(n), IntID: true, Text: text, Style: "s", Chunk: part, Chunks: 3, Sample: i, Model: "m", FinishReason: "stop",
			Usage: mind.Usage{PromptTokens: n, CompletionTokens: n}, Metadata: map[string]string{"level": "", "type": "<&>"}, Source: text,
			Key: keyFor(n),
		}
		if text == "" {
			d.Reject = "refused: \"no\"\n"
		}
		ds = append(ds, d)
	}
	return ds
}

// keyFor is a key as a pipeline makes them: a sink may store what it encodes.
func keyFor(n int) string {
	h := sha256.Sum256(strconv.AppendInt(nil, int64(n), 10))
	encoding := base32.HexEncoding.WithPadding(base32.NoPadding)
	return strings.ToLower(encoding.EncodeToString(h[:16]) + "-" + encoding.EncodeToString(h[16:24]))
}

// within fails the test if f does not end soon. f goes on then.
func within(t testing.TB, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { // An errgroup would wait for what may never end.
		defer close(done)
		f()
	}()
	select {
	case <-done:
	case <-time.After(soon):
		t.Errorf("%s does not end within %v", what, soon)
	}
}
