package mind

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// specialToken is what frames a message in a chat template and is leaked where a
// server does not stop at it, and what a vocabulary has that is no text: reserved
// tokens and bytes.
const specialToken = `<\|[a-zA-Z][a-zA-Z0-9_]{2,40}\|>|<｜[^<>｜\n]{3,40}｜>|\[/?INST\]|<</?SYS>>|</?s>` +
	`|<(?:bos|eos|eod|pad|unk|start_of_turn|end_of_turn|endoftext|unused\d{1,5}|extra_id_\d{1,3}|0x[0-9A-F]{2})>|</?tool_call>` +
	`|<\|(?:turn|channel|think|tool_call)>|<(?:turn|channel|tool_call)\|>`

var leadingToken = regexp.MustCompile(`^(?:` + specialToken + `)`)

// findToken returns the first special token of text, "" if there is none. It
// asks the regexp only where a token may begin, which is nearly nowhere.
func findToken(text string) string {
	const longest = 200
	inst := strings.Contains(text, "INST]")
	for at := 0; at < len(text); at++ {
		next := -1
		if inst {
			next = strings.IndexAny(text[at:], "<[")
		} else {
			next = strings.IndexByte(text[at:], '<')
		}
		if next < 0 {
			break
		}
		at += next
		if at+1 < len(text) && strings.IndexByte("|\xef<s/bepI0ctu", text[at+1]) >= 0 {
			if token := leadingToken.FindString(text[at:min(len(text), at+longest)]); token != "" {
				return token
			}
		}
	}
	return ""
}

var (
	// The role is a part of the frame.
	leadingTokens  = regexp.MustCompile(`^(?:\s*(?:` + specialToken + `)(?:(?:[Aa]ssistant|model|final)\b[ \t]*(?:\n|$|<))?)+`)
	trailingTokens = regexp.MustCompile(`(?:\s*(?:` + specialToken + `))+\s*$`)
)

// withoutTokens takes special tokens off both ends.
func withoutTokens(text string) string {
	text = withoutBracketTokens(text)
	if findToken(text) == "" {
		return text
	}
	if m := leadingTokens.FindStringIndex(text); m != nil {
		end := m[1]
		if end > 0 && text[end-1] == '<' {
			end--
		}
		text = text[end:]
	}
	const tail = 400
	from := max(0, len(text)-tail)
	if m := trailingTokens.FindStringIndex(text[from:]); m != nil {
		text = text[:from+m[0]]
	}
	return text
}

// withoutBracketTokens takes [EOS] and [PAD] off the end of a text that ends in
// a sentence. Elsewhere they may be the areas of triangles.
func withoutBracketTokens(text string) string {
	rest := strings.TrimSpace(text)
	for {
		cut := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(rest, "[EOS]"), "[PAD]"))
		if cut == rest {
			break
		}
		rest = cut
	}
	for _, end := range [...]string{".", "!", "?", "\"", "”", "。", "！", "？"} {
		if strings.HasSuffix(rest, end) {
			return rest
		}
	}
	return text
}

// instructions are those of the package's styles, by name.
var instructions = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, styles := range [][]Style{PaperStyles(), OlmoStyles(), {SeedStyle()}} {
		for _, s := range styles {
			m[s.Name] = s.Instruction
		}
	}
	return m
})

// withoutEcho takes off the prompt that the answer begins with. A source in
// which somebody speaks is left, for it may be the dialogue that goes on.
func withoutEcho(text string, d *Dialogue) string {
	source := strings.TrimSpace(d.Source)
	const short = 20 // As a dialogue may begin with a line of the text.
	rest, ok := strings.CutPrefix(text, source)
	if !ok {
		rest, source, ok = cutHead(text, source)
	}
	if !ok || len(source) < short || rest != "" && rest[0] != '\n' || speaks(source) {
		rest = text
	}
	if in := instructions()[d.Style]; in != "" {
		if after, ok := strings.CutPrefix(strings.TrimSpace(rest), in); ok {
			rest = after
		}
	}
	return strings.TrimSpace(rest)
}

// cutHead cuts the first paragraphs of source, head, off text, where what follows
// them announces the dialogue.
func cutHead(text, source string) (rest, head string, ok bool) {
	n := 0
	for n < min(len(text), len(source)) && text[n] == source[n] {
		n++
	}
	if n = strings.LastIndex(source[:n], "\n\n"); n < 0 {
		return text, "", false
	}
	line, _, _ := strings.Cut(strings.TrimLeft(text[n:], "\n"), "\n")
	return text[n:], source[:n], isPreamble(line) || isTitle(line)
}

func speaks(text string) bool {
	p := parseTurns(text)
	defer p.release()
	return len(p.labels) > 0
}

