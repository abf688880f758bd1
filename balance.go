package mind

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sync"
	"time"
)

// Balance is a [Generator] that spreads requests over gens, which should be
// endpoints of one model.
//
// Every chunk has an endpoint of its own, the same after a restart, so that a
// server with a prefix cache reads the chunk once for all of its styles; the
// next one in the chunk's order steps in where that one already holds more
// than 1.25 times the mean of what is in flight.
//
// What goes wrong at one endpoint is mended by the others as long as there are
// any: one that is busy while it has requests in flight is full, and gets no
// more than those at a time until it has shown for a while that it takes them;
// one that is busy without any, or asks for more than a second, sits out the
// wait that it asks for (else a second, twice as long each time up to a minute),
// as does one that fails three times in a row, which then gets one request a
// sit-out until it answers; one that reports [ErrStop] is out for good. The request goes to another endpoint:
// after a failure once, because the cause may be the request, else as long as
// there is one. So a [*BusyError] comes back only when all sit out or are full,
// with the time until the first is back, and ErrStop when all are out for good.
func Balance(gens ...Generator) Generator {
	if len(gens) == 1 {
		return gens[0]
	}
	b := &balance{}
	for _, g := range gens {
		b.endpoints = append(b.endpoints, &endpoint{gen: g})
	}
	return b
}

type balance struct {
	mu        sync.Mutex // Guards what is in the endpoints.
	endpoints []*endpoint
}

type endpoint struct {
	gen      Generator
	inFlight int
	room     int           // The most in flight that it has shown to take; 0: not known, for it has refused none.
	step     int           // How much more it is given next,
	patience int           // after so many rounds of answers while that much was in flight.
	credit   int           // Answers of these so far.
	failures int           // In a row.
	pause    time.Duration // Of the last sit-out for which the server named no time.
	back     time.Time     // Until then it sits out.
	why      error         // What it said when it last went out.
	gone     bool          // For good.
}

// failuresInARow is how many an endpoint may have. With one, a server that
// fails now and then would sit out most of the time.
const failuresInARow = 3

// AnswerTokens is the most that any of the generators allows.
func (b *balance) AnswerTokens() int {
	most := 0
	for _, e := range b.endpoints {
		if g, ok := e.gen.(interface{ AnswerTokens() int }); ok {
			most = max(most, g.AnswerTokens())
		}
	}
	return most
}

// Generate asks the chunk's own endpoint, and others if need be.
func (b *balance) Generate(ctx context.Context, r Request) (Response, error) {
	var tried []*endpoint
	var failed error // Of an attempt that may be tried again.
	for {
		e := b.take(r, tried)
		if e == nil {
			return Response{}, cmp.Or(failed, b.nobody())
		}
		tried = append(tried, e)
		resp, err := e.gen.Generate(ctx, r)
		b.put(ctx, e, err)
		if err == nil || ctx.Err() != nil || errors.Is(err, ErrSkip) {
			return resp, err
		}
		if _, busy := errors.AsType[*BusyError](err); busy || errors.Is(err, ErrStop) {
			continue
		}
		if failed != nil {
			return resp, err
		}
		failed = err
	}
}

// take picks an endpoint for r and counts the request in; nil if none is left.
func (b *balance) take(r Request, tried []*endpoint) *endpoint {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	able, load := 0, 1
	free := func(e *endpoint) bool {
		return !e.gone && !now.Before(e.back) && (e.room == 0 || e.inFlight < e.room) && !slices.Contains(tried, e)
	}
	for _, e := range b.endpoints {
		if free(e) {
			able++
			load += e.inFlight
		}
	}
	if able == 0 {
		return nil
	}
	// At least one holds less than this, or together they would hold more than load.
	most := int(math.Ceil(1.25 * float64(load) / float64(able)))
	var best *endpoint
	var bestRank uint64
	h := fnv.New64a()
	h.Write([]byte(cmp.Or(r.Chunk.Text, r.Prompt)))
	for i, e := range b.endpoints {
		if rank := rendezvous(h.Sum64(), i); free(e) && e.inFlight < most && (best == nil || rank > bestRank) {
			best, bestRank = e, rank
		}
	}
	best.inFlight++
	if best.failures >= failuresInARow {
		best.sitOut(now, 0) // One request will show; the others wait for it.
	}
	return best
}

// put counts a request out, and draws the conclusions from its end.
func (b *balance) put(ctx context.Context, e *endpoint, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e.inFlight--
	busy, isBusy := errors.AsType[*BusyError](err)
	switch {
	case err == nil || errors.Is(err, ErrSkip):
		if e.failures >= failuresInARow {
			e.back = time.Time{}
		}
		e.failures, e.pause = 0, 0
		if e.room > 0 && e.inFlight+1 >= e.room {
			// As slots do: one that is full is left in peace, and one that was
			// refused by chance, or has grown, soon has its share again.
			if e.credit++; e.credit >= e.patience*e.room {
				e.room, e.step, e.patience, e.credit = e.room+e.step, 2*e.step, max(1, e.patience/2), 0
			}
		}
	case ctx.Err() != nil: // The caller's doing.
	case errors.Is(err, ErrStop):
		e.gone, e.why = true, err
	case isBusy:
		e.why = err
		// With some in flight it is full rather than closed: those are what it takes.
		e.room, e.step, e.patience, e.credit = e.inFlight, 1, min(max(2*e.patience, 2), maxPatience), 0
		if e.inFlight == 0 || busy.Wait > time.Second {
			e.sitOut(time.Now(), busy.Wait)
		}
	default:
		e.why = err
		e.failures++
		if e.failures >= failuresInARow {
			e.sitOut(time.Now(), 0)
		}
	}
}

// sitOut takes e out for wait; 0: for twice the last time, unless it is out
// already, because what was in flight then fails together.
func (e *endpoint) sitOut(now time.Time, wait time.Duration) {
	if wait <= 0 {
		if now.Before(e.back) {
			return
		}
		e.pause = min(max(2*e.pause, time.Second), time.Minute)
		wait = e.pause
	}
	if back := now.Add(wait); back.After(e.back) {
		e.back = back
	}
}

// nobody is the error when no endpoint can be asked.
func (b *balance) nobody() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var first *endpoint
	why := errors.New("there are none: give Balance a generator")
	for _, e := range b.endpoints {
		if e.gone {
			why = e.why
		} else if first == nil || e.back.Before(first.back) {
			first = e
		}
	}
	if first == nil {
		return marked{fmt.Errorf("all endpoints are out of use: %w", why), ErrStop}
	}
	return &BusyError{
		Wait: max(time.Until(first.back), 0),
		Err:  fmt.Errorf("all endpoints sit out or are full: %w", first.why),
	}
}

// rendezvous ranks endpoint i for the chunk with this hash: the highest rank
// has it, and where that one is gone only its own chunks move.
func rendezvous(chunk uint64, i int) uint64 {
	x := chunk + (uint64(i)+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
