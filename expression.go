package mind

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// numericAnswer is the value of an answer that is a number, with a unit or
// without: 72, -\frac{3}{4}, \$1,260, 12\text{ cm}^2, 50\%, 90^\circ.
func numericAnswer(answer string) (value float64, ok bool) {
	s := withoutUnits(answer)
	sign := 1.0
	if t, found := strings.CutPrefix(strings.Replace(s, "−", "-", 1), "-"); found {
		s, sign = strings.TrimSpace(t), -1
	}
	if s == "" {
		return 0, false
	}
	end := 0
	switch {
	case isDigit(s[0]) || s[0] == '.' && len(s) > 1 && isDigit(s[1]):
		value, end = readDecimal(s, 0)
		if strings.HasPrefix(s[end:], "/") && end+1 < len(s) && isDigit(s[end+1]) {
			under, e := readDecimal(s, end+1)
			if under == 0 {
				return 0, false
			}
			value, end = value/under, e
		} else if f, e, isFrac := readFrac(s, end); isFrac {
			value, end = value+f, e
		}
	default:
		f, e, isFrac := readFrac(s, 0)
		if !isFrac {
			return 0, false
		}
		value, end = f, e
	}
	rest := s[end:]
	// A word behind a number in plain text is its unit; letters that stand
	// directly behind it are factors.
	if trimmed := strings.TrimLeft(rest, " "); trimmed != rest && trimmed != "" && strings.Trim(trimmed, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .") == "" && len(trimmed) > 1 {
		rest = ""
	}
	return sign * value, strings.TrimSpace(strings.TrimRight(rest, ".")) == "" || isUncasedUnit(rest)
}

// isUncasedUnit tells of a unit in a script without capitals, as 只 is; 万 and 半
// make another number.
func isUncasedUnit(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s, "十百千万亿半之或和") {
		return false
	}
	for _, r := range s {
		if !isUncased(r) {
			return false
		}
	}
	return true
}

// numericAnswers are the values of an answer that lists numbers with their units,
// as 12只兔，23只鸡 and "12 rabbits and 23 chickens" do, nil for another.
func numericAnswers(answer string) (values []float64) {
	const most = 8
	parts := strings.SplitN(listSigns.Replace(answer), ";", most+1)
	if len(parts) == 1 || len(parts) > most {
		return nil
	}
	for _, part := range parts {
		value, ok := numericAnswer(part)
		if !ok {
			return nil
		}
		values = append(values, value)
	}
	return values
}

// listSigns separate the parts of a list.
var listSigns = strings.NewReplacer("，", ";", "；", ";", "、", ";", ", ", ";", " and ", ";")

// withoutUnits takes off what says in what an answer is measured.
func withoutUnits(s string) string {
	s = strings.Trim(strings.TrimSpace(s), "$")
	for _, sign := range [...]string{`\$`, `\%`, "%", `^\circ`, `^{\circ}`, "°", "$", "€", "£"} {
		s = strings.ReplaceAll(s, sign, "")
	}
	for _, name := range [...]string{`\text{`, `\mbox{`, `\mathrm{`, `\textrm{`, `\textbf{`} {
		if at := strings.Index(s, name); at > 0 { // At 0 it is the answer itself.
			s = s[:at]
		}
	}
	for _, space := range [...]string{`\ `, `\,`, `\;`, `\!`, `~`} {
		if s = strings.TrimSpace(s); strings.HasSuffix(s, space) {
			s = strings.TrimSuffix(s, space)
		}
	}
	return strings.TrimSpace(s)
}

// hasExpression tells whether answer stands in text, both in normal form. Of a
// list, the parts may stand apart.
func hasExpression(text, answer string) bool {
	has, want := string(normalForm(text)), string(normalForm(answer))
	if stands(has, want) {
		return true
	}
	const most = 8
	parts := strings.SplitN(want, ",", most+1)
	if len(parts) == 1 || len(parts) > most || strings.ContainsAny(want, "()[]{}") {
		return false
	}
	for _, part := range parts {
		if !stands(has, strings.TrimSpace(part)) {
			return false
		}
	}
	return true
}

// stands tells whether want is in has, and not a part of a longer word or
// number.
func stands(has, want string) bool {
	// Of a long one the borders say little, and to try it at each place takes
	// time.
	const long = 200
	if want == "" || len(want) > long {
		return strings.Contains(has, want)
	}
	first, _ := utf8.DecodeRuneInString(want)
	last, _ := utf8.DecodeLastRuneInString(want)
	for at := 0; ; at++ {
		n := strings.Index(has[at:], want)
		if n < 0 {
			return false
		}
		at += n
		before, _ := utf8.DecodeLastRuneInString(has[:at])
		after, _ := utf8.DecodeRuneInString(has[at+len(want):])
		if !(joins(before) && joins(first)) && !(joins(last) && joins(after)) {
			return true
		}
	}
}

