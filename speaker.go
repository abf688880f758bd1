package mind

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A nameTag is a name as a text begins with it.
type nameTag struct {
	name   string
	end    int // Where what is said begins.
	markup int // Signs around the name.
	form   form
}

// maxName is the longest name in bytes; a longer one is a sentence.
const maxName = 60

// readName reads the name that s begins with, its markup, a stage direction
// behind it, and the sign that separates it from what is said.
func readName(s string) (tag nameTag, ok bool) {
	pictures := emoji(s)
	i, opened := openMarkup(s[pictures:])
	i += pictures
	if opened > 0 && i < len(s) && s[i] == '[' { // **[10:32] Alex:**
		if n := clock(s[i+1:]); n > 0 && strings.HasPrefix(s[i+1+n:], "] ") {
			i += 1 + n + len("] ")
		}
	}
	i += emoji(s[i:])
	bracket := byte(0)
	if opened == 0 && i < len(s) {
		switch {
		case s[i] == '[' || s[i] == '<':
			bracket = s[i]
			i++
		case strings.HasPrefix(s[i:], "【"):
			bracket = '['
			i += len("【")
		}
	} else if i < len(s) && s[i] == '[' {
		bracket = '['
		i++
	}
	if i < len(s) && s[i] == '@' {
		i++
	}
	from := i
	for i < len(s) && i-from <= maxName {
		if isLetter(s[i]) {
			i++
			continue
		}
		if s[i] == ':' || s[i] == '*' {
			break // As nearly always.
		}
		if s[i] == '#' && i > from && s[i-1] == ' ' && i+1 < len(s) && isDigit(s[i+1]) {
			i++ // Student #1
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(" .'’-_&·", r) {
			break
		}
		// A dash with spaces around it separates.
		if r == '-' && i > from && s[i-1] == ' ' {
			break
		}
		i += size
	}
	if i-from > maxName {
		return tag, false
	}
	for i > from && (s[i-1] == ' ' || s[i-1] == '_') {
		i--
	}
	name := s[from:i]
	stopped := strings.HasSuffix(name, ".")
	if name == "" {
		return tag, false
	}

	closed := 0
	for again := true; again; {
		again = false
		if n := closeMarkup(s[i:]); n > 0 && opened > 0 {
			closed += n
			i += n
			again = true
		}
		if n := direction(s[i:], opened > closed); n > 0 {
			i += n
			again = true
		}
	}
	tag = nameTag{markup: opened}
	rest := s[i:]
	colon := colonAt(strings.TrimLeft(rest, " "))
	switch {
	case bracket == '<':
		if !strings.HasPrefix(rest, ">") {
			return tag, false
		}
		tag.form = angle
		i++
		if n := colonAt(s[i:]); n > 0 {
			i += n
		}
	case bracket == '[':
		inner, ok := strings.CutPrefix(rest, "]")
		if !ok {
			inner, ok = strings.CutPrefix(rest, "】")
		}
		if opened > 0 {
			inner = inner[closeMarkup(inner):]
			tag.form = bold
		}
		n := colonAt(inner)
		if !ok || n == 0 {
			return tag, false
		}
		i = len(s) - len(inner) + n
		if opened > 0 {
			i += closeMarkup(s[i:])
		}
	case colon > 0:
		i = len(s) - len(strings.TrimLeft(rest, " ")) + colon
		if strings.HasPrefix(s[i:], "//") {
			return tag, false // An address.
		}
		if opened > 0 {
			tag.form = bold
			n := closeMarkup(s[i:])
			i += n
			if closed+n == 0 && isBoldLine(s) {
				tag.form = boldLine
			}
		}
	case strings.HasPrefix(rest, " — "), strings.HasPrefix(rest, " – "):
		tag.form = dash
		i += len(" — ")
	case strings.HasPrefix(rest, " - "):
		tag.form = dash
		i += len(" - ")
	case strings.HasPrefix(rest, "; "), strings.HasPrefix(rest, "；"):
		tag.form = slip
		i += 2
		if rest[0] != ';' {
			i = len(s) - len(rest) + len("；")
		}
	case strings.TrimSpace(rest) == "":
		tag.form = alone
		i = len(s)
	case closed > 0 && strings.HasPrefix(rest, " "):
		if tag.form = slip; stopped {
			tag.form = boldSlip
		}
	default:
		return tag, false
	}
	if tag.form == boldSlip {
		name = strings.TrimSuffix(name, ".")
	}
	tag.end = skipBlanks(s, i)
	looks, name := looksLike(name)
	switch {
	case looks == notAName:
		return tag, false
	case looks == aLetter && tag.form == plain:
		tag.form = letter
	case looks == aWord && tag.form == plain:
		tag.form = lower
	case looks == aWord && tag.form != bold && tag.form != angle && tag.form != dash:
		return tag, false
	}
	tag.name = name
	return tag, true
}

// openMarkup is the length of the markup that s begins with, and how many signs
// of it have to be closed.
func openMarkup(s string) (n, signs int) {
	for n < len(s) && n < 3 && (s[n] == '*' || s[n] == '_') {
		n++
	}
	if n > 0 {
		return n, n
	}
	if s == "" || s[0] != '<' {
		return 0, 0
	}
	for _, tag := range [...]string{"<b>", "<strong>", "<i>", "<em>"} {
		if strings.HasPrefix(s, tag) {
			return len(tag), 1
		}
	}
	return 0, 0
}

// closeMarkup is the length of the markup that s begins with and that closes.
func closeMarkup(s string) (n int) {
	for n < len(s) && n < 3 && (s[n] == '*' || s[n] == '_') {
		n++
	}
	if n > 0 {
		return n
	}
	if s == "" || s[0] != '<' {
		return 0
	}
	for _, tag := range [...]string{"</b>", "</strong>", "</i>", "</em>"} {
		if strings.HasPrefix(s, tag) {
			return len(tag)
		}
	}
	return 0
}

// emoji is the length of the pictures that s begins with, and of the space behind
// them: 🧑‍🏫 Teacher.
func emoji(s string) int {
	if s == "" || s[0] < utf8.RuneSelf {
		return 0
	}
	rest := strings.TrimLeftFunc(s, func(r rune) bool {
		const joiner, picture, tones = 0x200D, 0xFE0F, 0x1F3FB
		return unicode.Is(unicode.So, r) || r == joiner || r == picture || tones <= r && r < tones+5
	})
	if len(rest) == len(s) {
		return 0
	}
	return len(s) - len(strings.TrimLeft(rest, " "))
}

// direction is the length of the stage direction that s begins with, behind
// spaces: (smiling), [thinks], *nods*.
func direction(s string, open bool) int {
	t := strings.TrimLeft(s, " ")
	if t == "" || t[0] == ':' {
		return 0 // As nearly always.
	}
	for _, pair := range [...][2]string{{"(", ")"}, {"[", "]"}, {"（", "）"}, {"*", "*"}} {
		inner, ok := strings.CutPrefix(t, pair[0])
		if !ok || pair[0] == "*" && (open || len(t) == len(s)) {
			continue
		}
		if n := strings.Index(inner[:min(len(inner), 80)], pair[1]); n > 0 && !strings.ContainsAny(inner[:n], "$\\=:") {
			return len(s) - len(inner) + n + len(pair[1])
		}
	}
	return 0
}

// colonAt is the length of the colon that s begins with.
func colonAt(s string) int {
	for _, c := range [...]string{":", "：", "﹕"} {
		if strings.HasPrefix(s, c) {
			return len(c)
		}
	}
	return 0
}

// looks is what a name looks like.
type looks int

const (
	notAName looks = iota
	aName          // Alex, Dr. Smith, Student A, 老师
	aLetter        // A
	aWord          // alex, math_lover42
)

// looksLike tells what name looks like, and returns it without a verb of
// speaking at its end.
func looksLike(name string) (looks, string) {
	first, size := utf8.DecodeRuneInString(name)
	if !unicode.IsLetter(first) {
		return notAName, ""
	}
	if isUncased(first) {
		return looksUncased(name)
	}
	if size == len(name) {
		if unicode.IsUpper(first) {
			return aLetter, name
		}
		return notAName, ""
	}
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		switch name[i+1:] {
		case "wrote", "writes", "says", "said", "asks", "asked", "replies", "replied", "answers", "answered":
			name = strings.TrimSpace(name[:i])
		}
	}
	words := 0
	capital := true
	for word := range strings.FieldsSeq(name) {
		words++
		switch r, size := utf8.DecodeRuneInString(strings.TrimPrefix(word, "#")); {
		case unicode.IsUpper(r) || unicode.IsDigit(r) || word == "&" || isUncased(r):
			capital = true
		case words > 1 && isParticle(word):
			capital = false
		case words > 1 && size == len(word) && unicode.IsLetter(r):
			capital = true // Student a
		case words == 1 && !strings.Contains(name, " "):
			return aWord, name
		default:
			return notAName, ""
		}
	}
	if words > 5 || !capital {
		return notAName, ""
	}
	return aName, name
}

