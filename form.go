package mind

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Form rejects an answer that is broken as a text: with U+FFFD, which stands
// where bytes were lost; with mathematics, braces, environments or code fences
// that are opened and not closed, or the other way round, in a turn; one that
// ends in a comma, an operator or the like, which the server did not say was cut
// off; and one that is written in another script than its source.
//
// A $ before a figure that is not closed, or not before words, is money, and so is
// one behind a figure where there is no TeX; "the $ sign" is one alone. Code is not
// looked into.
// An answer is in the source's script if seven in ten letters of its words are;
// mathematics and single letters do not count, and a source without twenty such
// letters has no script. Linear in answer and source.
var Form = Filter{"form", func(d *Dialogue) error {
	if n := strings.Count(d.Text, "\uFFFD"); n > 0 {
		return fmt.Errorf("%d replacement characters", n)
	}
	p := parseTurns(d.Text)
	defer p.release()
	if countFences(d.Text)%2 == 1 {
		return errors.New("a code fence is not closed")
	}
	from := 0
	for i := 0; i <= len(p.labels); i++ {
		to := len(p.text)
		if i < len(p.labels) {
			to = p.labels[i].at
		}
		if err := checkBalance(p.text[from:to]); err != nil {
			return err
		}
		if i < len(p.labels) {
			from = p.labels[i].speech
		}
	}
	if end := cutOff(p); end != "" {
		return fmt.Errorf("cut off at %q", end)
	}
	return checkScript(d.Source, d.Text, p)
}}

// cutOff is the end of a text whose last turn ends where none can, in what wants
// something behind it; else "". Where all turns but the last end as sentences do,
// a word that begins a phrase is such an end, too. That any other word has no stop
// behind it says nothing, for it may be a unit or a farewell.
func cutOff(p *parsedTurns) string {
	const markup = " \r\n\t*_"
	from := 0
	if n := len(p.labels); n > 0 {
		from = p.labels[n-1].speech
	}
	last := strings.TrimRight(p.text[from:], markup)
	if isRule(last[strings.LastIndexByte(last, '\n')+1:]) {
		return ""
	}
	for _, end := range [...]string{",", "，", "、", ":", "：", "=", " +", "×", "÷", "≤", "≥", "≠", "≈", "−", " (", "（"} {
		if strings.HasSuffix(last, end) {
			return before(last, len(last))
		}
	}
	phrase := false
	for _, word := range [...]string{" the", " an", " and", " or", " because", " than", " our", " your", " their"} {
		phrase = phrase || strings.HasSuffix(last, word)
	}
	if !phrase || len(p.labels) < 2 {
		return ""
	}
	for _, l := range p.labels[1:] {
		turn := strings.TrimRight(p.text[:l.at], markup+"\"”$)")
		if r, _ := utf8.DecodeLastRuneInString(turn); !strings.ContainsRune(".!?…。！？", r) {
			return ""
		}
	}
	return before(last, len(last))
}

// checkBalance checks one turn.
func checkBalance(s string) error {
	var f = spanFinder{text: s}
	var open []string // What \begin, \( and \[ wait for.
	depth, spanEnd := 0, 0
	loose, odd := -1, false // Dollars that belong to no span, of which two make one with spaces within.
	for i := 0; i < len(s); i++ {
		if !balanced[s[i]] {
			continue
		}
		switch c := s[i]; {
		case c == '`':
			if strings.HasPrefix(s[i:], "```") {
				if n := strings.Index(s[i+3:], "```"); n >= 0 {
					i += 3 + n + 2
				} else {
					i += 2
				}
			} else if n := strings.IndexAny(s[i+1:], "`\n"); n >= 0 && s[i+1+n] == '`' {
				i += 1 + n
			}
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth < 0 {
				return fmt.Errorf("a } closes nothing: %q", before(s, i+1))
			}
		case c == '$' && i >= spanEnd:
			switch end := f.end(i); {
			case end > i && !(isMoney(s[i+1:]) && isProse(s[i+1:end-1])):
				spanEnd = end
				if strings.HasPrefix(s[i:], "$$") {
					i++
				}
			case strings.HasPrefix(s[i+1:], " sign"), strings.HasPrefix(s[i+1:], " symbol"):
			case isMoney(s[i+1:]), i > 0 && isDigit(s[i-1]) && !strings.ContainsAny(s, `\^_`):
			default:
				loose, odd = i, !odd
			}
		case c == '$' && i+1 < spanEnd && s[i+1] == '$':
			i++
		case c == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case '(':
				open = append(open, `\)`)
			case '[':
				open = append(open, `\]`)
			case ')', ']':
				if len(open) == 0 || open[len(open)-1] != s[i-1:i+1] {
					return fmt.Errorf("a %s closes nothing: %q", s[i-1:i+1], before(s, i+1))
				}
				open = open[:len(open)-1]
			case 'b', 'e':
				isBegin, command := s[i] == 'b', "nd{"
				if isBegin {
					command = "egin{"
				}
				name, _ := environment(s, i+1, command)
				if name == "" {
					break
				}
				if isBegin {
					open = append(open, `\end{`+name+`}`)
				} else if len(open) == 0 || open[len(open)-1] != `\end{`+name+`}` {
					return fmt.Errorf("\\end{%s} closes nothing", name)
				} else {
					open = open[:len(open)-1]
				}
			}
		}
	}
	if odd {
		return fmt.Errorf("a $ without its other: %q", around(s, loose))
	}
	if len(open) > 0 {
		return fmt.Errorf("%s is missing", open[len(open)-1])
	}
	if depth > 0 {
		return fmt.Errorf("%d braces are not closed", depth)
	}
	return nil
}

