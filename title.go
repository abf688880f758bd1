package mind

import "strings"

// isTitle tells of a line that is the title of a dialogue: one that begins with
// "Title:", or a heading or a bold line that names a conversation (An Interview
// with …, …的讨论). What heads a part of a text, as "Step 1: Discussion" and
// "Opening of the debate", is none, and neither is a scene or a subject. The
// subject may stand behind a colon in a heading (# Debate: …), which is of the
// page; in bold it may be what a printed interview opens with, and stays.
func isTitle(line string) bool {
	const longest = 200
	s := strings.TrimSpace(line)
	if s == "" || len(s) > longest {
		return false
	}
	title := strings.Trim(s, "#*_ \"“”")
	for _, word := range [...]string{"Title:", "TITLE:", "标题：", "标题:"} {
		if strings.HasPrefix(title, word) {
			return true
		}
	}
	heading := isHeading(s)
	return (heading || isBoldLine(s)) && (namesTalk(title, heading) || namesTalkInChinese(title, heading))
}

// namesTalk tells whether a title begins with a few words that name a
// conversation, with its subject behind a colon or a dash if it may have one.
func namesTalk(title string, subject bool) bool {
	const most = 5 // A Lively Teacher and Student Dialogue
	before, named := 0, false
	for word := range strings.FieldsSeq(title) {
		word = strings.ToLower(word)
		if named {
			switch word {
			case "between", "about", "on", "of", "with", "among", "over":
				return true
			}
			return subject && (word == "-" || word == "–" || word == "—")
		}
		name, colon := strings.CutSuffix(word, ":")
		switch name {
		case "conversation", "dialogue", "dialog", "discussion", "interview", "debate":
			if colon {
				return subject || strings.HasSuffix(title, ":")
			}
			named = true
			continue
		case "of", "to", "in", "for", "before", "after", "from", "into":
			return false
		}
		if before++; before > most || strings.ContainsAny(word, ".:!?0123456789$") {
			return false
		}
	}
	return named
}

func namesTalkInChinese(title string, subject bool) bool {
	for _, talk := range [...]string{"对话", "访谈", "采访", "讨论", "辩论"} {
		rest, ok := strings.CutPrefix(title, talk)
		if ok && subject && colonAt(rest) > 0 || strings.HasSuffix(title, talk) && !strings.HasPrefix(title, "第") {
			return true
		}
	}
	return false
}

// hasAnother tells whether the text behind offset from has another heading like
// line, or another bold line, that is no name of a speaker: they head parts then.
func (p *parsedTurns) hasAnother(line string, from int) bool {
	line = strings.TrimSpace(line)
	mark, _, _ := strings.Cut(line, " ")
	heading := isHeading(line)
	if !heading && !isBoldLine(line) {
		return false
	}
	labels := p.labels
	for next := range strings.Lines(p.text[from:]) {
		for len(labels) > 0 && labels[0].at < from {
			labels = labels[1:]
		}
		s := strings.TrimSpace(next)
		named := len(labels) > 0 && labels[0].at < from+len(next)
		if !named && (heading && strings.HasPrefix(s, mark+" ") || !heading && isBoldLine(s)) {
			return true
		}
		from += len(next)
	}
	return false
}
