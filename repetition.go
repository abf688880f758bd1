package mind

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// RepetitionLimits are shares of a text from 0 to 1. A field that is zero has
// the limit of Gopher (Rae et al., "Scaling Language Models", arXiv:2112.11446,
// table A1), which is given behind it; 1 turns it off.
type RepetitionLimits struct {
	Lines     float64    // Lines that repeat an earlier one. Default: 0.30.
	LineChars float64    // Characters in such lines. Default: 0.20.
	Top       [3]float64 // Characters in the most frequent sequence of 2, 3, 4 words. Default: 0.20, 0.18, 0.16.
	Duplicate [6]float64 // Characters in repeats of a sequence of 5, …, 10 words. Default: 0.15, 0.14, 0.13, 0.12, 0.11, 0.10.
	Block     int        // Characters of a block that is repeated at once. Default: 100, not of Gopher; negative: off.
}

var gopher = RepetitionLimits{0.30, 0.20, [3]float64{0.20, 0.18, 0.16}, [6]float64{0.15, 0.14, 0.13, 0.12, 0.11, 0.10}, 100}

// Repetition rejects an answer that goes round in circles: in which lines or
// sequences of words repeat too much, or a block of text is said twice without
// anything between, as models do until their budget ends.
//
// Lines are taken as they stand, but for rules and those with a name alone. Words
// are those that are said: the name before each turn is no repetition, and neither
// is a formula, which comes back in any good dialogue, for as many words as it has
// signs; a span of mathematics is one word. Of a word, at most eight bytes count.
// Case and punctuation do not count, and fewer than fifty words, for which Gopher's
// limits are not meant, are not asked about sequences. A dialogue quotes its text:
// what the source says so often may be said once more without being a repetition.
// As in datatrove, whose reading of Gopher is the usual one, the first occurrence
// of a sequence is no duplicate, and duplicates do not overlap; but what is said
// twice alone is no most frequent sequence, which it would be in any short talk.
// Linear in answer and source.
func Repetition(l RepetitionLimits) Filter {
	l.Lines, l.LineChars = or(l.Lines, gopher.Lines), or(l.LineChars, gopher.LineChars)
	for i := range l.Top {
		l.Top[i] = or(l.Top[i], gopher.Top[i])
	}
	for i := range l.Duplicate {
		l.Duplicate[i] = or(l.Duplicate[i], gopher.Duplicate[i])
	}
	if l.Block == 0 {
		l.Block = gopher.Block
	}
	return Filter{"repetition", func(d *Dialogue) (err error) {
		t := tablePool.Get().(*hashTable)
		defer tablePool.Put(t)
		p := parseTurns(d.Text)
		defer p.release()
		if err := l.checkLines(p, t); err != nil {
			return err
		}
		withWords(func(ws []word) []word { return speechWords(ws, p, true) }, func(ws []word) {
			longest, doubt := l.comeBack(ws, t)
			if longest >= blockWords {
				if err = l.checkBlock(d.Text, ws, t); err != nil {
					return
				}
			}
			if !doubt {
				return
			}
			withWords(func(ws []word) []word { return appendWords(ws, d.Source, 0, len(d.Source), true) }, func(source []word) {
				err = l.checkWords(ws, source, longest, t)
			})
		})
		return err
	}}
}

// or is x, or what is usual where x is zero.
func or(x, usual float64) float64 {
	if x == 0 {
		return usual
	}
	return x
}

func (l *RepetitionLimits) checkLines(p *parsedTurns, t *hashTable) error {
	t.reset(strings.Count(p.text, "\n") + 1)
	lines, chars, again, charsAgain := 0, 0, 0, 0
	at, labels := 0, p.labels
	for line := range strings.Lines(p.text) {
		from := at
		at += len(line)
		for len(labels) > 1 && labels[1].at <= from {
			labels = labels[1:]
		}
		line = strings.TrimSpace(line)
		if line == "" || isRule(line) || len(labels) > 0 && labels[0].at <= from && from+len(line) <= labels[0].speech {
			continue // Nothing is said in it.
		}
		lines++
		size := len(line)
		if !isASCII(line) { // Counting takes longer.
			size = utf8.RuneCountInString(line)
		}
		chars += size
		if n := t.at(hashOf(line)); *n > 0 {
			again++
			charsAgain += size
		} else {
			*n = 1
		}
	}
	if share := float64(again) / float64(max(lines, 1)); share > l.Lines {
		return fmt.Errorf("%d of %d lines are repeated, more than %.2f", again, lines, l.Lines)
	}
	if share := float64(charsAgain) / float64(max(chars, 1)); share > l.LineChars {
		return fmt.Errorf("%.2f of the characters are in repeated lines, more than %.2f", share, l.LineChars)
	}
	return nil
}

// weight is what a word counts for the shares: what is long is mostly a formula.
func (w word) weight() int { return min(w.to-w.from, 8) }

// enoughWords are those from which on sequences are asked about.
const enoughWords = 50

// A sequence is one of words that begins at ws[at].
type sequence struct {
	hash       uint64
	at, weight int32
}

