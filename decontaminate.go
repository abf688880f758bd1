package mind

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
)

// A Benchmark holds the questions of tests that a model will be measured by, so
// that neither they nor dialogues about them are trained on.
//
// A text has a question in it if they have 13 words in a row in common, the
// length that GPT-3 used (Brown et al., arXiv:2005.14165, appendix C); a
// question of at most 20 words must stand in it whole, for its half is often a
// phrase that others use too. Words are letters, figures and TeX commands
// without case and punctuation. Questions of fewer than 5 words are left out:
// they would be in everything.
//
// It takes 30 to 60 bytes for each word of the questions: some 3 MB for the
// 1,319 of GSM8K's test and as much for the 5,000 of MATH's.
type Benchmark struct {
	sequences map[uint64]int32 // Hashes of 13 words, and of whole short questions, to the index of the name.
	lengths   []int            // Of the short questions, each once.
	names     []string
	leftOut   int
}

const (
	sequenceWords = 13
	shortWords    = 20
	fewestWords   = 5
)

// ReadBenchmark reads the questions of src, whose documents' texts they are; a
// [Files] with Text set to the field of the question reads a test set. The
// error of one document is passed over, any other is returned.
func ReadBenchmark(ctx context.Context, src Source) (*Benchmark, error) {
	b := &Benchmark{sequences: map[uint64]int32{}}
	for d, err := range src.Documents(ctx) {
		if errors.Is(err, ErrSkip) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("benchmark: %w", err)
		}
		b.add(d)
	}
	if len(b.names) == 0 {
		return nil, errors.New("benchmark: there is no question in it")
	}
	return b, nil
}

// Questions tells how many questions b holds, and how many were too short.
func (b *Benchmark) Questions() (held, leftOut int) { return len(b.names), b.leftOut }

func (b *Benchmark) add(d Document) {
	withWords(func(ws []word) []word { return appendWords(ws, d.Text, 0, len(d.Text), false) }, func(ws []word) {
		n := len(ws)
		if n < fewestWords {
			b.leftOut++
			return
		}
		name := d.ID
		if name == "" {
			name = shortened(d.Text)
		}
		index := int32(len(b.names))
		b.names = append(b.names, name)
		length := sequenceWords
		if n <= shortWords {
			length = n
			if !slices.Contains(b.lengths, n) {
				b.lengths = append(b.lengths, n)
			}
		}
		eachSequence(ws, length, func(_ int, hash uint64, _ int) int {
			if _, ok := b.sequences[hash]; !ok {
				b.sequences[hash] = index
			}
			return 1
		})
	})
}

// Find returns the name of a question that text has in it, its id or else its
// beginning, and how many words they have in common; ok is false where there is
// none. It is linear in text, and safe for concurrent use.
func (b *Benchmark) Find(text string) (name string, words int, ok bool) {
	withWords(func(ws []word) []word { return appendWords(ws, text, 0, len(text), false) }, func(ws []word) {
		look := func(length int) {
			eachSequence(ws, length, func(_ int, hash uint64, _ int) int {
				index, found := b.sequences[hash]
				if !found {
					return 1
				}
				name, words, ok = b.names[index], length, true
				return len(ws)
			})
		}
		look(sequenceWords)
		for i := 0; i < len(b.lengths) && !ok; i++ {
			look(b.lengths[i])
		}
	})
	return name, words, ok
}

// Filter returns a filter, "contamination", that rejects an answer in which a
// question of b is: a model may know them by heart and bring them in.
func (b *Benchmark) Filter() Filter {
	return Filter{"contamination", func(d *Dialogue) error {
		if name, words, ok := b.Find(d.Text); ok {
			return fmt.Errorf("%d words of question %s", words, name)
		}
		return nil
	}}
}

// Decontaminate is a Source of the documents of src in which no question of b
// is. The others are errors that name document and question and concern one
// document alone (ErrSkip), so that a run counts them as skipped and pays for
// none. Errors of src are passed on. Put it under Sample, which then draws as
// many as it is told to.
func Decontaminate(src Source, b *Benchmark) Source { return &decontaminated{src, b} }

type decontaminated struct {
	src       Source
	benchmark *Benchmark
}

// Progress passes on the progress of the source.
func (s *decontaminated) Progress() (read, size int64) { return progress(s.src) }

func (s *decontaminated) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for d, err := range s.src.Documents(ctx) {
			if err == nil {
				if name, words, ok := s.benchmark.Find(d.Text); ok {
					err = marked{fmt.Errorf("document %s: it has %d words of benchmark question %s", jsonID(d.ID, d.IntID), words, name), ErrSkip}
					d = Document{}
				}
			}
			if !yield(d, err) {
				return
			}
		}
	}
}
