// Embed uses mind inside another program, which has its problems and keeps its
// dialogues where it likes: here in two tables in memory that stand for a
// database. A run later asks only for what has become new.
package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"log"
	"os"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// A school is the other program's database.
type school struct {
	exercises []exercise
	dialogues map[string]mind.Dialogue // by key, as a primary key would be
}

type exercise struct{ number, topic, question, solution string }

// Documents makes *school a mind.Source. A row that cannot be read would be
// yielded as an error that wraps mind.ErrSkip.
func (s *school) Documents(ctx context.Context) iter.Seq2[mind.Document, error] {
	return func(yield func(mind.Document, error) bool) {
		for _, e := range s.exercises {
			d := mind.Document{
				ID:   e.number,
				Text: "Problem:\n" + e.question + "\n\nSolution:\n" + e.solution,
				Meta: map[string]string{"topic": e.topic},
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

// Keys and Write make it a mind.Sink too. No lock is needed: a pipeline never
// calls them at the same time.
func (s *school) Keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for key := range s.dialogues {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// Write would be one transaction, and return when it is committed: a dialogue
// is paid for.
func (s *school) Write(ctx context.Context, ds []mind.Dialogue) error {
	for _, d := range ds {
		s.dialogues[d.Key] = d
	}
	return nil
}

func main() {
	if err := teach(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func teach(w io.Writer) error {
	s := &school{dialogues: map[string]mind.Dialogue{}}
	s.exercises = append(s.exercises,
		exercise{"7b", "fractions", "A recipe for 4 people takes 300 g of flour. How much flour do 6 people need?",
			"One person needs 300 g divided by 4, which is 75 g. Six people need 6 times 75 g. That is 450 g."},
		exercise{"9a", "speed", "A train covers 180 km in 2 hours. How far does it go in 5 hours at the same speed?",
			"In one hour it covers 180 km divided by 2, which is 90 km. In 5 hours it covers 5 times 90 km. That is 450 km."})

	// mindtest.Offline needs no model; mind.OpenAI(key) asks one.
	p, err := mind.New(s, mindtest.Offline{}, s, mind.WithStyles(mind.PaperStyles()[:3]...))
	if err != nil {
		return err
	}
	if err := again(p, w); err != nil {
		return err
	}
	s.exercises = append(s.exercises,
		exercise{"9b", "speed", "A cyclist rides at 15 km an hour. How long does she take for 60 km?",
			"Each hour takes her 15 km further. She needs 60 divided by 15 hours. That is 4 hours."})
	if err := again(p, w); err != nil {
		return err
	}
	for _, d := range s.dialogues {
		if d.ID == "9b" && d.Style == "debate" {
			fmt.Fprintf(w, "\n%s (%s), %s:\n%s\n", d.ID, d.Metadata["topic"], d.Style, d.Text)
		}
	}
	return nil
}

// again is to be called whenever there may be something to do: once a day, or
// after a crash.
func again(p *mind.Pipeline, w io.Writer) error {
	if err := p.Run(context.Background()); err != nil {
		return err
	}
	s := p.Stats()
	fmt.Fprintf(w, "%d exercises: %d dialogues were there, %d are new, %d rejected\n", s.Documents, s.Held, s.Kept, s.Rejected)
	return nil
}
