package mind_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

func TestRefusedIsRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gen := &asked{fail: func(r mind.Request, _ int) error {
			if r.Chunk.Doc.ID == "3" {
				return fmt.Errorf("%w: context overflow", mind.ErrSkip)
			}
			return nil
		}}
		var sink mindtest.Memory
		p := pipeline(t, problems(1, 10), gen, &sink)
		require.NoError(t, p.Run(t.Context()))
		require.Equal(t, "refused: context overflow", sink.Rejected()[0].Reject)
		require.Equal(t, map[string]int{"refused": 1}, p.Stats().Rejects)
		require.NoError(t, p.Run(t.Context()))
		require.Equal(t, 10, gen.total())
	})
}

func TestWrongParameterRecordsNothing(t *testing.T) {
	refuse := func(mind.Request, int) error { return fmt.Errorf("%w: temperature is out of range", mind.ErrSkip) }
	for _, c := range []struct {
		name  string
		units int
		asked int
	}{
		{"a long input is stopped", 10_000, 32}, // 16 refusals, and what was in flight then.
		{"a short one ends", 3, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var sink mindtest.Memory
				gen := &asked{fail: refuse}
				p := pipeline(t, problems(1, c.units), gen, &sink)
				err := p.Run(t.Context())
				require.ErrorIs(t, err, mind.ErrStop)
				require.ErrorContains(t, err, "temperature is out of range")
				require.Empty(t, sink.Dialogues())
				require.LessOrEqual(t, gen.total(), c.asked)
				require.Equal(t, gen.total(), p.Stats().Failed, "each is asked for again by the next run")
				balanced(t, p.Stats())
			})
		})
	}
	t.Run("an answer that comes too late changes nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			gen := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
				if r.Chunk.Doc.ID == "1" {
					time.Sleep(10 * time.Second)
					return mind.Response{Text: "x"}, nil
				}
				time.Sleep(time.Second)
				return mind.Response{}, refuse(r, 1)
			})
			var sink mindtest.Memory
			p := pipeline(t, problems(1, 100), gen, &sink)
			require.ErrorContains(t, p.Run(t.Context()), "no refusal was recorded")
			require.Empty(t, sink.Rejected())
			require.Len(t, sink.Kept(), 1, "what was paid for is kept")
			balanced(t, p.Stats())
		})
	})
	t.Run("an answer shows that it is right", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var sink mindtest.Memory
			gen := &asked{fail: func(r mind.Request, nth int) error {
				if r.Chunk.Doc.ID <= "5" || len(r.Chunk.Doc.ID) > 1 {
					return refuse(r, nth)
				}
				return nil
			}}
			p := pipeline(t, problems(1, 99), gen, &sink, mind.WithConcurrency(4))
			require.NoError(t, p.Run(t.Context()))
			require.Len(t, sink.Kept(), 4)
			require.Len(t, sink.Rejected(), 95)
		})
	})
	t.Run("a sink with dialogues shows it too", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var sink mindtest.Memory
			gen := &asked{}
			require.NoError(t, pipeline(t, problems(1, 1), gen, &sink).Run(t.Context()))
			gen.fail = refuse
			require.NoError(t, pipeline(t, problems(1, 40), gen, &sink).Run(t.Context()))
			require.Len(t, sink.Rejected(), 39)
		})
	})
}
