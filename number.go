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
// 3/4, \frac{3}{4} and its kind, 20% (as 20 and as 0.2), 1\frac12, 4½, 2 million, and
// in words up to the billions, three quarters, four and a half, a third, half (English) or the
// hundreds, 一半 (Chinese). The parts of a fraction are numbers too. GSM8K's
// <<48/2=24>>, which repeat what stands around them, and drawings, [asy]…[/asy],
// are left out. A minus that may be a sign or an operation gives both.
func appendNumbers(ns []number, text string) []number {
	drawings := true // There may be the end of one.
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case isLetter(c):
			if n := noNumber(text, i); n > 0 {
				i += n
				break
			}
			value, end, ok := readWords(text, i)
			if ok {
				ns = append(ns, number{value, i})
				if part, ok := readPart(text[end:]); ok {
					ns = append(ns, number{value / part, i})
				} else if part := readMixed(text, end); part > 0 {
					ns = append(ns, number{value + part, i})
				}
			} else if end == i+1 && c == 'a' && strings.HasPrefix(text[end:], " ") {
				rest := text[end+1:]
				if part, ok := readPart(rest); ok && !isPrefix(rest[skipLetters(rest, 0):]) {
					ns = append(ns, number{1 / part, i})
				}
			}
			i = end
		case isDigit(c) || c == '.' && i+1 < len(text) && isDigit(text[i+1]) && (i == 0 || !isDigit(text[i-1])):
			from := i
			value, end := readDecimal(text, i)
			ns = appendSigned(ns, text, from, value)
			i = end
			if j := skipSpaces(text, i); j < len(text) && (text[j] == '%' || strings.HasPrefix(text[j:], `\%`)) {
				ns = append(ns, number{value / 100, from})
			}
			if thousands, end := readThousands(text, i); end > i {
				ns = appendSigned(ns, text, from, value*thousands)
				i = end
			}
			if i == len(text) {
				break
			}
			if part := readMixed(text, i); part > 0 {
				ns = append(ns, number{value + part, from})
			}
			switch text[i] {
			case '\\':
				// A fraction behind a whole number is a mixed number.
				if whole := value; whole == math.Trunc(whole) {
					if f, _, ok := readFrac(text, i); ok {
						ns = append(ns, number{whole + f, from})
					}
				}
			case '/':
				if i+1 == len(text) || !isDigit(text[i+1]) {
					break
				}
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
			if i+1 < len(text) && isDigit(text[i]) && isDigit(text[i+1]) && (strings.HasSuffix(text[:i], "frac") || strings.HasSuffix(text[:i], "binom")) {
				ns = append(ns, number{float64(text[i] - '0'), i}, number{float64(text[i+1] - '0'), i + 1})
				i += 2
			}
		case c < utf8.RuneSelf:
			i++
		case c == 0xC2 || c == 0xE2: // As ½ and ⅓ begin.
			part, size := readVulgar(text, i)
			if part > 0 {
				ns = append(ns, number{part, i})
			}
			i += size
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
	last := byte(0)
	if at > 0 {
		last = text[at-1]
	}
	if last == ' ' && at > 1 {
		last = text[at-2]
	}
	switch last {
	case ' ', '{', '-', 0x92, 's', 'e': // The last byte of −, or of minus or negative.
	default:
		return append(ns, number{value, at})
	}
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
	n, decimals, whole := 0, 0, uint64(0)
	point, grouped := false, false
	put := func(c byte) {
		if n < len(digits) {
			digits[n] = c
			n++
		}
	}
	for i < len(text) {
		c := text[i]
		switch {
		case isDigit(c):
			put(c)
			whole = whole*10 + uint64(c-'0')
			if point {
				decimals++
			}
			i++
			continue
		case c == '.' && !point && i+1 < len(text) && isDigit(text[i+1]):
			point = true
			put(c)
			i++
			continue
		case !point && n > 0 && (n <= 3 || grouped) && (c == ',' || c == '{' || c == '\\'):
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
	if n < len(powers) {
		return float64(whole) / powers[decimals], i // Both are exact.
	}
	value, _ = strconv.ParseFloat(string(digits[:n]), 64)
	return value, i
}

// powers are those of ten.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// readFrac reads \frac{3}{4}, \dfrac34 and the like at text[i], of whole
// numbers.
func readFrac(text string, i int) (value float64, end int, ok bool) {
	rest, ok := strings.CutPrefix(text[i:], `\`)
	if !ok {
		return 0, i, false
	}
	if rest != "" && (rest[0] == 'd' || rest[0] == 't' || rest[0] == 'c') {
		rest = rest[1:]
	}
	if rest, ok = strings.CutPrefix(rest, "frac"); !ok {
		return 0, i, false
	}
	over, i, ok1 := readArgument(text, len(text)-len(rest))
	under, i, ok2 := readArgument(text, i)
	return over / under, i, ok1 && ok2 && under != 0
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

// distinct sorts the numbers by their size without sign and leaves each once, the
// one that is marked if there is such a one, and leaves out those that are far from
// being more than small.
func distinct(ns []number) []number {
	few := ns[:0]
	for _, n := range ns {
		if n.value = math.Abs(n.value); n.value > small-1 {
			few = append(few, n)
		}
	}
	slices.SortFunc(few, func(a, b number) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return a.at - b.at
	})
	return slices.CompactFunc(few, func(a, b number) bool { return same(a.value, b.value) })
}

// same compares numbers that may have been reckoned.
func same(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a)) }