// joins tells characters that make one word or number with their like.
func joins(r rune) bool {
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// signs are written out in one way.
var signs = strings.NewReplacer(
	"−", "-", "–", "-", "×", `\cdot `, "·", `\cdot `, "⋅", `\cdot `, "÷", "/", "√", `\sqrt `, "π", `\pi `, "∞", `\infty `, "≤", `\le `, "≥", `\ge `, "≠", `\ne `,
	"∪", `\cup `, "∩", `\cap `, "±", `\pm `, "²", "^2", "³", "^3", "°", "", "½", "1/2", "θ", `\theta `, "α", `\alpha `,
	`\\`, ";", `\dfrac`, `\frac`, `\tfrac`, `\frac`, `\cfrac`, `\frac`, `\left`, "", `\right`, "", `\bigl`, "", `\bigr`, "", `\big`, "", `\Big`, "", `\displaystyle`, "",
	`\!`, "", `\,`, "", `\;`, "", `\:`, "", `\ `, " ", `\qquad`, " ", `\quad`, " ", `\times`, `\cdot`, `\leq`, `\le`, `\geq`, `\ge`, `\neq`, `\ne`,
	`^\circ`, "", `^{\circ}`, "", `\%`, "", "%", "", `\$`, "", "**", "", `\(`, "$", `\)`, "$", `\[`, "$", `\]`, "$", `{,}`, "", "（", "(", "）", ")", "，", ",")

// normalForm is a formula or a text with formulas without what does not change
// its meaning: \frac{36}{5} is 36/5, \frac{a+b}{2} is (a+b)/2, 4\sqrt{3} is
// 4sqrt3. Spaces stay between letters or figures of a text alone.
func normalForm(s string) []byte {
	s = signs.Replace(s)
	out := make([]byte, 0, len(s))
	type group struct {
		at int  // In out.
		of byte // f, u: the upper and the lower part of a fraction; a: an argument; 0: braces that change nothing.
	}
	var open []group
	gap := byte(0) // There was space, or the border $ of a formula.
	put := func(b byte) {
		if gap != 0 && len(out) > 0 && joins(rune(out[len(out)-1])) && joins(rune(b)) {
			out = append(out, ' ')
		}
		gap = 0
		if 'A' <= b && b <= 'Z' {
			b |= 0x20
		}
		out = append(out, b)
	}
	// part keeps what comes apart from a word before it; in a formula, spaces
	// before a command mean nothing.
	part := func() {
		if len(out) > 0 {
			last := out[len(out)-1]
			if gap == '$' && joins(rune(last)) || gap != '$' && gap != 0 && 'a' <= last && last <= 'z' {
				out = append(out, ' ')
			}
		}
		gap = 0
	}
	// wrap closes a group: more than one word or number is put in brackets,
	// the first of which stands there already.
	wrap := func(at int) {
		const long = 40
		simple := len(out)-at < long
		for i := at + 1; simple && i < len(out); i++ {
			simple = joins(rune(out[i]))
		}
		if simple {
			out = append(out[:at], out[at+1:]...)
		} else {
			out = append(out, ')')
		}
	}
	next := byte(0) // What the next group is.
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '{':
			if next != 0 {
				part()
			}
			open = append(open, group{len(out), next})
			if next != 0 {
				out = append(out, '(')
			}
			next = 0
		case c == '}':
			if len(open) == 0 {
				continue
			}
			g := open[len(open)-1]
			open = open[:len(open)-1]
			switch g.of {
			case 'f':
				wrap(g.at)
				out = append(out, '/')
				next = 'u'
			case 'u', 'a':
				wrap(g.at)
			}
		case next != 0 && (c == ' ' || c == '\n'):
		case next != 0 && joins(rune(c)):
			// \frac12, \sqrt3: one sign is the argument.
			put(c)
			if next == 'f' {
				out = append(out, '/')
				next = 'u'
			} else {
				next = 0
			}
		case c == '\\':
			j := i + 1
			for j < len(s) && 'a' <= s[j]|0x20 && s[j]|0x20 <= 'z' {
				j++
			}
			switch name := s[i+1 : j]; name {
			case "":
				j = min(j+1, len(s))
			case "begin", "end":
				// Set apart from what it holds; in which brackets a matrix is does not count.
				if name, end := environment(s, j, "{"); name != "" {
					if strings.HasSuffix(name, "matrix") {
						name = "matrix"
					}
					out = append(append(append(out, '<'), name...), '>')
					j, gap = end, 0
				}
			case "frac":
				next = 'f'
			case "cdot":
				put('*')
			case "text", "mathrm", "mbox", "textbf", "mathbf", "textit", "operatorname", "boxed", "fbox":
			default:
				part()
				for k := range len(name) {
					out = append(out, name[k]|0x20)
				}
				if name == "sqrt" {
					next = 'a'
				}
			}
			for j < len(s) && s[j] == ' ' {
				j++
			}
			i = j - 1
			continue
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '$' || c == '~':
			if c == '$' || gap == 0 {
				gap = c
			}
		default:
			put(c)
		}
	}
	return out
}
