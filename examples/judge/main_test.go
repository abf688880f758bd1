package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// The judge is a second run: each dialogue kept is judged once, its score is
// stored under its key, and the dialogues stay as they are.
func TestJudgeStoresAScoreForEachDialogue(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "dialogues.jsonl"), filepath.Join(dir, "scores.jsonl")
	store, err := mind.OpenStore(in)
	require.NoError(t, err)
	texts := mind.Documents{
		{ID: "a", Text: "Problem:\nWhat is $12+30$?\n\nSolution:\nWe add the tens, $10+30=40$. Then we add the ones. The sum is $\\boxed{42}$."},
		{ID: "b", Text: "Problem:\nWhat is $7\\cdot 8$?\n\nSolution:\nWe know that $7\\cdot 7=49$. One more seven makes $49+7=\\boxed{56}$."},
	}
	p, err := mind.New(texts, mindtest.Offline{}, store, mind.WithStyles(mind.PaperStyles()[:2]...), mind.WithFilters())
	require.NoError(t, err)
	require.NoError(t, p.Run(t.Context()))
	require.NoError(t, store.Close())

	var asked atomic.Int32
	model := mind.GeneratorFunc(func(ctx context.Context, r mind.Request) (mind.Response, error) {
		asked.Add(1)
		if !strings.Contains(r.Prompt, "Dialogue:\n") || !strings.Contains(r.Prompt, "from 1 (poor) to 5") {
			return mind.Response{}, errors.New("what is there to judge?")
		}
		if strings.Contains(r.Prompt, "42") && r.Chunk.Doc.Meta["style"] == "debate" {
			return mind.Response{Text: "It is a very good dialogue."}, nil
		}
		return mind.Response{Text: "Here you are:\n**Correctness:** 5\n- faithfulness: 4\nPreservation: 3\nnovelty: 1, I am afraid", Model: "judge"}, nil
	})
	for range 2 {
		var table strings.Builder
		require.NoError(t, judge(t.Context(), &table, in, out, model))
		require.Equal(t, "debate                1 judged   correctness 5.00   faithfulness 4.00   preservation 3.00   novelty 1.00\n"+
			"problem_solving       2 judged   correctness 5.00   faithfulness 4.00   preservation 3.00   novelty 1.00\n"+
			"1 answers were no scores; they are in the rejects\n", table.String())
		require.EqualValues(t, 4, asked.Load(), "judged twice")
	}

	require.NoError(t, os.Symlink(in, filepath.Join(dir, "link.jsonl")))
	for _, name := range []string{in, filepath.Join(dir, "link.jsonl")} {
		require.ErrorContains(t, judge(t.Context(), io.Discard, in, name, model), "name another file")
	}

	keys := map[string]bool{}
	for d, err := range mind.Dialogues(in) {
		require.NoError(t, err)
		keys[d.Key] = true
	}
	for d, err := range mind.Dialogues(out) {
		require.NoError(t, err)
		require.True(t, keys[d.ID], "a score of nothing")
		if d.Reject == "" {
			require.Equal(t, "correctness: 5\nfaithfulness: 4\npreservation: 3\nnovelty: 1", d.Text)
		}
	}
}
