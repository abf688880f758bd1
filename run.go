package mind

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

// A run is what Run's goroutines share.
type run struct {
	*Pipeline
	limiter  *limiter
	turn     chan struct{}           // Held by the unit that comes back from back-off through the limits, if there are any.
	stop     context.CancelCauseFunc // Draws nothing more.
	cut      context.CancelCauseFunc // Ends the requests in flight.
	next     chan admitted           // Run to a holder that has nothing to do.
	idle     atomic.Int64            // Holders that have nothing to do.
	outcomes chan Dialogue           // Holders to writer.

	cutPrompt atomic.Bool // The server did not read a prompt whole, and that was told.

	mu       sync.Mutex
	guarded  bool       // No answer yet, and nothing in the sink that shows that requests are right.
	refusals []Dialogue // Held back while guarded.
	bad      int        // Signals other than answers and refusals, since the last of those,
	since    time.Time  // the first of them then: a source may be silent for hours, which is no sign of the server's.
}

const (
	// Refusals, all of them and without one answer, that mean a wrong parameter.
	maxRefusals = 16

	// The breaker: so long without an answer, and so many bad signals at least.
	// An honest answer of a large model under load takes minutes.
	maxSilence = 5 * time.Minute
	minSignals = 10

	// Dialogues in one Write, at most: enough that a sync costs nothing, and few
	// enough that they are no memory to speak of.
	maxGroup = 512

	firstWait   = time.Second
	maxWait     = time.Minute
	maxBusyWait = 24 * time.Hour // A server's own word for more is a mistake.
)

func newRun(p *Pipeline, empty bool, stop, cut context.CancelCauseFunc) *run {
	r := &run{Pipeline: p, stop: stop, cut: cut, guarded: empty}
	r.limiter = newLimiter(p.limits, answerTokens(p.gen))
	r.turn = make(chan struct{}, 1)
	r.next = make(chan admitted)
	r.outcomes = make(chan Dialogue, min(p.concurrency, maxGroup))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slots = newSlots(p.concurrency, p.log)
	return r
}

// An admission is the right to one attempt.
type admission struct {
	*ticket
	charge
}

// admit waits for the limits first and then for a slot: a slot that waits would
// keep others from sending, and would start something during the grace.
func (r *run) admit(ctx context.Context, u unit, slot func(context.Context) (*ticket, error)) (admission, error) {
	prompt := 0
	if r.limiter.counts() {
		prompt = promptTokens(u.Request)
	}
	c, err := r.limiter.wait(ctx, prompt)
	if err != nil {
		return admission{}, err
	}
	t, err := slot(ctx)
	if err != nil {
		r.limiter.settle(c, Usage{})
	}
	return admission{t, c}, err
}

// An admitted unit may be asked for at once.
type admitted struct {
	unit
	admission
}

// holder holds one unit after the other. A goroutine for each, the plainer way,
// would grow its stack anew to what net/http needs, which costs as much as all
// that a run itself does for a unit. After a storm of refusals there are far more
// holders than slots: those beyond them end.
func (r *run) holder(drawing, asking context.Context, next admitted) {
	for more := true; more; r.idle.Add(-1) {
		r.hold(drawing, asking, next.unit, next.admission)
		if r.idle.Add(1) > int64(r.concurrency) {
			more = false
		} else {
			next, more = <-r.next
		}
	}
}

