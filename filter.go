package mind

import (
	"cmp"
	"errors"
	"fmt"
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
		if pieces(d.Text, float64(n)) >= n {
			return nil // Few answers need to be counted.
		}
		if has := O200k.Count(d.Text); has < n {
			return fmt.Errorf("%d, fewer than %d", has, n)
		}
		return nil
	}}
}

// Ratio rejects an answer with fewer than min or more than max times the tokens
// of its source, counted as O200k. Zero means the default: 0.3, below which a
// dialogue is a summary, and 8, above which it has left its text. A negative one
// is off, and so is both for a dialogue without a source.
func Ratio(min, max float64) Filter {
	min, max = or(min, 0.3), or(max, 8)
	return Filter{"ratio", func(d *Dialogue) error {
		if d.Source == "" {
			return nil
		}
		// Pieces and bytes bound the tokens from both sides, so that many an
		// answer need not be counted.
		few, long := min*float64(len(d.Source)), float64(len(d.Text))
		enough := min < 0 || float64(pieces(d.Text, few)) >= few
		if enough && (max < 0 || long <= max*float64(pieces(d.Source, long/max+1))) {
			return nil
		}
		// Or not to its end; one less, so that no rounding matters.
		of := float64(O200k.Count(d.Source))
		enough = enough || float64(pieces(d.Text, min*of+1)) > min*of
		if enough && (max < 0 || O200k.within(d.Text, int(max*of)-1)) {
			return nil
		}
		ratio := float64(O200k.Count(d.Text)) / of
		switch {
		case min >= 0 && ratio < min:
			return fmt.Errorf("%.2f tokens for one of the source, fewer than %g", ratio, min)
		case max >= 0 && ratio > max:
			return fmt.Errorf("%.2f tokens for one of the source, more than %g", ratio, max)
		}
		return nil
	}}
}

// pieces is no more than the tokens of s, and stops where it is enough: no token
// has letters and figures, or more than three figures, or letters from both sides
// of anything but an apostrophe; and of signs, only a single one goes with the
// letters behind it.
func pieces(s string, enough float64) (n int) {
	for i := 0; i < len(s) && float64(n) < enough; {
		from := i
		switch c := s[i]; {
		case isWordByte(c):
			if i = skipLetters(s, i); i > from {
				n++ // What begins beyond ASCII may be a sign or white space.
			}
			for i < len(s) && (isWordByte(s[i]) || s[i] == '\'') {
				i++
			}
		case isDigit(c):
			for i < len(s) && isDigit(s[i]) {
				i++
			}
			n += (i - from + 2) / 3
		case '!' <= c && c <= '~':
			for i < len(s) && '!' <= s[i] && s[i] <= '~' && !isDigit(s[i]) && !isWordByte(s[i]) {
				i++
			}
			// Signs beyond ASCII may be of the same token, and a slash of that of
			// the signs before a line end.
			if (from == 0 || s[from-1] < 0x80 && (c != '/' || s[from-1] > '\r')) && (i == len(s) || !isWordByte(s[i]) || i > from+1 && s[i] < 0x80) {
				n++
			}
		default:
			i++
		}
	}
	return n
}

// isWordByte tells ASCII letters, and bytes of what may be other letters.
func isWordByte(c byte) bool { return isLetter(c) || c >= 0x80 }

// StandardFilters returns the paper's filters with two more: TurnCount, for what
// is no conversation teaches none, and FinalAnswer, for one that has lost its
// answer teaches something wrong. They are not the default: of good answers in
// forms that they had not met, they rejected 3 of 104 (95 %: 1 to 8) and 4 of 70
// (95 %: 2 to 14) when they were first tried, and 11 of 40 that were written to trip
// them, and a default should not cost that much. Rejected answers are kept, and
// looser filters can be run over them for nothing.
func StandardFilters() []Filter {
	return append(PaperFilters(), TurnCount(TurnLimits{}), FinalAnswer)
}

// StrictFilters returns every filter of the package that looks at one answer, at
// its default and the cheapest first: Finish, Clean, Tokens(50), Ratio,
// TurnCount, Form, Grounding, Copy and Repetition.
func StrictFilters() []Filter {
	return append(PaperFilters(), Ratio(0, 0), TurnCount(TurnLimits{}), Form, Grounding(GroundingLimits{}), Copy(CopyLimits{}), Repetition(RepetitionLimits{}))
}
