package mindtest

import (
	"regexp"
	"strings"
)

// spans finds the mathematics in a TeX text: $…$, $$…$$, \(…\), \[…\] and
// environments. It remembers what it has found to be open, so that a text full
// of it is not read again for each.
type spans struct {
	text string
	open [len(delimiters)]int // Up to where an opener of this pair is known not to be closed.
	ends map[int]int          // Where the environment ends that begins at this index.
}

// The longer one stands first.
var delimiters = [...][2]string{{"$$", "$$"}, {"$", "$"}, {`\[`, `\]`}, {`\(`, `\)`}}

var environment = regexp.MustCompile(`\\(begin|end)\{([^{}\s]*)\}`)

func newSpans(text string) *spans {
	s := &spans{text: text, ends: map[int]int{}}
	begun := map[string][]int{} // by name, for nobody can rely on proper nesting
	for _, m := range environment.FindAllStringSubmatchIndex(text, -1) {
		name := text[m[4]:m[5]]
		if text[m[2]:m[3]] == "begin" {
			begun[name] = append(begun[name], m[0])
		} else if n := len(begun[name]); n > 0 {
			s.ends[begun[name][n-1]] = m[1]
			begun[name] = begun[name][:n-1]
		}
	}
	return s
}

// end is where the span ends that begins at text[i:]. It is i where none
// begins, or where it is not closed before the paragraph ends. It is to be
// called with ever larger i.
func (s *spans) end(i int) int {
	for k, pair := range delimiters {
		body, ok := strings.CutPrefix(s.text[i:], pair[0])
		if !ok {
			continue
		}
		if i < s.open[k] {
			return i
		}
		from := i + len(pair[0])
		for j := 0; j < len(body); j++ {
			switch {
			case strings.HasPrefix(body[j:], pair[1]):
				return from + j + len(pair[1])
			case body[j] == '\\':
				j++
			case body[j] == '\n' && strings.HasPrefix(strings.TrimLeft(body[j+1:], " \t"), "\n"):
				s.open[k] = from + j
				return i
			}
		}
		s.open[k] = len(s.text)
		return i
	}
	if end, ok := s.ends[i]; ok {
		return end
	}
	return i
}

var (
	dollars = regexp.MustCompile(`(?s)\\.|\$\$?`)
	wellSet = regexp.MustCompile(`(?s)^[^\s,.;:?!)].*\S$|^[^\s,.;:?!)]$`)
)

// strayDollar is the index of a $ that closes what began before text did, or
// -1: of a piece that was cut within a formula. From its second $ on, the
// formulas of the first paragraph are better ones then than from the first.
func strayDollar(text string) int {
	paragraph, _, _ := strings.Cut(text, "\n\n")
	var at [][]int
	for _, m := range dollars.FindAllStringIndex(paragraph, -1) {
		if paragraph[m[0]] == '$' {
			at = append(at, m)
		}
	}
	if len(at) == 0 {
		return -1
	}
	bad := func(at [][]int) (n int) {
		for ; len(at) > 1; at = at[2:] {
			open, shut := at[0], at[1]
			if open[1]-open[0] != shut[1]-shut[0] || open[1]-open[0] == 1 && !wellSet.MatchString(paragraph[open[1]:shut[0]]) {
				n++
			}
		}
		return n + len(at) // One that is left over closes nothing.
	}
	if bad(at) > bad(at[1:]) {
		return at[0][0]
	}
	return -1
}
