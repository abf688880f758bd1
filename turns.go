package mind

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// A Turn is what a speaker says without a break.
type Turn struct {
	Speaker string // The name as it is written, without markup, number, time or stage direction. Empty: nobody is named.
	Text    string // The speech, without the name and outer white space; may be empty, and may have several lines.
}

// Turns takes a dialogue apart, in the forms that models write it:
//
//	Alex: …   **Alex:** …   - **Alex**: …   > Alex: …   [10:32] Alex: …
//	老师：…   Dr. Smith (smiling): …   math_lover42: …   Alex — …   ### Alex
//
// with two names at least that come back alone on lines of their own, and with
// headers such as **Turn 3** above, or on the line of, one or several speakers.
// Speakers may follow one another on one line. Headers, rules and stage
// directions on lines of their own belong to no turn, and neither do titles before
// the first speaker; what else stands there is a turn without a speaker, as where
// an interview starts with the answer.
//
// A word before a colon is a name by its looks (Student A, not "so we have"),
// by the company that it keeps (what is bold where names are bold) and, where
// these leave a doubt, by coming back. Words that head a part of a text (Step 1,
// Note, Solution) are none, and nothing in a code fence is.
//
// A text in which nobody speaks is one turn without a speaker; one of white
// space has no turns. Turns is linear in text and accepts anything.
func Turns(text string) []Turn {
	p := parseTurns(text)
	defer p.release()
	return p.turns()
}

// A label is a name with what marks it as one.
type label struct {
	name   string
	at     int // Where the label begins, with its markup and number,
	speech int // and where what is said does.
	form   form
	who    *speaker
}

// A speaker is whom labels of the same name mean, whatever its case.
type speaker struct {
	key   string     // The name in lower case.
	part  bool       // It heads a part of a text.
	times [forms]int // How often it stands in each form.
}

// all is how often the name stands in any form.
func (s *speaker) all() (n int) {
	for _, k := range s.times {
		n += k
	}
	return n
}

// A form is how a label is written. Those after bold are not believed without
// further evidence.
type form int

const (
	plain     form = iota // Alex:
	header                // **Turn 3 (Alex):**
	bold                  // **Alex:**
	letter                // A:
	lower                 // math_lover42:
	decorated             // - Alex:
	dash                  // Alex —
	angle                 // <Alex>
	alone                 // ### Alex
	unsigned              // Alex (on a line of its own, with a blank one before)
	slip                  // Alex;
	boldSlip              // **Alex.**
	boldLine              // **Alex: all of it**
	inline                // … Alex: (in the middle of a line)
	forms
)

// parsedTurns is a text with its labels and the lines that belong to nobody.
type parsedTurns struct {
	text    string
	done    bool
	labels  []label
	dropped []span
}

// lastTurns lends what was parsed before. Filters that look at the same answer
// one after the other mostly find it there parsed, which is why they may all ask
// for it; that the text is the same is a comparison of two pointers then.
var lastTurns = sync.Pool{New: func() any { return new(parsedTurns) }}

// release gives p back; it must not be used any more.
func (p *parsedTurns) release() { lastTurns.Put(p) }

// parseTurns finds the labels of text; whoever calls it has to release what it
// returns, and must not change it.
func parseTurns(text string) *parsedTurns {
	p := lastTurns.Get().(*parsedTurns)
	if p.text == text && p.done {
		return p
	}
	p.text, p.done, p.labels, p.dropped = text, true, p.labels[:0], p.dropped[:0]
	fences := countFences(text)
	fences -= fences % 2 // A fence that is never closed is none.
	var asides []span
	at, fenced := 0, false
	for line := range strings.Lines(text) {
		from := at
		at += len(line)
		if fences > 0 && isFence(line) {
			fences--
			fenced = !fenced
			continue
		}
		if fenced {
			continue
		}
		for line != "" && isSpace(line[len(line)-1]) {
			line = line[:len(line)-1]
		}
		switch {
		case isRule(line):
			p.dropped = append(p.dropped, span{from, at})
			continue
		case isAside(line):
			asides = append(asides, span{from, at})
			continue
		}
		n := len(p.labels)
		if speech, headed := p.readLabel(line, from); headed && len(p.labels) == n {
			p.dropped = append(p.dropped, span{from, from + speech})
		}
		p.readInline(line, from, n)
	}
	p.believe()
	if len(p.labels) == 0 {
		p.dropped = p.dropped[:0] // Prose, with everything in it.
		return p
	}
	p.dropped = merge(p.dropped, asides)
	p.dropTitles()
	return p
}

