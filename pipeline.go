package mind

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Pipeline asks for the dialogues about a source's documents that a sink does
// not hold yet. It is made by New.
type Pipeline struct {
	src  Source
	gen  Generator
	sink Sink
	settings

	mu     sync.Mutex
	active bool // A Run or a Plan is under way.
	start  time.Time
	asking time.Time // Since when: the first request.
	stats  Stats
	slots  *slots // Of the current or last Run.
}

// New wires a pipeline. Its error names everything that is wrong.
func New(src Source, gen Generator, sink Sink, opts ...Option) (*Pipeline, error) {
	p := &Pipeline{src: src, gen: gen, sink: sink, settings: defaults()}
	for _, o := range opts {
		if o != nil {
			o(&p.settings)
		}
	}
	err := p.check()
	if src == nil || gen == nil || sink == nil {
		err = errors.Join(errors.New("mind: New needs a source, a generator and a sink"), err)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Run asks for every unit of the source that the sink does not hold, and writes
// what comes back. It returns nil if and only if the source was read to its end
// and every unit has a record; run again, it asks for what is missing.
//
// When ctx is done, or a Generator says ErrStop, it starts nothing more, gives
// the requests in flight the time that WithGrace set, writes what they bring,
// and returns the cause. When the sink fails it stops at once. In every case
// nothing of it runs any more when it returns.
//
// The goroutines, each waited for by Run:
//
//	Run     draws units: source × chunks × styles × samples, minus those held
//	holders a unit at a time: Generate and filters in a slot, back-off without one
//	writer  one: what waits in outcomes goes into one Write
//	grace   one: ends the requests in flight when the time is up
func (p *Pipeline) Run(ctx context.Context) error {
	if err := p.begin(); err != nil {
		return err
	}
	defer p.end()
	held, err := p.recall(ctx)
	if err != nil {
		return err
	}

	drawing, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	asking, cut := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cut(nil)
	r := newRun(p, held.units == 0, stop, cut)
	defer r.slots.close()

	var holders, aides errgroup.Group
	finished := make(chan struct{})
	aides.Go(func() error { r.write(asking); return nil })
	aides.Go(func() error { r.grace(drawing, finished); return nil })

	end := true
	for u, err := range p.units(drawing, held) {
		var a admission
		if err == nil {
			err = r.slots.room(drawing)
		}
		if err == nil {
			a, err = r.admit(drawing, u, r.slots.acquire)
		}
		if err != nil {
			stop(err)
			end = false
			break
		}
		next := admitted{u, a}
		select {
		case r.next <- next:
		default:
			// Not SetLimit: who waits for a holder has the slot that those in
			// back-off wait for. What may be in flight and parked is the limit.
			holders.Go(func() error { r.holder(drawing, asking, next); return nil })
		}
	}
	close(r.next)
	_ = holders.Wait()
	r.allRefused()
	close(finished)
	close(r.outcomes)
	_ = aides.Wait()

	s := p.Stats()
	if cause := context.Cause(drawing); cause != nil && (!end || s.Pending+s.Failed > 0) {
		return cause
	}
	if s.Failed > 0 {
		return fmt.Errorf("%d of %d units have no answer after %d attempts each (the last error: %w); run again to ask for them once more", s.Failed, s.Units, p.attempts, s.Last)
	}
	return nil
}

// Plan walks as Run does, without one request. Its Stats has the documents, the
// units, those held, and the tokens that the others, still pending, would cost.
// What would end a run before its first request is its error.
func (p *Pipeline) Plan(ctx context.Context) (Stats, error) {
	if err := p.begin(); err != nil {
		return Stats{}, err
	}
	defer p.end()
	held, err := p.recall(ctx)
	if err != nil {
		return p.Stats(), err
	}
	answer := cmp.Or(answerTokens(p.sink), answerTokens(p.gen))
	for u, err := range p.units(ctx, held) {
		if err != nil {
			return p.Stats(), err
		}
		prompt := promptTokens(u.Request)
		p.count(func(s *Stats) { s.PromptTokens += prompt; s.AnswerTokens += answer })
	}
	return p.Stats(), context.Cause(ctx)
}

// Stats tells how the current Run or Plan goes, or how the last one ended.
func (p *Pipeline) Stats() Stats {
	read, size := progress(p.src) // Before the lock, which a source in the middle of its iteration may wait for.
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Rejects = maps.Clone(s.Rejects)
	s.Pending = s.Units - s.Held - s.Kept - s.Rejected - s.Failed
	if p.active && p.slots != nil {
		s.Slots, s.InFlight, s.Parked = p.slots.counts()
	}
	if p.active {
		p.time(&s)
		s.Read, s.Size = read, size
	}
	return s
}

// time sets the times of s. The caller holds p.mu.
func (p *Pipeline) time(s *Stats) {
	s.Elapsed = time.Since(p.start)
	if !p.asking.IsZero() {
		s.Asking = time.Since(p.asking)
	}
}

// begin starts the statistics afresh.
func (p *Pipeline) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.active {
		return errors.New("mind: this pipeline is running already")
	}
	p.active, p.start, p.asking, p.stats, p.slots = true, time.Now(), time.Time{}, Stats{Rejects: map[string]int{}}, nil
	return nil
}

func (p *Pipeline) end() {
	read, size := progress(p.src)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.active = false
	if p.slots != nil {
		p.stats.Slots, _, _ = p.slots.counts()
	}
	p.time(&p.stats)
	p.stats.Read, p.stats.Size = read, size
}

// count changes the statistics.
func (p *Pipeline) count(change func(*Stats)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.stats)
}

// answerTokens is what a sink or a generator says of the length of answers.
func answerTokens(of any) int {
	if a, ok := of.(interface{ AnswerTokens() int }); ok {
		return a.AnswerTokens()
	}
	return 0
}

// promptTokens is about what a server counts for r.
func promptTokens(r Request) int { return O200k.Count(r.System) + O200k.Count(r.Prompt) }
