package mind

import "strings"

// A span is text[from:to].
type span struct{ from, to int }

// A spanner finds what should not be cut in two: $…$, $$…$$, \(…\), \[…\],
// \begin{x}…\end{x} and fenced code, as it reads a text once from left to right.
// Of two spans that overlap one is inside the other: environments, whose ends
// have names, are trusted more than what is around an end of them.
//
// All but environments and code are forgotten at a blank line. A $ opens math if
// no space follows, and closes it if no space stands before and no digit
// follows, so that "$5 and $10" is money. What was opened inside a span and is
// still open where that is closed is forgotten, too, and so is the outermost of
// more than 32 open environments.
type spanner struct {
	text  string
	at    int          // What is before has been read.
	opens [4]int       // Where the open one of each delimiter begins, or -1.
	names [32]openName // The open environments, the innermost last.
	depth int
	fence int // Where the first line behind at begins that ends a block of code; at the end of the text, none.
}

// The delimiters, in opens.
const (
	dollar = iota
	dollars
	paren
	bracket
)

// opening are the bytes that next looks at.
var opening = [256]bool{'$': true, '\\': true, '`': true, '\n': true}

// An openName is a \begin{name}.
type openName struct {
	from int
	name string
}

func newSpanner(text string, at int) spanner {
	s := spanner{text: text, at: at}
	s.forget(0)
	return s
}

// next is the next span that ends, of those that end behind to or before; its
// end may be a little behind.
func (s *spanner) next(to int) (_ span, ok bool) {
	for s.at < to {
		from, b := s.at, s.text[s.at]
		s.at++
		if !opening[b] {
			continue
		}
		switch b {
		case '$':
			ok = s.dollar(&from)
		case '\\':
			ok = s.command(&from)
		case '`':
			ok = s.code(from)
		case '\n':
			if strings.HasPrefix(strings.TrimLeft(s.text[s.at:], " \t\r"), "\n") {
				s.opens = [4]int{-1, -1, -1, -1}
			}
		}
		if ok {
			return span{from, s.at}, true
		}
	}
	return span{}, false
}

// forget forgets what was opened behind from.
func (s *spanner) forget(from int) {
	for i := range s.opens {
		if s.opens[i] >= from {
			s.opens[i] = -1
		}
	}
	for s.depth > 0 && s.names[s.depth-1].from >= from {
		s.depth--
	}
}

// close closes a delimiter, if it is open, and says where that was.
func (s *spanner) close(delimiter int, from *int) bool {
	open := s.opens[delimiter]
	if open < 0 || s.depth > 0 && s.names[s.depth-1].from > open {
		return false
	}
	*from = open
	s.forget(open)
	return true
}

// dollar reads a $ that was at from, and tells whether it ends a span.
func (s *spanner) dollar(from *int) bool {
	next := byte(' ')
	if s.at < len(s.text) {
		next = s.text[s.at]
	}
	if next == '$' && s.opens[dollars] >= 0 && s.close(dollars, from) {
		s.at++
		return true
	}
	if s.opens[dollar] >= 0 && !isSpace(s.text[*from-1]) && (next < '0' || next > '9') && s.close(dollar, from) {
		return true
	}
	s.opens[dollar] = -1
	switch {
	case next == '$':
		s.opens[dollars] = *from
		s.at++
	case !isSpace(next):
		s.opens[dollar] = *from
	}
	return false
}

// command reads what follows a \ that was at from.
func (s *spanner) command(from *int) bool {
	if s.at == len(s.text) {
		return false
	}
	b := s.text[s.at]
	s.at++ // \$ is a dollar, and \\ no beginning of \(.
	switch b {
	case '(':
		s.opens[paren] = *from
	case '[':
		s.opens[bracket] = *from
	case ')':
		return s.close(paren, from)
	case ']':
		return s.close(bracket, from)
	case 'b':
		if name, end := environment(s.text, s.at, "egin{"); name != "" {
			s.at = end
			if s.depth == len(s.names) {
				s.depth = copy(s.names[:], s.names[1:])
			}
			s.names[s.depth] = openName{*from, name}
			s.depth++
		}
	case 'e':
		name, end := environment(s.text, s.at, "nd{")
		for i := s.depth - 1; i >= 0 && name != ""; i-- {
			if s.names[i].name == name {
				*from = s.names[i].from
				s.at = end
				s.forget(*from)
				return true
			}
		}
	}
	return false
}

// environment is the name in braces behind the rest of a command at text[at:],
// and where it ends; or no name.
func environment(text string, at int, command string) (name string, end int) {
	rest, ok := strings.CutPrefix(text[at:], command)
	if !ok {
		return "", at
	}
	rest = rest[:min(len(rest), 64)]
	n := strings.IndexAny(rest, "}\n")
	if n <= 0 || rest[n] != '}' {
		return "", at
	}
	return rest[:n], at + len(command) + n + 1
}

// code reads a block of code whose ``` may be at from, to its end.
func (s *spanner) code(from int) bool {
	if !strings.HasPrefix(s.text[from:], "```") {
		return false
	}
	s.at = from + 3
	if s.fence < s.at {
		s.fence = len(s.text)
		if n := strings.Index(s.text[s.at:], "\n```"); n >= 0 {
			s.fence = s.at + n
		}
	}
	if s.fence == len(s.text) {
		return false
	}
	s.at = s.fence + len("\n```")
	s.opens = [4]int{-1, -1, -1, -1}
	return true
}