func (p *parsedTurns) turns() []Turn {
	turns := make([]Turn, 0, len(p.labels)+1)
	dropped := p.dropped
	for i := -1; i < len(p.labels); i++ {
		from, to, name := 0, len(p.text), ""
		if i >= 0 {
			from, name = p.labels[i].speech, p.labels[i].name
		}
		if i+1 < len(p.labels) {
			to = p.labels[i+1].at
		}
		for len(dropped) > 0 && dropped[0].to <= from {
			dropped = dropped[1:]
		}
		speech := p.speech(from, to, dropped)
		if i >= 0 || speech != "" {
			turns = append(turns, Turn{name, speech})
		}
	}
	return turns
}

// speech is text[from:to] without the lines that belong to nobody, which begin
// with the first of dropped.
func (p *parsedTurns) speech(from, to int, dropped []span) string {
	var b strings.Builder
	rest := from
	for _, d := range dropped {
		if d.from >= to {
			break
		}
		if d.to > rest {
			b.WriteString(p.text[rest:max(d.from, rest)])
			rest = min(d.to, to)
		}
	}
	s := p.text[rest:to]
	if b.Len() > 0 {
		b.WriteString(s)
		s = b.String()
	}
	s = strings.TrimSpace(s)
	if !strings.HasSuffix(s, ">") {
		return s
	}
	for _, br := range [...]string{"<br>", "<br/>", "<br />"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, br))
	}
	return s
}

// dropTitles drops headings and bold lines before the first label.
func (p *parsedTurns) dropTitles() {
	at := 0
	var titles []span
	for line := range strings.Lines(p.text[:p.labels[0].at]) {
		s := strings.TrimSpace(line)
		if isHeading(s) || isBoldLine(s) {
			titles = append(titles, span{at, at + len(line)})
		}
		at += len(line)
	}
	p.dropped = merge(titles, p.dropped)
}

