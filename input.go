package mind

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
)

// An input is one of the files. There may be thousands: between its first row
// and all of them a file is closed.
type input struct {
	path   string
	name   string    // Of a document that is the whole file. Empty: it has none.
	size   int64     // 0 for a pipe or the standard input,
	in     io.Reader // which is this, for it cannot be opened again, with
	pipe   *os.File  // what is to be closed of it,
	reader rowReader // its reader, and
	ahead  []ahead   // what was read to find the first row.
	own    string    // The id of the document that is the whole file.
	fields *fields
}

// ahead is what a reader returned.
type ahead struct {
	row
	error
}

// wanted says what of the rows is needed: a format by columns reads no others.
type wanted struct {
	isRow   func(name []byte) bool // Tells that an object with this member is a row, and not a dict of rows.
	paths   []string
	look    bool     // The names of all other fields too, and
	perhaps []string // these, if it takes a row to tell whether they are there.
}

// firstRows is how many rows are looked at to find one that has a text.
const firstRows = 1_000

// first returns the first row that has a text, else the first of all; without
// members: there is none.
func (in *input) first(w wanted, hasText func(row) bool) (first row, err error) {
	n := 0
	err = in.each(w, nil, func(r row, err error) error {
		if in.in != nil {
			in.ahead = append(in.ahead, ahead{r.clone(), err})
		}
		if errors.Is(err, ErrSkip) {
			return nil
		}
		n++
		found := hasText(r)
		if n == 1 || found {
			first = r.clone()
		}
		if found || n == firstRows {
			return errStopped
		}
		return nil
	})
	return first, err
}

// rows calls do with each row and each error that concerns one.
func (in *input) rows(w wanted, read *atomic.Int64, do func(row, error) error) error {
	ahead := in.ahead
	in.ahead = nil
	for _, a := range ahead {
		if err := do(a.row, a.error); err != nil {
			return err
		}
	}
	return in.each(w, read, do)
}

func (in *input) each(w wanted, read *atomic.Int64, do func(row, error) error) error {
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
		if r, err = in.open(from, w); err != nil {
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
		row.own = in.own
		if err := do(row, err); err == errStopped && read == nil {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// textLook is how much of a text is looked at, to see that it is one.
const textLook = 4 << 10

// open returns the reader of the format that the content is in. The name says
// only that what could be anything is a text.
func (in *input) open(from io.Reader, w wanted) (rowReader, error) {
	if in.in == nil && in.size == 0 && plainName(in.name) != in.name {
		return nil, fmt.Errorf("%s: this is called compressed and is empty, which is not what compressed nothing is; fetch or write it again, or delete it", in.path)
	}
	content, head, err := decompressed(from)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.path, err)
	}
	switch {
	case isParquet(head) && in.in != nil:
		return nil, fmt.Errorf("%s: this is parquet, which is read from its end and not from a pipe: name the file", in.path)
	case isParquet(head):
		return in.openParquet(from.(counted), w)
	case hasEnding(in.name, []string{".parquet"}):
		head, err := io.ReadAll(io.LimitReader(content, 80))
		if err == nil {
			err = notParquet(head)
		}
		return nil, fmt.Errorf("%s: %w", in.path, err)
	}
	if in.name != "" && hasEnding(in.name, textNames) {
		text := bufio.NewReaderSize(content, textLook)
		head, _ := text.Peek(textLook) // An error comes again.
		if !isRows(head) {
			if err := notText(head); err != nil {
				return nil, fmt.Errorf("%s: %w", in.path, err)
			}
			in.own = plainName(in.name)
			return &textReader{place: place{file: in.path}, in: text}, nil
		}
		content = text
	}
	j, err := newJSONReader(in.path, content, w.isRow)
	if err == nil && filepath.Ext(plainName(in.name)) == ".json" && j.alone() {
		in.own = plainName(in.name)
	}
	return j, err
}

// openParquet returns a reader that counts as read of the file what it has read
// of the columns that it reads.
func (in *input) openParquet(file counted, w wanted) (rowReader, error) {
	size, err := file.File.Seek(0, io.SeekEnd) // It may be another file by now than it was.
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.path, err)
	}
	p, err := newParquetReader(in.path, file.File, size, w)
	if err != nil || file.n == nil {
		return p, err
	}
	scale := float64(size) / float64(max(p.packedSize(), 1))
	p.advance = func(n int64) { file.n.Add(int64(float64(n) * scale)) }
	return p, nil
}

// awaited is a pipe or the standard input, in an iteration that ctx ends.
type awaited struct {
	*os.File
	ctx context.Context
}

// counted counts what is read, if somebody wants to know.
type counted struct {
	*os.File
	n *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.File.Read(b)
	if c.n != nil {
		c.n.Add(int64(n))
	}
	return n, err
}