// balanced are the bytes that checkBalance looks at.
var balanced = [256]bool{'`': true, '{': true, '}': true, '$': true, '\\': true}

// isMoney tells whether what follows a $ is an amount.
func isMoney(s string) bool {
	s = strings.TrimLeft(s, " ")
	return s != "" && (isDigit(s[0]) || s[0] == '.' && len(s) > 1 && isDigit(s[1]))
}

// isProse tells whether what stands between two dollars is text: "$5, so what do
// **$". It has a word, and nothing of TeX.
func isProse(s string) bool {
	letters := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\\' || c == '^' || c == '_':
			return false
		case 'a' <= c|0x20 && c|0x20 <= 'z' || c >= utf8.RuneSelf:
			letters++
		case letters < 3:
			letters = 0
		}
	}
	return letters >= 3
}

// before is the end of s[:i] and around what stands on both sides of s[i], for a
// reason.
func before(s string, i int) string { return strings.ToValidUTF8(s[max(0, i-20):i], "") }
func around(s string, i int) string {
	return strings.ToValidUTF8(s[max(0, i-10):min(len(s), i+15)], "")
}

// script tells scripts apart, as far as a word in one is no word in another.
type script int

const (
	latin script = iota
	cyrillic
	han
	kana
	hangul
	arabic
	devanagari
	thai
	otherScript
	scripts
)

var scriptNames = [scripts]string{"Latin", "Cyrillic", "Han", "kana", "Hangul", "Arabic", "Devanagari", "Thai", "another"}

func scriptOf(r rune) script {
	switch {
	case r < 0x250 || 0x1E00 <= r && r <= 0x1EFF:
		return latin
	case 0x400 <= r && r <= 0x52F:
		return cyrillic
	case 0x3400 <= r && r <= 0x9FFF || 0x20000 <= r && r <= 0x3FFFF || 0xF900 <= r && r <= 0xFAFF:
		return han
	case 0x3040 <= r && r <= 0x30FF:
		return kana
	case 0xAC00 <= r && r <= 0xD7AF:
		return hangul
	case 0x600 <= r && r <= 0x6FF:
		return arabic
	case 0x900 <= r && r <= 0x97F:
		return devanagari
	case 0xE00 <= r && r <= 0xE7F:
		return thai
	}
	return otherScript
}

// countScripts adds the letters of the words of text, by script. A letter of a
// script that writes a syllable or a word with one weighs three.
func countScripts(n *[scripts]int, text string) {
	f := spanFinder{text: text}
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isLetter(c):
			from := i
			if i = skipLetters(text, i); i-from > 2 {
				n[latin] += i - from
			}
		case c == '$' || c == '\\':
			if end := f.end(i); end > i {
				i = end
				continue
			}
			if i++; c == '\\' {
				i = skipLetters(text, i)
			}
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			i += size
			if !unicode.IsLetter(r) || unicode.Is(unicode.Greek, r) {
				break
			}
			if s := scriptOf(r); s == han || s == hangul || s == kana {
				n[s] += 3
			} else {
				n[s]++
			}
		}
	}
}

// isASCII tells of a text of ASCII alone, by eight bytes at a time.
func isASCII(s string) bool {
	for i := 0; i < len(s); i += 8 {
		if loadAt(s, i)&high != 0 {
			return false
		}
	}
	return true
}

func checkScript(source, answer string, p *parsedTurns) error {
	if isASCII(source) && isASCII(answer) {
		return nil // As mostly, and both are Latin.
	}
	var of, in [scripts]int
	countScripts(&of, source)
	all, main := 0, latin
	for s, n := range of {
		all += n
		if n > of[main] {
			main = script(s)
		}
	}
	if all < 20 || of[main]*10 < all*7 {
		return nil
	}
	from := 0
	for i := 0; i <= len(p.labels); i++ {
		to := len(answer)
		if i < len(p.labels) {
			to = p.labels[i].at
		}
		countScripts(&in, answer[from:to])
		if i < len(p.labels) {
			from = p.labels[i].speech
		}
	}
	all = 0
	for _, n := range in {
		all += n
	}
	if share := float64(in[main]) / float64(max(all, 1)); all >= 20 && share < 0.7 {
		return fmt.Errorf("%.2f of the letters are %s, as the source is, less than 0.70", share, scriptNames[main])
	}
	return nil
}
