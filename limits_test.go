package mind_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name    string
		limits  mind.Limits
		minutes float64
	}{
		{"requests", mind.Limits{RPM: 60}, 10},
		{"tokens", mind.Limits{TPM: 3000}, 6}, // 600 × 30.
		{"both", mind.Limits{RPM: 120, TPM: 3000}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := pipeline(t, problems(1, 600), &asked{latency: time.Second}, &mindtest.Memory{}, mind.WithLimits(c.limits), mind.WithConcurrency(64))
				require.NoError(t, p.Run(t.Context()))
				require.InEpsilon(t, c.minutes, p.Stats().Elapsed.Minutes(), 0.1)
			})
		})
	}
}

func TestBudgetHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sink mindtest.Memory
		p := pipeline(t, problems(1, 600), &asked{latency: time.Second}, &sink, mind.WithLimits(mind.Limits{Tokens: 3050}), mind.WithConcurrency(64))
		err := p.Run(t.Context())
		require.ErrorIs(t, err, mind.ErrStop)
		require.ErrorContains(t, err, "budget of 3050 tokens")
		spent := p.Stats().Usage.PromptTokens + p.Stats().Usage.CompletionTokens
		require.LessOrEqual(t, spent, 3050)
		require.GreaterOrEqual(t, spent, 3050-200)
		balanced(t, p.Stats())
	})
}
