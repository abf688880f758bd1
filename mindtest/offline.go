package mindtest

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/org/mind"
)

// Offline is a mind.Generator without a language model. From a worked problem,
// "Problem:\n…\n\nSolution:\n…", it makes a dialogue by rule, in which two
// people go through the solution's own steps and end with its answer; from any
// other text, one in which they read it to each other. It is there to see a
// whole run without a key, and for tests: what it writes is correct as far as
// its text is, but nobody should train on much of it.
//
// Whatever is said about the mathematics is said in the words of the text: no
// figure and no claim is added, and no formula is cut. A turn is a line,
// "Teacher: …". The same text, style and sample always give the same dialogue;
// another style gives other people, and another sample other words. Styles that
// it does not know talk as teacher and student.
//
// The zero value is ready, and safe for concurrent use.
type Offline struct{}

// OfflineModel is how Offline names itself in Response.Model.
const OfflineModel = "offline-rules (no language model)"

// Generate makes the dialogue about r.Chunk.Text, or about r.Prompt if that is
// empty. A text without a word is refused (mind.ErrSkip); the only other error
// is that ctx is done.
func (Offline) Generate(ctx context.Context, r mind.Request) (mind.Response, error) {
	if err := context.Cause(ctx); err != nil {
		return mind.Response{}, err
	}
	text := cmp.Or(r.Chunk.Text, r.Prompt)
	l := readLesson(text)
	if len(l.steps) == 0 {
		return mind.Response{}, fmt.Errorf("%w: there is no sentence to talk about", mind.ErrSkip)
	}
	t := newTalk(r.Style, r.Sample, text)
	t.hold(l)
	return mind.Response{Text: t.String(), Model: OfflineModel, FinishReason: "stop"}, nil
}

// A talk is a dialogue that grows.
type talk struct {
	manner
	cues   []cue
	chance *rand.Rand
	used   map[string]bool // Phrases, for nobody says the same thing twice.
	turns  []turn
	said   map[string]int // Bytes, by speaker.
}

type turn struct{ speaker, text string }

func newTalk(style string, sample int, text string) *talk {
	h := fnv.New64a()
	h.Write([]byte(text))
	seed := h.Sum64()
	h.Write(binary.BigEndian.AppendUint64([]byte(style), uint64(sample)))
	m, ok := manners[style]
	if !ok {
		m = manners["teacher_student"]
	}
	return &talk{manner: m, cues: slices.Concat(cues, workings), chance: rand.New(rand.NewPCG(seed, h.Sum64())), used: map[string]bool{}, said: map[string]int{}}
}

// hold is the whole conversation: the problem, the steps, the answer.
func (t *talk) hold(l lesson) {
	if l.question == "" {
		t.cues, t.ask, t.take, t.hand = cues, readOn, readAloud, readHand
	}
	carrier := t.open(l)
	t.say(carrier, l.steps[0])
	for i, step := range l.steps[1:] {
		carrier = t.pass(carrier, l.steps[i], step, l.tex)
		t.say(carrier, step)
	}
	t.close(l, carrier)
}

// open puts the problem and returns who takes the first step.
func (t *talk) open(l lesson) (carrier string) {
	poser, listener := t.lead, t.other
	if t.otherPoses {
		poser, listener = t.other, t.lead
	}
	switch {
	case l.question == "":
		t.say(poser, t.pick(t.passage))
	case l.given != "" && len(l.given)+len(l.question) > 60:
		t.say(poser, t.pick(t.pose), l.given)
		t.say(listener, t.pick(t.goal))
		t.say(poser, l.question)
	default:
		t.say(poser, t.pick(t.pose), l.given, l.question)
	}
	switch {
	case l.question == "":
		t.say(listener, t.pick(t.listen))
	case t.otherPoses:
		t.say(listener, t.pick(t.embark))
	default:
		t.say(listener, t.pick(t.begin))
	}
	// Where nearly everything is in one step, it is for the one who has not put
	// the problem, or one would talk and the other nod.
	if len(l.steps) == 1 && poser == t.lead && t.tooLong(t.lead, l.steps[0]) {
		t.say(t.lead, t.pick(t.hand))
		t.say(t.other, t.pick(t.take))
		return t.other
	}
	return t.lead
}

// tooLong tells whether speaker would have the word for too long with text.
func (t *talk) tooLong(speaker, text string) bool {
	const fair, more = 0.74, 80 // More is about what the other will say to it.
	return float64(t.said[speaker]+len(text)) > fair*float64(t.said[t.lead]+t.said[t.other]+len(text)+more)
}

// pass leads from one step to the next one, and returns who takes it: mostly
// lead again, on a question by other; now and then the one who has listened, and
// always when the carrier has had the word for too long.
func (t *talk) pass(carrier, last, next string, tex bool) string {
	listener := t.lead
	if carrier == t.lead {
		listener = t.other
	}
	swap := t.chance.Float64() < t.swap
	if carrier == t.other && t.swap < 0.4 {
		swap = true // Who asks does not go on explaining.
	}
	if t.tooLong(carrier, next) {
		swap = true
	} else if t.tooLong(listener, next) {
		swap = false
	}
	switch {
	case !swap && listener == t.other:
		t.react(listener, last, tex)
		t.say(listener, t.question(next))
		if !connects(next) && t.chance.IntN(3) == 0 {
			t.say(carrier, t.pick(t.reply))
		}
		return carrier
	case !swap: // Other goes on, encouraged by lead.
		t.say(listener, t.pick(t.confirm), t.question(next))
		return carrier
	case listener == t.other:
		if t.chance.IntN(2) == 0 {
			t.say(carrier, t.pick(t.hand))
			t.say(listener, t.pick(t.take))
		} else {
			t.react(listener, last, tex)
			t.say(listener, t.pick(t.take))
		}
	default:
		t.say(listener, t.pick(t.confirm))
	}
	return listener
}

