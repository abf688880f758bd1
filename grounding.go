package mind

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// GroundingLimits are shares from 0 to 1. A field that is zero has its default,
// a negative one is off.
type GroundingLimits struct {
	Found    float64 // At least this share of the source's numbers is in the answer. Default: 0.25.
	Invented float64 // No larger share of the answer's numbers is foreign to the source. Default: 0.6.
}

// Grounding rejects an answer that does not rest on its source: one that has not
// got the source's final answer, as FinalAnswer finds it; one in which too few
// of the source's numbers are; and one with too many numbers that the source has
// not.
//
// Numbers count once each, however they are written, and without their sign:
// 0.75, 3/4, \frac{3}{4} and 75% are the same. Those up to 10, in figures or in
// words, are for counting and are not asked about; the source must have five
// others, and the answer eight that are foreign, before a share is judged, as a
// table or an example of one's own has some. An answer's number that is reckoned
// from two that are not foreign, as 60 is in "80 * 0.75 = 60" and in "80 times
// 0.75 is 60", is not foreign either, and neither are those of a list that goes on
// by equal steps: 2, 5, 8, 11, 14.
// Linear in answer and source, but for sorting their numbers.
func Grounding(l GroundingLimits) Filter {
	l.Found, l.Invented = or(l.Found, 0.25), or(l.Invented, 0.6)
	return Filter{"grounding", func(d *Dialogue) error {
		p := numberPool.Get().(*[2][]number)
		defer numberPool.Put(p)
		p[1] = appendSaid(p[1][:0], d.Text)
		if err := checkFinal(d, p[1]); err != nil {
			return err
		}
		p[0] = appendNumbers(p[0][:0], d.Source)
		return l.check(d, p[0], p[1])
	}}
}

// appendSaid appends the numbers of what is said in a dialogue: those of its
// times and headers ([10:32], Turn 12) are neither foreign nor an answer.
func appendSaid(ns []number, dialogue string) []number {
	p := parseTurns(dialogue)
	defer p.release()
	labels, dropped := p.labels, p.dropped
	return slices.DeleteFunc(appendNumbers(ns, dialogue), func(n number) bool {
		for len(labels) > 0 && labels[0].speech <= n.at {
			labels = labels[1:]
		}
		for len(dropped) > 0 && dropped[0].to <= n.at {
			dropped = dropped[1:]
		}
		return len(labels) > 0 && labels[0].at <= n.at || len(dropped) > 0 && dropped[0].from <= n.at
	})
}

var numberPool = sync.Pool{New: func() any { return new([2][]number) }}

func (l GroundingLimits) check(d *Dialogue, source, answer []number) error {
	source = distinct(source)
	markReckoned(answer, source, d.Text)
	answer = distinct(answer)
	const few, fewForeign = 5, 8
	of, found, all, foreign := 0, 0, 0, 0
	for i, j := 0, 0; i < len(source) || j < len(answer); {
		switch {
		case j == len(answer) || i < len(source) && source[i].value < answer[j].value && !same(source[i].value, answer[j].value):
			if source[i].value > small {
				of++
			}
			i++
		case i == len(source) || !same(source[i].value, answer[j].value):
			if answer[j].value > small {
				all++
				if answer[j].at >= 0 {
					foreign++
				}
			}
			j++
		default:
			if source[i].value > small {
				of++
				found++
				all++
			}
			i++
			j++
		}
	}
	if of >= few && float64(found) < l.Found*float64(of) {
		return fmt.Errorf("%d of %d numbers of the source found, less than %.2f", found, of, l.Found)
	}
	if l.Invented > 0 && foreign >= fewForeign && float64(foreign) > l.Invented*float64(all) {
		return fmt.Errorf("%d of %d numbers are not in the source, more than %.2f", foreign, all, l.Invented)
	}
	return nil
}

// small numbers are for counting.
const small = 10

// markReckoned marks, with a place before the text, the numbers that a
// calculation gives: those behind a "=" or its like with two others close before
// that are not foreign themselves, and those that go on a list by its step.
func markReckoned(ns, source []number, text string) {
	const close = 24
	known := [2]bool{} // The last two.
	for i := range ns {
		value := math.Abs(ns[i].value)
		at, ok := slices.BinarySearchFunc(source, value, func(n number, v float64) int { return cmp.Compare(n.value, v) })
		ok = ok || value <= small || at < len(source) && same(source[at].value, value) || at > 0 && same(source[at-1].value, value)
		if !ok && i >= 2 && known[0] && known[1] {
			from, to := abs(ns[i-1].at), ns[i].at
			if from < to && to-from < close && from-abs(ns[i-2].at) < close && (equates(text[from:to]) ||
				same(ns[i].value-ns[i-1].value, ns[i-1].value-ns[i-2].value) && lists(text[abs(ns[i-2].at):to])) {
				ns[i].at, ok = -to, true
			}
		}
		known = [2]bool{known[1], ok}
	}
}

// lists tells of two numbers with nothing between them and behind but commas.
func lists(s string) bool {
	return strings.Trim(s, "0123456789., ，、") == "" && strings.ContainsAny(s, ",，、")
}

