package mind

import (
	"math/bits"
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

// hashFactor is the odd multiplier of Knuth's MMIX generator.
const hashFactor = 6364136223846793005

// mix spreads a hash over all of its bits, with the first half of how MurmurHash3
// ends.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h
}

// hashOf is a hash of the bytes of s, eight at a time.
func hashOf(s string) (h uint64) {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		h = hashNext(h, load(s[i:]))
	}
	return mix(hashNext(h, loadAt(s, i)) ^ uint64(len(s))) // Zeros at its end count, too.
}

// hashNext goes on with a hash of eight bytes after others. Both halves of the
// product count, as in wyhash: the lower one alone would let a change of two
// letters cancel out, and a sum of such products blocks of a line change places.
func hashNext(h, bytes uint64) uint64 {
	high, low := bits.Mul64(h^bytes, hashFactor)
	return high ^ low
}

// hashLetters is where the ASCII letters at text[i:] end, and hashOf of them in
// lower case.
func hashLetters(text string, i int) (end int, h uint64) {
	for end = i; ; end += 8 {
		bytes := loadAt(text, end) | lowerCase
		if n := letters(bytes); n < 8 {
			end += n
			return end, mix(hashNext(h, bytes&(1<<(8*n)-1)) ^ uint64(end-i))
		}
		h = hashNext(h, bytes)
	}
}

// skipLetters is where the ASCII letters at text[i:] end.
func skipLetters(text string, i int) int {
	for {
		n := letters(loadAt(text, i) | lowerCase)
		if i += n; n < 8 {
			return i
		}
	}
}

// lowerCase is the bit of eight ASCII letters in lower case; it makes no other
// byte a letter.
const lowerCase = 0x2020202020202020

// letters is how many of eight bytes are letters from a to z before another.
func letters(bytes uint64) int { return bits.TrailingZeros64(noLetters(bytes)) / 8 }

// loadAt is load of s[i:], with zeros behind the end.
func loadAt(s string, i int) (w uint64) {
	if i+8 <= len(s) {
		return load(s[i:])
	}
	for k := len(s) - 1; k >= i; k-- {
		w = w<<8 | uint64(s[k])
	}
	return w
}

// appendWords appends the words of text[from:to]: runs of letters, runs of
// digits, TeX commands, and each letter of a script without spaces. Punctuation
// and signs are no words. Where formulas is set, a span of mathematics is one
// word.
func appendWords(words []word, text string, from, to int, formulas bool) []word {
	text = text[:to]
	spans := spanFinder{text: text}
	for i := from; i < to; {
		c := text[i]
		start, h := i, uint64(0)
		switch {
		case isLetter(c):
			if i, h = hashLetters(text, i); i < to && text[i] >= utf8.RuneSelf {
				if end, more := hashRunes(text, start, i); end > i {
					i, h = end, more
				}
			}
		case isDigit(c):
			for i < to && isDigit(text[i]) {
				i++
			}
			h = hashOf(text[start:i])
		case c == '$' || c == '\\':
			if formulas {
				i = spans.end(i)
			}
			switch {
			case i > start:
				h = hashFormula(text[start:i])
			case c == '$':
				i++
				continue
			default:
				if i = skipLetters(text, i+1); i == start+1 {
					i = min(i+1, to) // \$ or \\, which is no word.
					continue
				}
				h = hashOf(text[start:i])
			}
		case c < utf8.RuneSelf:
			i++
			continue
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			switch {
			case !unicode.IsLetter(r):
				i += size
				continue
			case isUnspaced(r):
				i += size
				h = hashOf(text[start:i])
			default:
				i, h = hashRunes(text, i, i)
			}
		}
		words = append(words, word{h, start, i})
	}
	return words
}

// isLetter tells ASCII letters.
func isLetter(c byte) bool { return (c|0x20)-'a' < 26 }

// hashRunes is hashLetters for a word that goes on at text[i], behind ASCII letters
// alone, with other letters or with marks of scripts that put spaces between words.
func hashRunes(text string, from, i int) (end int, h uint64) {
	var short [64]byte
	lower := short[:0]
	for end = i; end < len(text); {
		r, size := rune(text[end]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[end:])
		}
		if !unicode.IsLetter(r) && !unicode.IsMark(r) || isUnspaced(r) && (from == i || unicode.IsLetter(r)) {
			break
		}
		if end == i {
			for ; from < i; from++ {
				lower = append(lower, text[from]|0x20)
			}
		}
		lower = utf8.AppendRune(lower, unicode.ToLower(r))
		end += size
	}
	return end, hashOf(string(lower))
}

// hashFormula is a hash of a formula without its spaces and dollars.
func hashFormula(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		if b := s[i]; b != ' ' && b != '\n' && b != '$' {
			h = (h ^ uint64(b)) * 1099511628211
		}
	}
	return mix(h)
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

var spanEnds = [3]string{"$$", `\)`, `\]`}

// end is where the span ends that begins with the $ or \ at text[i], i where none
// does. Calls come with growing i. A span has no blank line in it.
func (f *spanFinder) end(i int) int {
	rest := f.text[i:]
	k := 0
	switch {
	case len(rest) < 2:
		return i
	case rest[0] == '$' && rest[1] != '$':
		return i + dollarSpan(rest[:min(len(rest), maxSpan)])
	case rest[0] == '$':
	case rest[1] == '(':
		k = 1
	case rest[1] == '[':
		k = 2
	default:
		return i
	}
	if f.next[k] < i+2 {
		if n := strings.Index(rest[2:], spanEnds[k]); n >= 0 {
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
	slots     []hashSlot
	round     uint32
	sequences []sequence // Lent with the table.
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
	s := t.slot(hash)
	if s.round != t.round {
		*s = hashSlot{hash, t.round, 0}
	}
	return &s.value
}

// find is the value under a hash, nil where there is none.
func (t *hashTable) find(hash uint64) *int32 {
	if s := t.slot(hash); s.round == t.round {
		return &s.value
	}
	return nil
}

// slot is where a hash is, or else has its place.
func (t *hashTable) slot(hash uint64) *hashSlot {
	mask := uint64(len(t.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		if s := &t.slots[i]; s.round != t.round || s.hash == hash {
			return s
		}
	}
}
