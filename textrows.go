package mind

import (
	"bytes"
	"fmt"
	"io"
)

// A textReader reads a file that is one document, a text or TeX, as a row with
// the field text.
type textReader struct {
	place
	in   io.Reader
	done bool
}

func (t *textReader) next() (row, error) {
	if t.done {
		return row{}, io.EOF
	}
	t.done = true
	b, err := io.ReadAll(io.LimitReader(t.in, longestRow+1))
	if err != nil {
		return row{}, fmt.Errorf("%s: %w", t.file, err)
	}
	if len(b) > longestRow {
		return row{}, t.skip(fmt.Errorf("the text is longer than %d MiB", longestRow>>20))
	}
	b = bytes.TrimPrefix(b, bom)
	if i := notUTF8(b); i >= 0 {
		return row{}, t.skip(fmt.Errorf("not UTF-8 at byte %d; convert it (as in iconv -f latin1 -t utf8)", i))
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		return row{}, t.skip(fmt.Errorf("NUL at byte %d: this is no text", i))
	}
	return row{place: t.place, members: []member{{[]byte("text"), value{b, true}}}}, nil
}
