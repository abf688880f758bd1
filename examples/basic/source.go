package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"sync/atomic"

	"github.com/org/mind"
)

// source is what to read.
func (f *flags) source() (*sampled, error) {
	files := &mind.Files{Paths: f.in, ID: f.id, Text: fields(f.text), Meta: fields(f.meta), StringIDs: f.stringIDs}
	if !f.given["in"] {
		if _, err := os.Stat(defaultIn); err != nil {
			return nil, fmt.Errorf("%w; it is the input where none is named: run in the project's folder, or name yours with -in", err)
		}
	}
	s := &sampled{files: files, n: f.n, seed: f.seed, by: fields(f.by), given: f.given["by"]}
	if s.n > 0 && s.given {
		files.Meta = kept(files.Meta, s.by)
	}
	return s, nil
}

// kept adds the fields to sample by to the metadata. Where all of them are
// among those that Files keeps by itself, nothing needs to be named.
func kept(meta, by []string) []string {
	itself := func(name string) bool { return slices.Contains([]string{"level", "type", "subject", "url"}, name) }
	if len(meta) == 0 && !slices.ContainsFunc(by, func(name string) bool { return !itself(name) }) {
		return meta
	}
	for _, name := range by {
		if !slices.Contains(meta, name) {
			meta = append(meta, name)
		}
	}
	return meta
}

// sampled draws from files. It is mind.Sample with three additions: it tells
// which fields are used, it samples by those of the default fields that the input
// has, and once the sample is drawn its progress counts documents, so that the
// total is known.
type sampled struct {
	files *mind.Files
	n     int
	seed  uint64
	by    []string
	given bool                // -by was given, and so must hold.
	tell  func(fields string) // Called with what Files.Fields says, before the first document. Default: not.

	drawn, size atomic.Int64 // documents; size 0: not known yet
}

// Progress is that of the files until the sample is drawn.
func (s *sampled) Progress() (read, size int64) {
	if size := s.size.Load(); size > 0 {
		return s.drawn.Load(), size
	}
	return s.files.Progress()
}

func (s *sampled) Documents(ctx context.Context) iter.Seq2[mind.Document, error] {
	if s.n == 0 {
		return s.told(ctx)
	}
	return func(yield func(mind.Document, error) bool) {
		next, stop := iter.Pull2(s.told(ctx))
		defer stop()
		first, err, ok := next()
		for ok && errors.Is(err, mind.ErrSkip) {
			if !yield(first, err) {
				return
			}
			first, err, ok = next()
		}
		by := s.by
		if !s.given {
			by = slices.DeleteFunc(slices.Clone(by), func(name string) bool { _, has := first.Meta[name]; return !has })
		}
		rest := func(yield func(mind.Document, error) bool) {
			for ok && yield(first, err) {
				first, err, ok = next()
			}
		}
		all := mind.SourceFunc(func(context.Context) iter.Seq2[mind.Document, error] { return rest })
		var docs []mind.Document // At most n, which Sample holds anyway.
		for d, err := range mind.Sample(all, s.n, s.seed, by...).Documents(ctx) {
			if err == nil {
				docs = append(docs, d)
			} else if !yield(d, err) {
				return
			}
		}
		s.size.Store(int64(len(docs)))
		for _, d := range docs {
			s.drawn.Add(1)
			if !yield(d, nil) {
				return
			}
		}
	}
}

// told is what is in the files, after it has been told which fields are used.
func (s *sampled) told(ctx context.Context) iter.Seq2[mind.Document, error] {
	return func(yield func(mind.Document, error) bool) {
		told := s.tell == nil
		for d, err := range s.files.Documents(ctx) {
			if fields := s.files.Fields(); !told && fields != "" {
				s.tell(fields)
				told = true
			}
			if !yield(d, err) {
				return
			}
		}
	}
}
