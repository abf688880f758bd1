package mind

import (
	"strings"
	"unicode/utf8"
)

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
		return 1e3, true
	case "million":
		return 1e6, true
	case "billion":
		return 1e9, true
	case "half":
		return 0.5, true
	}
	return 0, false
}

// readThousands reads the word behind a number in figures: 2 million.
func readThousands(text string, i int) (value float64, end int) {
	for _, word := range [...]string{" thousand", " million", " billion"} {
		if strings.HasPrefix(text[i:], word) {
			value, _ = numberWord([]byte(word[1:]))
			return value, i + len(word)
		}
	}
	return 0, i
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
			is = is && (v != 0.5 || !isPrefix(text[i:]))
		}
		switch {
		case !is && !ok:
			return 0, i, false
		case !is:
			return total + last, from, true
		case v >= 100:
			last = max(last, 1) * v
			if v >= 1000 {
				total, last = total+last, 0
			}
		case ok && !(last >= 20 && v < 10 && int(last)%10 == 0 || last >= 100 || last == 0 && total > 0):
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

// isPrefix tells of a word before rest that is the first part of another, as in
// half-plane and third-degree, and no number of its own.
func isPrefix(rest string) bool {
	return len(rest) > 1 && rest[0] == '-' && 'a' <= rest[1]|0x20 && rest[1]|0x20 <= 'z'
}

// readChinese reads a number in Chinese characters at text[i], up to the
// hundreds; end is behind it, or behind one character.
func readChinese(text string, i int) (value float64, end int, ok bool) {
	if strings.HasPrefix(text[i:], "一半") {
		return 0.5, i + len("一半"), true
	}
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