// theTalk is what a dialogue is called, and anyTalk what it is called where
// nothing else can be meant: an exchange may be of currencies, a chat what a user
// pays for, and a script in Python.
const (
	theTalk = `(?:conversation|dialogue|dialog|discussion|interview|debate|transcript)`
	anyTalk = `(?:` + theTalk + `|exchange|script|chat)`
)

// toWrite is what a model does to a dialogue.
const toWrite = `(?:write|create|craft|generate|provide|produce|present|simulate|turn|convert|transform|rewrite)`

// gladToHelp is what a model says of its happiness to help. "I'm glad to be here"
// is what an expert says with whose answer an interview starts.
const gladToHelp = `(?:i['’]d be|i would be|i['’]m|i am) (?:happy|glad|delighted) to (?:help|assist|` + toWrite + `|do (?:so|that|this))\b[^.!?\n]*`

var (
	// preambleLine is a line that announces a dialogue.
	preambleLine = regexp.MustCompile(`(?i)^[\s*_#>"“]*(?:` +
		`(?:(?:sure|certainly|of course|absolutely|okay|ok|great|alright|all right|no problem|understood|got it)(?: thing)?[,.!:—– -]*)*` +
		`(?:` + gladToHelp + `[.!]* *)?` +
		`(?:(?:(?:here(?:['’]s| is| are)|below is|(?:the )?following is)\b[^\n]*\b` + anyTalk +
		`|(?:this is (?:an?|the)|(?:i['’]ll|i will|let me|let['’]s) (?:now )?(?:begin|start|dive into|imagine|` + toWrite + `)|(?:i['’]ve|i have) (?:written|created|turned|converted|transformed|rewritten|prepared|crafted|generated|put together))\b[^\n]*\b` + theTalk + `)s?\b[^\n]*[.:!*_]+` +
		`|` + gladToHelp + `[.:!]*` +
		`)|(?:sure|certainly|of course|absolutely|okay|great)[,.!]*` +
		`|` + anyTalk + `[:：]?` +
		`|(?:an? )?` + theTalk + ` between [^\n!?:：]{1,150}[:：]` +
		`|(?:好的|好|当然|当然可以|没问题|可以)[，,。！! ]*(?:(?:以下|下面|这|这里)(?:是|为)[^\n]{0,100}(?:对话|访谈|采访|讨论|辩论|对白)[^\n]{0,100})?` +
		`|(?:以下|下面|这|这里)(?:是|为)[^\n]{0,100}(?:对话|访谈|采访|讨论|辩论|对白)[^\n]{0,100}[:：。]` +
		`|(?:对话|访谈|讨论|辩论)(?:如下)?[:：]?` +
		`)[\s*_"”]*$`)

	// closingParagraph is one that talks about the dialogue or offers to change
	// it.
	closingParagraph = regexp.MustCompile(`(?is)^[\s*_#>("“\[（【]*(?:` +
		`i hope (?:this|that|the|you (?:find|found|enjoy|enjoyed|like|liked))\b.{0,40}\b(?:` + theTalk + `|helpful|useful)\b` +
		`|i hope (?:this|that) (?:helps|meets)\b[^.!?]{0,60}[.!?*_)\]]*(?:\s*$|\s+(?:please|let me know|feel free|if you|would you|do you want)\b)` +
		`|(?:please )?(?:let me know|feel free)\b.{0,60}\b(?:another (?:` + theTalk + `|version)|different style)\b` +
		`|(?:please )?(?:let me know|feel free)\b.{0,60}\b(?:chang|adjust|modif|revis|adapt|expand|shorten|lengthen|tweak).{0,60}\b(?:` + theTalk + `|the (?:tone|style)|version|the length[.!?*_)\]]*\s*$)` +
		`|(?:please )?let me know if (?:you(?:['’]d| would)? (?:like|want|need|have)|there are)\b.{0,40}\b(?:chang|adjust|modif|revis|tweak)(?:es?|ments?|ications?|ions?|s)?[.!*_)\]]*\s*$` +
		`|(?:would you like|do you want) me to (?:write|create|generate|continue|adjust|modify|revise|rewrite|expand|extend|shorten|lengthen|adapt|add|turn)\b.{0,80}\b(?:` + theTalk + `|another one|(?:more|further) turns|version|style)\b` +
		`|(?:please )?note(?: that)?[\s:,*_]*(?:that )?(?:this|the|in this|throughout the) (?:above )?` + theTalk + `\b` +
		`|note:[ *_]*(?:both|all|each of|the) (?:of )?(?:the )?(?:two )?(?:debaters?|speakers?|participants?|students?|professors?|characters?)\b.{0,20}\b(?:uses?|stays?|sticks?|keeps?|rel(?:y|ies)|draws?|refers?)\b.{0,40}\b(?:given|provided|original) (?:context|text|content|passage)\b` +
		`|[*_(\[（]+(?:total )?word count[:*_ ]+[^\n]{0,12}\d[\d,]*(?: words)?[\s.*_)\]]*$` +
		`|(?:this|the above) ` + theTalk + ` (?:(?:guides|walks|leads) (?:the|an?|students|readers|learners)|presents|models|breaks down)\b` +
		`|i(?:['’]ve| have) (?:converted|turned|transformed|rewritten) (?:the|this) .{0,40}\binto an?\b.{0,40}\b` + theTalk + `\b` +
		`|note:[ *_]*i (?:kept|have|tried|wrote|used|made|stayed)\b.{0,80}\b` + theTalk + `\b` +
		`|(?:the )?end[\s.*_)\]]*$` +
		`|(?:this|the above|the|in this|through this|throughout this) ` + theTalk + `,? (?:demonstrates|shows|covers|stays|stay|illustrates|is based|captures|adheres|follows|remains|highlights|explores|provides|aims|sticks|is faithful|is meant|is designed|uses|contains|includes|keeps|was written|the (?:two |both )?(?:speakers|participants|students?|teacher|professors|debaters|interviewer|expert|layman))\b` +
		`|(?:the )?end of (?:the )?` + theTalk + `\b` +
		`|(?:the )?` + theTalk + ` (?:ends\b|concludes\b|is over[\s.!*_)\]]*$)` +
		`|希望[^。！\n]{0,10}(?:(?:对话|访谈|采访|您)[^。！\n]{0,20}(?:帮助|满意|满足)|满足您)` +
		`|希望(?:这|以上内容|以上)?(?:能|能够)?对(?:你|大家)有所?帮助[\s。！.!*_）)\]】]*$` +
		`|(?:以上|上面)(?:就)?是.{0,40}(?:对话|访谈|采访)` +
		`|(?:以上|上面)(?:就)?是[^。\n]{0,20}(?:教授|老师|学生|同学|参与者)[^。\n]{0,40}(?:讨论|辩论)` +
		`|(?:以上|上述|上面的|这段|该)(?:的)?(?:对话|访谈|采访)(?:展示|展现|体现|涵盖|严格|完全|遵循|旨在|通过)` +
		`|[*_（(]+字数[：:].{0,6}\d` +
		`|(?:如果|如)(?:您|你)?(?:需要|想|希望|有).{0,20}(?:(?:修改|调整|补充).{0,10}(?:对话|访谈|告诉我)|其他风格)` +
		`|(?:如果|如)您(?:需要|想|希望|有).{0,30}(?:修改|调整|补充)` +
		`|(?:对话|访谈|讨论|辩论)(?:到此)?(?:结束|完毕?)[\s。！.!*_）)\]】]*$` +
		`|注[：:].{0,20}(?:对话|访谈|采访|以上讨论|本讨论)` +
		`)`)
)