// comeBack is how many words the longest sequence has that comes back, up to ten,
// and tells of a doubt where checkWords may object: where it would if the source
// allowed nothing, and if all that is in a repeated sequence counted. A longer
// sequence comes back only where a shorter one does, so that each length leaves
// fewer places to look at, and few answers leave a doubt.
func (l *RepetitionLimits) comeBack(ws []word, t *hashTable) (longest int, doubt bool) {
	total := 0
	all := t.sequences[:0]
	for i, w := range ws {
		total += w.weight()
		all = append(all, sequence{w.hash, int32(i), int32(w.weight())})
	}
	t.sequences = all
	check := func(weight int, limit float64) {
		doubt = doubt || len(ws) >= enoughWords && float64(weight)/float64(max(total, 1)) > limit
	}
	for n := 2; n <= 10; n++ {
		if last := len(all) - 1; last >= 0 && int(all[last].at)+n > len(ws) {
			all = all[:last] // It has no word more.
		}
		t.reset(len(all))
		for i := range all {
			s := &all[i]
			w := &ws[int(s.at)+n-1]
			s.hash = s.hash*hashFactor + w.hash
			s.weight += int32(w.weight())
			*t.at(mix(s.hash))++
		}
		left, top, covered, end := all[:0], 0, 0, 0
		for _, s := range all {
			times := *t.at(mix(s.hash))
			if times == 1 {
				continue
			}
			left = append(left, s)
			top = max(top, int(times)*int(s.weight))
			for end = max(end, int(s.at)); end < int(s.at)+n; end++ {
				covered += ws[end].weight()
			}
		}
		if all = left; len(all) == 0 {
			return n - 1, doubt
		}
		if n < 5 {
			check(top, l.Top[n-2])
		} else {
			check(covered, l.Duplicate[n-5])
		}
	}
	return 10, doubt
}

// checkWords counts sequences, up to the longest that comes back. Each may be said
// once more than the source says it; that the source allows all of one length says
// nothing of longer ones.
func (l *RepetitionLimits) checkWords(ws, source []word, longest int, t *hashTable) error {
	total := 0
	for _, w := range ws {
		total += w.weight()
	}
	for n := 2; n <= longest; n++ {
		t.reset(len(ws) + len(source))
		eachSequence(source, n, func(_ int, hash uint64, _ int) int {
			*t.at(hash)--
			return 1
		})
		again, top := 0, 0
		eachSequence(ws, n, func(_ int, hash uint64, weight int) int {
			count := t.at(hash)
			if *count++; *count <= 1 {
				return 1
			}
			if n < 5 {
				if *count > 2 {
					top = max(top, int(*count)*weight)
				}
				return 1
			}
			again += weight
			return n
		})
		if share := float64(top) / float64(max(total, 1)); n < 5 && share > l.Top[n-2] {
			return fmt.Errorf("%.2f of the text is one sequence of %d words, more than %.2f", share, n, l.Top[n-2])
		}
		if share := float64(again) / float64(max(total, 1)); n >= 5 && share > l.Duplicate[n-5] {
			return fmt.Errorf("%.2f of the text is in repeated sequences of %d words, more than %.2f", share, n, l.Duplicate[n-5])
		}
	}
	return nil
}

// eachSequence calls do with each sequence of n words, by the index of its first
// one; do returns by how many words to go on.
func eachSequence(ws []word, n int, do func(i int, hash uint64, weight int) int) {
	if len(ws) < n {
		return
	}
	power := uint64(1) // hashFactor to the n, which takes out a word that has left.
	for range n {
		power *= hashFactor
	}
	var hash uint64
	weight, has := 0, 0
	for i, next := 0, 0; i+n <= len(ws); {
		for ; has < i+n; has++ {
			hash = hash*hashFactor + ws[has].hash
			weight += ws[has].weight()
			if has >= n {
				hash -= ws[has-n].hash * power
				weight -= ws[has-n].weight()
			}
		}
		if i == next {
			next += do(i, mix(hash), weight)
		}
		i++
	}
}

// blockWords are those by which a block is found that comes again.
const blockWords = 6

// checkBlock looks for a block that is repeated at once. It follows the text at
// the distance at which it repeats itself, and where it no longer does, goes on
// at that of the last place where the next few words stood. A block of so few words
// or more that comes three times is always found, one that comes twice unless its
// own words come back within it all the time.
func (l *RepetitionLimits) checkBlock(text string, ws []word, t *hashTable) error {
	if l.Block < 0 {
		return nil
	}
	t.reset(len(ws))
	distance, run := 0, 0
	last := func(i int, hash uint64, _ int) int {
		at := t.at(hash)
		if distance > 0 && ws[i].hash == ws[i-distance].hash {
			run++
		} else if distance, run = 0, 0; *at > 0 {
			distance, run = i-int(*at-1), 1
		}
		*at = int32(i + 1)
		return 1
	}
	var err error
	check := func(i int) bool {
		if distance == 0 || run < distance {
			return false
		}
		// Short blocks that go on and on make a long one.
		times := 1
		for ; ; times++ {
			if run < (2*times-1)*distance {
				return false
			}
			from := i + 1 - times*distance
			if utf8.RuneCountInString(text[ws[from].from:ws[i].to]) >= l.Block {
				break
			}
		}
		err = fmt.Errorf("a block of %d words is repeated at once: %q", times*distance, shortened(text[ws[i+1-times*distance].from:ws[i].to]))
		return true
	}
	found := false
	eachSequence(ws, blockWords, func(i int, hash uint64, w int) int {
		if found {
			return len(ws)
		}
		last(i, hash, w)
		found = check(i)
		return 1
	})
	// The last words begin no sequence.
	for i := max(0, len(ws)-blockWords+1); i < len(ws) && !found && distance > 0 && ws[i].hash == ws[i-distance].hash; i++ {
		run++
		found = check(i)
	}
	return err
}