// hold sees a unit through to its outcome. A unit whose request is cut off, or
// that is in back-off when the run stops, stays pending.
func (r *run) hold(drawing, asking context.Context, u unit, a admission) {
	for attempt, busy := 1, 0; ; {
		r.count(func(s *Stats) {
			if s.Requests++; s.Requests == 1 {
				r.asking = time.Now()
			}
		})
		resp, err := r.gen.Generate(asking, u.Request)
		if err == nil {
			r.limiter.settle(a.charge, r.usage(u, resp))
			// The slot is given back only now, when the answer is in the
			// writer's queue: else a disk slower than the server would leave
			// any number of them in memory, to be paid for again after a kill.
			r.answer(u, resp)
			r.slots.answered(a.ticket)
			return
		}
		r.limiter.settle(a.charge, Usage{})
		b, isBusy := errors.AsType[*BusyError](err)
		var wait time.Duration
		switch {
		case errors.Is(err, ErrStop):
			r.stop(err) // Before another takes the slot.
			r.slots.release(a.ticket)
			return
		case errors.Is(err, ErrSkip):
			r.refuse(u, err)
			r.slots.release(a.ticket)
			return
		case asking.Err() != nil:
			r.slots.release(a.ticket)
			return
		case isBusy:
			r.slots.busy(a.ticket, b.Wait)
			// Half of it at random, so that those refused together do not
			// come back together.
			wait = max(min(b.Wait, maxBusyWait), firstWait<<min(busy, 5))
			wait += rand.N(wait/2 + 1)
			busy++
			r.count(func(s *Stats) { s.Busy++; s.Last = err })
		case attempt >= r.attempts:
			r.log.Warn("no answer", "key", u.Key, "attempts", attempt, "error", err)
			r.count(func(s *Stats) { s.Errors++; s.Last = err; s.Failed++ })
			r.alarm(err)
			r.slots.release(a.ticket) // Last: a slow log must not have any number of units wait for it.
			return
		default:
			r.slots.park(a.ticket)
			wait = rand.N(min(firstWait<<min(attempt, 20), maxWait)) // Full jitter.
			attempt++
			r.count(func(s *Stats) { s.Errors++; s.Last = err })
		}
		r.log.Debug("again", "key", u.Key, "in", wait, "error", err)
		r.alarm(err)
		if a, err = r.again(drawing, u, wait); err != nil {
			return
		}
	}
}

// again waits, without a slot, until a parked unit may be asked for again.
func (r *run) again(ctx context.Context, u unit, wait time.Duration) (admission, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	if r.limits != (Limits{}) {
		// One after the other, as new units are: else any number could pass the
		// limits, wait for a slot, and then be sent all in one second.
		r.turn <- struct{}{}
		defer func() { <-r.turn }()
	}
	a, err := r.admit(ctx, u, r.slots.unpark)
	if err != nil {
		r.stop(err) // The budget; or the run is stopped already.
	}
	return a, err
}

// usage is what an answer cost; our own count where the server did not say.
func (r *run) usage(u unit, resp Response) Usage {
	if resp.Usage != (Usage{}) || !r.limiter.counts() {
		return resp.Usage
	}
	return Usage{promptTokens(u.Request), O200k.Count(resp.Text)}
}

// mistrust tells of a prompt that the server has cut. Ollama cuts what is longer
// than its context window, 4,096 tokens by default, and answers the rest as if
// nothing was. Tokenizers differ by far less than by half.
func (r *run) mistrust(u unit, read int) {
	// Most need not be counted: a token is four bytes, or three in TeX.
	if read == 0 || len(u.Prompt) < 5*read || r.cutPrompt.Load() {
		return
	}
	if sent := promptTokens(u.Request); 2*sent > 3*read && r.cutPrompt.CompareAndSwap(false, true) {
		r.log.Warn("the server seems to have read only a part of a prompt: give it a larger context window (num_ctx in Ollama), or cut texts shorter (TokenChunker.Max, -tokens)",
			"key", u.Key, "tokens read", read, "tokens sent", sent)
	}
}

// answer checks an answer and hands it to the writer.
func (r *run) answer(u unit, resp Response) {
	r.mistrust(u, resp.Usage.PromptTokens)
	d := u.dialogue()
	d.Text = printable(resp.Text)
	d.Model = resp.Model
	d.FinishReason = resp.FinishReason
	if d.FinishReason == "" {
		d.FinishReason = "stop"
	}
	d.Usage = resp.Usage
	d = d.Filter(r.filters...)
	r.count(func(s *Stats) {
		s.Usage.PromptTokens += resp.Usage.PromptTokens
		s.Usage.CompletionTokens += resp.Usage.CompletionTokens
	})
	r.mu.Lock()
	var refusals []Dialogue
	if len(r.refusals) < maxRefusals { // Else the run was told to stop, and that nothing is recorded.
		refusals, r.refusals, r.guarded = r.refusals, nil, false
	}
	r.bad = 0
	r.mu.Unlock()
	for _, d := range append(refusals, d) {
		r.outcomes <- d
	}
}

