package mind

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits bounds what a run sends. Zero fields are no limit.
type Limits struct {
	RPM    int // Requests a minute, repeated ones included. Default: no limit.
	TPM    int // Tokens a minute, of prompts and answers together. Default: no limit.
	Tokens int // Tokens in all that this run may spend: it stops before a request that could exceed them. Default: no limit.
}

// limiter makes requests wait for Limits.
//
// What a request costs is known only afterwards. So it is charged as an
// estimate and corrected by the answer: with the mean for the rate, where the
// sum counts, and with the most it may cost for the budget, which must hold.
type limiter struct {
	Limits
	longest  int // The most tokens that an answer may have, or had so far where that is unknown.
	requests *rate.Limiter
	tokens   *rate.Limiter

	mu       sync.Mutex
	settled  chan struct{} // Closed, and made anew, when a request is settled.
	open     int           // Requests that are not settled.
	reserved int           // The most tokens that they may cost.
	spent    int           // Tokens of all answers and their prompts.
	written  int           // Tokens of all answers.
	answers  int
	credit   int // Tokens charged to the rate that were not used.
}

// A charge is what one request was charged with, in tokens.
type charge struct{ mean, most int }

func newLimiter(l Limits, longest int) *limiter {
	m := &limiter{Limits: l, longest: longest, settled: make(chan struct{})}
	if l.RPM > 0 {
		// A second's worth at once: servers count in shorter windows than a minute.
		m.requests = rate.NewLimiter(rate.Limit(float64(l.RPM)/60), max(1, l.RPM/60))
	}
	if l.TPM > 0 {
		// The burst is a minute's worth, because one request may need that much;
		// but it must not be there from the start, on top of the first minute.
		m.tokens = rate.NewLimiter(rate.Limit(float64(l.TPM)/60), l.TPM)
		m.tokens.AllowN(time.Now(), l.TPM-l.TPM/60)
	}
	return m
}

// counts tells whether tokens matter at all.
func (m *limiter) counts() bool { return m.TPM > 0 || m.Tokens > 0 }

// wait waits until a request with a prompt of so many tokens may be sent. Each
// charge must be settled.
func (m *limiter) wait(ctx context.Context, prompt int) (charge, error) {
	c, err := m.reserve(ctx, prompt)
	if err != nil {
		return c, err
	}
	if m.tokens != nil {
		err = sleep(ctx, take(m.tokens, m.redeem(c.mean)))
	}
	if m.requests != nil && err == nil {
		err = sleep(ctx, take(m.requests, 1))
	}
	if err != nil {
		m.settle(c, Usage{})
	}
	return c, err
}

// take takes n from l, which may be more than its burst, and says how long to
// wait for it. Wait, the tempting alternative, refuses that, and gives up
// before a deadline that it would not meet.
func take(l *rate.Limiter, n int) (wait time.Duration) {
	for now := time.Now(); n > 0; n -= l.Burst() {
		wait = l.ReserveN(now, min(n, l.Burst())).DelayFrom(now)
	}
	return wait
}

// sleep waits for d, or until ctx is done and says why.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// reserve waits until the budget has room for all that the request may cost:
// requests in flight mostly cost less than they may.
func (m *limiter) reserve(ctx context.Context, prompt int) (charge, error) {
	for {
		m.mu.Lock()
		c := charge{prompt + m.longest, prompt + m.longest}
		if m.answers > 0 {
			c.mean = prompt + m.written/m.answers
		} else if m.TPM > 0 {
			c.mean = min(c.mean, m.TPM) // A bound is no estimate: to wait for more than a minute would be credit for a burst.
		}
		if m.Tokens == 0 || m.spent+m.reserved+c.most <= m.Tokens {
			m.open++
			m.reserved += c.most
			m.mu.Unlock()
			return c, nil
		}
		settled, open, spent := m.settled, m.open, m.spent
		m.mu.Unlock()
		if open == 0 {
			return charge{}, marked{fmt.Errorf("the budget of %d tokens has no room for another request: %d are spent, and it may take %d; raise Limits.Tokens (-budget) and run again to go on", m.Tokens, spent, c.most), ErrStop}
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return charge{}, context.Cause(ctx)
		}
	}
}

// redeem takes what earlier requests were charged in excess off n.
func (m *limiter) redeem(n int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	used := min(n, m.credit)
	m.credit -= used
	return n - used
}

// settle corrects a charge by what the request cost: nothing, where it had no
// answer.
func (m *limiter) settle(c charge, u Usage) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open--
	m.reserved -= c.most
	close(m.settled)
	m.settled = make(chan struct{})

	cost := u.PromptTokens + u.CompletionTokens
	if cost > 0 {
		m.answers++
		m.spent += cost
		m.written += u.CompletionTokens
		m.longest = max(m.longest, u.CompletionTokens)
	}
	m.credit += c.mean - cost
	if m.tokens != nil && m.credit < 0 {
		// A debt: the next request waits for it.
		take(m.tokens, -m.credit)
		m.credit = 0
	}
}
