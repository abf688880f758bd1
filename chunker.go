package mind

import (
	"cmp"
	"fmt"
	"iter"
)

// TokenChunker is a [Chunker] that cuts a text into pieces of at most Max
// tokens. The pieces joined are the text, byte for byte, and none begins or
// ends inside a rune. They depend on the text alone.
//
// A formula ($…$ but not money, $$…$$, \(…\), \[…\]), an environment or a block
// of code that fits into Max is never cut. Of all other places up to Max tokens
// away, a cut is where the distance from the size aimed at and what the place
// costs are least in sum. The cost is 0 behind a blank line, 5 % of Max behind a
// line, 8 % behind a sentence, 15 % between words, 100 % within a word and 200 %
// between the runes of a long one, which are the last resort. Aimed at is Max;
// but where at most three times Max are left, an equal share of what is left,
// the costs are three times as high, and a piece under a tenth of Max costs once
// or, at the end, twice Max more, so that no piece of a few words remains unless
// a formula leaves no choice.
//
// Time is in proportion to the text. Memory is for the places to cut in three
// pieces, whatever the text.
//
// Longer pieces come back as summaries: the MIND paper (section 2.1) uses 500.
type TokenChunker struct {
	Max       int       // Tokens of a piece, at most; 8 or more, because a single rune may take four. Default: 500.
	Encoding  Encoding  // What counts. Default: O200k.
	Tokenizer Tokenizer // What counts in place of Encoding, which then must be left out. Default: none.
}

// A Tokenizer counts the tokens of a text as a model's own tokenizer does, where
// no [Encoding] is right: for Qwen, Llama or GLM. An Encoding is one, too.
//
// Count must be deterministic and safe for concurrent use. It need not be
// additive: TokenChunker asks it about each piece as a whole, and about each
// formula or environment of about a piece's size. It finds the places with O200k
// and adapts to the ratio, so that it asks once or twice a piece, with texts of
// about a piece's size; the time is that of counting the text about twice, more
// where the ratio changes. A rune that counts more than Max is a piece of its own.
type Tokenizer interface {
	Count(text string) int
}

// TokenizerFunc makes a [Tokenizer] of a function.
type TokenizerFunc func(text string) int

// Count calls f.
func (f TokenizerFunc) Count(text string) int { return f(text) }

// check is called by New.
func (c TokenChunker) check() error {
	if c.Max != 0 && c.Max < 8 {
		return fmt.Errorf("TokenChunker.Max is %d: it must be at least 8 (0 means 500)", c.Max)
	}
	if c.Encoding != O200k && c.Encoding != CL100k {
		return fmt.Errorf("TokenChunker.Encoding is %v: it must be O200k or CL100k", c.Encoding)
	}
	if c.Tokenizer != nil && c.Encoding != O200k {
		return fmt.Errorf("TokenChunker has a Tokenizer and Encoding %v: leave out the one that is not to count", c.Encoding)
	}
	return nil
}

// Chunks yields the pieces of text in their order; of an empty text, none.
func (c TokenChunker) Chunks(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		limit := cmp.Or(c.Max, 500)
		if c.Tokenizer == nil && len(text) <= limit { // No token is shorter than a byte.
			if text != "" {
				yield(text)
			}
			return
		}
		counter := c.Encoding.counter()
		defer c.Encoding.release(counter)
		k := newCutter(text, limit, counter, c.Tokenizer)
		for from := 0; from < len(text); from = k.start {
			if !yield(text[from:k.next()]) {
				return
			}
		}
	}
}
