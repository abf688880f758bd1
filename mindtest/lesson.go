package mindtest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A lesson is a text to be talked about, taken apart: a worked problem, or a
// passage that has no problem in it. Every part is on one line, for a turn of a
// dialogue is a line, and TeX takes a line break for a space.
type lesson struct {
	given    string   // The problem but for its question; may be empty.
	question string   // What is asked. Empty: a passage.
	steps    []string // The solution, or the passage, in the order of the text.
	answer   string   // The final answer as it is spoken: $\boxed{67}$, 72; may be empty.
	tex      bool     // It is TeX, in which $ is no money.
}

var (
	calculatorMark = regexp.MustCompile(`<<[^<>\n]*>>`) // GSM8K's <<48/2=24>>, which repeats what stands around it.
	unspoken       = regexp.MustCompile(`(?s)\[asy\].*?(?:\[/asy\]|$)|\\begin\{thebibliography\}.*?(?:\\end\{thebibliography\}|$)`)
	commentLine    = regexp.MustCompile(`(?m)^[ \t]*%.*$`)
	invisible      = regexp.MustCompile(`\\(?:label|index|PMlinkescape(?:word|phrase))\{[^{}]*\}|\\(?:noindent|medskip|bigskip|smallskip|newpage|maketitle|tableofcontents)\b`)
	link           = regexp.MustCompile(`\\PMlink(?:(?:name|id|external)\{([^{}]*)\}\{[^{}]*\}|escapetext\{([^{}]*)\})`) // PlanetMath's: the text of it is spoken.
	thinSpace      = regexp.MustCompile(`([.?!])\\,(\s)`)
	solutionHead   = regexp.MustCompile(`(?m)^Solution:[ \t]*\n`)
	problemHead    = regexp.MustCompile(`^\s*Problem:[ \t]*\n`)
	finalLine      = regexp.MustCompile(`(?m)^####[ \t]*(.*\S)[ \t]*$`)
	asks           = regexp.MustCompile(`\?|\b(Find|Compute|Determine|Express|Evaluate|Simplify|Solve|Calculate|Prove|Show|Write|Give|Convert|Factor|Expand|Graph|List|Enter|What|How|Which)\b`)

	// Environments of prose are not cut but dissolved: their parts are spoken
	// one after the other, and nobody says \begin{proof}.
	prose = regexp.MustCompile(`\\(begin|end)\{(thm|theorem|lemm?a?|prop|proposition|cor|corollary|conj|conjecture|def|defn|definition|rem|remark|ex|example|exercise|proof|note|fact|claim|slogan|quote|quotation|center|enumerate|itemize|description|document|abstract)s?\*?\}(?:\[[^\]\n]*\])?`)
	item  = regexp.MustCompile(`\\item\b[ \t]*(?:\[[^\]\n]*\])?`)
	heads = map[string]string{
		"thm": "Theorem: ", "theorem": "Theorem: ", "lem": "Lemma: ", "lemma": "Lemma: ", "lemm": "Lemma: ",
		"prop": "Proposition: ", "proposition": "Proposition: ", "cor": "Corollary: ", "corollary": "Corollary: ",
		"conj": "Conjecture: ", "conjecture": "Conjecture: ", "def": "Definition: ", "defn": "Definition: ",
		"definition": "Definition: ", "rem": "Remark: ", "remark": "Remark: ", "ex": "Example: ", "example": "Example: ",
		"exercise": "Exercise: ", "proof": "Proof: ",
	}
)

