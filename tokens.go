package mind

import "fmt"

// An Encoding is a way to cut text into tokens. Its vocabulary is part of the
// program: nothing is fetched.
type Encoding int

const (
	O200k  Encoding = iota // o200k_base, of GPT-4o and later models. The default.
	CL100k                 // cl100k_base, of GPT-4 and GPT-3.5.
)

// String returns the encoding's name, o200k_base or cl100k_base.
func (e Encoding) String() string {
	switch e {
	case O200k:
		return "o200k_base"
	case CL100k:
		return "cl100k_base"
	}
	return fmt.Sprintf("Encoding(%d)", int(e))
}

// Count returns the number of tokens of text, which may hold anything: special
// tokens count as the text they are, a byte that is not UTF-8 as U+FFFD. It
// takes time in proportion to the text and, once warm, allocates nothing. It is
// safe for concurrent use. The first call builds the vocabulary.
func (e Encoding) Count(text string) int {
	c := e.counter()
	defer e.release(c)
	return c.count(text)
}
