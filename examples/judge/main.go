// Judge has a second model score dialogues that are there, and stores what it
// says beside them: a run like any other, whose documents are the dialogues of
// a store and whose answers are scores. It can be killed and goes on, and each
// dialogue is judged once.
//
//	go run ./examples/judge -in MIND-MATH.jsonl -base-url http://localhost:8000/v1 -model NAME
//
// A score is something to look at and never a gate: the MIND paper's judge
// passed 96 % and agreed with people at a rank correlation of 0.03. What can be
// checked by rule, filters check (mind.StrictFilters).
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"log"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/org/mind"
)

func main() {
	in := flag.String("in", "MIND-MATH.jsonl", "judge the dialogues of the stored `FILE`")
	out := flag.String("out", "MIND-MATH.scores.jsonl", "write scores to `FILE`")
	url := flag.String("base-url", "", "`URL` of an API that speaks chat completions (required)")
	model := flag.String("model", "", "`NAME` of the model, another than the one that wrote the dialogues (required)")
	flag.Parse()
	if *url == "" || *model == "" {
		log.Fatal("judge: name who judges with -base-url and -model")
	}
	zero := 0.0
	client := &mind.Client{BaseURL: *url, Key: os.Getenv("OPENAI_API_KEY"), Model: *model, Temperature: &zero, MaxTokens: 256}
	if err := judge(context.Background(), os.Stdout, *in, *out, client); err != nil {
		log.Fatal("judge: ", err)
	}
}

// judge has model score the kept dialogues of the store in, writes the scores to
// the store out and prints their means by style.
func judge(ctx context.Context, w io.Writer, in, out string, model mind.Generator) error {
	a, err := os.Stat(in)
	if err != nil {
		return err
	}
	if b, err := os.Stat(out); err == nil && os.SameFile(a, b) {
		return fmt.Errorf("%s: it holds the dialogues; name another file for the scores with -out", out)
	}
	store, err := mind.OpenStore(out)
	if err != nil {
		return err
	}
	defer store.Close()
	p, err := mind.New(dialogues(in), model, store,
		mind.WithStyles(mind.Style{Name: "judge", Prompt: func(c mind.Chunk) string { return c.Text + "\n\n" + rubric }}),
		mind.WithChunker(whole),
		mind.WithFilters(mind.Finish, mind.Clean, scores))
	if err != nil {
		return err
	}
	if err := p.Run(ctx); err != nil {
		return err
	}
	return report(w, out)
}

// criteria are those of the paper (section 3.2), without the mean that it took.
var criteria = []string{"correctness", "faithfulness", "preservation", "novelty"}

const rubric = "Above are a text and a dialogue about it. Score the dialogue from 1 (poor) to 5 (excellent): " +
	"correctness: is the mathematics right? faithfulness: does everything follow from the text? " +
	"preservation: is everything of the text in the dialogue? novelty: does the dialogue explain what the text leaves out? " +
	"Write four lines, each a criterion, a colon and a number, and nothing else."

// dialogues is a source of what a store has kept. The id of each document is the
// key of its dialogue, by which scores and dialogues are joined.
func dialogues(name string) mind.Source {
	return mind.SourceFunc(func(ctx context.Context) iter.Seq2[mind.Document, error] {
		return func(yield func(mind.Document, error) bool) {
			for d, err := range mind.Dialogues(name) {
				if d.Reject != "" {
					continue
				}
				doc := mind.Document{ID: d.Key, Text: "Text:\n" + d.Source + "\n\nDialogue:\n" + d.Text, Meta: map[string]string{"style": d.Style}}
				if !yield(doc, err) {
					return
				}
			}
		}
	})
}

// whole is a chunker that cuts nothing.
var whole = mind.ChunkerFunc(func(text string) iter.Seq[string] {
	return func(yield func(string) bool) { yield(text) }
})

var score = regexp.MustCompile(`(?im)^[\s*_-]*(\w+)[\s*_]*[:：][\s*_]*([1-5])\b`)

// scores leaves in the text a line for each criterion, and rejects an answer
// that has not got them all.
var scores = mind.Filter{Name: "scores", Check: func(d *mind.Dialogue) error {
	given := map[string]string{}
	for _, m := range score.FindAllStringSubmatch(d.Text, -1) {
		given[strings.ToLower(m[1])] = m[2]
	}
	var lines []string
	for _, c := range criteria {
		if given[c] == "" {
			return errors.New("no score for " + c)
		}
		lines = append(lines, c+": "+given[c])
	}
	d.Text = strings.Join(lines, "\n")
	return nil
}}

// report prints the mean scores by style.
func report(w io.Writer, name string) error {
	sums := map[string]map[string]int{}
	n := map[string]int{}
	unreadable := 0
	for d, err := range mind.Dialogues(name) {
		if err != nil {
			return err
		}
		if d.Reject != "" {
			unreadable++
			continue
		}
		style := cmp.Or(d.Metadata["style"], "?")
		if sums[style] == nil {
			sums[style] = map[string]int{}
		}
		n[style]++
		for _, m := range score.FindAllStringSubmatch(d.Text, -1) {
			sums[style][m[1]] += int(m[2][0] - '0')
		}
	}
	for _, style := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(w, "%-16s %6d judged", style, n[style])
		for _, c := range criteria {
			fmt.Fprintf(w, "   %s %.2f", c, float64(sums[style][c])/float64(n[style]))
		}
		fmt.Fprintln(w)
	}
	if unreadable > 0 {
		fmt.Fprintf(w, "%d answers were no scores; they are in the rejects\n", unreadable)
	}
	return nil
}