// readLesson takes a text apart. It knows the form of a worked problem,
// "Problem:\n…\n\nSolution:\n…", also when its beginning is cut off; any other
// text is a passage.
func readLesson(text string) lesson {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = calculatorMark.ReplaceAllString(text, "")
	if before, after, ok := strings.Cut(text, "[/asy]"); ok && !strings.Contains(before, "[asy]") {
		text = after // It begins within a drawing.
	}
	text = unspoken.ReplaceAllString(text, " ")
	tex := isTeX(text)
	if tex {
		text = commentLine.ReplaceAllString(text, "")
		text = invisible.ReplaceAllString(text, "")
		text = link.ReplaceAllString(text, "$1$2")
		text = thinSpace.ReplaceAllString(text, "$1$2")
		text = prose.ReplaceAllStringFunc(text, func(tag string) string {
			m := prose.FindStringSubmatch(tag)
			if m[1] == "end" {
				return "\n\n"
			}
			return "\n\n" + heads[m[2]]
		})
		text = item.ReplaceAllString(text, "\n\n")
	}

	l := lesson{tex: tex}
	problem, solution := "", text
	if at := solutionHead.FindStringIndex(text); at != nil {
		problem, solution = text[:at[0]], text[at[1]:]
	}
	problem = problemHead.ReplaceAllString(problem, "")
	solution = problemHead.ReplaceAllString(solution, "")

	if box := lastBox(solution); box != "" {
		l.answer = `$\boxed{` + box + `}$`
	} else if m := finalLine.FindAllStringSubmatch(solution, -1); m != nil {
		l.answer = m[len(m)-1][1]
		solution = finalLine.ReplaceAllString(solution, "")
	}
	if l.steps = paced(sound(sentences(solution, tex), tex)); len(l.steps) == 0 {
		l.steps, problem = paced(sound(sentences(problem, tex), tex)), ""
	}
	if ss := sound(sentences(problem, tex), tex); len(ss) > 0 {
		last := len(ss) - 1
		for last > 0 && !asks.MatchString(ss[last]) {
			last--
		}
		if !asks.MatchString(ss[last]) {
			last = len(ss) - 1
		}
		// What follows the question ("Express your answer as …") belongs to it.
		l.given, l.question = strings.Join(ss[:last], " "), strings.Join(ss[last:], " ")
		if last > 0 && strings.HasPrefix(ss[last], "Express") && asks.MatchString(ss[last-1]) {
			l.given, l.question = strings.Join(ss[:last-1], " "), strings.Join(ss[last-1:], " ")
		}
	}
	return l
}

// isTeX tells TeX from prose in which $ is money: a text with a command, or
// with a pair of $ of which not all stand before a figure.
func isTeX(text string) bool {
	dollars := 0
	closes := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if i+1 < len(text) && (isLetter(text[i+1]) || text[i+1] == '[' || text[i+1] == '(') {
				return true
			}
			i++
		case '$':
			dollars++
			if i+1 == len(text) || !strings.ContainsRune(" .0123456789", rune(text[i+1])) {
				closes = true
			}
		}
	}
	return closes && dollars%2 == 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

var abbreviation = regexp.MustCompile(`(^|[\s(~])([A-Z]|i\.e|e\.g|cf|etc|vs|resp|Dr|Mr|Mrs|Ms|St|No|Nos|Fig|Eq|Eqs|Sec|Thm|Prop|Def|Ch|pp?|viz|ca|approx|[ap]\.m)\.$`)

// sentences cuts a text between its sentences, after displays that end one, at
// blank lines and, in plain text, at every line. It never cuts in a span.
func sentences(text string, tex bool) (ss []string) {
	spans, stray, from := newSpans(text), strayDollar(text), 0
	cut := func(to int) {
		if s := strings.Join(strings.Fields(text[from:to]), " "); s != "" {
			ss = append(ss, s)
		}
		from = to
	}
	for i := 0; i < len(text); {
		c := text[i]
		if tex && (c == '$' || c == '\\') {
			end := spans.end(i)
			if end == i || i == stray {
				i++
				if c == '\\' && i < len(text) {
					i++ // \$ opens nothing.
				}
				continue
			}
			display := c == '\\' && text[i+1] != '(' || strings.HasPrefix(text[i:], "$$")
			inner := strings.TrimRight(strings.TrimSuffix(text[i:end], `\]`), "$ \n\\)")
			if strings.HasPrefix(text[i:], `\begin`) {
				inner = strings.TrimSpace(text[i:strings.LastIndex(text[:end], `\end{`)])
			}
			ended := strings.HasSuffix(inner, ".") || strings.HasSuffix(inner, "?")
			i = end
			next, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[i:], " \t\n"))
			if (ended && begins(text[i:])) || display && unicode.IsUpper(next) {
				cut(i)
			}
			continue
		}
		switch {
		case c == '\n' && (!tex || strings.HasPrefix(strings.TrimLeft(text[i+1:], " \t"), "\n")):
			cut(i)
		case c == '.' || c == '?' || c == '!':
			end := i + 1
			for end < len(text) && strings.ContainsRune(`)'"}`, rune(text[end])) {
				end++
			}
			if begins(text[end:]) && !(c == '.' && abbreviation.MatchString(text[max(from, i-8):i+1])) {
				i = end - 1
				cut(end)
			}
		}
		i++
	}
	cut(len(text))
	return ss
}

// begins tells whether a new sentence may begin here: after white space, with a
// capital letter, a figure, a quotation or mathematics.
func begins(rest string) bool {
	next := strings.TrimLeft(rest, " \t\n")
	if next == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(next)
	return len(next) < len(rest) && (unicode.IsUpper(r) || unicode.IsDigit(r) || strings.ContainsRune("$\\(\"'“`", r))
}

