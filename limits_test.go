package mind_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
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

// A biller is a generator whose answers have a length, and which remembers when
// it was asked.
type biller struct {
	most, cost int // Tokens: the most that an answer may have, 0 where it does not say, and what a request costs.
	fail       func(nth int) error
	latency    func(nth int) time.Duration
	mu         sync.Mutex
	at         []time.Time
}

func (b *biller) AnswerTokens() int { return b.most }

func (b *biller) Generate(context.Context, mind.Request) (mind.Response, error) {
	b.mu.Lock()
	b.at = append(b.at, time.Now())
	nth := len(b.at)
	b.mu.Unlock()
	if b.latency != nil {
		time.Sleep(b.latency(nth))
	}
	if b.fail != nil {
		if err := b.fail(nth); err != nil {
			return mind.Response{}, err
		}
	}
	return mind.Response{Text: "x", Usage: mind.Usage{PromptTokens: 10, CompletionTokens: b.cost - 10}}, nil
}

// worst is the most requests in any stretch of time of a length.
func (b *biller) worst(length time.Duration) (most int) {
	for i, from := range b.at {
		n := 0
		for _, at := range b.at[i:] {
			if at.Sub(from) < length {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// TestTokensAMinuteHold also where a single request costs, or may cost, more.
func TestTokensAMinuteHold(t *testing.T) {
	for _, c := range []struct {
		name            string
		tpm, most, cost int
		burst           int // Requests in a minute, at most: what was saved up, and what comes anew.
	}{
		{"a request may cost more", 1000, 4096, 500, 4},
		{"each request costs more", 1000, 0, 3000, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gen := &biller{most: c.most, cost: c.cost, latency: func(int) time.Duration { return time.Second }}
				p := pipeline(t, problems(1, 30), gen, &mindtest.Memory{}, mind.WithLimits(mind.Limits{TPM: c.tpm}))
				require.NoError(t, p.Run(t.Context()))
				require.InEpsilon(t, float64(30*c.cost)/float64(c.tpm), p.Stats().Elapsed.Minutes(), 0.1)
				require.LessOrEqual(t, gen.worst(time.Minute), c.burst)
			})
		})
	}
}

// TestReturningUnitsKeepTheLimits: hundreds of units that come back from
// back-off while all slots are taken are not all sent when those are free again.
func TestReturningUnitsKeepTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gen := &biller{cost: 20, fail: func(nth int) error {
			if nth <= 300 {
				return errors.New("500")
			}
			return nil
		}, latency: func(nth int) time.Duration {
			if 300 < nth && nth <= 316 {
				return 2 * time.Minute
			}
			return 0
		}}
		p := pipeline(t, problems(1, 400), gen, &mindtest.Memory{}, mind.WithLimits(mind.Limits{RPM: 600}))
		require.NoError(t, p.Run(t.Context()))
		require.LessOrEqual(t, gen.worst(time.Second), 10+10+2, "a second's worth that was saved up, one that comes anew, and one of each line that waits for a slot")
		require.LessOrEqual(t, gen.worst(time.Minute), 600+10+2)
	})
}

// TestBudgetIsNeverInItsOwnWay: charges of requests that fail, of units that are
// parked and of one that waits are given back, or the budget would be waited for
// for ever.
func TestBudgetIsNeverInItsOwnWay(t *testing.T) {
	for _, c := range []struct {
		name string
		fail func(nth int) error
	}{
		{"as many parked as may be", func(nth int) error {
			if nth <= 1024 {
				return errors.New("500")
			}
			return nil
		}},
		{"every other one fails", func(nth int) error {
			if nth%2 == 0 {
				return errors.New("500")
			}
			return nil
		}},
		{"every third one is busy", func(nth int) error {
			if nth%3 == 0 {
				return &mind.BusyError{Err: errors.New("429")}
			}
			return nil
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 1000*time.Hour)
				defer cancel()
				var sink mindtest.Memory
				p := pipeline(t, problems(1, 3000), &biller{most: 1000, cost: 20, fail: c.fail}, &sink, mind.WithLimits(mind.Limits{Tokens: 1800}), mind.WithAttempts(100))
				require.ErrorContains(t, p.Run(ctx), "budget of 1800 tokens")
				require.GreaterOrEqual(t, len(sink.Kept()), (1800-1200)/20, "what the longest answer leaves room for")
				balanced(t, p.Stats())
			})
		})
	}
}

// TestDeadlineIsTheCause: limits that would have to be waited for beyond a
// deadline do not end a run before it, and not with a reason of their own.
func TestDeadlineIsTheCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		p := pipeline(t, problems(1, 100), &asked{}, &mindtest.Memory{}, mind.WithLimits(mind.Limits{RPM: 1}))
		require.Equal(t, context.DeadlineExceeded, p.Run(ctx))
		require.Equal(t, 90*time.Second, p.Stats().Elapsed)
		require.Equal(t, 2, p.Stats().Kept)
	})
}

// TestLongestAnswerIsLearnt: where nobody says how long an answer may be, the
// budget reckons with the longest so far.
func TestLongestAnswerIsLearnt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
			n.Add(1)
			return mind.Response{Text: "x", Usage: mind.Usage{PromptTokens: 10, CompletionTokens: 400}}, nil
		})
		p := pipeline(t, problems(1, 100), gen, &mindtest.Memory{}, mind.WithLimits(mind.Limits{Tokens: 1000}), mind.WithConcurrency(1))
		require.ErrorContains(t, p.Run(t.Context()), "budget of 1000 tokens")
		require.EqualValues(t, 2, n.Load(), "a third could exceed it")
	})
}