func isParticle(word string) bool {
	switch word {
	case "and", "the", "of", "de", "da", "van", "von", "der", "la", "del", "al", "bin", "und", "et", "y":
		return true
	}
	return false
}

// isUncased tells letters of scripts that have no capitals.
func isUncased(r rune) bool {
	return unicode.IsLetter(r) && !unicode.IsUpper(r) && !unicode.IsLower(r) && !unicode.IsTitle(r)
}

// looksUncased is looksLike where there are no capitals: a name is short, and
// has none of the words of which a Chinese sentence is made.
func looksUncased(name string) (looks, string) {
	for _, verb := range [...]string{"回答", "说", "问", "答"} {
		if s := strings.TrimSuffix(name, verb); s != name && utf8.RuneCountInString(s) > 1 {
			name = s
			break
		}
	}
	if utf8.RuneCountInString(name) > 8 || strings.ContainsAny(name, "是得则即例以为有我你这那") || strings.ContainsRune(name, ' ') && utf8.RuneCountInString(name) > 6 {
		return notAName, ""
	}
	return aName, name
}

// headsAPart tells of words that head a part of a text or of a calculation and
// are no names; the name is in lower case.
func headsAPart(name string) bool {
	if r, _ := utf8.DecodeRuneInString(name); isUncased(r) {
		return r == '第' || r == '解' || partWords[strings.TrimRight(name, "0123456789一二三四五六七八九十 ")]
	}
	if namesTalk(name, false) {
		return true
	}
	some := false
	for word := range strings.FieldsSeq(name) {
		switch {
		case partWords[strings.Trim(word, ".'")]:
			some = true
		case utf8.RuneCountInString(word) == 1 || strings.Trim(word, "0123456789#.ivx") == "" || isParticle(word):
		default:
			return false
		}
	}
	return some
}

var partWords = func() map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsSeq(`
		step steps note notes nb problem problems solution solutions question questions answer answers example examples exercise hint given
		find proof theorem lemma corollary proposition definition remark axiom case cases claim goal conclusion summary recap result results
		check verification recall observation observe notice warning caution tip key idea point points main final method approach strategy plan part option
		choice input output code formula equation equations expression rule property identity context topic title introduction setting
		scene background dialogue conversation transcript interview debate source text passage chapter section figure table
		therefore thus hence so then now next first firstly second secondly third thirdly fourth finally last also and or but because since if let
		where here there this that these it we ok okay yes no well right exactly correct wrong important remember original new old
		area volume perimeter length width height base radius diameter total sum difference product quotient cost price profit revenue
		time speed distance rate ratio average mean median number numbers row column unit units simplified substitute simplify
		ps edit update
		题目 问题 解答 答案 解法 证明 注意 提示 步骤 总结 首先 其次 然后 最后 所以 因此 因为 例如 比如 公式 方法 结论 已知 求 设 验证 检验 原式 分析 假设 根据 由题意 标题 场景 背景 对话 访谈 讨论 辩论 注`) {
		words[w] = true
	}
	return words
}()