// react says that the last step was heard, sometimes with a formula of it.
func (t *talk) react(speaker, last string, tex bool) {
	if span := echo(last, tex); span != "" && !t.used[span] && t.chance.IntN(3) == 0 {
		t.used[span] = true
		t.say(speaker, strings.Replace(t.pick(echoes), "SPAN", span, 1))
	} else if t.chance.IntN(5) > 0 {
		t.say(speaker, t.pick(t.agree))
	}
}

// close ends with the answer, or with a last word where there is none.
func (t *talk) close(l lesson, carrier string) {
	listener := t.lead
	if carrier == t.lead {
		listener = t.other
	}
	state := func(ss []string) string { return strings.Replace(t.pick(ss), "ANSWER", l.answer, 1) }
	switch {
	case l.answer == "":
		if carrier == t.lead {
			done := wrapUp
			if l.question == "" {
				done = readClose
			}
			t.say(listener, t.pick(done))
		}
		t.say(t.lead, t.pick(t.part))
	case carrier == t.lead && len(t.quiz) > 0 && len(t.turns) > 2 && t.chance.IntN(2) == 0:
		t.say(carrier, t.pick(t.quiz))
		t.say(listener, state(t.solve))
	case carrier == t.lead:
		t.say(listener, t.pick(t.wrap))
		t.say(carrier, state(t.answer))
	case len(t.quiz) > 0:
		t.say(listener, t.pick(t.confirm), t.pick(t.quiz))
		t.say(carrier, state(t.solve))
	default:
		t.say(listener, t.pick(t.confirm), state(t.answer))
	}
}

// say adds to the dialogue, in a turn of its own unless speaker has the word.
func (t *talk) say(speaker string, texts ...string) {
	for _, text := range texts {
		if text == "" {
			continue
		}
		if !ended(text) {
			text += "."
		}
		t.said[speaker] += len(text)
		if n := len(t.turns); n > 0 && t.turns[n-1].speaker == speaker {
			t.turns[n-1].text += " " + text
			continue
		}
		t.turns = append(t.turns, turn{speaker, text})
	}
}

// pick is a phrase that was not said yet, while there is one.
func (t *talk) pick(phrases []string) string {
	if len(phrases) == 0 {
		return ""
	}
	from := t.chance.IntN(len(phrases))
	for i := range phrases {
		if p := phrases[(from+i)%len(phrases)]; !t.used[p] {
			t.used[p] = true
			return p
		}
	}
	return phrases[from]
}

// question asks for the next step: for what its words hint at, if they do.
func (t *talk) question(next string) string {
	next = command.ReplaceAllString(next, " ")
	for _, c := range t.cues {
		m := c.in.FindStringSubmatch(next)
		if m == nil || t.chance.IntN(5) == 0 {
			continue
		}
		from := t.chance.IntN(len(c.questions))
		for i := range c.questions {
			q := c.questions[(from+i)%len(c.questions)]
			if len(m) > 1 {
				word := strings.ToLower(m[1])
				if strings.HasSuffix(word, "s") && word != "radius" && word != "series" {
					q = strings.Replace(q, "does the", "do the", 1)
				}
				q = strings.Replace(q, "WORD", word, 1)
			}
			if !t.used[q] {
				t.used[q] = true
				return q
			}
		}
	}
	return t.pick(t.ask)
}

// ended tells whether a text needs no full stop at its end. A formula that ends
// in one needs none, and a display stands on a line of its own in print.
func ended(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	inner, formula := strings.CutSuffix(text, "$")
	return strings.ContainsRune(".?!:;,])}\"'”’", r) ||
		formula && inner != "" && strings.ContainsRune(".?!$", rune(inner[len(inner)-1]))
}

// command is what only looks like a word that cues know.
var command = regexp.MustCompile(`\\(?:left|right|sum|prod|angle|triangle|sin|cos|tan|log)\b`)

var connective = regexp.MustCompile(`^(So|Then|Therefore|Thus|Hence|Now|But|And|Next|Finally|Also|It follows|This|That|These|Those|Altogether|As a check)\b`)

// connects tells whether a step leans on the one before, so that nothing may
// come between them.
func connects(step string) bool { return connective.MatchString(step) }

var (
	formula    = regexp.MustCompile(`\$[^$\\]{1,12}(?:=|\\(?:le|ge|equiv)\b)[^$]{1,22}\$`)
	arithmetic = regexp.MustCompile(`\$?\d[\d,.]*%?(?: ?[-+*/x×÷] ?\$?\d[\d,.]*%?)+ ?= ?\$?\d[\d,]*(?:\.\d+)?%?`)
)

// echo is a short formula of a step, to come back to; it may be "".
func echo(step string, tex bool) string {
	in := arithmetic
	if tex {
		in = formula
	}
	ms := in.FindAllString(step, -1)
	if ms == nil {
		return ""
	}
	last := ms[len(ms)-1]
	if len(last) > 40 || tex && !balanced(last) {
		return ""
	}
	return last
}

// String is the dialogue, a line a turn.
func (t *talk) String() string {
	var b strings.Builder
	for i, u := range t.turns {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(u.speaker + ": " + u.text)
	}
	return b.String()
}
