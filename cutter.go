package mind

import (
	"slices"
	"sort"
	"unicode/utf8"
)

// A cutter finds where to cut a text, reading it once. It looks ahead as far as
// three pieces may reach, and notes the places where the next may end.
type cutter struct {
	text      string
	max       int       // Tokens of a piece.
	counter   *counter  // Counts words; and pieces, if there is no
	tokenizer Tokenizer // which may be nil.

	start   int     // Of the next piece.
	begin   int     // Tokens before start.
	loose   bool    // start is a loose cut.
	cuts    []cut   // Behind start, in their order.
	at      int     // What is before is in cuts.
	total   int     // Tokens before at.
	guess   int     // The last place before which the number of tokens is a guess.
	limit   int     // max in tokens of counter.
	asked   bool    // limit is what the tokenizer's counts gave.
	spans   spanner // Of the text up to at.
	kept    int     // The end of the last that is kept whole.
	pending span    // Found, but it ends behind at. None: the zero span.
}

// A cut is a place to cut.
type cut struct {
	at     int
	tokens int // Before it, from the beginning of the text.
	end    boundary
	// The tokens between two places are what these differ by, for what a word is
	// does not depend on what is before it: but not if one of the places is loose,
	// in a word, or guess is between them.
	loose bool
	guess int
}

// worth is how much nearer to the size aimed at a cut must be than one behind a
// blank line, in percent of the limit.
var worth = [...]int{paragraphEnd: 0, lineEnd: 5, sentenceEnd: 8, wordEnd: 15, partEnd: 100, runeEnd: 200}

func newCutter(text string, max int, counter *counter, tokenizer Tokenizer) *cutter {
	return &cutter{text: text, max: max, counter: counter, tokenizer: tokenizer, limit: max, spans: newSpanner(text, 0)}
}

// next takes the next piece and returns where it ends.
func (k *cutter) next() (end int) {
	allowed := k.limit
	for {
		k.look()
		i := k.best(allowed)
		size := k.cuts[i].tokens - k.begin
		n := k.count(i)
		_, first := utf8.DecodeRuneInString(k.text[k.start:])
		switch {
		case k.tokenizer != nil && !k.asked && n < k.max*7/8 && i < len(k.cuts)-1:
			// It counts fewer: begin anew with as many more.
			k.limit = size * k.max / max(n, 1)
			allowed = k.limit
			k.asked = true
		case n <= k.max || k.cuts[i].at == k.start+first:
			k.take(i, n)
			return k.start
		case i > 0:
			allowed = min(size-1, size*k.max/n)
		case k.limit > 1:
			// A span, or a word, that is small enough for the encoding is not for
			// what counts: look again, with a limit at which it is for neither.
			k.limit = max(1, min(k.limit*15/16, k.limit*k.max/n))
			allowed = k.limit
			k.at, k.total, k.cuts = k.start, k.begin, k.cuts[:0]
			k.spans, k.pending = newSpanner(k.text, k.start), span{}
		default:
			at := max(k.start+first, wholeRunes(k.text, k.start+(k.cuts[0].at-k.start)*k.max/n))
			k.cuts = slices.Insert(k.cuts, 0, cut{at: at, tokens: k.begin, end: runeEnd, loose: true})
		}
	}
}

// take ends the piece, of n tokens, at the ith cut.
func (k *cutter) take(i, n int) {
	c := k.cuts[i]
	if size := c.tokens - k.begin; k.tokenizer == nil {
		k.limit = k.max
	} else if n > 0 && size > k.limit/4 {
		k.limit = max(1, size*k.max/n)
		k.asked = true
	}
	k.start, k.begin, k.loose = c.at, c.tokens, c.loose
	k.cuts = k.cuts[:copy(k.cuts, k.cuts[i+1:])]
}

// count is the tokens of the piece that ends at the ith cut.
func (k *cutter) count(i int) int {
	c := k.cuts[i]
	if k.tokenizer != nil || k.loose || c.loose || k.start < c.guess {
		return k.measure(k.text[k.start:c.at])
	}
	return c.tokens - k.begin
}

// measure is the tokens of a text by what counts.
func (k *cutter) measure(text string) int {
	if k.tokenizer != nil {
		return k.tokenizer.Count(text)
	}
	return k.counter.count(text)
}

// best is the best cut of those that allowed tokens reach, or the first. The rule
// is in the documentation of TokenChunker.
func (k *cutter) best(allowed int) int {
	rest, pieces, aim, scale := k.total-k.begin, 1, k.limit, 1
	whole := k.at == len(k.text)
	if whole {
		if rest <= allowed {
			return len(k.cuts) - 1
		}
		pieces = max(1, (rest+k.limit-1)/k.limit)
		aim, scale = rest/pieces, 3 // No piece more is made by going farther from it.
	}
	best, bestCost := 0, 0
	for i, c := range k.cuts {
		size := c.tokens - k.begin
		if size > allowed && i > 0 {
			break
		}
		cost := max(aim-size, size-aim) + worth[c.end]*scale*k.limit/100
		if size < k.limit/10 || whole && rest-size > (pieces-1)*k.limit {
			cost += k.limit // A piece of a few words, or one more than need be.
		}
		if whole && rest-size < k.limit/10 {
			cost += 2 * k.limit
		}
		if i == 0 || cost <= bestCost {
			best, bestCost = i, cost
		}
	}
	return best
}