// merge joins two ordered lists of spans.
func merge(a, b []span) []span {
	if len(a) == 0 {
		return b
	}
	all := make([]span, 0, len(a)+len(b))
	for len(a) > 0 || len(b) > 0 {
		if len(b) == 0 || len(a) > 0 && a[0].from <= b[0].from {
			all, a = append(all, a[0]), a[1:]
		} else {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return all
}

// readLabel reads the label that line, which begins at offset from, begins
// with. headed tells of a header, and speech is then where the rest begins.
func (p *parsedTurns) readLabel(line string, from int) (speech int, headed bool) {
	s, decoration := undecorated(line)
	heading := decoration == '#'
	if rest, name, ok := turnHeader(s); ok {
		if name != "" {
			p.labels = append(p.labels, label{name: name, at: from, speech: from + len(line) - len(rest), form: header})
			return 0, true
		}
		headed = true
		s = rest
		if s == "" {
			return len(line), true
		}
	}
	l, ok := readName(s)
	if !ok {
		return len(line) - len(s), headed
	}
	if l.form == alone && l.markup == 0 && !heading && !isCapitals(l.name) {
		if decoration != 0 || headed || len(l.name) == 1 || !p.standsAbove(from, from+len(line)) {
			return len(line) - len(s), headed
		}
		l.form = unsigned
	}
	f := l.form
	if decoration != 0 && decoration != '>' && decoration != '[' && !heading && f != slip {
		f = decorated
	}
	p.labels = append(p.labels, label{name: l.name, at: from, speech: from + len(line) - len(s) + l.end, form: f})
	return len(line) - len(s), headed
}

// standsAbove tells of a line, text[from:to], that has a blank one or nothing before
// it and a line with text below.
func (p *parsedTurns) standsAbove(from, to int) bool {
	if from > 0 && !strings.HasSuffix(p.text[:from], "\n\n") && !strings.HasSuffix(p.text[:from], "\n\r\n") {
		return false
	}
	_, below, _ := strings.Cut(p.text[to:], "\n")
	return below != "" && below[0] != '\n' && below[0] != '\r'
}

// readInline reads the labels within line, behind the first of its own.
func (p *parsedTurns) readInline(line string, from, first int) {
	at := 0
	if len(p.labels) > first {
		at = p.labels[first].speech - from
	}
	narrow, wide := at-1, at-1 // Where the next colons are, if not before at.
	for at < len(line) {
		if narrow < at {
			narrow = indexFrom(line, ":", at)
		}
		if wide < at {
			wide = indexFrom(line, "：", at)
		}
		colon := min(narrow, wide)
		if colon == len(line) {
			return
		}
		begin := colon
		// A name is short, so that looking back for its beginning is bounded.
		for begin > at && colon-begin < 48 {
			r, size := utf8.DecodeLastRuneInString(line[:begin])
			if strings.ContainsRune(".!?。！？”\"$>", r) && !isAbbreviated(line[at:begin]) {
				break
			}
			begin -= size
		}
		start := begin
		for start < colon && line[start] == ' ' {
			start++
		}
		at = colon + 1
		spaced := start > begin || begin > 0 && line[begin-1] >= utf8.RuneSelf
		if start == 0 || !spaced || begin == 0 || start >= colon {
			continue
		}
		// What is behind the colon is of no interest but for closing markup.
		l, ok := readName(line[start:min(len(line), colon+16)])
		if !ok || l.end <= colon-start {
			continue
		}
		switch l.form {
		case bold, plain, letter:
		default:
			continue
		}
		if l.form != bold {
			l.form = inline
		}
		p.labels = append(p.labels, label{name: l.name, at: from + start, speech: from + start + l.end, form: l.form})
		at = start + l.end
	}
}

// believe leaves the labels that are names.
func (p *parsedTurns) believe() {
	// How many labels of a form there are, and how often its most frequent name
	// comes.
	speakers := make(map[string]*speaker, 4)
	var total, most [forms]int
	for i := range p.labels {
		l := &p.labels[i]
		for k := max(0, i-4); k < i && l.who == nil; k++ { // They take turns.
			if p.labels[k].name == l.name {
				l.who = p.labels[k].who
			}
		}
		if l.who == nil {
			key := strings.ToLower(l.name)
			if l.who = speakers[key]; l.who == nil {
				l.who = &speaker{key: key, part: headsAPart(key)}
				speakers[key] = l.who
			}
		}
		l.who.times[l.form]++
		total[l.form]++
		most[l.form] = max(most[l.form], l.who.times[l.form])
	}
	// Names without any sign are believed where two at least come back, and nobody
	// else who has one does.
	backs, signed := 0, false
	for _, s := range speakers {
		if s.times[unsigned] > 1 && !s.part {
			backs++
		}
		signed = signed || s.times[plain]+s.times[header]+s.times[bold] > 1 && !s.part
	}
	bareNames := backs > 1 && !signed
	question, answer := speakers["question"], speakers["answer"]
	paired := question != nil && answer != nil && question.all() > 1 && answer.all() > 1
	kept := p.labels[:0]
	for _, l := range p.labels {
		c := &l.who.times
		certain := c[plain]+c[header]+c[bold] > 0
		ok := false
		switch l.form {
		case header, bold:
			ok = true
		case plain:
			// Where names are bold, or have no sign, a word before a colon heads
			// a part of a speech, unless it comes back.
			ok = total[bold] < 2 && !bareNames || l.who.all() > 1
		case unsigned:
			ok = bareNames && l.who.times[unsigned] > 1
		case slip, boldLine:
			ok = certain
		case boldSlip:
			ok = total[bold] > 0
		case inline:
			ok = certain || l.who.all() > 1
		default:
			// Nothing but a pattern that comes back tells these from text.
			ok = certain && l.form != decorated || total[l.form] >= 3 && most[l.form] >= 2
		}
		if ok && (!l.who.part || paired && (l.who == question || l.who == answer)) {
			kept = append(kept, l)
		}
	}
	p.labels = kept
}
