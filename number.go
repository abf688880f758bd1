package mind

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A number is one that stands in a text at offset at.
type number struct {
	value float64
	at    int
}

// appendNumbers appends the numbers of a text: 72, -3, 1,500, 2{,}500, 0.6, .5,
// 3/4, \frac{3}{4} and its kind, 20% (as 20 and as 0.2), 1\frac12, and in words
// up to the thousands, three quarters (English) or the hundreds (Chinese). The parts of a
// fraction are numbers too. GSM8K's <<48/2=24>>, which repeat what stands around
// them, and drawings, [asy]…[/asy], are left out. A minus that may be a sign or an operation gives both.
func appendNumbers(ns []number, text string) []number {
	drawings := true // There may be the end of one.
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case '0' <= c && c <= '9' || c == '.' && i+1 < len(text) && isDigit(text[i+1]) && (i == 0 || !isDigit(text[i-1])):
			from := i
			value, end := readDecimal(text, i)
			ns = appendSigned(ns, text, from, value)
			i = end
			if j := skipSpaces(text, i); j < len(text) && (text[j] == '%' || strings.HasPrefix(text[j:], `\%`)) {
				ns = append(ns, number{value / 100, from})
			}
			// A fraction behind a whole number is a mixed number.
			if whole := value; whole == math.Trunc(whole) && strings.HasPrefix(text[i:], `\`) {
				if f, _, ok := readFrac(text, i); ok {
					ns = append(ns, number{whole + f, from})
				}
			}
			if i+1 < len(text) && text[i] == '/' && isDigit(text[i+1]) {
				under, end := readDecimal(text, i+1)
				if under != 0 {
					ns = appendSigned(ns, text, from, value/under)
				}
				ns = append(ns, number{under, i + 1})
				i = end
			}
		case c == '<' && strings.HasPrefix(text[i:], "<<"):
			if n := strings.Index(text[i:min(len(text), i+120)], ">>"); n > 0 {
				i += n + 2
			} else {
				i += 2
			}
		case c == '[' && strings.HasPrefix(text[i:], "[asy]"):
			// A drawing, whose numbers nobody says.
			if n := -1; drawings {
				if n = strings.Index(text[i:], "[/asy]"); n > 0 {
					i += n
				}
				drawings = n > 0
			}
			i += len("[asy]")
		case c == '\\':
			if value, _, ok := readFrac(text, i); ok {
				ns = appendSigned(ns, text, i, value)
			}
			i++ // The parts come as numbers of their own.
			for i < len(text) && 'a' <= text[i] && text[i] <= 'z' {
				i++
			}
			// \frac12 and \binom52 have two numbers, not one of two figures.
			if (strings.HasSuffix(text[:i], "frac") || strings.HasSuffix(text[:i], "binom")) && i+1 < len(text) && isDigit(text[i]) && isDigit(text[i+1]) {
				ns = append(ns, number{float64(text[i] - '0'), i}, number{float64(text[i+1] - '0'), i + 1})
				i += 2
			}
		case 'a' <= c|0x20 && c|0x20 <= 'z':
			value, end, ok := readWords(text, i)
			if ok {
				ns = append(ns, number{value, i})
				if part, ok := readPart(text[end:]); ok {
					ns = append(ns, number{value / part, i})
				}
			}
			i = end
		case c < utf8.RuneSelf:
			i++
		default:
			value, end, ok := readChinese(text, i)
			if ok {
				ns = append(ns, number{value, i})
			}
			i = end
		}
	}
	return ns
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func skipSpaces(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// appendSigned appends a number with the sign that it has at text[at].
func appendSigned(ns []number, text string, at int, value float64) []number {
	before := strings.TrimRight(text[max(0, at-4):at], "{")
	spaced := strings.TrimRight(before, " ")
	head, minus := strings.CutSuffix(spaced, "-")
	if !minus {
		head, minus = strings.CutSuffix(spaced, "−")
	}
	if !minus {
		for _, w := range [...]string{"minus ", "negative "} {
			if strings.HasSuffix(text[max(0, at-len(w)):at], w) {
				return append(ns, number{value, at}, number{-value, at})
			}
		}
		return append(ns, number{value, at})
	}
	// After an operand it is an operation; after a space it may be one.
	if tail := strings.TrimRight(head, " "); tail != "" {
		if c := tail[len(tail)-1]; isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'z' || strings.ContainsRune(")}]$", rune(c)) {
			return append(ns, number{value, at}, number{-value, at})
		}
	}
	if len(spaced) < len(before) || head == "" {
		return append(ns, number{value, at}, number{-value, at})
	}
	return append(ns, number{-value, at})
}

// readDecimal reads a number without a sign at text[i], with separators of
// thousands.
func readDecimal(text string, i int) (value float64, end int) {
	var digits [24]byte
	n := 0
	point, grouped := false, false
	for i < len(text) {
		c := text[i]
		switch {
		case isDigit(c):
			if n < len(digits) {
				digits[n] = c
				n++
			}
			i++
			continue
		case c == '.' && !point && i+1 < len(text) && isDigit(text[i+1]):
			point = true
			if n < len(digits) {
				digits[n] = c
				n++
			}
			i++
			continue
		case !point && n > 0 && (n <= 3 || grouped):
			skip := 0
			for _, sign := range [...]string{",", "{,}", `\,`} {
				if strings.HasPrefix(text[i:], sign) {
					skip = len(sign)
				}
			}
			if j := i + skip; skip > 0 && j+3 <= len(text) && isDigit(text[j]) && isDigit(text[j+1]) && isDigit(text[j+2]) &&
				(j+3 == len(text) || !isDigit(text[j+3])) {
				i, grouped = j, true
				continue
			}
		}
		break
	}
	value, _ = strconv.ParseFloat(string(digits[:n]), 64)
	return value, i
}

// readFrac reads \frac{3}{4}, \dfrac34 and the like at text[i], of whole
// numbers.
func readFrac(text string, i int) (value float64, end int, ok bool) {
	rest := text[i:]
	for _, name := range [...]string{`\frac`, `\dfrac`, `\tfrac`, `\cfrac`} {
		if strings.HasPrefix(rest, name) {
			i += len(name)
			over, i, ok1 := readArgument(text, i)
			under, i, ok2 := readArgument(text, i)
			return over / under, i, ok1 && ok2 && under != 0
		}
	}
	return 0, i, false
}

// readArgument reads {12} or one figure.
func readArgument(text string, i int) (value float64, end int, ok bool) {
	i = skipSpaces(text, i)
	if i >= len(text) {
		return 0, i, false
	}
	if isDigit(text[i]) {
		return float64(text[i] - '0'), i + 1, true
	}
	if text[i] != '{' {
		return 0, i, false
	}
	i = skipSpaces(text, i+1)
	sign := 1.0
	if i < len(text) && text[i] == '-' {
		sign, i = -1, i+1
	}
	if i >= len(text) || !isDigit(text[i]) {
		return 0, i, false
	}
	value, i = readDecimal(text, i)
	i = skipSpaces(text, i)
	return sign * value, i + 1, i < len(text) && text[i] == '}'
}

// numberWord is the value of an English word for a number. A switch is faster
// than a map, and nearly all words are none.
func numberWord(word []byte) (value float64, ok bool) {
	switch string(word) {
	case "zero":
		return 0, true
	case "one":
		return 1, true
	case "two":
		return 2, true
	case "three":
		return 3, true
	case "four":
		return 4, true
	case "five":
		return 5, true
	case "six":
		return 6, true
	case "seven":
		return 7, true
	case "eight":
		return 8, true
	case "nine":
		return 9, true
	case "ten":
		return 10, true
	case "eleven":
		return 11, true
	case "twelve", "dozen":
		return 12, true
	case "thirteen":
		return 13, true
	case "fourteen":
		return 14, true
	case "fifteen":
		return 15, true
	case "sixteen":
		return 16, true
	case "seventeen":
		return 17, true
	case "eighteen":
		return 18, true
	case "nineteen":
		return 19, true
	case "twenty":
		return 20, true
	case "thirty":
		return 30, true
	case "forty":
		return 40, true
	case "fifty":
		return 50, true
	case "sixty":
		return 60, true
	case "seventy":
		return 70, true
	case "eighty":
		return 80, true
	case "ninety":
		return 90, true
	case "hundred":
		return 100, true
	case "thousand":
		return 1000, true
	}
	return 0, false
}

// readWords reads a word at text[i], and goes on where it is a number:
// seventy-two, two hundred and five. end is behind what was read.
func readWords(text string, i int) (value float64, end int, ok bool) {
	total, last := 0.0, 0.0
	for {
		from := i
		for i < len(text) && 'a' <= text[i]|0x20 && text[i]|0x20 <= 'z' {
			i++
		}
		v, is := 0.0, false
		if n := i - from; 3 <= n && n <= 9 {
			var lower [9]byte
			for k := range n {
				lower[k] = text[from+k] | 0x20
			}
			v, is = numberWord(lower[:n])
		}
		switch {
		case !is && !ok:
			return 0, i, false
		case !is:
			return total + last, from, true
		case v >= 100:
			last = max(last, 1) * v
			if v == 1000 {
				total, last = total+last, 0
			}
		case ok && !(last >= 20 && v < 10 && int(last)%10 == 0 || last >= 100):
			return total + last, from, true // two three
		default:
			last += v
		}
		ok = true
		next := i
		if next < len(text) && (text[next] == '-' || text[next] == ' ') {
			next++
			if strings.HasPrefix(text[next:], "and ") {
				next += len("and ")
			}
		}
		if next == i || next >= len(text) || !('a' <= text[next]|0x20 && text[next]|0x20 <= 'z') {
			return total + last, i, true
		}
		i = next
	}
}

// readPart reads what makes a fraction in words of the number before it: three
// quarters, two-thirds.
func readPart(rest string) (under float64, ok bool) {
	n := 0
	for n < len(rest) && n < 12 && 'a' <= rest[n] && rest[n] <= 'z' {
		n++
	}
	switch word := strings.TrimSuffix(rest[:n], "s"); word {
	case "half", "halve":
		return 2, true
	case "third":
		return 3, true
	case "quarter":
		return 4, true
	case "fifth":
		return 5, true
	case "eighth":
		return 8, true
	case "ninth":
		return 9, true
	case "twelfth":
		return 12, true
	default:
		if tens, ok := strings.CutSuffix(word, "ieth"); ok { // twentieth
			return numberWord([]byte(tens + "y"))
		}
		if base, ok := strings.CutSuffix(word, "th"); ok { // fourth, tenth
			return numberWord([]byte(base))
		}
	}
	return 0, false
}

// readChinese reads a number in Chinese characters at text[i], up to the
// hundreds; end is behind it, or behind one character.
func readChinese(text string, i int) (value float64, end int, ok bool) {
	const figures = "零一二三四五六七八九"
	total, last := 0.0, 0.0
	for {
		r, size := utf8.DecodeRuneInString(text[i:])
		if n := strings.IndexRune(figures, r); n >= 0 {
			last = float64(n / len("零"))
		} else if r == '两' {
			last = 2
		} else if r == '十' || r == '百' {
			unit := 10.0
			if r == '百' {
				unit = 100
			}
			if last == 0 {
				last = 1
			}
			total, last = total+last*unit, 0
		} else if ok {
			return total + last, i, true
		} else {
			return 0, i + size, false
		}
		ok = true
		if i += size; i >= len(text) {
			return total + last, i, true
		}
	}
}

// distinct sorts the numbers by their size without sign and leaves each once.
func distinct(ns []number) []number {
	for i := range ns {
		ns[i].value = math.Abs(ns[i].value)
	}
	slices.SortFunc(ns, func(a, b number) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(ns, func(a, b number) bool { return same(a.value, b.value) })
}

// same compares numbers that may have been reckoned.
func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a)) }
