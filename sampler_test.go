package mind_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

// strata is a source with so many documents of each level and type.
func strata(sizes map[string]int) mind.Documents {
	var ds mind.Documents
	for name, n := range sizes {
		for i := range n {
			ds = append(ds, mind.Document{ID: fmt.Sprint(name, i), Text: fmt.Sprint("problem ", i), Meta: map[string]string{"level": name[:1], "type": name[1:]}})
		}
	}
	slices.SortFunc(ds, func(a, b mind.Document) int { return len(a.ID) - len(b.ID) })
	return ds
}

func draw(t *testing.T, src mind.Source) (ids []string, byStratum map[string]int) {
	t.Helper()
	byStratum = map[string]int{}
	for d, err := range src.Documents(t.Context()) {
		require.NoError(t, err)
		ids = append(ids, d.ID)
		byStratum[d.Meta["level"]+d.Meta["type"]]++
	}
	return ids, byStratum
}

var sizes = map[string]int{"1a": 307, "1b": 30, "2a": 100, "2b": 2, "3a": 1, "3b": 560}

func TestSampleIsProportional(t *testing.T) {
	src := strata(sizes)
	total := len(src)
	for n := 1; n <= total+10; n += 7 {
		ids, by := draw(t, mind.Sample(src, n, 42, "level", "type"))
		require.Len(t, ids, min(n, total))
		slices.Sort(ids)
		require.Len(t, slices.Compact(ids), min(n, total), "distinct")
		for name, size := range sizes {
			share := float64(size) * float64(min(n, total)) / float64(total)
			require.InDelta(t, share, by[name], 1.5, "%s at n = %d", name, n)
		}
	}
}

func TestLargerSampleKeepsThePicks(t *testing.T) {
	src := strata(sizes)
	before := []string{}
	for n := 1; n <= len(src); n += 9 {
		ids, _ := draw(t, mind.Sample(src, n, 7, "level", "type"))
		require.Equal(t, before, ids[:len(before)], "n = %d", n)
		before = ids
	}
}

func TestSampleDependsOnSeedAlone(t *testing.T) {
	src := strata(sizes)
	ids, _ := draw(t, mind.Sample(src, 100, 1, "level"))
	shuffled := slices.Clone(src)
	rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	again, _ := draw(t, mind.Sample(shuffled, 100, 1, "level"))
	require.Equal(t, ids, again)
	other, _ := draw(t, mind.Sample(src, 100, 2, "level"))
	require.NotEqual(t, ids, other)
}

func TestSampleOfAll(t *testing.T) {
	src := strata(sizes)
	ids, _ := draw(t, mind.Sample(src, 0, 1, "no such field"))
	require.Len(t, ids, len(src))
	require.Equal(t, src[0].ID, ids[0], "as they come")
	require.NoError(t, errOf(mind.Sample(mind.Documents{}, 5, 1, "level"), t.Context()))
}

func errOf(src mind.Source, ctx context.Context) error {
	for _, err := range src.Documents(ctx) {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestSampleByUnknownField(t *testing.T) {
	src := strata(sizes)
	for _, d := range src {
		d.Meta["subject"] = "" // A missing field that is asked for, as Files gives it.
	}
	err := errOf(mind.Sample(src, 5, 1, "level", "subject"), t.Context())
	require.EqualError(t, err, "sample by subject: no document has this metadata (they have: level, type)")
}

// halfRead is a source with an error for one document and an end that is none.
type halfRead struct{ err error }

func (h halfRead) Documents(context.Context) iter.Seq2[mind.Document, error] {
	return func(yield func(mind.Document, error) bool) {
		_ = yield(mind.Document{Text: "1"}, nil) &&
			yield(mind.Document{}, fmt.Errorf("%w: row 2", mind.ErrSkip)) &&
			yield(mind.Document{Text: "3"}, nil) &&
			yield(mind.Document{}, h.err)
	}
}

func (h halfRead) Progress() (read, size int64) { return 3, 4 }

func TestSamplePassesErrorsOn(t *testing.T) {
	broken := errors.New("cut off")
	src := mind.Sample(halfRead{broken}, 2, 1)
	var errs []error
	for _, err := range src.Documents(t.Context()) {
		errs = append(errs, err)
	}
	require.Len(t, errs, 2, "half a source is no sample")
	require.ErrorIs(t, errs[0], mind.ErrSkip)
	require.Equal(t, broken, errs[1])

	read, size := src.(interface{ Progress() (read, size int64) }).Progress()
	require.EqualValues(t, []int64{3, 4}, []int64{read, size})
}
