package mind

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A word is text[from:to], or a formula as one word, by the hash of its letters
// in lower case.
type word struct {
	hash     uint64
	from, to int
}

// hashPrime is the odd multiplier of Knuth's MMIX generator.
const hashPrime = 6364136223846793005

// addByte goes on with a hash of bytes.
func addByte(h uint64, b byte) uint64 { return (h ^ uint64(b)) * 1099511628211 }

// mix spreads a hash over all of its bits, as MurmurHash3 ends.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h
}

// appendWords appends the words of text[from:to]: runs of letters, runs of
// digits, TeX commands, and each letter of a script without spaces. Punctuation
// and signs are no words. Where formulas is set, a span of mathematics is one
// word.
func appendWords(words []word, text string, from, to int, formulas bool) []word {
	spans := spanFinder{text: text[:to]}
	for i := from; i < to; {
		c := text[i]
		if formulas && (c == '$' || c == '\\') {
			if end := spans.end(i); end > i {
				h := uint64(len("$"))
				for j := i; j < end; j++ {
					if b := text[j]; b != ' ' && b != '\n' && b != '$' {
						h = addByte(h, b)
					}
				}
				words = append(words, word{mix(h), i, end})
				i = end
				continue
			}
		}
		start := i
		h := uint64(14695981039346656037)
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			for i < to {
				c := text[i]
				if 'A' <= c && c <= 'Z' {
					c |= 0x20
				}
				if 'a' <= c && c <= 'z' {
					h = addByte(h, c)
					i++
				} else if c < utf8.RuneSelf {
					break
				} else if r, size := utf8.DecodeRuneInString(text[i:to]); unicode.IsLetter(r) && !isUnspaced(r) || unicode.IsMark(r) {
					h = addRune(h, r)
					i += size
				} else {
					break
				}
			}
		case '0' <= c && c <= '9':
			for i < to && '0' <= text[i] && text[i] <= '9' {
				h = addByte(h, text[i])
				i++
			}
		case c == '\\':
			h = addByte(h, c)
			i++
			for i < to && 'a' <= text[i]|0x20 && text[i]|0x20 <= 'z' {
				h = addByte(h, text[i])
				i++
			}
			if i == start+1 {
				i = min(i+1, to) // \$ or \\, which is no word.
				continue
			}
		case c < utf8.RuneSelf:
			i++
			continue
		default:
			r, size := utf8.DecodeRuneInString(text[i:to])
			if !unicode.IsLetter(r) {
				i += size
				continue
			}
			for i < to && (unicode.IsLetter(r) || unicode.IsMark(r)) {
				h = addRune(h, r)
				i += size
				if isUnspaced(r) {
					break
				}
				if r, size = utf8.DecodeRuneInString(text[i:to]); isUnspaced(r) {
					break
				}
			}
		}
		words = append(words, word{mix(h), start, i})
	}
	return words
}

func addRune(h uint64, r rune) uint64 {
	r = unicode.ToLower(r)
	for ; r > 0; r >>= 8 {
		h = addByte(h, byte(r))
	}
	return h
}

// isUnspaced tells letters of scripts that put no spaces between words, where
// each letter counts as a word: Han, kana, Thai and its neighbours.
func isUnspaced(r rune) bool {
	return r >= 0x0E00 && (r <= 0x0EFF || 0x1780 <= r && r <= 0x17FF || 0x3040 <= r && r <= 0x30FF || 0x3400 <= r && r <= 0x9FFF || 0xF900 <= r && r <= 0xFAFF || 0x20000 <= r && r <= 0x3FFFF)
}

// speechWords are the words of all that is said: the names of the speakers come
// back with every turn and are no repetition.
func speechWords(words []word, p *parsedTurns, formulas bool) []word {
	from := 0
	dropped := p.dropped
	speech := func(to int) {
		for len(dropped) > 0 && dropped[0].from < to {
			if dropped[0].from > from {
				words = appendWords(words, p.text, from, dropped[0].from, formulas)
			}
			from = max(from, min(dropped[0].to, to))
			if dropped[0].to > to {
				break
			}
			dropped = dropped[1:]
		}
		words = appendWords(words, p.text, from, to, formulas)
	}
	for _, l := range p.labels {
		speech(max(l.at, from))
		from = l.speech
	}
	speech(len(p.text))
	return words
}

// A spanFinder finds the ends of spans of mathematics from left to right, in
// time linear in the text: it remembers where the next closing sign is.
type spanFinder struct {
	text string
	next [3]int // Where the next $$, \) and \] are, if that is behind where it is asked for.
}

var spanSigns = [3][2]string{{"$$", "$$"}, {`\(`, `\)`}, {`\[`, `\]`}}

// end is where the span ends that begins at text[i], i where none does. Calls
// come with growing i. A span has no blank line in it.
func (f *spanFinder) end(i int) int {
	rest := f.text[i:]
	for k, signs := range spanSigns {
		if !strings.HasPrefix(rest, signs[0]) {
			continue
		}
		if f.next[k] < i+2 {
			if n := strings.Index(rest[2:], signs[1]); n >= 0 {
				f.next[k] = i + 2 + n
			} else {
				f.next[k] = len(f.text)
			}
		}
		end := f.next[k]
		if end == len(f.text) || end-i > maxSpan || strings.Contains(f.text[i:end], "\n\n") {
			return i
		}
		return end + 2
	}
	if rest[0] == '$' {
		return i + dollarSpan(rest[:min(len(rest), maxSpan)])
	}
	return i
}

// dollarSpan is the length of the span of mathematics that s begins with, by the
// rules of the chunker's spans: "$5 and $10" is money. 0: there is none.
func dollarSpan(s string) int {
	if len(s) < 2 || isSpace(s[1]) {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '$':
			if !isSpace(s[i-1]) && (i+1 == len(s) || !isDigit(s[i+1])) {
				return i + 1
			}
			return 0
		case '\n':
			if strings.HasPrefix(strings.TrimLeft(s[i+1:], " \t\r"), "\n") {
				return 0
			}
		}
	}
	return 0
}

// maxSpan is the longest span of mathematics; longer ones are two signs that
// have nothing to do with each other.
const maxSpan = 2000

// wordPool lends slices of words, so that a filter does not allocate them anew
// for each answer.
var wordPool = sync.Pool{New: func() any { return new([]word) }}

// withWords calls do with the words that fill appends to an empty slice.
func withWords(fill func([]word) []word, do func([]word)) {
	p := wordPool.Get().(*[]word)
	*p = fill((*p)[:0])
	do(*p)
	wordPool.Put(p)
}

// A hashTable counts hashes. It is used again and again without being cleared.
type hashTable struct {
	slots []hashSlot
	round uint32
}

type hashSlot struct {
	hash  uint64
	round uint32
	value int32
}

var tablePool = sync.Pool{New: func() any { return new(hashTable) }}

// reset empties the table and makes room for n hashes.
func (t *hashTable) reset(n int) {
	size := 64
	for size < 2*n {
		size *= 2
	}
	if t.round++; len(t.slots) < size || t.round == 0 {
		t.slots = make([]hashSlot, size)
		t.round = 1
	}
}

// at is the value under a hash, 0 where there was none.
func (t *hashTable) at(hash uint64) *int32 {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.round != t.round {
			*s = hashSlot{hash, t.round, 0}
			return &s.value
		}
		if s.hash == hash {
			return &s.value
		}
	}
}
