package mind

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// TurnLimits are what makes a text a conversation. A field that is zero has its
// default.
type TurnLimits struct {
	Turns    int     // At least so many turns that have a speaker. Default: 4.
	Speakers int     // At least so many speakers. Default: 2.
	Share    float64 // No speaker has more of what is said, from 0 to 1. Default: 0.85.
}

// TurnCount rejects an answer that is no conversation: one with too few turns or
// speakers, one in which somebody says nothing at all in a turn, and one in
// which one speaker has the word nearly all the time. It reads the answer as
// Turns does; a turn without a speaker, with which an interview may start, is
// neither counted nor objected to.
func TurnCount(l TurnLimits) Filter {
	if l.Turns == 0 {
		l.Turns = 4
	}
	if l.Speakers == 0 {
		l.Speakers = 2
	}
	l.Share = or(l.Share, 0.85)
	return Filter{"turns", func(d *Dialogue) error {
		p := parseTurns(d.Text)
		defer p.release()
		err := l.check(p)
		if err == errNobody && isJSON(d.Text) {
			return errors.New("JSON, where a dialogue has lines of text")
		}
		return err
	}}
}

var errNobody = errors.New("nobody speaks")

func (l TurnLimits) check(p *parsedTurns) error {
	turns := p.turns()
	if len(turns) > 0 && turns[0].Speaker == "" {
		turns = turns[1:]
	}
	if len(turns) == 0 && l.Turns > 0 {
		return errNobody
	}
	if len(turns) < l.Turns {
		return fmt.Errorf("%d, fewer than %d", len(turns), l.Turns)
	}
	said := map[string]int{}
	all, most, who := 0, 0, ""
	for i, t := range turns {
		if t.Text == "" {
			return fmt.Errorf("turn %d, of %s, is empty", i+1, t.Speaker)
		}
		name := p.labels[i].who.key
		n := said[name] + len(t.Text)
		said[name] = n
		all += len(t.Text)
		if n > most {
			most, who = n, t.Speaker
		}
	}
	if len(said) == 1 && l.Speakers > 1 {
		return fmt.Errorf("%s speaks alone", who)
	}
	if len(said) < l.Speakers {
		return fmt.Errorf("%d speakers, fewer than %d", len(said), l.Speakers)
	}
	if share := float64(most) / float64(max(all, 1)); share > l.Share {
		return fmt.Errorf("%s says %.2f of it, more than %.2f", who, share, l.Share)
	}
	return nil
}

// isJSON tells of an answer that is nothing but JSON values, in a code block or
// not: a dialogue for a program.
func isJSON(text string) bool {
	if _, block, ok := strings.Cut(text, "```json\n"); ok {
		text, _, _ = strings.Cut(block, "\n```")
	}
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '{' && text[0] != '[' {
		return false
	}
	values := json.NewDecoder(strings.NewReader(text))
	for {
		var v json.RawMessage
		if err := values.Decode(&v); err != nil {
			return err == io.EOF
		}
	}
}
