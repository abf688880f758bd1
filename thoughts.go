package mind

import (
	"regexp"
	"strings"
)

// thoughtTag is a tag that opens or closes a block of thoughts, in the names
// that models and their servers give it: <think> and its like, with a prefix in
// Seed-OSS and MiniMax; [THINK] of Mistral's; ◁think▷ of Kimi's; the channels of
// Gemma 4 and gpt-oss, of which the one named final closes all others; and what
// Open WebUI makes of them all.
var thoughtTag = regexp.MustCompile(`^(?:` +
	`</?(?i:(?:seed:|mm:)?(?:think|thinking|thoughts?|reasoning|reflection|scratchpad))>` +
	`|\[/?THINK\]|◁/?think▷` +
	`|<\|(?:begin|end)_of_thought\|>` +
	`|<\|channel>thought\b|<channel\|>` +
	`|(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary|final)[^<|\n]{0,60}<\|message\|>` +
	`|<details type="reasoning"[^<>\n]{0,80}>|</details>` +
	`)`)

func closesThoughts(tag string) bool {
	return strings.Contains(tag, "/") || strings.HasPrefix(tag, "<|end_of_") || tag == "<channel|>" || isFinalChannel(tag)
}

func isFinalChannel(tag string) bool { return strings.Contains(tag, "<|channel|>final") }

// nextThoughtTag is where the next tag is in text from offset at on, -1 where
// there is none. It asks the regexp only where one may begin.
func nextThoughtTag(text string, at int) (begin, end int) {
	const longest, triangle = 140, "◁"
	for ; at+1 < len(text); at++ {
		switch c, next := text[at], text[at+1]; {
		case c == '<' && strings.IndexByte("/|cdmrstMRST", next) >= 0, c == '[' && (next == 'T' || next == '/'), c == triangle[0] && next == triangle[1]:
			if m := thoughtTag.FindStringIndex(text[at:min(len(text), at+longest)]); m != nil {
				return at, at + m[1]
			}
		}
	}
	return -1, len(text)
}

// withoutThoughts returns text without its blocks of thoughts. Blocks may stand
// in blocks, and a closing tag need not have its opener's name. A block begins or
// ends a line; tags in the middle of one, in code and between backquotes are what
// somebody talks about. Of a block that nothing closes, all is thoughts and whole
// is false.
//
// A closing tag that nothing opens ends thoughts that began with the answer,
// because there are servers whose prompt template holds the opening tag; but
// where a dialogue stands before it and nobody speaks behind, it is a slip.
func withoutThoughts(text string) (rest string, whole bool) {
	// gpt-oss where the server has dropped the tokens of its channels.
	if strings.HasPrefix(text, "analysis") {
		if _, answer, ok := strings.Cut(text, "assistantfinal"); ok {
			text = answer
		}
	}
	if !(strings.Contains(text, "<") && strings.Contains(text, ">")) && !strings.Contains(text, "THINK]") && !strings.Contains(text, "◁") {
		return text, true
	}
	var out strings.Builder
	var where talk
	var before, stray string // The last tag that nothing opens, and what stands before it.
	lastFence := strings.LastIndex(text, "```")
	depth, from, read := 0, 0, 0
	for at, end := nextThoughtTag(text, 0); at >= 0; at, end = nextThoughtTag(text, end) {
		tag := text[at:end]
		closes := closesThoughts(tag)
		if depth == 0 {
			where.read(text[read:at])
			read = end
			if tag == "</details>" || where.fenced && at < lastFence || where.mentions(closes, text, at, end) {
				continue
			}
		}
		switch {
		case !closes:
			if depth == 0 {
				writeBehind(&out, text[from:at])
			}
			depth++
		case depth > 0 && isFinalChannel(tag):
			depth = 0
		case depth > 0:
			depth--
		default:
			if s := text[from:at]; strings.TrimSpace(s) != "" {
				before = out.String() + s
			}
			stray = tag
			out.Reset()
		}
		from, read, where = end, end, talk{}
	}
	if depth == 0 {
		writeBehind(&out, text[from:])
	}
	rest = out.String()
	switch {
	case stray == "":
	case talksOn(before, rest):
		rest = before + stray + rest
	case !speaks(rest) && begins(unframed(before)) && isDialogue(before):
		rest = before
	}
	return rest, depth == 0
}

// writeBehind adds what stands behind a block of thoughts. Where the blank lines
// before the block are there already, those behind it are not needed.
func writeBehind(out *strings.Builder, s string) {
	if strings.HasSuffix(out.String(), "\n\n") {
		s = s[len(s)-len(strings.TrimLeft(s, "\r\n")):]
	}
	out.WriteString(s)
}

// talk is where one stands in a text, for telling tags from talk about them.
type talk struct {
	said   bool // Something stands before it on its line.
	opened bool // A tag on its line opens a block, but only in the talk.
	fenced bool // It is in code.
}

func (t *talk) read(s string) {
	for line := range strings.Lines(s) {
		if isFence(line) {
			t.fenced = !t.fenced
		}
		t.said = t.said || strings.TrimSpace(line) != ""
		if strings.HasSuffix(line, "\n") {
			t.said, t.opened = false, false
		}
	}
}

