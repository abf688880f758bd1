package mind

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TokenChunker is a [Chunker] that cuts a text into pieces of at most Max
// tokens. The pieces joined are the text, byte for byte, and none begins or
// ends inside a rune. A text that needs several is cut into pieces of about the
// same size, each cut at the best boundary near: a blank line before the end of
// a line, that before the end of a sentence, that before a word; and never
// inside a formula, an environment or a block of code that fits into Max.
//
// Longer pieces come back as summaries: the MIND paper (section 2.1) uses 500.
type TokenChunker struct {
	Max      int      // Tokens of a piece, at most; 8 or more, because a single rune may take four. Default: 500.
	Encoding Encoding // What counts. Default: O200k.
}

// check is called by New.
func (c TokenChunker) check() error {
	if c.Max != 0 && c.Max < 8 {
		return fmt.Errorf("TokenChunker.Max is %d: it must be at least 8 (0 means 500)", c.Max)
	}
	if c.Encoding != O200k && c.Encoding != CL100k {
		return fmt.Errorf("TokenChunker.Encoding is %v: it must be O200k or CL100k", c.Encoding)
	}
	return nil
}

// Chunks yields the pieces of text in their order; of an empty text, none.
func (c TokenChunker) Chunks(text string) iter.Seq[string] {
	limit := cmp.Or(c.Max, 500)
	return func(yield func(string) bool) {
		// No token is shorter than a byte.
		if len(text) <= limit || c.Encoding.Count(text) <= limit {
			if text != "" {
				yield(text)
			}
			return
		}
		parts, total := c.parts(text, limit)
		for len(parts) > 0 {
			n := piece(parts, total, limit)
			size := 0
			for _, p := range parts[:n] {
				size += len(p.text)
			}
			// Tokens may reach over the seams of parts: the sum is what is
			// expected, the count is what holds.
			for n > 1 && c.Encoding.Count(text[:size]) > limit {
				n--
				size -= len(parts[n].text)
			}
			if !yield(text[:size]) {
				return
			}
			for _, p := range parts[:n] {
				total -= p.tokens
			}
			text, parts = text[size:], parts[n:]
		}
	}
}

// A part is a stretch of text that is not cut.
type part struct {
	text   string
	tokens int
	end    boundary // How good a place to cut its end is.
}

// A boundary is the end of something; a larger one is a better place to cut.
type boundary int

const (
	wordEnd boundary = iota
	sentenceEnd
	lineEnd
	paragraphEnd
)

// piece is how many parts to take for the next piece. Of the total that is left
// it aims at an equal share, so that no piece of a few tokens remains, and takes
// the best boundary that is not far from there.
func piece(parts []part, total, limit int) int {
	if total <= limit {
		return len(parts)
	}
	share := total / ((total + limit - 1) / limit)
	best, bestCost := 1, -1
	sum := 0
	for i, p := range parts {
		if sum += p.tokens; sum > limit && i > 0 {
			break
		}
		// A boundary one better is worth a quarter of the share.
		cost := max(share-sum, sum-share) + int(paragraphEnd-p.end)*share/4
		if bestCost < 0 || cost <= bestCost {
			best, bestCost = i+1, cost
		}
	}
	return best
}

// parts cuts text into words, keeps whole the spans of math that fit, and
// returns the sum of their tokens too.
func (c TokenChunker) parts(text string, limit int) (parts []part, total int) {
	add := func(s string, end boundary) {
		if n := c.Encoding.Count(s); len(s) <= limit || n <= limit {
			parts = append(parts, part{s, n, end})
			return
		}
		for len(s) > 0 {
			n := c.fit(s, limit)
			parts = append(parts, part{s[:n], c.Encoding.Count(s[:n]), wordEnd})
			s = s[n:]
		}
		parts[len(parts)-1].end = end
	}
	spans := slices.DeleteFunc(mathSpans(text), func(s span) bool { return c.Encoding.Count(text[s.from:s.to]) > limit })
	for start := 0; start < len(text); {
		at := wordAfter(text, start)
		// A word that reaches into a span ends with it, or with the word behind.
		for len(spans) > 0 && at > spans[0].from {
			if at < spans[0].to {
				at = wordAfter(text, spans[0].to-1)
			}
			spans = spans[1:]
		}
		word := text[start:at]
		add(word, boundaryOf(word, text[at:]))
		start = at
	}
	for _, p := range parts {
		total += p.tokens
	}
	return parts, total
}

// wordAfter is where the word that text[at:] begins with ends: before the white
// space that belongs to the next one, or behind line ends.
func wordAfter(text string, at int) int {
	for i, r := range text[at:] {
		i += at
		if r == '\n' {
			for i < len(text) && (text[i] == '\n' || text[i] == '\r') {
				i++
			}
			return i
		}
		if i > at && unicode.IsSpace(r) && r != '\r' {
			if before, _ := utf8.DecodeLastRuneInString(text[:i]); !unicode.IsSpace(before) {
				return i
			}
		}
	}
	return len(text)
}

// boundaryOf is what ends with word, where rest follows.
func boundaryOf(word, rest string) boundary {
	trimmed := strings.TrimRight(word, " \t\r\n")
	switch strings.Count(word[len(trimmed):], "\n") {
	case 0:
	case 1:
		if trimmed == "" {
			return paragraphEnd
		}
		return lineEnd
	default:
		return paragraphEnd
	}
	sentence := strings.TrimRight(trimmed, `"')]}$*_”’`)
	if strings.HasSuffix(sentence, ".") || strings.HasSuffix(sentence, "?") || strings.HasSuffix(sentence, "!") ||
		strings.HasSuffix(sentence, "。") || strings.HasSuffix(sentence, "？") || strings.HasSuffix(sentence, "！") {
		next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest, " \t"))
		if !unicode.IsLower(next) {
			return sentenceEnd
		}
	}
	return wordEnd
}

// fit is the length of the longest beginning of s, in whole runes, that has at
// most limit tokens.
func (c TokenChunker) fit(s string, limit int) int {
	// The count grows with the length but for a few tokens at the end, which
	// the step back makes good.
	n := sort.Search(min(len(s), 64*limit), func(n int) bool { return c.Encoding.Count(wholeRunes(s, n+1)) > limit })
	for n > 0 && (len(wholeRunes(s, n)) == 0 || c.Encoding.Count(wholeRunes(s, n)) > limit) {
		n--
	}
	if n == 0 {
		_, n = utf8.DecodeRuneInString(s)
	}
	return len(wholeRunes(s, n))
}

// wholeRunes is the beginning of s of at most n bytes, without the rune that
// would be cut.
func wholeRunes(s string, n int) string {
	n = min(n, len(s))
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
