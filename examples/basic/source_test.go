package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

// rows writes a file of n rows with these fields besides, and chdirs there.
func rows(t *testing.T, n int, more string) {
	t.Chdir(t.TempDir())
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"id":%d,"text":"The text of number %d."%s}`+"\n", i, i, strings.ReplaceAll(more, "%", fmt.Sprint(i%2)))
	}
	write(t, "in.jsonl", b.String())
}

// read collects a source.
func read(t *testing.T, s mind.Source) (docs []mind.Document, skipped int, err error) {
	for d, err := range s.Documents(t.Context()) {
		switch {
		case errors.Is(err, mind.ErrSkip):
			skipped++
		case err != nil:
			return docs, skipped, err
		default:
			docs = append(docs, d)
		}
	}
	return docs, skipped, nil
}

func sourceOf(t *testing.T, args ...string) mind.Source {
	s, err := parsed(t, append(args, "-in", "in.jsonl")...).source()
	require.NoError(t, err)
	return s
}

func TestDefaultFieldsThatTheInputLacksAreIgnored(t *testing.T) {
	rows(t, 40, `,"level":"Level %"`) // No type.
	docs, _, err := read(t, sourceOf(t, "-n", "10"))
	require.NoError(t, err)
	require.Len(t, docs, 10)
	strata := map[string]int{}
	for _, d := range docs {
		strata[d.Meta["level"]]++
	}
	require.Equal(t, map[string]int{"Level 0": 5, "Level 1": 5}, strata)

	_, _, err = read(t, sourceOf(t, "-n", "10", "-by", "level,type"))
	require.ErrorContains(t, err, "type")
}

func TestGivenFieldsAreKeptAsMetadata(t *testing.T) {
	rows(t, 40, `,"level":"Level %","topic":"t%"`)
	docs, _, err := read(t, sourceOf(t, "-n", "10", "-by", "topic"))
	require.NoError(t, err)
	require.Contains(t, docs[0].Meta, "topic")
	docs, _, err = read(t, sourceOf(t, "-n", "10", "-by", "topic", "-meta", "level"))
	require.NoError(t, err)
	require.Contains(t, docs[0].Meta, "topic")
	require.Contains(t, docs[0].Meta, "level")
	docs, _, err = read(t, sourceOf(t, "-n", "10", "-by", "level"))
	require.NoError(t, err)
	require.Equal(t, []string{"level"}, fieldsOf(docs[0]))
}

func TestFieldsAreToldBeforeTheFirstDocument(t *testing.T) {
	rows(t, 5, `,"level":"Level %"`)
	for _, n := range []string{"0", "3"} {
		s := sourceOf(t, "-n", n).(*sampled)
		var told []string
		s.tell = func(fields string) { told = append(told, fields) }
		for range s.Documents(t.Context()) {
			require.Equal(t, []string{"text from text; id from id (integers); metadata: level"}, told)
		}
	}
}

func fieldsOf(d mind.Document) (names []string) {
	for name := range d.Meta {
		names = append(names, name)
	}
	return names
}

func TestTheSampleIsThatOfTheLibrary(t *testing.T) {
	rows(t, 40, `,"level":"Level %","type":"t%"`)
	for _, n := range []string{"0", "7", "100"} {
		docs, _, err := read(t, sourceOf(t, "-n", n, "-seed", "5"))
		require.NoError(t, err)
		var size int
		fmt.Sscan(n, &size)
		want, _, err := read(t, mind.Sample(&mind.Files{Paths: []string{"in.jsonl"}}, size, 5, "level", "type"))
		require.NoError(t, err)
		require.Equal(t, want, docs)
	}
}

func TestSkippedRowsBeforeTheFirstDocumentAreTold(t *testing.T) {
	rows(t, 5, "")
	good, err := os.ReadFile("in.jsonl")
	require.NoError(t, err)
	write(t, "in.jsonl", strings.Repeat("{\"id\":1,\"text\":\"\"}\n", 3)+string(good))
	for _, n := range []string{"0", "100"} {
		docs, skipped, err := read(t, sourceOf(t, "-n", n))
		require.NoError(t, err)
		require.Len(t, docs, 5)
		require.Equal(t, 3, skipped)
	}
}

func TestProgressCountsDocumentsOnceTheSampleIsDrawn(t *testing.T) {
	rows(t, 40, "")
	s := sourceOf(t, "-n", "10").(*sampled)
	i := int64(0)
	for range s.Documents(t.Context()) {
		i++
		read, size := s.Progress()
		require.Equal(t, []int64{i, 10}, []int64{read, size})
	}
	require.EqualValues(t, 10, i)
}