// isPreamble tells of a line that announces a dialogue.
func isPreamble(line string) bool { return len(line) < 500 && preambleLine.MatchString(line) }

// withoutRemarks takes off what stands before the first speaker and behind the
// last one's first paragraph and is about the dialogue.
func withoutRemarks(text string) string {
	p := parseTurns(text)
	defer p.release()
	if len(p.labels) == 0 {
		return text
	}
	first, last := p.labels[0].at, p.labels[len(p.labels)-1].speech
	said := len(text) - len(strings.TrimLeftFunc(text[last:], unicode.IsSpace))
	from := 0
	for line := range strings.Lines(text[:first]) {
		blank := strings.TrimSpace(line) == ""
		if !blank && !(from > 0 && isRule(line)) && !isPreamble(line) && !(isTitle(line) && !p.hasAnother(line, from+len(line))) {
			break
		}
		from += len(line)
	}
	to := len(text)
	for {
		cut := lastParagraph(text[:to], said)
		if cut < 0 || !closingParagraph.MatchString(text[cut:min(to, cut+400)]) {
			break
		}
		to = cut
	}
	if to == len(text) {
		return strings.TrimSpace(text[from:])
	}
	// A rule that set off what is gone, is gone with it.
	rest := strings.TrimRight(text[from:to], " \t\r\n")
	if at := strings.LastIndexByte(rest, '\n'); at >= 0 && from+at > last && isRule(rest[at+1:]) {
		rest = rest[:at]
	}
	return strings.TrimSpace(rest)
}

// lastParagraph is where the last paragraph of text begins that is behind a
// blank line or a rule after offset said, where the last speaker's first one
// begins, and -1 where there is none.
func lastParagraph(text string, said int) int {
	end := len(strings.TrimRight(text, " \t\r\n"))
	begin := -1
	for {
		at := strings.LastIndexByte(text[:end], '\n')
		if at <= said {
			return -1
		}
		line := text[at+1 : end]
		if strings.TrimSpace(line) != "" && !isRule(line) {
			begin = at + 1
		} else if begin >= 0 {
			return begin
		}
		end = at
	}
}