// refuse records that the server will not answer this request, unless it has
// not answered any: then it may be a parameter that is wrong, for all of them.
func (r *run) refuse(u unit, err error) {
	d := u.dialogue()
	d.Reject = printable(refused + strings.TrimPrefix(err.Error(), ErrSkip.Error()+": "))
	r.mu.Lock()
	r.bad = 0
	guarded := r.guarded
	if guarded {
		r.refusals = append(r.refusals, d)
		if n := len(r.refusals); n == maxRefusals {
			r.stop(refusedAll(n, d))
		}
	}
	r.mu.Unlock()
	if !guarded {
		r.outcomes <- d
	}
}

// allRefused ends a run in which nothing was answered and something refused.
func (r *run) allRefused() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.refusals); n > 0 {
		r.count(func(s *Stats) { s.Failed += n })
		r.stop(refusedAll(n, r.refusals[n-1]))
	}
}

func refusedAll(n int, last Dialogue) error {
	return marked{fmt.Errorf("all of the first %d requests were %s; a parameter is wrong, as a rule: put it right and run again (no refusal was recorded)", n, last.Reject), ErrStop}
}

// alarm is the breaker: it stops a run that gets nothing but errors.
func (r *run) alarm(err error) {
	slots, _, _ := r.slots.counts()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bad++; r.bad == 1 {
		r.since = time.Now()
	}
	if silence := time.Since(r.since); silence >= maxSilence && r.bad >= max(minSignals, 2*slots) {
		r.stop(marked{fmt.Errorf("no answer for %v and %d errors, the last: %w; see to the server and run again to go on", silence.Round(time.Second), r.bad, err), ErrStop})
	}
}

// write is the writer. Answers that come while one Write syncs go into the
// next. It takes as many as there are slots, up to maxGroup, and as many wait in
// its queue: with those in flight, a kill costs three requests a slot at most, and
// with a disk that is faster than the server hardly more than those in flight.
func (r *run) write(ctx context.Context) {
	var group []Dialogue
	var failed error
	for d := range r.outcomes {
		group = append(group[:0], d)
		for more := true; more && len(group) < min(r.concurrency, maxGroup); {
			select {
			case d, ok := <-r.outcomes:
				if more = ok; ok {
					group = append(group, d)
				}
			default:
				more = false
			}
		}
		if failed != nil {
			continue // Holders must not block; what they bring stays pending.
		}
		// Not to be cut off: these answers are paid for.
		if failed = r.sink.Write(context.WithoutCancel(ctx), group); failed != nil {
			r.stop(failed)
			r.cut(failed)
			continue
		}
		r.record(group)
		clear(group)
	}
}

// record counts what has been written.
func (r *run) record(ds []Dialogue) {
	r.count(func(s *Stats) {
		for _, d := range ds {
			if d.Reject == "" {
				s.Kept++
				continue
			}
			s.Rejected++
			name, _, _ := strings.Cut(d.Reject, ":")
			s.Rejects[name]++
		}
	})
}

// grace ends the requests in flight some time after the run is told to stop.
func (r *run) grace(drawing context.Context, finished <-chan struct{}) {
	select {
	case <-drawing.Done():
	case <-finished:
		return
	}
	timer := time.NewTimer(r.settings.grace)
	defer timer.Stop()
	select {
	case <-timer.C:
		r.cut(fmt.Errorf("the grace of %v is over", r.settings.grace))
	case <-finished:
	}
}

// dialogue is the record of u without an answer.
func (u unit) dialogue() Dialogue {
	return Dialogue{
		ID: u.id, IntID: u.Chunk.Doc.IntID, Style: u.Style, Chunk: u.Chunk.Index, Chunks: u.Chunk.Count, Sample: u.Sample,
		Metadata: u.Chunk.Doc.Meta, Source: u.Chunk.Text, Key: u.Key,
	}
}

// printable replaces what sinks and tools break on: NUL and bad UTF-8.
func printable(s string) string {
	return strings.ReplaceAll(validUTF8(s), "\x00", "\uFFFD")
}

// validUTF8 has U+FFFD for each run of bytes that is not UTF-8. ToValidUTF8 alone
// looks at every rune, ValidString at eight bytes at a time.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}
