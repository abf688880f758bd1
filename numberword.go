package mind

import (
	"strings"
	"unicode/utf8"
)

// A numberWord is an English word for a number.
type numberWord struct {
	word  string
	value float64
}

// numberWords finds them by their first eight letters: nearly all words are none,
// which has to be told fast.
var numberWords = func() (t numberTable) {
	for _, w := range [...]numberWord{
		{"zero", 0}, {"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}, {"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9},
		{"ten", 10}, {"eleven", 11}, {"twelve", 12}, {"dozen", 12}, {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16},
		{"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}, {"twenty", 20}, {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60},
		{"seventy", 70}, {"eighty", 80}, {"ninety", 90}, {"hundred", 100}, {"thousand", 1e3}, {"million", 1e6}, {"billion", 1e9}, {"half", 0.5},
	} {
		key := loadAt(w.word, 0)
		at := t.place(key)
		t.keys[at], t.words[at] = key, w
	}
	return t
}()

type numberTable struct {
	keys  [256]uint64 // The first eight letters, 0: none.
	words [256]numberWord
}

// place is where the word of a key is, or else a place without one.
func (t *numberTable) place(key uint64) int {
	at := int(key * hashFactor >> 56)
	for t.keys[at] != 0 && t.keys[at] != key {
		at = (at + 1) % len(t.keys)
	}
	return at
}

// noNumber is the length of the word at text[i], if it surely is none for a number
// or a part of one, else 0.
func noNumber(text string, i int) int {
	key := loadAt(text, i) | lowerCase
	n := letters(key)
	if n == 1 || n == 8 || numberWords.keys[numberWords.place(key&(1<<(8*n)-1))] != 0 {
		return 0
	}
	return n
}

// wordValue is the number for which the English word text[from:to] is.
func wordValue(text string, from, to int) (value float64, ok bool) {
	key := loadAt(text, from) | lowerCase
	n := to - from
	if n < 8 {
		key &= 1<<(8*n) - 1
	}
	w := &numberWords.words[numberWords.place(key)]
	if n == 0 || n != len(w.word) || text[to-1]|0x20 != w.word[n-1] {
		return 0, false
	}
	return w.value, true
}

// readThousands reads the word behind a number in figures: 2 million.
func readThousands(text string, i int) (value float64, end int) {
	if !strings.HasPrefix(text[i:], " ") {
		return 0, i
	}
	for _, word := range [...]string{" thousand", " million", " billion"} {
		if strings.HasPrefix(text[i:], word) {
			value, _ = wordValue(word, 1, len(word))
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
		i = skipLetters(text, i)
		v, is := wordValue(text, from, i)
		is = is && (v != 0.5 || !isPrefix(text[i:]))
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
		if next == i || next >= len(text) || !isLetter(text[next]) {
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
			return wordValue(tens+"y", 0, len(tens)+1)
		}
		if base, ok := strings.CutSuffix(word, "th"); ok { // fourth, tenth
			return wordValue(base, 0, len(base))
		}
	}
	return 0, false
}

// readMixed reads what makes a mixed number of the whole one before text[i], 0 if
// there is no such thing: ½, and a half, and three quarters.
func readMixed(text string, i int) float64 {
	if i < len(text) && (text[i] == 0xC2 || text[i] == 0xE2) {
		part, _ := readVulgar(text, i)
		return part
	}
	const and = " and "
	if strings.HasPrefix(text[i:], and) {
		i += len(and)
	} else if !strings.HasSuffix(text[:i], and) {
		return 0
	}
	if rest, ok := strings.CutPrefix(text[i:], "a "); ok {
		if part, ok := readPart(rest); ok && !isPrefix(rest[skipLetters(rest, 0):]) {
			return 1 / part
		}
		return 0
	}
	value, end, ok := readWords(text, i)
	if part, of := readPart(text[end:]); ok && of && value < part {
		return value / part
	}
	return 0
}

// readVulgar reads a sign like ½ or ⅓ at text[i], part is 0 where there is another;
// size is its length.
func readVulgar(text string, i int) (part float64, size int) {
	r, size := utf8.DecodeRuneInString(text[i:])
	switch r {
	case '½':
		part = 1. / 2
	case '⅓':
		part = 1. / 3
	case '⅔':
		part = 2. / 3
	case '¼':
		part = 1. / 4
	case '¾':
		part = 3. / 4
	case '⅕':
		part = 1. / 5
	case '⅖':
		part = 2. / 5
	case '⅗':
		part = 3. / 5
	case '⅘':
		part = 4. / 5
	case '⅙':
		part = 1. / 6
	case '⅚':
		part = 5. / 6
	case '⅛':
		part = 1. / 8
	case '⅜':
		part = 3. / 8
	case '⅝':
		part = 5. / 8
	case '⅞':
		part = 7. / 8
	}
	return part, size
}

// isPrefix tells of a word before rest that is the first part of another, as in
// half-plane and third-degree, and no number of its own.
func isPrefix(rest string) bool {
	return len(rest) > 1 && rest[0] == '-' && isLetter(rest[1])
}

// readChinese reads a number in Chinese characters at text[i], up to the
// hundreds; end is behind it, or behind one character.
func readChinese(text string, i int) (value float64, end int, ok bool) {
	if strings.HasPrefix(text[i:], "一半") {
		return 0.5, i + len("一半"), true
	}
	total, last := 0.0, 0.0
	for {
		r, size := utf8.DecodeRuneInString(text[i:])
		if figure, is := chineseFigure(r); is {
			last = figure
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

func chineseFigure(r rune) (value float64, ok bool) {
	switch r {
	case '零':
		return 0, true
	case '一':
		return 1, true
	case '二', '两':
		return 2, true
	case '三':
		return 3, true
	case '四':
		return 4, true
	case '五':
		return 5, true
	case '六':
		return 6, true
	case '七':
		return 7, true
	case '八':
		return 8, true
	case '九':
		return 9, true
	}
	return 0, false
}
