package mind

import (
	"regexp"
	"strings"
)

// frameTag is a tag that a whole answer may stand in.
var frameTag = regexp.MustCompile(`^<((?i:dialogue|dialog|conversation|discussion|interview|debate|transcript|answer|response|output))>`)

// withoutFrame takes off a code fence, or a tag like <dialogue>, in which the
// whole answer stands, with the remarks before and behind it. Two at least must
// speak in the frame; else it is code, or the like.
func withoutFrame(text string) string {
	at := strings.Index(text, "```")
	if tag := strings.IndexByte(text, '<'); at < 0 || tag >= 0 && tag < at {
		at = tag
	}
	if at < 0 {
		return text
	}
	begin, end, behind := inFence(text, at)
	if m := frameTag.FindStringSubmatch(text[at:min(len(text), at+20)]); m != nil {
		closing := "</" + m[1] + ">"
		begin, end = at+len(m[0]), strings.LastIndex(text, closing)
		behind = end + len(closing)
		if strings.Index(text, closing) < end {
			return text // There are several, as where each speech has its own.
		}
	}
	if end < begin || !announces(text[:at]) {
		return text
	}
	for rest := text[behind:]; rest != ""; {
		next := behindParagraph(rest)
		remark := strings.TrimSpace(strings.TrimSuffix(rest, next))
		rest = next
		if remark != "" && !isRule(remark) && !closingParagraph.MatchString(remark[:min(len(remark), 400)]) {
			return text
		}
	}
	if inner := strings.TrimSpace(text[begin:end]); isDialogue(inner) {
		return inner
	}
	return text
}

// inFence is what stands between a fence at offset at and the last one of text,
// and where the rest begins; end is -1 where that is no code block. A fence
// within must open another block: one that names no language may close this one.
func inFence(text string, at int) (begin, end, behind int) {
	line, rest, _ := strings.Cut(text[at:], "\n")
	if !isFence(line) || strings.ContainsAny(line[len("```"):], "` ") {
		return 0, -1, 0
	}
	begin = at + len(line) + 1
	n := strings.LastIndex(rest, "\n```")
	if n < 0 {
		return 0, -1, 0
	}
	end, behind = begin+n, begin+n+len("\n```")
	for line := range strings.Lines(text[begin:end]) {
		if isFence(line) {
			if strings.TrimSpace(line) == "```" {
				return 0, -1, 0
			}
			break
		}
	}
	return begin, end, behind
}
