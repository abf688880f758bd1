package mind

import (
	"strings"
)

// A span is text[from:to].
type span struct{ from, to int }

// mathSpans finds what should not be cut in two: $…$, $$…$$, \(…\), \[…\],
// \begin{x}…\end{x} and fenced code, in their order, none inside another.
// A span that is still open at a blank line is none (an environment and code
// may hold blank lines). A $ opens math if no space follows, and closes it if
// no space stands before and no digit follows, so that "$5 and $10" is money.
func mathSpans(text string) (spans []span) {
	for i := 0; i < len(text); {
		if to := spanAt(text, i); to > i {
			spans = append(spans, span{i, to})
			i = to
			continue
		}
		if text[i] == '\\' && i+1 < len(text) {
			i++ // \$ is a dollar, \\ no beginning of \(.
		}
		i++
	}
	return spans
}

// spanAt is the end of the span that begins at text[i], or i.
func spanAt(text string, i int) int {
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "```"):
		if n := strings.Index(rest[3:], "\n```"); n >= 0 {
			return i + 3 + n + 4
		}
	case strings.HasPrefix(rest, "$$"):
		return closing(text, i, 2, "$$")
	case rest[0] == '$':
		return closingDollar(text, i)
	case strings.HasPrefix(rest, `\(`):
		return closing(text, i, 2, `\)`)
	case strings.HasPrefix(rest, `\[`):
		return closing(text, i, 2, `\]`)
	case strings.HasPrefix(rest, `\begin{`):
		return closingEnvironment(text, i)
	}
	return i
}

// closing is the end of a span that is opened by skip bytes at i.
func closing(text string, i, skip int, end string) int {
	for j := i + skip; j < len(text); j++ {
		switch {
		case strings.HasPrefix(text[j:], end):
			return j + len(end)
		case text[j] == '\\':
			j++
		case blankLineAt(text, j):
			return i
		}
	}
	return i
}

func closingDollar(text string, i int) int {
	if i+1 >= len(text) || isSpace(text[i+1]) {
		return i
	}
	for j := i + 1; j < len(text); j++ {
		switch {
		case text[j] == '\\':
			j++
		case text[j] == '$':
			if !isSpace(text[j-1]) && (j+1 == len(text) || text[j+1] < '0' || text[j+1] > '9') {
				return j + 1
			}
			return i
		case blankLineAt(text, j):
			return i
		}
	}
	return i
}

// closingEnvironment finds the \end that belongs to the \begin at i.
func closingEnvironment(text string, i int) int {
	depth := 0
	for j := i; j < len(text); j++ {
		if text[j] != '\\' {
			continue
		}
		switch {
		case strings.HasPrefix(text[j:], `\begin{`):
			depth++
		case strings.HasPrefix(text[j:], `\end{`):
			if depth--; depth == 0 {
				if n := strings.IndexByte(text[j:], '}'); n >= 0 {
					return j + n + 1
				}
				return i
			}
		}
		j++
	}
	return i
}

// blankLineAt tells whether text[j] ends a line that a blank one follows.
func blankLineAt(text string, j int) bool {
	if text[j] != '\n' {
		return false
	}
	after := strings.TrimLeft(text[j+1:], " \t\r")
	return strings.HasPrefix(after, "\n")
}
