package mind

import (
	"bytes"
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Sample is a Source of n documents of src, each stratum (the documents with
// the same values of the metadata fields by) in proportion to its size: within
// a stratum of N documents the one of rank r, by a hash of seed and document,
// gets (r + ½)/N, and the n smallest are drawn, in that order, so that what a
// run has done at any moment is a stratified sample too.
//
// It is exactly min(n, documents) documents, n ≤ 0 means all, as they come. The
// same documents and seed give the same sample, in whatever order they come,
// and a larger n keeps the picks of a smaller one; largest remainder, the
// tempting alternative, takes some back. All of src is read before the first
// document is yielded, and at most n documents a stratum are held.
//
// A field that no document has is an error. Errors of src that concern one
// document are passed on.
func Sample(src Source, n int, seed uint64, by ...string) Source {
	return &sample{src, n, seed, by}
}

type sample struct {
	src  Source
	n    int
	seed uint64
	by   []string
}

// Progress passes on the progress of the source that is sampled.
func (s *sample) Progress() (read, size int64) { return progress(s.src) }

func (s *sample) Documents(ctx context.Context) iter.Seq2[Document, error] {
	if s.n <= 0 {
		return s.src.Documents(ctx)
	}
	return func(yield func(Document, error) bool) {
		strata := map[string]*stratum{}
		missing := slices.Clone(s.by)
		fields := map[string]bool{}
		for d, err := range s.src.Documents(ctx) {
			if err != nil {
				if !yield(Document{}, err) || !errors.Is(err, ErrSkip) {
					return
				}
				continue
			}
			for k, v := range d.Meta {
				fields[k] = fields[k] || v != ""
			}
			missing = slices.DeleteFunc(missing, func(k string) bool { return d.Meta[k] != "" })
			name := s.stratum(d)
			if strata[name] == nil {
				strata[name] = &stratum{}
			}
			strata[name].add(pick{d, s.rank(d)}, s.n)
		}
		if len(missing) > 0 && len(strata) > 0 {
			maps.DeleteFunc(fields, func(_ string, has bool) bool { return !has }) // "" stands for a missing one.
			has := strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
			yield(Document{}, fmt.Errorf("sample by %s: no document has this metadata (they have: %s)", missing[0], cmp.Or(has, "none")))
			return
		}
		for _, d := range draw(strata, s.n) {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// stratum names the stratum of d. Values are quoted, so that no two lists of
// values have one name.
func (s *sample) stratum(d Document) string {
	var name []byte
	for _, k := range s.by {
		name = strconv.AppendQuote(name, d.Meta[k])
	}
	return string(name)
}

func (s *sample) rank(d Document) [32]byte {
	h := documentHash(d)
	return hash(strconv.FormatUint(s.seed, 10), string(h[:]))
}

// A pick is a document that may be drawn.
type pick struct {
	doc  Document
	hash [32]byte
}

// A stratum counts its documents and holds those that may be drawn: a heap with
// the largest hash, the next to go, on top.
type stratum struct {
	picks []pick
	total int
}

func (s *stratum) Len() int { return len(s.picks) }
func (s *stratum) Less(i, j int) bool {
	return bytes.Compare(s.picks[i].hash[:], s.picks[j].hash[:]) > 0
}
func (s *stratum) Swap(i, j int) { s.picks[i], s.picks[j] = s.picks[j], s.picks[i] }
func (s *stratum) Push(x any)    { s.picks = append(s.picks, x.(pick)) }
func (s *stratum) Pop() any {
	last := s.picks[len(s.picks)-1]
	s.picks = s.picks[:len(s.picks)-1]
	return last
}

func (s *stratum) add(p pick, n int) {
	s.total++
	if len(s.picks) < n {
		heap.Push(s, p)
	} else if bytes.Compare(p.hash[:], s.picks[0].hash[:]) < 0 {
		s.picks[0] = p
		heap.Fix(s, 0)
	}
}

// draw returns the n documents with the smallest (rank + ½) / total. Fractions
// are compared exactly; of equal ones the smaller hash goes first, because an
// order by name would favour the same strata each time.
func draw(strata map[string]*stratum, n int) []Document {
	type candidate struct {
		pick
		num, den uint64 // (2 rank + 1) / total, which orders as (rank + ½) / total does
	}
	var all []candidate
	for _, s := range strata {
		slices.SortFunc(s.picks, func(a, b pick) int { return bytes.Compare(a.hash[:], b.hash[:]) })
		for r, p := range s.picks {
			all = append(all, candidate{p, uint64(2*r + 1), uint64(s.total)})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		hi1, lo1 := bits.Mul64(a.num, b.den)
		hi2, lo2 := bits.Mul64(b.num, a.den)
		return cmp.Or(cmp.Compare(hi1, hi2), cmp.Compare(lo1, lo2), bytes.Compare(a.hash[:], b.hash[:]))
	})
	var docs []Document
	for _, c := range all[:min(n, len(all))] {
		docs = append(docs, c.doc)
	}
	return docs
}

// progress is what a source says of itself; size 0 means unknown.
func progress(src Source) (read, size int64) {
	if p, ok := src.(interface{ Progress() (read, size int64) }); ok {
		return p.Progress()
	}
	return 0, 0
}
