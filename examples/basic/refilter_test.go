package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// filled is a folder with a store, model.jsonl, of 12 dialogues of a server: 9
// kept, 2 truncated, 1 refused.
func filled(t *testing.T) (dir string, server *mindtest.Server) {
	dir = folder(t, 12)
	server = new(mindtest.Server)
	url := serve(t, server)
	status, _, errs := basic(t, dir, nil, "-base-url", url, "-model", "m", "-n", "9", "-out", "model.jsonl")
	require.Equal(t, 0, status, errs)
	server.SetFaults(mindtest.Fault{FinishReason: "length", Times: 2}, mindtest.Fault{Status: 400, Times: 1})
	status, _, errs = basic(t, dir, nil, "-base-url", url, "-model", "m", "-n", "12", "-out", "model.jsonl")
	require.Equal(t, 0, status, errs)
	require.Len(t, stored(t, filepath.Join(dir, "model.jsonl")), 12)
	return dir, server
}

func TestRefilterIsDialogueFilterOverAStore(t *testing.T) {
	dir, server := filled(t)
	asked := server.Seen().Requests
	before, err := os.ReadFile(filepath.Join(dir, "model.jsonl"))
	require.NoError(t, err)

	status, out, errs := basic(t, dir, nil, "-refilter", "model.jsonl", "-out", "strict.jsonl", "-filters", "tokens=100000")
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^dialogues +12 `, out)
	require.Regexp(t, `(?m)^kept +9 +0$`, out)
	require.Regexp(t, `(?m)^  finish +2 +0$`, out)
	require.Regexp(t, `(?m)^  refused +1 +1$`, out)
	require.Regexp(t, `(?m)^  tokens +0 +11$`, out)

	var want []mind.Dialogue
	for _, d := range stored(t, filepath.Join(dir, "model.jsonl")) {
		want = append(want, d.Filter(mind.Tokens(100000)))
	}
	require.Equal(t, want, stored(t, filepath.Join(dir, "strict.jsonl")))

	// Back again: nothing that was paid for is lost on the way.
	status, out, errs = basic(t, dir, nil, "-refilter", "strict.jsonl", "-out", "paper.jsonl")
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^kept +0 +9$`, out)
	require.ElementsMatch(t, stored(t, filepath.Join(dir, "model.jsonl")), stored(t, filepath.Join(dir, "paper.jsonl")))

	after, err := os.ReadFile(filepath.Join(dir, "model.jsonl"))
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, asked, server.Seen().Requests)
}

func TestRefilterGoesOnWhereItStopped(t *testing.T) {
	dir, _ := filled(t)
	args := []string{"-refilter", "model.jsonl", "-out", "again.jsonl", "-filters", "none"}
	status, _, errs := basic(t, dir, nil, args...)
	require.Equal(t, 0, status, errs)
	name := filepath.Join(dir, "again.jsonl")
	all := stored(t, name)
	require.Len(t, all, 12)

	whole, err := os.ReadFile(name)
	require.NoError(t, err)
	write(t, name, string(whole[:len(whole)/2])) // As a kill leaves it: in the middle of a line.
	status, out, errs := basic(t, dir, nil, args...)
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^held +[1-9]`, out)
	require.ElementsMatch(t, all, stored(t, name))

	status, out, errs = basic(t, dir, nil, args...)
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^held +12 `, out)
	require.ElementsMatch(t, all, stored(t, name))
}

func TestRefilterPlanWritesNothing(t *testing.T) {
	dir, _ := filled(t)
	before, err := os.ReadDir(dir)
	require.NoError(t, err)
	status, out, errs := basic(t, dir, nil, "-refilter", "model.jsonl", "-filters", "strict", "-plan")
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^kept +9 +\d+$`, out)
	require.Contains(t, out, "Nothing was written")
	after, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, after, len(before))
}

func TestRefilterRefusesWhatWouldSpoilSomething(t *testing.T) {
	dir, _ := filled(t)
	status, _, errs := basic(t, dir, nil, "-out", "offline.jsonl")
	require.Equal(t, 0, status, errs)
	require.NoError(t, os.Symlink("model.jsonl", filepath.Join(dir, "link.jsonl")))
	status, _, errs = basic(t, dir, nil, "-refilter", "model.jsonl", "-out", "bare.jsonl")
	require.Equal(t, 0, status, errs)
	bare, err := os.ReadFile(filepath.Join(dir, "bare.jsonl"))
	require.NoError(t, err)
	write(t, filepath.Join(dir, "bare.jsonl"), regexp.MustCompile(`,"type":"[^"]*"`).ReplaceAllString(string(bare), ""))
	for _, test := range []struct {
		name   string
		args   []string
		status int
		says   string
	}{
		{"no out", nil, 2, "-out"},
		{"out is in", []string{"-out", "model.jsonl"}, 2, "name another file"},
		{"out is in by another name", []string{"-out", "link.jsonl"}, 2, "name another file"},
		{"out is the offline generator's", []string{"-out", "offline.jsonl"}, 2, "offline generator"},
		{"out has the rejects of in", []string{"-out", ".model.mind/rejected.jsonl"}, 2, "the rejects"},
		{"out has other metadata", []string{"-out", "bare.jsonl"}, 2, "other metadata (level) than those of model.jsonl (level, type)"},
		{"no store", []string{"-refilter", "", "-out", "x.jsonl"}, 2, "name the store"},
		{"no turns at all", []string{"-out", "x.jsonl", "-filters", "turns=0"}, 2, "turns=80"},
		{"a flag that asks", []string{"-out", "x.jsonl", "-model", "m"}, 2, "-model"},
		{"unknown filter", []string{"-out", "x.jsonl", "-filters", "tuns"}, 2, `"tuns"`},
		{"missing store", []string{"-refilter", "missing.jsonl", "-out", "x.jsonl"}, 1, "missing.jsonl"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, _, errs := basic(t, dir, nil, append([]string{"-refilter", "model.jsonl"}, test.args...)...)
			require.Equal(t, test.status, status, errs)
			require.Contains(t, errs, test.says)
		})
	}
	require.Len(t, stored(t, filepath.Join(dir, "model.jsonl")), 12)
}

func TestFilterSetsAndLists(t *testing.T) {
	for _, test := range []struct {
		filters string
		names   []string
	}{
		{"none", nil},
		{"paper", []string{"finish", "clean", "tokens"}},
		{"standard", []string{"finish", "clean", "tokens", "turns", "grounding"}},
		{"strict", []string{"finish", "clean", "tokens", "ratio", "turns", "form", "grounding", "copy", "repetition"}},
		{"clean,turns=6,answer", []string{"clean", "turns", "grounding"}},
	} {
		t.Run(test.filters, func(t *testing.T) {
			f := flags{filters: test.filters}
			filters, err := f.filterList()
			require.NoError(t, err)
			var names []string
			for _, filter := range filters {
				names = append(names, filter.Name)
			}
			require.Equal(t, test.names, names)
		})
	}
}
