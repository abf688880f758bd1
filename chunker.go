package mind

import (
	"cmp"
	"fmt"
	"iter"
)

// TokenChunker is a [Chunker] that cuts a text into pieces of at most Max
// tokens. The pieces joined are the text, byte for byte, and none begins or
// ends inside a rune.
//
// A formula ($…$ but not money, $$…$$, \(…\), \[…\]), an environment or a block
// of code that fits into Max is never cut. Apart from that, a cut is where the
// distance from the size aimed at, and what the place is worth, are least in
// sum: behind a blank line it may be 5 % of Max farther away than behind a line,
// 8 % than behind a sentence, 15 % than between words, and 100 % than within
// one, which is the last resort. Aimed at is Max, and where at most three times
// Max are left an equal share of it, so that no piece of a few words remains.
// Nothing depends on what is before a piece but where it begins.
//
// Time is in proportion to the text; memory is that for the places to cut of
// three pieces.
//
// Longer pieces come back as summaries: the MIND paper (section 2.1) uses 500.
type TokenChunker struct {
	Max       int       // Tokens of a piece, at most; 8 or more, because a single rune may take four. Default: 500.
	Encoding  Encoding  // What counts. Default: O200k.
	Tokenizer Tokenizer // What counts in place of Encoding, which then must be left out. Default: none.
}

// A Tokenizer counts the tokens of a text as a model's own does, for which no
// Encoding is right: Qwen, Llama, GLM. An [Encoding] is one, too.
//
// Count must be deterministic and safe for concurrent use. It need not be
// additive: a piece is what it says of the whole piece. TokenChunker looks for
// the place with O200k and then asks: two to three times for each piece, and
// once for each formula or environment that is about as large as Max. So the
// cost is that of counting the text some three times, in calls of a piece each.
// A rune for which it says more than Max is a piece nevertheless.
type Tokenizer interface {
	Count(text string) int
}

// TokenizerFunc makes a [Tokenizer] of a function.
type TokenizerFunc func(text string) int

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
		counter := c.Encoding.counter()
		defer c.Encoding.release(counter)
		k := newCutter(text, cmp.Or(c.Max, 500), counter, c.Tokenizer)
		for from := 0; from < len(text); from = k.start {
			if !yield(text[from:k.next()]) {
				return
			}
		}
	}
}
