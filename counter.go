package mind

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"unicode/utf8"
)

// A counter counts the tokens of text, word by word. It remembers words, and so
// is for one goroutine at a time: memory that is shared would need a lock, or two
// words written as one, in the hottest loop.
type counter struct {
	splitter
	*vocabulary
	pairer
	// memo is a table of words of up to 15 bytes, each at the one place that its
	// bytes give: a word may displace another, but is never taken for another,
	// for all its bytes are there. The last of the 16 has the word's length in
	// its upper half and its tokens in the lower.
	memo   [1 << memoBits][2]uint64
	mended []byte // A word with U+FFFD for its bad bytes.
}

const (
	memoBits   = 15
	tokensMask = 15 << 56
)

// counters are those that nobody uses, of each encoding.
var counters [2]sync.Pool

// vocabularies are built when the first counter of an encoding is.
var vocabularies = [2]func() *vocabulary{
	O200k:  sync.OnceValue(func() *vocabulary { return loadVocabulary(O200k.String()) }),
	CL100k: sync.OnceValue(func() *vocabulary { return loadVocabulary(CL100k.String()) }),
}

// counter is one for the caller alone, until it is released.
func (e Encoding) counter() *counter {
	if c, ok := counters[e].Get().(*counter); ok {
		return c
	}
	return &counter{
		splitter:   splitter{classes(), e == O200k},
		vocabulary: vocabularies[e](),
		pairer:     newPairer(4096),
	}
}

func (e Encoding) release(c *counter) { counters[e].Put(c) }

// count is the number of tokens of text.
func (c *counter) count(text string) int {
	tokens := 0
	for at := 0; at < len(text); {
		end, n := c.next(text, at)
		tokens += n
		at = end
	}
	return tokens
}

// within tells whether text has no more tokens than most. It counts until that is
// clear, for what is left has no more tokens than bytes.
func (e Encoding) within(text string, most int) bool {
	c := e.counter()
	defer e.release(c)
	at, tokens := 0, 0
	for tokens <= most && tokens+len(text)-at > most {
		end, n := c.next(text, at)
		tokens += n
		at = end
	}
	return tokens <= most
}

// next is where the word that begins at text[at] ends, and its tokens.
func (c *counter) next(text string, at int) (end, tokens int) {
	var lo, hi uint64
	if at+16 <= len(text) {
		lo, hi = load(text[at:]), load(text[at+8:])
		if n := c.plain(lo, hi); n > 0 {
			return at + n, c.recall(lo, hi, text[at:at+n])
		}
	}
	end, seen := c.word(text, at)
	n := end - at
	switch {
	case seen&runeBroken != 0:
		c.mended = c.mended[:0]
		for _, r := range text[at:end] {
			c.mended = utf8.AppendRune(c.mended, r)
		}
		return end, encode(c, c.mended)
	case n > 15:
		return end, encode(c, text[at:end])
	case at+16 > len(text):
		for i := n - 1; i >= 0; i-- {
			hi = hi<<8 | lo>>56
			lo = lo<<8 | uint64(text[at+i])
		}
	}
	return end, c.recall(lo, hi, text[at:end])
}

// plain is the length of the word that a text of 16 bytes or more begins with,
// lo and hi being the first of them, if it is one of those that most words are,
// all of ASCII: letters after at most one other rune, up to three digits, or up
// to seven marks after at most one space. It is 0 if the word may be another.
func (c *counter) plain(lo, hi uint64) int {
	first, second := c.classes[lo&0x7f], c.classes[lo>>8&0x7f]
	n := 1
	switch {
	case lo&0x80 != 0:
		return 0
	case first&runeLetter != 0:
		return c.letters(lo, hi, 1)
	case first&runeNumber != 0:
		for n < 3 && c.classes[lo>>(8*n)&0x7f]&runeNumber != 0 {
			n++
		}
		// A digit behind the third does not matter.
		if lo<<(64-8*min(3, n+1))&high != 0 {
			return 0
		}
		return n
	case lo&0x8000 != 0 || first&runeLead == 0 || !c.o200k && lo&0xff == '\'':
		return 0
	case second&runeLetter != 0:
		return c.letters(lo, hi, 2)
	case first&runeOther == 0 && (lo&0xff != ' ' || second&runeOther == 0):
		return 0
	}
	for n < 8 && c.classes[lo>>(8*n)&0x7f]&runeOther != 0 {
		n++
	}
	// What follows must be no mark and no line end, which would belong to it.
	if n == 8 || lo<<(56-8*n)&high != 0 || c.classes[lo>>(8*n)&0x7f]&(runeSpace|runeLead) == runeSpace {
		return 0
	}
	return n
}

// letters is plain for a word of letters from the nth byte on, or from the one
// before.
func (c *counter) letters(lo, hi uint64, n int) int {
	fold := uint64(0)
	if !c.o200k {
		fold = 0x2020202020202020
	}
	stops, i := noLetters(lo|fold)>>(8*n)<<(8*n), 0
	if stops == 0 {
		if stops, i = noLetters(hi|fold), 64; stops == 0 {
			return 0
		}
		lo = hi
	}
	at := bits.TrailingZeros64(stops) &^ 7
	i += at
	switch last := lo >> at & 0xff; {
	case last >= 0x80:
		return 0
	case c.o200k && (last == '\'' || i == 8*n && c.classes[last]&runeLetter != 0):
		return 0
	}
	return i / 8
}

const high = 0x8080808080808080

// noLetters has the highest bit of each byte that is not in a to z.
func noLetters(w uint64) uint64 {
	const ones = high / 0x80
	low := w &^ high
	return (^(low + (0x80-'a')*ones) | (low + (0x7f-'z')*ones) | w) & high
}

// recall is the number of tokens of a word of up to 15 bytes, whose bytes are in
// lo and hi, with any after them.
func (c *counter) recall(lo, hi uint64, word string) int {
	n := len(word)
	if n == 1 {
		return 1
	}
	if n <= 8 {
		lo &= 1<<(8*n) - 1
		hi = 0
	} else {
		hi &= 1<<(8*(n-8)) - 1
	}
	hi |= uint64(n) << 60
	e := &c.memo[(lo^bits.RotateLeft64(hi, 29))*0x9e3779b97f4a7c15>>(64-memoBits)]
	if e[0] != lo || e[1]&^tokensMask != hi {
		e[0], e[1] = lo, hi|uint64(encode(c, word))<<56
	}
	return int(e[1] & tokensMask >> 56)
}

func load(s string) uint64 { return binary.LittleEndian.Uint64([]byte(s[:8])) }

// encode is the number of tokens of a word.
func encode[T string | []byte](c *counter, word T) int {
	n, ok := countPairs(&c.pairer, c.vocabulary, word)
	if !ok {
		all := newPairer(len(word))
		n, _ = countPairs(&all, c.vocabulary, word)
	}
	return n
}
