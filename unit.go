package mind

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// A unit is what there is exactly one record for: document × chunk × style ×
// sample, with the request that asks for it.
type unit struct {
	Request
	id string // The document's, as the record has it.
}

// recall reads the keys of the sink.
func (p *Pipeline) recall(ctx context.Context) (*done, error) {
	held := &done{}
	for key, err := range p.sink.Keys(ctx) {
		if err != nil {
			return nil, err
		}
		unit, recipe, err := parseKey(key)
		if err != nil {
			return nil, err
		}
		if _, ok := held.recipe(unit); !ok { // The first one counts: of a store, the dialogue kept.
			held.put(unit, recipe)
		}
	}
	return held, context.Cause(ctx)
}

// units walks over the source and yields what is not held, the styles of a
// chunk next to each other, so that a server which caches prefixes reads the
// text once. It counts documents and units.
func (p *Pipeline) units(ctx context.Context, held *done) iter.Seq2[unit, error] {
	return func(yield func(unit, error) bool) {
		for doc, err := range p.src.Documents(ctx) {
			if ctx.Err() != nil {
				break // A source need not look, and what is held asks nobody.
			}
			if err == nil {
				err = checkID(doc)
			}
			if errors.Is(err, ErrSkip) {
				p.log.Warn("document skipped", "error", err)
				p.count(func(s *Stats) { s.Skipped++; s.Last = err })
				continue
			}
			if a, ok := p.sink.(interface{ Accepts(Document) error }); ok && err == nil {
				err = a.Accepts(doc)
			}
			if err != nil {
				yield(unit{}, err)
				return
			}
			p.count(func(s *Stats) { s.Documents++ })
			if !p.unitsOf(doc, held, yield) {
				return
			}
		}
		if ctx.Err() != nil {
			yield(unit{}, context.Cause(ctx)) // A source may just end when it is told to.
		}
	}
}

// unitsOf yields the units of doc; false means that the walk is over.
func (p *Pipeline) unitsOf(doc Document, held *done, yield func(unit, error) bool) bool {
	id, hash := doc.ID, documentHash(doc)
	if id == "" {
		id = textID(doc.Text)
	}
	chunks := slices.Collect(p.chunker.Chunks(doc.Text))
	for i, text := range chunks {
		if strings.TrimSpace(text) == "" {
			continue
		}
		c := Chunk{doc, i, len(chunks), text}
		for _, style := range p.styles {
			prompt := style.prompt(c)
			if prompt == "" {
				continue
			}
			recipe := recipeHash(style.System, prompt)
			for sample := range p.samples {
				uh := unitHash(hash, i, style.Name, sample)
				p.count(func(s *Stats) { s.Units++ })
				if was, ok := held.recipe(uh); ok {
					if was != [4]byte(recipe[:]) {
						return yield(unit{}, fmt.Errorf("document %s, chunk %d, style %s: there is a dialogue for it that was asked for with another prompt (its key begins %s): "+
							"the style's text or the chunk size has changed. Put it back, rename the style, write to another file, or delete those lines",
							jsonID(id, doc.IntID), i, style.Name, makeKey(uh, recipe)[:unitLen])) && false
					}
					p.count(func(s *Stats) { s.Held++ })
					continue
				}
				held.put(uh, recipe)
				r := Request{makeKey(uh, recipe), c, style.Name, sample, style.System, prompt}
				if !yield(unit{r, id}, nil) {
					return false
				}
			}
		}
	}
	return true
}

// checkID refuses an integer id that JSON would not read back as it is.
func checkID(d Document) error {
	if n, err := strconv.ParseInt(d.ID, 10, 64); d.IntID && (err != nil || strconv.FormatInt(n, 10) != d.ID) {
		return marked{fmt.Errorf("document %.40q: its id is no integer of 64 bits", d.ID), ErrSkip}
	}
	return nil
}
