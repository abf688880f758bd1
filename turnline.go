package mind

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// undecorated takes off what may stand before a name: quotation marks of mail,
// bullets, numbers, heading signs, times. It returns the last of these by a
// sign: > - 1 # [.
func undecorated(line string) (s string, decoration byte) {
	s = line[skipBlanks(line, 0):]
	for range 4 {
		rest, sign := s, byte(0)
		switch {
		case s == "":
			return s, decoration
		case s[0] == '>':
			rest, sign = s[1:], '>'
		case s[0] == '#':
			if t := strings.TrimLeft(s, "#"); strings.HasPrefix(t, " ") && len(s)-len(t) <= 6 {
				rest, sign = t, '#'
			}
		case (s[0] == '-' || s[0] == '*' || s[0] == '+') && len(s) > 1 && s[1] == ' ':
			rest, sign = s[2:], '-'
		case strings.HasPrefix(s, "• "):
			rest, sign = s[len("• "):], '-'
		case '0' <= s[0] && s[0] <= '9':
			t := strings.TrimLeft(s, "0123456789")
			if len(t) > 1 && len(s)-len(t) <= 3 && (t[0] == '.' || t[0] == ')') && t[1] == ' ' {
				rest, sign = t[2:], '1'
			} else if n := clock(s); n > 0 && n < len(s) && s[n] == ' ' {
				rest, sign = s[n:], '['
			}
		case s[0] == '[' || s[0] == '(':
			if n := clock(s[1:]); n > 0 && n+1 < len(s) && (s[n+1] == ']' || s[n+1] == ')') {
				rest, sign = s[n+2:], '['
			}
		}
		if sign == 0 {
			return s, decoration
		}
		s, decoration = rest[skipBlanks(rest, 0):], sign
	}
	return s, decoration
}

// skipBlanks is where the blanks at s[i:] end.
func skipBlanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// clock is the length of the time that s begins with, 10:32 or 10:32:07.
func clock(s string) int {
	n := len(s) - len(strings.TrimLeft(s, "0123456789:"))
	if n < 4 || n > 8 || s[0] == ':' || s[n-1] == ':' || strings.Count(s[:n], ":") > 2 || !strings.Contains(s[:n], ":") {
		return 0
	}
	return n
}

// turnHeader reads "**Turn 3**", "Turn 3: " and "Turn 3 (Alex):" at the
// beginning of s.
func turnHeader(s string) (rest, name string, ok bool) {
	t := s
	for t != "" && (t[0] == '*' || t[0] == '_') {
		t = t[1:]
	}
	if t == "" || strings.IndexByte("TtRE\xe7", t[0]) < 0 {
		return s, "", false
	}
	word := ""
	for _, w := range [...]string{"Turn", "TURN", "turn", "Round", "Exchange", "第"} {
		if strings.HasPrefix(t, w) {
			word = w
		}
	}
	if word == "" {
		return s, "", false
	}
	t = strings.TrimLeft(t[len(word):], " #")
	n := len(t) - len(strings.TrimLeft(t, "0123456789"))
	if n == 0 || n > 4 {
		return s, "", false
	}
	if t = t[n:]; word == "第" {
		if t, ok = strings.CutPrefix(t, "轮"); !ok {
			return s, "", false
		}
	}
	t = strings.TrimLeft(t, " ")
	if inner, after, found := strings.Cut(strings.TrimPrefix(t, "("), ")"); found && strings.HasPrefix(t, "(") {
		if l, ok := readName(inner + ":"); ok {
			return strings.TrimLeft(after, "*_:： "), l.name, true
		}
	}
	after := strings.TrimLeft(t, "*_:：-–—. ")
	if after == t && t != "" {
		return s, "", false // "Turn 3 pages"
	}
	// A name that closes the line, or the markup, was the header's own.
	cut := strings.TrimRight(after, "*_:： ")
	if l, ok := readName(cut + ":"); ok && l.end == len(cut)+1 && l.form <= lower {
		return "", l.name, true
	}
	if marks := t[:len(t)-len(after)]; strings.HasSuffix(marks, "**") && strings.Count(marks, "**") > 1 {
		return "**" + after, "", true // **Turn 1** **Alex:**
	} else if strings.Contains(marks, " **") {
		return "**" + after, "", true
	}
	return after, "", true
}

// isRule tells of a line that only draws one.
func isRule(line string) bool {
	s := strings.TrimSpace(line)
	if len(s) < 3 || strings.IndexByte("-*_=", s[0]) < 0 {
		return false
	}
	for i := range len(s) {
		if s[i] != s[0] && (s[i] != ' ' || s[0] == '_' || s[0] == '=') {
			return false
		}
	}
	return true
}

func isFence(line string) bool {
	return strings.HasPrefix(strings.TrimLeft(line, " \t>"), "```")
}

// countFences counts the lines that are fences.
func countFences(text string) (n int) {
	if !strings.Contains(text, "```") {
		return 0 // As nearly always.
	}
	for line := range strings.Lines(text) {
		if isFence(line) {
			n++
		}
	}
	return n
}

func isHeading(s string) bool {
	t := strings.TrimLeft(s, "#")
	return len(t) < len(s) && strings.HasPrefix(t, " ")
}

// isBoldLine tells of a line that is bold from its first letter to its last.
func isBoldLine(s string) bool {
	s, ok := strings.CutPrefix(s, "**")
	if !ok {
		return false
	}
	s, ok = strings.CutSuffix(s, "**")
	return ok && s != "" && !strings.Contains(s, "**")
}

// isAside tells of a line that is a stage direction: words in brackets or in
// italics, and no formula.
func isAside(line string) bool {
	s := strings.TrimSpace(line)
	if s == "" || isLetter(s[0]) {
		return false
	}
	for _, pair := range [...][2]string{{"(", ")"}, {"[", "]"}, {"（", "）"}, {"【", "】"}, {"*", "*"}, {"*(", ")*"}, {"_(", ")_"}, {"*[", "]*"}} {
		inner, ok := strings.CutPrefix(s, pair[0])
		if !ok {
			continue
		}
		if inner, ok = strings.CutSuffix(inner, pair[1]); !ok || inner == "" || strings.ContainsAny(inner, "$\\=*") ||
			strings.Contains(inner, pair[1]) || strings.Contains(inner, ":") {
			continue
		}
		r, _ := utf8.DecodeRuneInString(inner)
		if unicode.IsLetter(r) && (strings.Contains(inner, " ") || r >= 0x2E80) {
			return true
		}
	}
	return false
}

func isCapitals(name string) bool {
	return strings.ToUpper(name) == name && strings.ToLower(name) != name && len(name) > 2
}

// indexFrom is where sep is in s from offset at on, len(s) where it is not.
func indexFrom(s, sep string, at int) int {
	if n := strings.Index(s[at:], sep); n >= 0 {
		return at + n
	}
	return len(s)
}

// isAbbreviated tells whether s ends in the stop of a title or an initial.
func isAbbreviated(s string) bool {
	s, ok := strings.CutSuffix(s, ".")
	if !ok {
		return false
	}
	s = s[max(0, len(s)-6):]
	word := s[strings.LastIndexAny(s, " *_")+1:]
	switch word {
	case "Dr", "Prof", "Mr", "Mrs", "Ms", "St":
		return true
	}
	return len(word) == 1 && 'A' <= word[0] && word[0] <= 'Z'
}
