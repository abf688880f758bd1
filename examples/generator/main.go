// Generator puts a model of one's own behind mind.Generator. This one is no
// model: it reads a text aloud, sentence by sentence. Where it says what to do,
// call yours.
package main

import (
	"context"
	"fmt"
	"log"
	"strings"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// reader makes a conversation of a text that has several sentences.
type reader struct{}

// Generate makes one attempt. It needs no lock, no goroutine and no retry: the
// pipeline calls it as often as it has room and calls it again where that helps.
func (reader) Generate(ctx context.Context, r mind.Request) (mind.Response, error) {
	sentences := strings.SplitAfter(r.Chunk.Text, ". ")
	if len(sentences) < 2 {
		// Not this text, ever: it is recorded as rejected. An error that wraps
		// mind.ErrStop would end the run, a *mind.BusyError slow it down, and
		// any other would have this request tried again.
		return mind.Response{}, fmt.Errorf("%w: one sentence is no conversation", mind.ErrSkip)
	}
	var b strings.Builder
	for i, s := range sentences {
		ask := "And how does it go on?"
		if i == 0 {
			ask = "Where do we begin?"
		}
		fmt.Fprintf(&b, "Student: %s\nTeacher: %s\n", ask, strings.TrimSpace(s))
	}
	return mind.Response{Text: b.String(), Model: "reader"}, nil
}

func main() {
	texts := mind.Documents{
		{ID: "tank", Text: "A tank holds 240 litres and loses 3 litres an hour. " +
			"After 20 hours it has lost 20 times 3 litres, which is 60 litres. " +
			"So 240 minus 60 litres are left, which is 180 litres. " +
			"It is empty after 240 divided by 3 hours, which is 80 hours."},
		{ID: "lemma", Text: "Every even number is the sum of two equal numbers."},
	}
	var sink mindtest.Memory // mind.OpenStore("dialogues.jsonl") keeps them.
	p, err := mind.New(texts, reader{}, &sink, mind.WithConcurrency(1))
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
	for _, d := range sink.Kept() {
		fmt.Printf("%s, by %s:\n%s\n\n", d.ID, d.Model, d.Text)
	}
	for _, d := range sink.Rejected() {
		fmt.Printf("%s: %s\n", d.ID, d.Reject)
	}
}
