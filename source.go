package mind

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"sync/atomic"
)

// Files is a [Source] that reads documents from files of JSON (an array of
// objects, an object of objects, one object) or JSONL, a row at a time, whatever
// the file's name says. It is used by pointer.
//
// A row that is malformed, or has no text, is an error that names file, line
// and reason, and is skipped; a file of which the rest cannot be read ends the
// iteration, because an input that is silently short is worse than none. Where
// no row at all has a text, the error lists the fields that there are.
//
// Ids are integers if the first row of every file has an integer id within 64
// bits; a later row without one is skipped then. Otherwise all are strings.
//
// Fields are given as dotted paths, as in extra_info.question or
// prompt.0.content; a name that itself has the dots goes before the path. The
// text is found as the first of problem, question and input with the first of
// solution, answer and output; else it is text, content, body, problem,
// question or input alone. An input beside an instruction is none. Where a
// problem alone was found, a later row with a solution is skipped by name. A
// file whose first row has no text is read as the first that has one.
type Files struct {
	Paths     []string // Files; "-" is the standard input, once.
	ID        string   // The field that is the id. Default: the first of id, unique_id and uuid that the first row has.
	Text      []string // The fields that are the text: one is taken as it is, problem and solution (or question and answer) as "Problem:\n…\n\nSolution:\n…", others joined by a blank line. Default: found in each file's first row, see below.
	Meta      []string // The fields that are kept as metadata. Default: those of level, type, subject and url that the first row has.
	StringIDs bool     // Ids are strings, also where all are integers. Default: false.

	stdin io.Reader // For tests.
	said  atomic.Pointer[string]
	read  atomic.Int64
	size  atomic.Int64
}

// Progress tells how many bytes of the files have been read; size is 0 while
// the standard input or a pipe is among them.
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
	inputs, err := f.open()
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
	said, err := f.choose(inputs)
	if err != nil {
		return err
	}
	f.said.Store(&said)
	rows, documents := 0, 0
	for _, in := range inputs {
		err := in.rows(&f.read, func(r row, err error) error {
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
	}
	switch {
	case rows == 0:
		return fmt.Errorf("%s: no rows", strings.Join(f.Paths, ", "))
	case documents == 0:
		return fmt.Errorf("%s: none of %d rows can be used (%s): the errors before this one say why", strings.Join(f.Paths, ", "), rows, said)
	}
	return nil
}

// open looks at the first row of each file.
func (f *Files) open() (inputs []*input, err error) {
	if len(f.Paths) == 0 {
		return nil, errors.New("no input: name a file")
	}
	f.read.Store(0)
	size, known := int64(0), true
	for _, path := range f.Paths {
		in := &input{path: path, isRow: f.isRow}
		inputs = append(inputs, in)
		if path == "-" {
			if !known && slices.Index(f.Paths, "-") < len(inputs)-1 {
				return inputs, errors.New("the standard input is named twice, and can be read once")
			}
			known = false
			in.path, in.in = "standard input", f.stdin
			if in.in == nil {
				in.in = os.Stdin
			}
		} else {
			info, err := os.Stat(path)
			if err != nil {
				return inputs, fmt.Errorf("input %w", err)
			}
			if info.IsDir() {
				return inputs, fmt.Errorf("input %s is a folder: name the files in it", path)
			}
			size += info.Size()
			if !info.Mode().IsRegular() {
				known = false
				if in.pipe, err = os.Open(path); err != nil {
					return inputs, fmt.Errorf("input %w", err)
				}
				in.in = in.pipe
			}
		}
		if err := in.look(); err != nil {
			return inputs, err
		}
	}
	if !known {
		size = 0
	}
	f.size.Store(size)
	return inputs, nil
}

// An input is one of the files.
type input struct {
	path   string
	isRow  func(name []byte) bool
	in     io.Reader // A pipe or the standard input, which cannot be opened again.
	pipe   *os.File  // The pipe, to be closed.
	reader rowReader // That of in, with
	ahead  []ahead   // what was read of it to find the first row.
	first  row       // Without members: there is none.
	fields fields
}

// ahead is what a reader returned.
type ahead struct {
	row
	error
}

// look finds the first row.
func (in *input) look() error {
	return in.each(nil, func(r row, err error) error {
		if in.in != nil {
			in.ahead = append(in.ahead, ahead{r.clone(), err})
		}
		if errors.Is(err, ErrSkip) {
			return nil
		}
		in.first = r.clone()
		return errStopped
	})
}

// rows calls do with each row and each error that concerns one.
func (in *input) rows(read *atomic.Int64, do func(row, error) error) error {
	ahead := in.ahead
	in.ahead = nil
	for _, a := range ahead {
		if err := do(a.row, a.error); err != nil {
			return err
		}
	}
	return in.each(read, do)
}

func (in *input) each(read *atomic.Int64, do func(row, error) error) error {
	r := in.reader
	if r == nil {
		from := in.in
		if from == nil {
			file, err := os.Open(in.path)
			if err != nil {
				return fmt.Errorf("input %w", err)
			}
			defer file.Close()
			from = counted{file, read}
		}
		var err error
		if r, err = newJSONReader(in.path, from, in.isRow); err != nil {
			return err
		}
		if in.in != nil {
			in.reader = r
		}
	}
	for {
		row, err := r.next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, ErrSkip) {
			return err
		}
		if err := do(row, err); err == errStopped && read == nil {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// counted counts what is read, if somebody wants to know.
type counted struct {
	io.Reader
	n *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	if c.n != nil {
		c.n.Add(int64(n))
	}
	return n, err
}

// clone is a row that stays valid.
func (r row) clone() row {
	members := make([]member, len(r.members))
	for i, m := range r.members {
		members[i] = member{bytes.Clone(m.name), bytes.Clone(m.value)}
	}
	return row{r.place, members}
}
