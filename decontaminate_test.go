package mind_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

const (
	longQuestion  = "A farmer has a field that is 120 meters long and 80 meters wide and wants to put a fence around it with a post every 4 meters. How many posts does he need?"
	shortQuestion = "What is the remainder when $7^{2026}$ is divided by $11$?"
)

func readBenchmark(t testing.TB, questions ...string) *mind.Benchmark {
	var docs mind.Documents
	for i, q := range questions {
		docs = append(docs, mind.Document{ID: fmt.Sprintf("test-%d", i), Text: q})
	}
	b, err := mind.ReadBenchmark(t.Context(), docs)
	require.NoError(t, err)
	return b
}

func TestBenchmarkFindsItsQuestions(t *testing.T) {
	const words = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon"
	twenty, more := strings.ToUpper(words), strings.ReplaceAll(words, " ", "ly ")+"ly phi"
	b := readBenchmark(t, longQuestion, shortQuestion, twenty, more)
	for _, tt := range []struct{ name, text, found string }{
		{"whole", longQuestion, "test-0"},
		{"in a longer text", "Problem:\n" + longQuestion + "\n\nSolution:\nWe add.", "test-0"},
		{"13 words of it", "He wants to put a fence around it with a post every 4 meters, and so on.", "test-0"},
		{"12 words of it", "to put a fence around it with a post every 4 METERS!", ""},
		{"other case, punctuation and lines", strings.ReplaceAll(strings.ToUpper(longQuestion), " ", ",\n"), "test-0"},
		{"short, whole", "Now: " + shortQuestion + " Try it.", "test-1"},
		{"short, not whole", "What is the remainder when $7^{2026}$ is divided by $13$?", ""},
		{"twenty words, whole", words, "test-2"},
		{"twenty words, all but the last", strings.TrimSuffix(words, "upsilon"), ""},
		{"twenty-one words, all but the last", strings.TrimSuffix(more, "phi"), "test-3"},
		{"neither", "A field is 120 meters long. What is the remainder?", ""},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			name, words, ok := b.Find(tt.text)
			require.Equal(t, tt.found, name)
			require.Equal(t, tt.found != "", ok)
			require.Equal(t, ok, words > 0)
		})
	}
}

func TestVeryShortQuestionsAreLeftOut(t *testing.T) {
	b := readBenchmark(t, "Compute $2+2$.", longQuestion)
	held, leftOut := b.Questions()
	require.Equal(t, []int{1, 1}, []int{held, leftOut})
	_, _, ok := b.Find("Compute $2+2$.")
	require.False(t, ok)
	_, err := mind.ReadBenchmark(t.Context(), mind.Documents{{Text: "Why?"}})
	require.ErrorContains(t, err, "no question")
}

func TestContaminatedAnswersAreRejected(t *testing.T) {
	b := readBenchmark(t, longQuestion)
	d := mind.Dialogue{Text: "Teacher: Another one. " + longQuestion + "\nStudent: 100."}.Filter(b.Filter())
	require.Equal(t, "contamination: 13 words of question test-0", d.Reject)
	require.Empty(t, mind.Dialogue{Text: "Teacher: What is $1+1$?"}.Filter(b.Filter()).Reject)
}

// Documents that match are skipped by name, nothing is asked about them, and
// other errors and the progress come through.
func TestDecontaminateSkipsByName(t *testing.T) {
	broken := errors.New("the disk is gone")
	src := source{docs: mind.Documents{{ID: "7", IntID: true, Text: "Problem:\n" + longQuestion}, {ID: "a", Text: "Another text."}}, end: broken}
	var ids []string
	var errs []error
	for d, err := range mind.Decontaminate(src, readBenchmark(t, longQuestion)).Documents(t.Context()) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ids = append(ids, d.ID)
	}
	require.Equal(t, []string{"a"}, ids)
	require.Len(t, errs, 2)
	require.ErrorIs(t, errs[0], mind.ErrSkip)
	require.EqualError(t, errs[0], "document 7: it has 13 words of benchmark question test-0")
	require.Equal(t, broken, errs[1])
	read, size := mind.Decontaminate(src, readBenchmark(t, longQuestion)).(interface{ Progress() (int64, int64) }).Progress()
	require.Equal(t, []int64{3, 4}, []int64{read, size})
}

type source struct {
	docs mind.Documents
	end  error
}

func (s source) Progress() (read, size int64) { return 3, 4 }

func (s source) Documents(ctx context.Context) iter.Seq2[mind.Document, error] {
	return func(yield func(mind.Document, error) bool) {
		for _, d := range s.docs {
			if !yield(d, nil) {
				return
			}
		}
		yield(mind.Document{}, s.end)
	}
}

// MATH-500 is a part of MATH's test split: every one of its questions is found
// in it, but for those too short to be held. GSM8K's training questions are
// others than those of its test.
func TestBenchmarksAreFoundInRealData(t *testing.T) {
	data := os.Getenv("MIND_DATA")
	if data == "" {
		t.Skip("MIND_DATA is not set")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b, err := mind.ReadBenchmark(t.Context(), &mind.Files{Paths: []string{filepath.Join(data, "text/math500.jsonl")}, Text: []string{"problem"}})
	require.NoError(t, err)
	runtime.GC()
	runtime.ReadMemStats(&after)
	held, leftOut := b.Questions()
	require.Equal(t, 500, held+leftOut)
	found, others := map[string]bool{}, 0
	for d, err := range (&mind.Files{Paths: []string{filepath.Join(data, "text/MATH.json")}, Text: []string{"problem"}}).Documents(t.Context()) {
		require.NoError(t, err)
		if name, _, ok := b.Find(d.Text); ok {
			found[name] = true
			others++
		}
	}
	t.Logf("%d questions held, %d too short; %d documents of MATH match %d of them; %d bytes", held, leftOut, others, len(found), after.HeapAlloc-before.HeapAlloc)
	require.GreaterOrEqual(t, others, held)
	hits, rows := 0, 0
	for d, err := range (&mind.Files{Paths: []string{filepath.Join(data, "text/gsm8k_train.jsonl")}}).Documents(t.Context()) {
		require.NoError(t, err)
		rows++
		if _, _, ok := b.Find(d.Text); ok {
			hits++
		}
	}
	t.Logf("%d of %d texts of GSM8K match MATH-500", hits, rows)
	require.Less(t, hits*1000, rows)
}
