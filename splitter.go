package mind

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// A class is what the patterns ask about a rune.
type class uint8

const (
	runeUpper  class = 1 << iota // [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}], which begins a word of o200k.
	runeLower                    // [\p{Ll}\p{Lm}\p{Lo}\p{M}], which ends it.
	runeLetter                   // \p{L}
	runeNumber                   // \p{N}
	runeSpace                    // \s; a line end, [\r\n], is the one that is no runeLead.
	runeLead                     // [^\r\n\p{L}\p{N}], one of which a word may begin with.
	runeOther                    // [^\s\p{L}\p{N}]
	runeBroken                   // A byte that is not UTF-8. It counts as U+FFFD does.
)

// classes are those of all runes, made when first asked for.
var classes = sync.OnceValue(func() *[unicode.MaxRune + 1]class {
	var all [unicode.MaxRune + 1]class
	for r := range all {
		all[r] = runeLead | runeOther
	}
	set := func(table *unicode.RangeTable, c class) {
		for _, r := range table.R16 {
			for x := rune(r.Lo); x <= rune(r.Hi); x += rune(r.Stride) {
				all[x] = c
			}
		}
		for _, r := range table.R32 {
			for x := rune(r.Lo); x <= rune(r.Hi); x += rune(r.Stride) {
				all[x] = c
			}
		}
	}
	set(unicode.Lu, runeLetter|runeUpper)
	set(unicode.Lt, runeLetter|runeUpper)
	set(unicode.Ll, runeLetter|runeLower)
	set(unicode.Lm, runeLetter|runeUpper|runeLower)
	set(unicode.Lo, runeLetter|runeUpper|runeLower)
	set(unicode.M, runeLead|runeOther|runeUpper|runeLower)
	set(unicode.N, runeNumber)
	set(unicode.White_Space, runeLead|runeSpace)
	all['\r'], all['\n'] = runeSpace, runeSpace
	return &all
})

// A splitter cuts text into words, as the pattern of an encoding does. It has no
// state: what is before a word does not matter.
type splitter struct {
	classes *[unicode.MaxRune + 1]class
	o200k   bool
}

// word is where the word that begins at text[at] ends, and all classes that
// were seen on the way.
func (s *splitter) word(text string, at int) (end int, seen class) {
	if s.o200k {
		return s.wordO200k(text, at)
	}
	return s.wordCL100k(text, at)
}

// wordO200k is where the match of this pattern at text[at] ends:
//
//	[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?
//	|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
func (s *splitter) wordO200k(text string, at int) (end int, seen class) {
	first, n := s.class(text, at)
	seen = first
	c, i := first, at
	if first&runeLead != 0 {
		i = at + n
		c, n = s.class(text, i)
		seen |= c
	}
	if c&(runeUpper|runeLower) != 0 {
		// The first half takes all it can, and gives back to the last rune that
		// is of both if the second half would have none.
		both := 0
		for c&runeUpper != 0 {
			i += n
			if c&runeLower != 0 {
				both = i
			}
			c, n = s.class(text, i)
			seen |= c
		}
		switch {
		case c&runeLower != 0:
			for c&runeLower != 0 {
				i += n
				c, n = s.class(text, i)
				seen |= c
			}
		case both != 0:
			i = both
		case first&runeLead != 0 && first&runeLower != 0:
			// A mark before capitals is rather a word than what one begins with.
			_, n = s.class(text, at)
			i = at + n
		}
		return contraction(text, i), seen
	}
	if first&runeLower != 0 { // A mark alone.
		return contraction(text, i), seen
	}
	return s.rest(text, at, seen)
}

// wordCL100k is where the match of this pattern at text[at] ends:
//
//	(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+
//	|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
func (s *splitter) wordCL100k(text string, at int) (end int, seen class) {
	if end = contraction(text, at); end > at {
		return end, 0
	}
	c, n := s.class(text, at)
	seen = c
	i := at
	if c&runeLead != 0 {
		i = at + n
		c, n = s.class(text, i)
		seen |= c
	}
	if c&runeLetter == 0 {
		return s.rest(text, at, seen)
	}
	for c&runeLetter != 0 {
		i += n
		c, n = s.class(text, i)
		seen |= c
	}
	return i, seen
}

// rest is where what is no word of letters ends: the second halves of the
// patterns, which are the same but for the / after line ends.
func (s *splitter) rest(text string, at int, seen class) (end int, _ class) {
	c, n := s.class(text, at)
	if c&runeNumber != 0 {
		i := at
		for k := 0; k < 3 && c&runeNumber != 0; k++ {
			i += n
			c, n = s.class(text, i)
			seen |= c
		}
		return i, seen
	}
	i := at
	if text[i] == ' ' {
		i++
		c, n = s.class(text, i)
		seen |= c
	}
	if c&runeOther != 0 {
		for c&runeOther != 0 {
			i += n
			c, n = s.class(text, i)
			seen |= c
		}
		for i < len(text) && (text[i] == '\r' || text[i] == '\n' || text[i] == '/' && s.o200k) {
			i++
		}
		return i, seen
	}
	// White space: up to its last line end. If it has none, all of it before the
	// end of the text, and all but the last rune before anything else, unless
	// that is all there is.
	line, last := 0, at
	i = at
	for c, n = s.class(text, i); c&runeSpace != 0; c, n = s.class(text, i) {
		last = i
		i += n
		if c&runeLead == 0 {
			line = i
		}
	}
	switch {
	case line > 0:
		return line, seen
	case i < len(text) && last > at:
		return last, seen
	}
	return i, seen
}

// class is the class of the rune at text[at] and its length; at the end of the
// text, none.
func (s *splitter) class(text string, at int) (class, int) {
	if at < len(text) && text[at] < utf8.RuneSelf {
		return s.classes[text[at]], 1
	}
	return s.wide(text, at)
}

func (s *splitter) wide(text string, at int) (class, int) {
	if at+2 < len(text) && text[at]&0xf0 == 0xe0 {
		// Three bytes, as most are: of one too long or half of a pair of
		// surrogates, the rune is less than 0x800, or there is none.
		b := uint32(text[at])<<16 | uint32(text[at+1])<<8 | uint32(text[at+2])
		if r := b>>4&0xf000 | b>>2&0xfc0 | b&0x3f; b&0xc0c0 == 0x8080 && r >= 0x800 && r&0xf800 != 0xd800 {
			return s.classes[r], 3
		}
	}
	r, n := utf8.DecodeRuneInString(text[at:])
	c := s.classes[r]
	switch {
	case n == 0:
		return 0, 0
	case n == 1 && r == utf8.RuneError:
		return c | runeBroken, 1
	}
	return c, n
}

// contraction is where a contraction at text[at] ends, or at. Only ASCII folds
// here: the s that is long in old print ends no word.
func contraction(text string, at int) int {
	if at+1 >= len(text) || text[at] != '\'' {
		return at
	}
	switch a := text[at+1] | 0x20; a {
	case 's', 't', 'm', 'd':
		return at + 2
	case 'r', 'v', 'l':
		b := byte('e')
		if a == 'l' {
			b = 'l'
		}
		if at+2 < len(text) && text[at+2]|0x20 == b {
			return at + 3
		}
	}
	return at
}
