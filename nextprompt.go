package mind

import "strings"

// promptLabels are those with which a model that does not stop writes itself the
// next prompt, as base models do, and answerLabels those of its answer.
var (
	promptLabels = []string{"User:", "USER:", "Human:", "HUMAN:", "**User:**", "**Human:**", "**User**:", "**Human**:", "### User:", "### Human:", "### Instruction:", "用户：", "用户:"}
	answerLabels = []string{"Assistant:", "ASSISTANT:", "AI:", "**Assistant:**", "**AI:**", "**Assistant**:", "**AI**:", "### Assistant:", "### AI:", "### Response:", "助手：", "助手:"}
)

// labelled is where the first line of text begins that begins with one of
// labels, and where the label ends; -1 where there is none.
func labelled(text string, labels []string) (at, end int) {
	for at < len(text) {
		for _, l := range labels {
			if l[0] == text[at] && strings.HasPrefix(text[at:], l) {
				return at, at + len(l)
			}
		}
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	return -1, -1
}

// withoutNextPrompt takes off a prompt that a model has written itself behind its
// dialogue, with all that follows.
//
// A user and an assistant may speak in a dialogue, too. What tells these is that
// both come when at least four turns of others have been, outside of code, and
// that none of the others has the word again, unless the assistant had nothing to
// say but that here is a dialogue. A source that has a user may have brought one
// in.
func withoutNextPrompt(text, source string) string {
	at, asked := labelled(text, promptLabels)
	if at < 0 || countFences(text[:at])%2 == 1 {
		return text
	}
	reply, said := labelled(text[asked:], answerLabels)
	earlier, _ := labelled(text[:at], answerLabels)
	given, _ := labelled(source, promptLabels)
	if reply < 0 || earlier >= 0 || given >= 0 {
		return text
	}
	reply, said = asked+reply, asked+said
	p := parseTurns(text)
	defer p.release()
	const turns = 4
	before := map[*speaker]bool{}
	for i, l := range p.labels {
		switch {
		case l.at < at:
			before[l.who] = true
		case i < turns:
			return text
		case !before[l.who]:
		case l.at < reply || !announces(text[said:max(said, l.at)]):
			return text
		default:
			return strings.TrimSpace(text[:at])
		}
	}
	if len(p.labels) < turns {
		return text
	}
	return strings.TrimSpace(text[:at])
}

// announces tells whether a text has nothing in it but that a dialogue follows.
func announces(text string) bool {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" && !isRule(line) && !isPreamble(line) {
			return false
		}
	}
	return true
}
