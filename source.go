package mind

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"sync/atomic"
)

// Files is a [Source] that reads documents from files of JSON (an array of
// objects, an object of objects, one object), JSONL or parquet, a row at a time,
// and from texts and TeX (.txt, .text, .tex, .latex, .md), each one document.
// JSON and texts may be compressed with gzip or zstd. The content decides, not
// the name. It is used by pointer.
//
// A folder is read with all that is below it, in the order of the names: the
// files whose names end as those of data do (.json, .jsonl, .ndjson, .parquet,
// those of texts; with .gz or .zst), but none that is hidden (by a dot, or a low
// line), no README or LICENSE, and no [Store]; Fields says what is left out. In a pattern, * and ? and [] stand for
// parts of a name, and ** for any number of folders.
//
// A row that is malformed, or has no text, is an error that names file, line
// and reason, and is skipped, and so is one over 64 MiB; a file of which the
// rest cannot be read ends the iteration, because an input that is silently
// short is worse than none. Where no row at all has a text, the error lists the
// fields that there are.
//
// Ids are integers if the first row with a text of every file that has one has an
// integer id within 64 bits; a later row without one is skipped then. Otherwise
// all are strings. The id of a document that is a whole file (a text, or a .json
// with one object that has no id) is its path within the folder or pattern that
// was named, with slashes: train/algebra/1.json. A file that is named twice, as
// by its folder and the folder above, is read once, by the first of its names.
//
// Fields are given as dotted paths, as in extra_info.question or
// prompt.0.content; a name that itself has the dots goes before the path. The
// text is found as the first of problem, question and input with the first of
// solution, answer and output; else it is text, content, body, problem,
// question or input alone. An input beside an instruction is none. Where a
// problem alone was found, a later row with a solution is skipped by name. The
// first row of a file is the first that has a text here, among its first 1,000;
// a file in which none has is read as the others are.
type Files struct {
	Paths     []string // Files, folders and patterns, as in data/**/*.parquet; "-" is the standard input, once.
	ID        string   // The field that is the id. Default: the first of id, unique_id and uuid that a file's first row has.
	Text      []string // The fields that are the text: one is taken as it is, problem and solution (or question and answer) as "Problem:\n…\n\nSolution:\n…", others joined by a blank line. Default: found in each file's first row, see below.
	Meta      []string // The fields that are kept as metadata. Default: those of level, type, subject and url that the first row of any file has.
	StringIDs bool     // Ids are strings, also where all are integers. Default: false.

	stdin io.Reader // For tests.
	said  atomic.Pointer[string]
	read  atomic.Int64
	size  atomic.Int64
}

// Progress tells how many bytes of the files have been read, of compressed ones
// as they are; size is 0 while the standard input or a pipe is among them.
func (f *Files) Progress() (read, size int64) { return f.read.Load(), f.size.Load() }

// Fields says which fields are used, as a line for people to read; it is empty
// until the first row has been seen.
func (f *Files) Fields() string {
	if s := f.said.Load(); s != nil {
		return *s
	}
	return ""
}

// Documents yields a document a row, in the order of Paths.
func (f *Files) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		if err := f.documents(ctx, yield); err != nil {
			yield(Document{}, err)
		}
	}
}

// errStopped ends an iteration that nobody wants to go on.
var errStopped = errors.New("stopped")

func (f *Files) documents(ctx context.Context, yield func(Document, error) bool) error {
	inputs, leftOut, err := f.inputs(ctx)
	defer func() {
		for _, in := range inputs {
			if in.pipe != nil {
				in.pipe.Close()
			}
		}
	}()
	if err != nil {
		return err
	}
	said, err := f.look(ctx, inputs)
	if err != nil {
		return err
	}
	if said != "" && len(leftOut) > 0 {
		said += "; not read: " + some(leftOut)
	}
	f.said.Store(&said)
	rows, documents, read := 0, 0, int64(0)
	for _, in := range inputs {
		err := in.rows(wanted{isRow: f.isRow, paths: in.fields.paths()}, &f.read, func(r row, err error) error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			rows++
			var d Document
			if err == nil {
				d, err = in.fields.document(r)
			}
			if err == nil {
				documents++
			} else if !errors.Is(err, ErrSkip) {
				return err
			}
			if !yield(d, err) {
				return errStopped
			}
			return nil
		})
		if err == errStopped {
			return nil
		}
		if err != nil {
			return err
		}
		read += in.size
		f.read.Store(read) // What was not looked at, a footer or columns, has been passed by.
	}
	switch {
	case rows == 0:
		return fmt.Errorf("%s: no rows", strings.Join(f.Paths, ", "))
	case documents == 0:
		return fmt.Errorf("%s: none of %d rows can be used (%s): the errors before this one say why", strings.Join(f.Paths, ", "), rows, said)
	}
	return nil
}

// inputs finds the files, and what there is besides in folders.
func (f *Files) inputs(ctx context.Context) (inputs []*input, leftOut []string, err error) {
	if len(f.Paths) == 0 {
		return nil, nil, errors.New("no input: name a file, a folder or a pattern")
	}
	f.read.Store(0)
	var s search
	seen := seen{folders: map[string]string{}, files: map[string]bool{}}
	size, known, stdin := int64(0), true, false
	for _, path := range f.Paths {
		if path == "-" {
			if stdin {
				return inputs, nil, errors.New("the standard input is named twice, and can be read once")
			}
			stdin, known = true, false
			in := &input{path: "standard input", in: f.stdin}
			if in.in == nil {
				in.in = awaited{os.Stdin, ctx}
			}
			inputs = append(inputs, in)
			continue
		}
		s.files = s.files[:0]
		if err := s.add(path); err != nil {
			return inputs, nil, err
		}
		for _, file := range s.files {
			if seen.before(file.path) {
				continue
			}
			info, err := os.Stat(file.path)
			if err != nil {
				return inputs, nil, fmt.Errorf("input %w", err)
			}
			in := &input{path: file.path, name: file.name, size: info.Size()}
			inputs = append(inputs, in)
			size += in.size
			if !info.Mode().IsRegular() {
				known = false
				if in.pipe, err = os.Open(in.path); err != nil {
					return inputs, nil, fmt.Errorf("input %w", err)
				}
				in.in = awaited{in.pipe, ctx}
			}
		}
	}
	if !known {
		size = 0
	}
	f.size.Store(size)
	return inputs, s.leftOut, nil
}

// look decides on the fields by the first row of each file that has a text.
func (f *Files) look(ctx context.Context, inputs []*input) (said string, err error) {
	c := choice{files: f}
	for _, in := range inputs {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		first, err := in.first(wanted{f.isRow, append([]string{f.ID}, idFields...), true, f.Text}, f.hasText)
		if err != nil {
			return "", err
		}
		if first.members != nil {
			in.fields = c.add(first)
		}
	}
	return c.done(inputs)
}
