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
//   - blocks of thoughts (<think> and its like), wherever they are but in code and
//     in the middle of what somebody says of them, and paragraphs before the first
//     speaker that begin with what the user wants, or what there is to write;
//   - the special tokens of a chat template, <|im_start|>assistant and the like;
//   - the prompt, where the answer begins with d.Source word for word, and with
//     the instruction of one of the package's styles behind it;
//   - a preamble: lines before the first speaker that announce a conversation, or
//     are the title of one;
//   - another prompt that the model writes itself behind the dialogue, "User: …"
//     with "Assistant: …" behind it, where neither spoke before;
//   - closing remarks: paragraphs behind the last speaker's first one that talk
//     about the conversation or offer to change it;
//   - a code fence, or a tag like <dialogue>, in which all of it stands;
//   - white space.
//
// It rejects an answer that is empty then, one that ends in its thoughts or
// begins with more of them than can be told from the dialogue, one with special
// tokens, the instruction, speakers who have read it, or something to be filled in
// like [Your Name] within, and one that refuses to answer.
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
		if text = withoutRemarks(withoutPlainThoughts(withoutFrame(withoutNextPrompt(rest, d.Source)))); text == was {
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
	// A source that has the token is about such tokens.
	if token := findToken(d.Text); token != "" && !strings.Contains(d.Source, token) {
		return fmt.Errorf("special token %s", token)
	}
	if in := instructions()[d.Style]; in != "" && strings.Contains(d.Text, in) {
		return errors.New("the prompt within")
	}
	if task := spokenTask(d.Text); task != "" && !strings.Contains(d.Source, task) {
		return fmt.Errorf("the prompt within, as %q", task)
	}
	if beginsWithPlainThoughts(d.Text) && beginsWithPlainThoughts(unsaid(d.Text)) {
		return errors.New("thoughts without a tag")
	}
	if blank := placeholder(d.Text, d.Source); blank != "" {
		return fmt.Errorf("placeholder %s", blank)
	}
	if r := refusal(d.Text); r != "" {
		return fmt.Errorf("refusal %q", r)
	}
	return nil
}}

// refusals is how an answer begins that is not one: the model declines, or
// calls itself a machine. The verbs are listed because "I'm sorry, but I can't
// follow" is what a student says; and without regret, "We can't turn that into a
// fraction" is what an expert says with whose answer an interview starts.
var refusals = func() *regexp.Regexp {
	const (
		regret = `(?:(?:oh|well|unfortunately|regrettably|however|but|sorry|(?:i['’]?m|i am|we['’]?re|we are) (?:(?:very|so|really|terribly|afraid) )?sorry|i(?: must| do)? apologi[sz]e|my apologies|for (?:the|any) (?:confusion|inconvenience)(?: caused)?)[,.!;:—– -]+)`
		verb   = ` (?:can['’]?t|cannot|can not|could(?: not|n['’]?t)|won['’]?t|will not|must decline to|have to decline to|(?:don['’]?t|do not) feel comfortable)`
		unable = ` (?:unable to|not able to|not allowed to|not comfortable)`
		i      = `(?:i` + verb + `|(?:i['’]?m|i am)` + unable + `)`
		we     = `(?:we` + verb + `|(?:we['’]?re|we are)` + unable + `)`
		do     = `(?:help|assist|fulfil|comply|creat|writ|generat|provid|produc|continu|complet|engag|turn|convert|process|access|open|view|carry|do (?:that|this)|respond|discuss|reproduc|participat|support)`
		am     = `(?:as|i['’]?m|i am) (?:just |only )?an? (?:ai|artificial intelligence|(?:large )?language model)\b`

		regretZh = `(?:(?:很|非常|十分)?(?:抱歉|对不起|遗憾|不好意思)[，,。！!：: ]*)`
		cannotZh = `我(?:暂时|目前|现在)?(?:不能|无法|没法|没有办法|不便)(?:帮|协助|为|提供|生成|创建|创作|编写|撰写|完成|回答|满足|讨论|访问|处理|执行|继续)`
		amZh     = `(?:我(?:只)?是|作为)(?:一个|一款|一名)?(?:人工智能|AI|大?语言模型|大模型)`
	)
	return regexp.MustCompile(`(?i)^["“*_#\s]*(?:` + regret + `*(?:` + i + ` (?:in good conscience )?` + do + `|` + am + `)` +
		`|` + regret + `+` + we + ` (?:in good conscience )?` + do +
		`|` + regretZh + `?(?:但是?)?(?:` + cannotZh + `|` + amZh + `))`)
}()

// mayRefuse tells of a text that refusals has to be asked about.
func mayRefuse(text string) bool {
	return mayBegin(text, "i", "we", "as", "aſ", "sorry", "my", "oh", "well", "for", "but", "however", "unfortunately", "regrettably")
}

// mayBegin tells whether a text begins with one of words, in Latin letters of
// whatever case, or with other letters, behind what markup there is. An expression
// for what begins so is asked of no other: that takes longer.
func mayBegin(text string, words ...string) bool {
	text = strings.TrimLeft(text, "\"“*_#> \t\n\f\r")
	if text == "" || text[0] >= utf8.RuneSelf {
		return text != ""
	}
	for _, word := range words {
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

// taskForm is how somebody speaks of the task to write the conversation itself.
var taskForm = regexp.MustCompile(`(?i)\b(?:convert|turn|transform|rewrit)[a-z]* (?:the|this) (?:(?:given|provided|above|original) )?(?:context|text|passage|content)(?: above)? into an? (?:[\w-]+ ){0,3}(?:conversation|dialogue|discussion|interview|debate)\b` +
	`|(?:把|将)(?:上面|上述|以上|给定|所给|提供)的?(?:内容|文本|上下文|题目|材料|文字|文章)(?:转换|转化|改写|改编)(?:成|为)[^\n。]{0,15}(?:对话|访谈|采访|讨论|辩论)`)

// spokenTask is where the speakers of a dialogue speak of the task to write it, ""
// if they do not.
func spokenTask(text string) string {
	for _, word := range [...]string{" into a", "转换", "转化", "改写", "改编"} {
		const around = 120
		for at := 0; ; {
			n := strings.Index(text[at:], word)
			if n < 0 {
				break
			}
			n += at
			at = n + len(word)
			if task := taskForm.FindString(text[max(0, n-around):min(len(text), n+around)]); task != "" {
				return task
			}
		}
	}
	return ""
}
