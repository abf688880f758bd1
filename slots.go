package mind

import (
	"container/list"
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// slots admits requests: never more than max at a time, and fewer while the
// server shows that it has no room. Who holds a slot has a ticket.
//
// A limit that starts at a quarter doubles in a round of answers while all is
// well. A busy signal cuts it to what is still in flight, because those are the
// requests that the server did take: the refusals of one burst together find
// its capacity, where a fixed factor cuts either too little, and is refused
// again, or too much. From then on the limit returns at once to what answers
// have proven that the server holds, and goes beyond it by careful steps: each
// step that is refused doubles the wait for the next, so that a server at its
// limit is left in peace, and each that succeeds doubles the next, so that one
// that has grown is soon filled.
//
// Not every refusal means a full room. A server that counts requests a minute
// refuses everything for a while, and one that refuses by chance does so at any
// load. So a refusal below what is proven cuts nothing, but the first request
// after it tells: if that is refused too, the door is closed. Then admission
// pauses, longer each time, and lets in one request that must be taken before
// others follow.
type slots struct {
	mu  sync.Mutex
	max int
	log *slog.Logger

	limit    int   // Requests that may be in flight now.
	told     int   // The limit that was logged last.
	inFlight int   // Tickets out.
	seq      int64 // Of the last ticket.

	returning list.List // Waiters whose unit is held already: they go first.
	fresh     list.List // Waiters for a new unit.
	parked    int       // Units in back-off or returning from it.
	maxParked int
	roomy     chan struct{} // Closed, and made anew, when there is room for one more.

	events   []event // Of the last moments: admissions and ends, in their order.
	level    int     // Requests in flight before these, without those that were refused.
	proven   [2]int  // The highest level, in this round of answers and in the one before.
	round    int64   // A round ends with the first answer to a ticket after this one,
	full     bool    // if the limit was reached in it: slots that nobody uses prove nothing.
	cautious bool    // There has been a busy signal: beyond proven by steps only.
	trying   bool    // A step has been taken and is not proven yet.
	step     int     // Size of the next step.
	patience int     // Rounds until then.
	credit   int     // Answers since the last one.

	streak int           // Refusals in a row, each of a ticket after the one before, with nothing taken in between.
	since  int64         // The streak's next refusal is one of a ticket after this one.
	first  *ticket       // The first in flight after since.
	took   time.Duration // How long the last refusal took.
	until  time.Time     // Nothing is admitted before.
	pause  *time.Timer
}

// A ticket is the right to one request.
type ticket struct {
	seq     int64
	at      time.Time
	refused bool
}

// An event changes how many requests are in flight. It counts after a delay:
// only then is it known whether a request was refused.
type event struct {
	*ticket
	at  time.Time
	end bool
}

const (
	maxPatience = 32
	minPause    = 100 * time.Millisecond
	maxPause    = 15 * time.Second // Without the server's word for more.
	closed      = 2                // The streak from which on the door counts as closed.
)

func newSlots(concurrency int, log *slog.Logger) *slots {
	s := &slots{
		max:       concurrency,
		log:       log,
		limit:     min(concurrency, max(16, concurrency/4)),
		maxParked: max(1024, 16*concurrency),
		roomy:     make(chan struct{}),
		patience:  1,
		step:      1,
	}
	s.pause = time.AfterFunc(time.Hour, s.resume)
	s.pause.Stop()
	return s
}

// close ends the timer. Nobody may wait any more.
func (s *slots) close() { s.pause.Stop() }

// room waits while as many units as may be are parked, so that a server that is
// busy for hours costs no memory. It is waited for before the limits: who held a
// share of the budget meanwhile would keep the parked ones waiting for it.
func (s *slots) room(ctx context.Context) error {
	for {
		s.mu.Lock()
		room, roomy := s.parked < s.maxParked, s.roomy
		s.mu.Unlock()
		if room {
			return nil
		}
		select {
		case <-roomy:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// acquire waits for a slot for a new unit.
func (s *slots) acquire(ctx context.Context) (*ticket, error) { return s.wait(ctx, &s.fresh) }

// park gives a slot back for a unit that is to be asked for again.
func (s *slots) park(t *ticket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parked++
	s.leave(t)
}

// unpark waits for a slot for a unit that was parked. The unit counts as parked
// until it has one; where ctx is done before, it is dropped.
func (s *slots) unpark(ctx context.Context) (*ticket, error) {
	t, err := s.wait(ctx, &s.returning)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parked--
	close(s.roomy)
	s.roomy = make(chan struct{})
	return t, err
}

// A waiter is sent its ticket.
type waiter chan *ticket

func (s *slots) wait(ctx context.Context, line *list.List) (*ticket, error) {
	s.mu.Lock()
	w := make(waiter, 1)
	place := line.PushBack(w)
	s.admit()
	s.mu.Unlock()
	select {
	case t := <-w:
		if ctx.Err() == nil {
			return t, nil
		}
		s.release(t) // select picks at random: nothing may start once ctx is done.
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		select {
		case t := <-w:
			s.leave(t)
		default:
			line.Remove(place)
		}
	}
	return nil, context.Cause(ctx)
}

// admit gives out slots while there are some. The caller holds s.mu.
func (s *slots) admit() {
	now := time.Now()
	if now.Before(s.until) {
		return
	}
	for s.inFlight < s.limit && (s.streak < closed || s.first == nil) {
		line := &s.returning
		if line.Len() == 0 {
			line = &s.fresh
		}
		if line.Len() == 0 {
			return
		}
		s.seq++
		s.inFlight++
		t := &ticket{seq: s.seq, at: now}
		s.events = append(s.events, event{t, now, false})
		if s.streak > 0 && s.first == nil {
			s.first = t
			if s.streak >= closed {
				s.pause.Reset(s.taken())
			}
		}
		s.full = s.full || s.inFlight == s.limit && s.streak == 0
		line.Remove(line.Front()).(waiter) <- t
	}
}

// taken is how long a request must be in flight to count as not refused.
func (s *slots) taken() time.Duration { return 3*s.took + 10*time.Millisecond }

// leave takes t out of flight. The caller holds s.mu.
func (s *slots) leave(t *ticket) {
	s.events = append(s.events, event{t, time.Now(), true})
	s.prove() // Here, not with answers alone: there may be none for hours.
	if t == s.first {
		s.first = nil
	}
	s.inFlight--
	s.admit()
}

// release gives a slot back, without a word about the server.
func (s *slots) release(t *ticket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leave(t)
}

// answered gives a slot back after an answer.
func (s *slots) answered(t *ticket) {
	var news []any
	defer func() {
		if news != nil { // Without the lock: a handler may well ask for Stats.
			s.log.Debug("slots", news...)
		}
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.seq > s.round && s.full {
		s.round, s.full = s.seq, false
		copy(s.proven[1:], s.proven[:])
		s.proven[0] = 0
	}
	s.prove()
	if t.seq > s.since {
		s.streak = 0
	}
	news = s.news()
	s.grow()
	s.leave(t)
}

// prove counts the events that are old enough. The caller holds s.mu.
func (s *slots) prove() {
	for len(s.events) > 0 && time.Since(s.events[0].at) >= s.taken() {
		switch e := s.events[0]; {
		case e.refused:
		case e.end:
			s.level--
		default:
			s.level++
			s.proven[0] = max(s.proven[0], s.level)
		}
		s.events = s.events[1:]
	}
}

// grow raises the limit by what an answer shows. The caller holds s.mu.
func (s *slots) grow() {
	proven := slices.Max(s.proven[:])
	switch {
	case s.limit >= s.max:
	case s.limit < proven:
		s.limit++
	case !s.cautious:
		// Only as far as slots are used: what nobody fills proves nothing.
		if s.limit < 2*proven {
			s.limit++
		}
	case s.limit == proven:
		if s.trying {
			s.trying, s.patience = false, 1
		}
		if s.credit++; s.credit >= s.limit*s.patience {
			s.credit, s.trying = 0, true
			s.limit = min(s.max, s.limit+s.step)
			s.step *= 2
		}
	}
}

// busy parks a unit that the server had no room for; wait is how long the
// server asked to be left alone, 0 where it did not say.
func (s *slots) busy(t *ticket, wait time.Duration) {
	var pause time.Duration
	defer func() {
		if pause > 0 {
			s.log.Debug("the server takes nothing", "pause", pause)
		}
	}()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parked++
	t.refused = true
	s.cautious = true
	pause = s.knock(t, wait)
	if survivors := s.inFlight - 1; survivors < s.limit && survivors >= slices.Max(s.proven[:]) {
		if s.trying {
			s.trying, s.patience = false, min(2*s.patience, maxPatience)
		}
		s.limit, s.step = max(1, survivors), 1
	}
	s.leave(t)
}

// knock tells from the refusal of t whether the door is closed, and pauses if
// so. The caller holds s.mu.
func (s *slots) knock(t *ticket, wait time.Duration) (pause time.Duration) {
	if t.seq <= s.since {
		return 0 // Of a burst that has counted.
	}
	now := time.Now()
	s.took = now.Sub(t.at)
	if s.first != nil && s.first != t && now.Sub(s.first.at) > s.taken() {
		s.streak = 0 // The first was taken: this one is a case of its own.
	}
	s.streak++
	s.since, s.first = s.seq, nil
	if s.streak < closed {
		return 0
	}
	d := min(minPause<<min(s.streak-closed, 20), maxPause)
	if s.streak > closed {
		d = max(d, wait) // Two in a row may be chance, which should not cost the server's minute.
	}
	s.until = now.Add(d)
	s.pause.Reset(d)
	return d
}

// resume goes on after a pause, or when the request that was let in after it
// was not refused: then the door is open.
func (s *slots) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first != nil && time.Since(s.first.at) >= s.taken() {
		s.streak, s.first = 0, nil
	}
	s.admit()
}

// news tells how the limit has changed, once for a burst. The caller holds s.mu.
func (s *slots) news() []any {
	if s.limit == s.told {
		return nil
	}
	was := s.told
	s.told = s.limit
	return []any{"from", was, "to", s.limit, "in flight", s.inFlight, "parked", s.parked}
}

// counts are the figures for Stats.
func (s *slots) counts() (limit, inFlight, parked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.limit, s.inFlight, s.parked
}