// sound leaves out what cannot be spoken: sentences without a word or a figure,
// and those that are broken, such as the ends of a piece that was cut within a
// formula. A text that is broken everywhere stays as it is.
func sound(ss []string, tex bool) []string {
	var good, spoken []string
	for _, s := range ss {
		if strings.IndexFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) < 0 {
			continue
		}
		s = unboxed(s, tex)
		spoken = append(spoken, s)
		if !tex || balanced(s) {
			good = append(good, s)
		}
	}
	if len(good) == 0 {
		return spoken
	}
	return good
}

var tag = regexp.MustCompile(`\\(begin|end|left|right)\b`)

// balanced tells whether every span, brace and environment that is opened is
// closed.
func balanced(s string) bool {
	spans, depth := newSpans(s), 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '$', '\\':
			switch end := spans.end(i); {
			case end > i:
				depth += braces(s[i:end])
				i = end - 1
			case s[i] == '$' || i+1 < len(s) && strings.ContainsRune("[]()", rune(s[i+1])):
				return false
			default:
				i++
			}
		case '{':
			depth++
		case '}':
			depth--
		}
		if depth < 0 {
			return false
		}
	}
	open := map[string]int{}
	for _, m := range tag.FindAllStringSubmatch(strings.ReplaceAll(s, `\\`, " "), -1) {
		open[m[1]]++
	}
	return depth == 0 && open["begin"] == open["end"] && open["left"] == open["right"]
}

// braces counts the opened braces that s leaves open.
func braces(s string) (depth int) {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return depth
}

// group is what stands in the braces that s opens with, or "".
func group(s string) string {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return s[1:i]
			}
		}
	}
	return ""
}

// lastBox is the content of the last \boxed{} in s, on one line.
func lastBox(s string) string {
	at := max(strings.LastIndex(s, `\boxed{`), strings.LastIndex(s, `\fbox{`))
	if at < 0 {
		return ""
	}
	return strings.Join(strings.Fields(group(s[at+strings.IndexByte(s[at:], '{'):])), " ")
}

// unboxed takes the boxes off what stands in them: the answer is boxed once, at
// the end of the dialogue.
func unboxed(s string, tex bool) string {
	if !tex {
		return s
	}
	var b strings.Builder
	written := 0
	spans, within := newSpans(s), 0 // Within a span up to there.
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], `\boxed{`):
			inner := group(s[i+len(`\boxed`):])
			if inner == "" {
				return b.String() + s[written:] // It is not closed.
			}
			end := i + len(`\boxed{}`) + len(inner)
			inner = strings.ReplaceAll(inner, `\boxed{`, "{")
			before := strings.TrimRight(s[:i], " ")
			switch {
			case i >= within:
				inner = "$" + inner + "$"
			case before == "" || !strings.HasSuffix(before, "=") && !strings.HasSuffix(before, "$") && before == s[:i]:
				inner = "{" + inner + "}" // It may be the argument of what stands before it.
			}
			b.WriteString(s[written:i] + inner)
			i, written = end, end
		case i >= within && (s[i] == '$' || s[i] == '\\') && spans.end(i) > i:
			within = spans.end(i)
			i++
		case s[i] == '\\':
			i += 2
		default:
			i++
		}
	}
	return b.String() + s[written:]
}

// paced joins sentences into steps for one turn each: what goes on in lower
// case and what is very short belongs to its neighbour, and a long text gets
// longer turns rather than ever more of them.
func paced(ss []string) (steps []string) {
	total := 0
	for _, s := range ss {
		total += len(s)
	}
	most := min(3+total/130, 24)
	short := max(40, total/most/3)     // Of a very long text this leaves few steps to choose from below.
	type step struct{ from, size int } // Of ss; it ends where the next one begins.
	var cuts []step
	for i, s := range ss {
		r, _ := utf8.DecodeRuneInString(s)
		if n := len(cuts); n > 0 && (unicode.IsLower(r) || cuts[n-1].size < short || i == len(ss)-1 && len(s) < 25) {
			cuts[n-1].size += len(s)
			continue
		}
		cuts = append(cuts, step{i, len(s)})
	}
	for len(cuts) > most {
		at := 0
		for i := range len(cuts) - 1 {
			if cuts[i].size+cuts[i+1].size < cuts[at].size+cuts[at+1].size {
				at = i
			}
		}
		cuts[at].size += cuts[at+1].size
		cuts = slices.Delete(cuts, at+1, at+2)
	}
	for i, c := range cuts {
		to := len(ss)
		if i+1 < len(cuts) {
			to = cuts[i+1].from
		}
		steps = append(steps, strings.Join(ss[c.from:to], " "))
	}
	return steps
}