// look reads on as far as three pieces may reach.
func (k *cutter) look() {
	for k.at < len(k.text) && (k.total-k.begin <= 3*k.limit || len(k.cuts) == 0) {
		k.word()
		for {
			if k.pending == (span{}) {
				var ok bool
				if k.pending, ok = k.spans.next(k.at); !ok {
					break
				}
			}
			if k.pending.to > k.at {
				break
			}
			k.keep(k.pending)
			k.pending = span{}
		}
	}
}

// word reads the word at at.
func (k *cutter) word() {
	end, n := k.counter.next(k.text, k.at)
	long := n > k.small()
	if m := comma(k.text[k.at:end]); m > 0 {
		k.add(k.at+m, k.total+1, true)
		if long {
			k.at += m
			k.total++
			n--
		}
	}
	if long {
		k.shred(end, n)
	} else {
		k.total += n
	}
	k.at = end
	k.add(end, k.total, false)
}

// small is the most tokens of a word that is left whole: a rune may have four.
func (k *cutter) small() int { return max(min(4, k.limit), k.limit/16) }

// add notes the cut at at, which tokens are before.
func (k *cutter) add(at, tokens int, loose bool) {
	last := k.begin
	if len(k.cuts) > 0 {
		last = k.cuts[len(k.cuts)-1].tokens
	}
	// Of the worst places there are many, and few are needed.
	if end := boundaryAt(k.text, at); end > partEnd || end == partEnd && tokens-last >= k.limit/32 {
		k.cuts = append(k.cuts, cut{at, tokens, end, loose, k.guess})
	}
}

// shred reads a long word, of n tokens up to end, and notes cuts in it that are a
// sixteenth of the limit apart.
func (k *cutter) shred(end, n int) {
	small, before, noted := k.small(), k.total, len(k.cuts)
	step := max(1, (end-k.at)*small/n)
	for at := k.at; at < end; {
		_, first := utf8.DecodeRuneInString(k.text[at:])
		to := max(at+first, wholeRunes(k.text, min(at+step, end)))
		size := k.counter.count(k.text[at:to])
		for size > small && to > at+first {
			to = max(at+first, wholeRunes(k.text, at+(to-at)*3/4))
			size = k.counter.count(k.text[at:to])
		}
		at = to
		k.total += size
		if at < end {
			k.cuts = append(k.cuts, cut{at, k.total, runeEnd, true, k.guess})
		}
	}
	// The parts have more tokens than the whole.
	for i := range k.cuts[noted:] {
		c := &k.cuts[noted+i]
		c.tokens = before + (c.tokens-before)*n/(k.total-before)
	}
	k.total = before + n
}

// keep forgets the cuts in a span that fits.
func (k *cutter) keep(s span) {
	if s.from < k.start {
		return // It has been cut.
	}
	i := sort.Search(len(k.cuts), func(i int) bool { return k.cuts[i].at > s.from })
	j := i + sort.Search(len(k.cuts)-i, func(j int) bool { return k.cuts[i+j].at >= s.to })
	if i == j {
		return
	}
	before := cut{at: k.start, tokens: k.begin}
	if i > 0 {
		before = k.cuts[i-1]
	}
	after := k.total
	if j < len(k.cuts) {
		after = k.cuts[j].tokens
	}
	if after-before.tokens <= k.limit {
		k.cuts = slices.Delete(k.cuts, i, j)
		if before.at < k.kept && k.kept <= s.from {
			// The span before ends in the word that this one begins in.
			k.cuts = slices.Insert(k.cuts, i, k.seam(s.from, before))
		}
		k.kept = s.to
		return
	}
	// With the words that its ends are in it is too large. Without them it may
	// fit, and then the words are cut.
	within := k.cuts[j-1].tokens - k.cuts[i].tokens - k.small() // Loose cuts are a guess.
	if within > k.limit && (k.tokenizer == nil || within > 2*k.limit) || k.measure(k.text[s.from:s.to]) > k.max {
		return
	}
	k.cuts = k.cuts[:i]
	if s.from > before.at {
		before = k.seam(s.from, before)
		k.cuts = append(k.cuts, before)
	}
	k.at, k.guess, k.kept = s.to, s.to, s.to
	k.cuts = append(k.cuts, k.seam(s.to, before))
	k.total = k.cuts[len(k.cuts)-1].tokens
}

// seam is the cut in a word where a span begins or ends.
func (k *cutter) seam(at int, before cut) cut {
	tokens := before.tokens + k.counter.count(k.text[before.at:at])
	return cut{at, tokens, max(partEnd, boundaryAt(k.text, at)), true, k.guess}
}