// mentions tells whether the tag text[at:end] is talked about. Thoughts may end
// in the middle of a line, but where one is opened in the talk.
func (t *talk) mentions(closes bool, text string, at, end int) bool {
	if closes {
		quoted := at > 0 && text[at-1] == '`' && end < len(text) && text[end] == '`'
		return t.opened || quoted
	}
	behind := strings.TrimLeft(text[end:], " \t\r")
	if !t.said || behind == "" || behind[0] == '\n' {
		return false
	}
	t.opened = true
	return true
}

// talksOn tells whether a closing tag between before and rest is what somebody
// talks about: it stands in the middle of a sentence in a dialogue.
func talksOn(before, rest string) bool {
	head := strings.TrimRight(before, " \"“'(")
	line, _, _ := strings.Cut(rest, "\n")
	if head == before || head == "" || strings.IndexByte("\n.!?", head[len(head)-1]) >= 0 || strings.TrimSpace(line) == "" {
		return false
	}
	return begins(unframed(head)) && !begins(rest)
}

// unframed is text without what may stand around the dialogue in it.
func unframed(text string) string {
	return withoutRemarks(strings.TrimSpace(withoutTokens(strings.TrimSpace(text))))
}

// begins tells whether text begins with a speaker, but for titles and headers.
func begins(text string) bool {
	p := parseTurns(text)
	defer p.release()
	return len(p.labels) > 0 && p.speech(0, p.labels[0].at, p.dropped) == ""
}

// isDialogue tells whether two at least speak in text.
func isDialogue(text string) bool {
	p := parseTurns(text)
	defer p.release()
	for _, l := range p.labels {
		if l.who != p.labels[0].who {
			return true
		}
	}
	return false
}

// plainThoughts is how an answer begins that begins with thoughts without a tag:
// with the user, or with what the model has to write.
var plainThoughts = regexp.MustCompile(`(?i)^[\s*_>"“]*(?:(?:okay|ok|alright|all right|hmm+|so|well|right|got it|let['’]s see|first|now)[,.!… ]+)*(?:` +
	`the user (?:wants|asks|asked|is asking|has asked|needs|would like|requested|has requested|provided|has provided|gave)\b[^\n]{0,300}\b(?:` + theTalk + `|me to)\b` +
	`|(?:i|we) (?:need to|have to|should|must) (?:(?:create|write|generate|craft|produce|simulate|construct) (?:an?|the)|(?:turn|convert|transform|rewrite)\b[^.\n]{0,120}\b(?:into|as) an?)\b[^.\n]{0,80}\b` + theTalk +
	`|let me (?:think (?:about )?how (?:to|i can|i should)|figure out how to) (?:structure|write|create|craft|turn|format|organi[sz]e|approach)\b[^.\n]{0,80}\b` + theTalk +
	`|(?:(?:好的|好|嗯|首先)[，,。… ]*)*用户(?:想|希望|要求|让|需要|要我|给了|提供)[^\n]{0,80}?(?:我[^们]|对话|访谈|采访|讨论|辩论)` +
	`|(?:(?:好的|好|嗯|首先)[，,。… ]*)*我们?(?:现在|首先|先)?(?:需要|要|得|必须|应该)[^\n。]{0,80}?(?:生成|写|创作|撰写|设计|构造|模拟)[^\n。]{0,80}?(?:对话|访谈|采访|一[段场次篇个][^\n。，]{0,20}(?:讨论|辩论))` +
	`)`)

// unsaid is what stands in text before the first speaker.
func unsaid(text string) string {
	p := parseTurns(text)
	defer p.release()
	if len(p.labels) == 0 {
		return text
	}
	return text[:p.labels[0].at]
}

func beginsWithPlainThoughts(text string) bool {
	const length = 500
	return mayThink(text) && plainThoughts.MatchString(text[:min(len(text), length)])
}

// mayThink tells of a text that plainThoughts has to be asked about.
func mayThink(text string) bool {
	return mayBegin(text, "the user", "i ", "we", "let", "ok", "al", "hm", "so", "right", "got", "first", "now")
}

// withoutPlainThoughts takes off the paragraphs before the first speaker that are
// thoughts without a tag. Where any other stands there, which may be what an
// interview starts with, it leaves them all.
func withoutPlainThoughts(text string) string {
	if !beginsWithPlainThoughts(text) { // To find the first speaker takes longer.
		return text
	}
	head := unsaid(text)
	said := text[len(head):]
	if said == "" {
		return text
	}
	rest := head
	for beginsWithPlainThoughts(rest) {
		rest = behindParagraph(rest)
	}
	if rest == head {
		return text
	}
	for line := range strings.Lines(rest) {
		if s := strings.TrimSpace(line); !isHeading(s) && !isBoldLine(s) && !isAside(s) && !announces(s) {
			return text
		}
	}
	return text[len(head)-len(rest):]
}

// behindParagraph is what follows the first paragraph of text, with the blank
// line that ends it.
func behindParagraph(text string) string {
	at, some := 0, false
	for line := range strings.Lines(text) {
		blank := strings.TrimSpace(line) == ""
		if blank && some {
			break
		}
		some = some || !blank
		at += len(line)
	}
	return text[at:]
}