func equates(s string) bool {
	for _, sign := range [...]string{"=", " is ", " are ", " makes ", " gives ", "'s ", "是", "等于"} {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// FinalAnswer rejects an answer that has lost the source's final answer, where
// the source has one: the content of its last \boxed{}, or what stands behind
// its last "#### ".
//
// A number is found in whatever way it is written, another answer in the same
// letters: spaces, braces that change nothing, \left and \right, \dfrac for
// \frac, text and units behind a number, signs in Unicode and the like do not
// count. Where the dialogue says itself what the answer is ("the answer is 5",
// \boxed{5}, "答案是5"), it must be there or later: that the right number was
// mentioned on the way is not enough.
var FinalAnswer = Filter{"grounding", func(d *Dialogue) error { return checkFinal(d, nil) }}

// checkFinal looks for the final answer; ns are the numbers of the text, nil:
// they have yet to be read.
func checkFinal(d *Dialogue, ns []number) error {
	answer := finalAnswer(d.Source)
	if answer == "" {
		return nil
	}
	claim := lastClaim(d.Text)
	value, isNumber := numericAnswer(answer)
	values := []float64{value}
	if !isNumber {
		values = numericAnswers(answer)
	}
	if len(values) > 0 {
		if ns == nil {
			p := numberPool.Get().(*[2][]number)
			defer numberPool.Put(p)
			p[1] = appendSaid(p[1][:0], d.Text)
			ns = p[1]
		}
		if containsAll(ns, claim, values) {
			return nil
		}
	}
	// "100,120" may be a list, too.
	if !isNumber || strings.Contains(answer, ",") {
		if hasExpression(d.Text[claim:], answer) {
			return nil
		}
	}
	if claim > 0 {
		return fmt.Errorf("answer %s not found where it is given, as %q", shortened(answer), shortened(d.Text[claim:]))
	}
	return fmt.Errorf("answer %s not found", shortened(answer))
}

// containsAll tells whether each of values is a number at offset from or behind.
func containsAll(ns []number, from int, values []float64) bool {
	for _, value := range values {
		if !slices.ContainsFunc(ns, func(n number) bool { return n.at >= from && same(n.value, value) }) {
			return false
		}
	}
	return true
}

// shortened is the beginning of s on one line.
func shortened(s string) string {
	s = strings.Join(strings.Fields(s[:min(len(s), 200)]), " ")
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return strings.ToValidUTF8(s, "")
}

// finalAnswer is the final answer of a worked problem, "" if it has none.
func finalAnswer(source string) string {
	at, end := -1, 0 // Searching forwards is the fastest by far, where there is nothing.
	for _, box := range [...]string{`\boxed`, `\fbox`} {
		if !strings.Contains(source, box) {
			continue
		}
		if n := strings.LastIndex(source, box); n > at {
			at, end = n, n+len(box)
		}
	}
	if at >= 0 {
		rest := strings.TrimLeft(source[end:], " ")
		if strings.HasPrefix(rest, "{") {
			depth := 0
			for i := 0; i < len(rest); i++ {
				switch rest[i] {
				case '\\':
					i++
				case '{':
					depth++
				case '}':
					if depth--; depth == 0 {
						return strings.TrimSpace(rest[1:i])
					}
				}
			}
			return "" // The source was cut within it.
		}
		if rest != "" && isDigit(rest[0]) {
			return rest[:1]
		}
		return ""
	}
	if !strings.Contains(source, "####") {
		return ""
	}
	for rest := source; ; {
		at := strings.LastIndex(rest, "####")
		if at < 0 {
			return ""
		}
		if at == 0 || rest[at-1] == '\n' {
			line, _, _ := strings.Cut(rest[at+len("####"):], "\n")
			return strings.TrimSpace(line)
		}
		rest = rest[:at]
	}
}

// lastClaim is where the dialogue says for the last time what the answer is, 0
// if it never does.
func lastClaim(text string) (last int) {
	for _, words := range [...]string{`\boxed`, " answer", "####", "答案"} {
		for at := last; ; {
			n := strings.Index(text[at:], words)
			if n < 0 {
				break
			}
			begin := at + n
			at = begin + len(words)
			if words == " answer" { // The answer, the final answer.
				before, ok := strings.CutSuffix(text[:begin], "he")
				if !ok {
					before, ok = strings.CutSuffix(before, "inal")
				}
				if !ok {
					continue
				}
				begin = len(before)
			}
			if begin > last && claims(words, text[:begin], text[at:min(len(text), at+48)]) {
				last = begin
			}
		}
	}
	return last
}

// claims tells whether words, between before and rest, say what the answer is. An
// answer must follow at once: "Answer: Because …" is a speaker, "#### Turn 6" a
// heading, and what the answer is more or less than, or would be if something
// else were given, is another one.
func claims(words, before, rest string) bool {
	verbs := []string{" is ", " must be ", ": ", ":** "}
	switch words {
	case `\boxed`:
		return true
	case "####":
		line, _, _ := strings.Cut(rest, "\n")
		return (before == "" || before[len(before)-1] == '\n') && !strings.Contains(line, ". ") && !strings.Contains(line, ":") && beginsAnswer(rest)
	case "答案":
		verbs = []string{"就是", "是", "为", "：", ":"}
	}
	for _, verb := range verbs {
		value, ok := strings.CutPrefix(rest, verb)
		if !ok || !beginsAnswer(value) {
			continue
		}
		_, behind, _ := strings.Cut(strings.TrimLeft(value, " *"), " ")
		for _, than := range [...]string{"more", "less", "fewer", "times"} {
			if strings.HasPrefix(behind, than) {
				return false
			}
		}
		const sentence = 160
		before = before[max(0, len(before)-sentence):]
		before = before[strings.LastIndexAny(before, ".?!\n")+1:]
		return !strings.Contains(before, "If ") && !strings.Contains(before, "if ") && !strings.Contains(before, "如果")
	}
	return false
}

// beginsAnswer tells whether s begins with a number or a formula.
func beginsAnswer(s string) bool {
	s = strings.TrimLeft(s, " *")
	return s != "" && strings.IndexByte("0123456789$\\-.(", s[0]) >= 0
}
