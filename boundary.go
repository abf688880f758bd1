package mind

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A boundary is what ends at a place in a text; a larger one is a better place
// to cut.
type boundary uint8

const (
	noEnd boundary = iota // Of white space before a word: cut from it, it might have other tokens.
	runeEnd
	partEnd      // Of what the encoding takes for a word: in "f(x)", of "f" and "(x".
	wordEnd      // Before white space, or behind a Chinese comma.
	sentenceEnd  // And what follows does not begin with a small letter.
	lineEnd      // Behind it.
	paragraphEnd // Behind a blank line, or at the end of the text.
)

// boundaryAt is what ends at text[at], which is neither its beginning nor in a
// rune.
func boundaryAt(text string, at int) boundary {
	if at == len(text) {
		return paragraphEnd
	}
	if text[at-1] == '\n' || text[at-1] == '\r' {
		blank := strings.TrimRight(text[:at], " \t\r\n")
		if strings.Count(text[len(blank):at], "\n") > 1 || blank == "" {
			return paragraphEnd
		}
		return lineEnd
	}
	// As a rule:
	if last, next := text[at-1], text[at]; last > ' ' && last < utf8.RuneSelf {
		switch {
		case next > ' ' && next < utf8.RuneSelf:
			return partEnd
		case next == ' ' && ('a' <= last && last <= 'z' || last == ','):
			return wordEnd
		}
	}
	next, _ := utf8.DecodeRuneInString(text[at:])
	last, _ := utf8.DecodeLastRuneInString(text[:at])
	if unicode.IsSpace(last) {
		return noEnd
	}
	if next == '\n' || next == '\r' {
		return partEnd
	}
	// What ends a sentence may stand before a few quotes and brackets.
	end := text[max(0, at-24):at]
	mark, _ := utf8.DecodeLastRuneInString(strings.TrimRight(end, "\"')]}$*_”’」』）"))
	switch mark {
	case '。', '？', '！':
		return sentenceEnd
	case '.', '?', '!':
		if unicode.IsSpace(next) {
			after, _ := utf8.DecodeRuneInString(strings.TrimLeft(text[at:min(len(text), at+24)], " \t"))
			if !unicode.IsLower(after) {
				return sentenceEnd
			}
		}
	case '，', '、', '；', '：':
		if last == mark {
			return wordEnd
		}
	}
	if unicode.IsSpace(next) {
		return wordEnd
	}
	return partEnd
}

// comma is the length of the Chinese mark that word begins with, and that the
// encoding takes for the beginning of the word behind it, or 0.
func comma(word string) int {
	if len(word) <= 3 || word[0] != 0xe3 && word[0] != 0xef {
		return 0
	}
	switch word[:3] {
	case "。", "？", "！", "，", "、", "；", "：":
		return 3
	}
	return 0
}

// wholeRunes is the place in text at or just before at that is in no rune.
func wholeRunes(text string, at int) int {
	for i := at - 1; i >= 0 && i > at-utf8.UTFMax && at < len(text); i-- {
		if utf8.RuneStart(text[i]) {
			if _, n := utf8.DecodeRuneInString(text[i:]); i+n > at {
				return i
			}
			break
		}
	}
	return at
}
