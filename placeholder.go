package mind

import (
	"regexp"
	"strings"
)

// placeholderForm is what a template wants to have filled in, by phrases that
// stand for nothing else.
var placeholderForm = regexp.MustCompile(`^\[(?:Name|(?i:(?:your|(?:the )?(?:student|teacher|speaker|expert|professor|guest|host|interviewer|interviewee)(?:['’]s)?) name` +
	`|insert (?:[^\[\]\n=$\\]{1,50} here|(?:(?:your|the|an?|student|teacher)(?:['’]s)? )?(?:name|answer|number|example|topic|problem|question|solution|explanation))` +
	`|(?:(?:your|the) )?answer (?:goes )?here)` +
	`|(?:你的|您的|老师|学生|教师)?(?:姓名|名字)|(?:在?此处|在此|请)?插入[^\[\]\n]{1,20})\]`)

// placeholder returns the first placeholder of what is said in text, "" if there
// is none. One that stands before a colon is a speaker's name, one behind a word
// an index, and what the source has is its matter.
func placeholder(text, source string) string {
	const longest = 120
	for at := 0; ; at++ {
		n := strings.IndexByte(text[at:], '[')
		if n < 0 {
			return ""
		}
		at += n
		if at+1 == len(text) || !isWordByte(text[at+1]) || at > 0 && (text[at-1] < 0x80 && isWordByte(text[at-1]) || isDigit(text[at-1]) || strings.IndexByte("`_]", text[at-1]) >= 0) {
			continue
		}
		found := placeholderForm.FindString(text[at:min(len(text), at+longest)])
		if found == "" || strings.Contains(source, found) {
			continue
		}
		if behind := strings.TrimLeft(text[at+len(found):], "* "); behind == "" || colonAt(behind) == 0 && behind[0] != '(' {
			return found
		}
	}
}
