package mind

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
)

// A Filter checks an answer.
//
// Check must be pure and safe for concurrent use. It may clean d.Text and must
// leave the other fields alone; its error is the reason why d is rejected.
type Filter struct {
	Name  string
	Check func(d *Dialogue) error
}

// PaperFilters returns Finish, Clean and Tokens(50). The MIND paper's only
// filter is the last one; the other two see to it that what it counts is a
// whole answer.
func PaperFilters() []Filter {
	return []Filter{Finish, Clean, Tokens(50)}
}

// Finish accepts an answer that the model ended itself, with finish_reason
// "stop" or none, and rejects any other with the finish_reason as the reason:
// length, content_filter, sensitive. Most answers that stop at the length limit
// hold a block repeated until the budget ended, so asking again would pay for
// the same.
var Finish = Filter{"finish", func(d *Dialogue) error {
	if reason := cmp.Or(d.FinishReason, "stop"); reason != "stop" {
		return errors.New(reason)
	}
	return nil
}}

// Tokens rejects an answer of fewer than n tokens, counted as O200k. The
// paper's n is 50; 0 accepts every answer.
func Tokens(n int) Filter {
	return Filter{"tokens", func(d *Dialogue) error {
		// No token reaches over white space from one word into the next, so n
		// words are at least n tokens, and few answers need to be counted.
		if hasWords(d.Text, n) {
			return nil
		}
		if has := O200k.Count(d.Text); has < n {
			return fmt.Errorf("%d, fewer than %d", has, n)
		}
		return nil
	}}
}

// hasWords reports whether s has n words with ASCII white space between them.
func hasWords(s string, n int) bool {
	for range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ' ' || '\t' <= r && r <= '\r' }) {
		if n--; n <= 0 {
			return true
		}
	}
	return n <= 0
}
