package mind

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Clean leaves in d.Text the dialogue alone. It takes off, each by rule and at
// the outer ends alone:
//
//   - blocks of thoughts (<think> and its like), wherever they are;
//   - the special tokens of a chat template, <|im_start|>assistant and the like;
//   - the prompt, where the answer begins with d.Source word for word, and with
//     the instruction of one of the package's styles behind it;
//   - a preamble: lines before the first speaker that announce a conversation;
//   - closing remarks: paragraphs behind the last speaker's first one that talk
//     about the conversation or offer to change it;
//   - white space.
//
// It rejects an answer that is empty then, one that ends in its thoughts, one
// with special tokens or the instruction within, and one that refuses to answer.
// It never touches a line of the dialogue or what stands in one: to clean twice is
// to clean once, and a clean dialogue stays as it is.
var Clean = Filter{"clean", func(d *Dialogue) error {
	text, whole, echoed := d.Text, true, false
	// What is taken off may have hidden more of it; nobody writes it five deep.
	const deep = 5
	for i := 0; ; i++ {
		was := text
		if text, whole = withoutThoughts(text); !whole {
			break
		}
		text = strings.TrimSpace(withoutTokens(text))
		rest := withoutEcho(text, d)
		echoed = echoed || rest != text
		if text = withoutRemarks(rest); text == was {
			break
		}
		if i == deep {
			d.Text = text
			return errors.New("frames in frames")
		}
	}
	d.Text = strings.TrimSpace(text)
	switch {
	case d.Text == "" && !whole:
		return errors.New("empty, cut off in its thoughts")
	case d.Text == "" && echoed:
		return errors.New("empty, the prompt alone")
	case d.Text == "":
		return errors.New("empty")
	case !whole:
		return errors.New("cut off in thoughts")
	}
	if token := findToken(d.Text); token != "" {
		return fmt.Errorf("special token %s", token)
	}
	if in := instructions()[d.Style]; in != "" && strings.Contains(d.Text, in) {
		return errors.New("the prompt within")
	}
	if r := refusal(d.Text); r != "" {
		return fmt.Errorf("refusal %q", r)
	}
	return nil
}}

// thoughtTag is a tag that opens or closes a block of thoughts, in the names
// that models and their servers give it.
var thoughtTag = regexp.MustCompile(`(?i)<(/?)(?:think|thinking|thoughts?|reasoning|reflection|scratchpad)>`)

// withoutThoughts returns text without its blocks of thoughts. Blocks may stand
// in blocks, and a closing tag need not have its opener's name. A closing tag
// that nothing opens ends thoughts that began with the answer, because there
// are servers whose prompt template holds the opening tag. Of a block that
// nothing closes, all is thoughts and whole is false.
func withoutThoughts(text string) (rest string, whole bool) {
	if !strings.Contains(text, "<") {
		return text, true
	}
	var out strings.Builder
	depth, from := 0, 0
	for _, m := range thoughtTag.FindAllStringSubmatchIndex(text, -1) {
		opens := m[2] == m[3]
		switch {
		case opens && depth == 0:
			out.WriteString(text[from:m[0]])
			depth = 1
		case opens:
			depth++
		case depth > 0:
			depth--
		default:
			out.Reset()
		}
		from = m[1]
	}
	if depth > 0 {
		return out.String(), false
	}
	out.WriteString(text[from:])
	return out.String(), true
}

// refusals is how an answer begins that is not one: the model declines, or
// calls itself a machine. The verbs are listed because "I'm sorry, but I can't
// follow" is what a student says.
var refusals = func() *regexp.Regexp {
	const (
		regret = `(?:(?:oh|well|unfortunately|regrettably|however|but|sorry|(?:i['’]?m|i am|we['’]?re|we are) (?:(?:very|so|really|terribly|afraid) )?sorry|i(?: must| do)? apologi[sz]e|my apologies|for (?:the|any) (?:confusion|inconvenience)(?: caused)?)[,.!;:—– -]+)*`
		cannot = `(?:(?:i|we) (?:can['’]?t|cannot|can not|could(?: not|n['’]?t)|won['’]?t|will not|must decline to|have to decline to|(?:don['’]?t|do not) feel comfortable)|(?:i['’]?m|i am|we['’]?re|we are) (?:unable to|not able to|not allowed to|not comfortable))`
		do     = `(?:help|assist|fulfil|comply|creat|writ|generat|provid|produc|continu|complet|engag|turn|convert|process|access|open|view|carry|do (?:that|this)|respond|discuss|reproduc|participat|support)`
		am     = `(?:as|i['’]?m|i am) (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model)\b`

		regretZh = `(?:(?:很|非常|十分)?(?:抱歉|对不起|遗憾|不好意思)[，,。！!：: ]*)`
		cannotZh = `我(?:暂时|目前|现在)?(?:不能|无法|没法|没有办法|不便)(?:帮|协助|为|提供|生成|创建|创作|编写|撰写|完成|回答|满足|讨论|访问|处理|执行|继续)`
		amZh     = `(?:我(?:只)?是|作为)(?:一个|一款|一名)?(?:人工智能|AI|大?语言模型|大模型)`
	)
	return regexp.MustCompile(`(?i)^["“*_#\s]*(?:` + regret + `(?:` + cannot + ` (?:in good conscience )?` + do + `|` + am + `)` +
		`|` + regretZh + `?(?:但是?)?(?:` + cannotZh + `|` + amZh + `))`)
}()

// mayRefuse tells of a text that refusals has to be asked about: no other begins
// with one of its first words in Latin letters.
func mayRefuse(text string) bool {
	text = strings.TrimLeft(text, "\"“*_# \t\n\f\r")
	if text == "" || text[0] >= utf8.RuneSelf {
		return text != ""
	}
	for _, word := range [...]string{"i", "we", "as", "aſ", "sorry", "my", "oh", "well", "for", "but", "however", "unfortunately", "regrettably"} {
		if len(text) >= len(word) && strings.EqualFold(text[:len(word)], word) {
			return true
		}
	}
	return false
}

// refusal returns the beginning of a text that refuses, and "" for others.
func refusal(text string) string {
	if !mayRefuse(text) || refusals.FindString(text[:min(len(text), 400)]) == "" {
		return ""
	}
	const length = 80
	line, _, _ := strings.Cut(text, "\n")
	if r := []rune(line); len(r) > length {
		return string(r[:length]) + "…"
	}
	return line
}
