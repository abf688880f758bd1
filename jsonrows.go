package mind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// longestRow is the longest row that is read, so that one missing quote or
	// newline does not pull a whole file into memory.
	longestRow = 64 << 20
	// firstLook is how much of a file is looked at to learn how it is laid out.
	firstLook = 1 << 20
	// rowBuffer is what a reader begins with. It grows to its longest row.
	rowBuffer = 64 << 10
)

// A jsonReader reads the rows of JSON in any of its layouts. It holds one row
// at a time.
type jsonReader struct {
	place
	layout  layout
	in      io.Reader
	buf     []byte // buf[pos:] is read and not yet used.
	pos     int
	err     error // What ended in; io.EOF is the good end.
	longest int
	comma   bool // The list or dict: a comma stands before what comes next.
	closed  bool // The list or dict: its closing bracket was read.
	key     []byte
	members []member
}

// newJSONReader looks at the beginning of r to learn the layout: the content
// decides, not the file's name. isRow tells that an object with a member of this
// name is itself a row, and not a dict of rows.
func newJSONReader(file string, r io.Reader, isRow func(name []byte) bool) (*jsonReader, error) {
	j := &jsonReader{place: place{file: file, line: 1}, in: r, buf: make([]byte, 0, rowBuffer), longest: longestRow}
	j.look('\n')
	j.pos = len(bom) * btoi(bytes.HasPrefix(j.buf, bom))
	if err := notJSON(j.buf); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	c, err := j.space()
	switch {
	case err == io.EOF:
		return j, nil
	case err != nil:
		return nil, err
	case c == '[':
		j.layout = layoutList
		j.pos++
	case c == '{':
		j.layout = j.objectLayout(isRow)
		if j.layout == layoutDict {
			j.pos++
		}
	default:
		// The first row may be a bad one, but a file with no object at all in
		// sight is something else.
		if j.look(0); !bytes.Contains(j.buf[j.pos:], []byte("\n{")) {
			return nil, fmt.Errorf("%s: neither JSON nor JSONL: it begins with %.20q; a text that is one document is called %s", file, j.buf[j.pos:min(len(j.buf), j.pos+20)], strings.Join(textNames, " or "))
		}
	}
	if j.layout == layoutLines {
		j.line-- // Reading a line counts it.
	}
	return j, nil
}

var bom = []byte("\ufeff")

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// look reads on until a byte c is in the buffer (0: regardless), but no further
// than firstLook. It is c that lets a slow pipe be read row by row.
func (j *jsonReader) look(c byte) {
	for len(j.buf) < firstLook && (c == 0 || bytes.IndexByte(j.buf[j.pos:], c) < 0) && j.more() {
	}
}

// more reads some more into the buffer. It moves what is there.
func (j *jsonReader) more() bool {
	if j.err != nil {
		return false
	}
	if j.pos > 0 {
		j.buf = j.buf[:copy(j.buf, j.buf[j.pos:])]
		j.pos = 0
	}
	if len(j.buf) == cap(j.buf) {
		j.buf = slices.Grow(j.buf, len(j.buf))
	}
	for range 100 {
		n, err := j.in.Read(j.buf[len(j.buf):cap(j.buf)])
		j.buf, j.err = j.buf[:len(j.buf)+n], err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	j.err = io.ErrNoProgress
	return false
}

func (j *jsonReader) next() (row, error) {
	if j.layout == layoutLines {
		return j.nextLine()
	}
	return j.nextValue()
}

// nextLine reads a row that is a line. Nothing but a newline ends a line: not
// U+2028, which JSON allows in strings.
func (j *jsonReader) nextLine() (row, error) {
	for {
		line, err := j.readLine()
		if err != nil {
			return row{}, err
		}
		// Files with marks of their own may have been joined.
		line = bytes.Trim(bytes.TrimPrefix(line, bom), " \t\r")
		if len(line) > 0 {
			return j.parse(j.place, line)
		}
	}
}

func (j *jsonReader) readLine() ([]byte, error) {
	j.line++
	searched, long := 0, false
	for {
		rest := j.buf[j.pos:]
		end := bytes.IndexByte(rest[searched:], '\n')
		if end >= 0 {
			end += searched
			j.pos += end + 1
		} else {
			searched = len(rest)
			if long = long || searched > j.longest; long {
				j.pos, searched = len(j.buf), 0
			}
			if j.more() {
				continue
			}
			if j.err != io.EOF {
				return nil, fmt.Errorf("%v: %w", j.place, j.err)
			}
			rest = j.buf[j.pos:] // Which more has moved.
			if j.pos = len(j.buf); len(rest) == 0 && !long {
				return nil, io.EOF
			}
			end = len(rest)
		}
		if long || end > j.longest {
			return nil, j.skip(j.tooLong())
		}
		return rest[:end], nil
	}
}

func (j *jsonReader) tooLong() error {
	return fmt.Errorf("the row is longer than %d MiB", j.longest>>20)
}

// nextValue reads a row of the other layouts.
func (j *jsonReader) nextValue() (row, error) {
	for {
		c, err := j.space()
		inside := j.layout != layoutValues && !j.closed
		switch {
		case err == io.EOF && inside:
			return row{}, j.broken("the file ends inside its list of rows: it is cut off, or a quote or bracket is missing")
		case err != nil:
			return row{}, err
		case j.closed:
			return row{}, j.broken(fmt.Sprintf("%q after the end of the list of rows", c))
		case inside && (c == ']' && j.layout == layoutList || c == '}' && j.layout == layoutDict):
			j.pos++
			j.closed = true
			if j.comma {
				return row{}, j.skip(errors.New("a comma and no row after it"))
			}
		case inside && c == ',':
			j.pos++
			if j.comma || j.n == 0 {
				return row{}, j.skip(errors.New("a comma and no row before it"))
			}
			j.comma = true
		case inside && j.n > 0 && !j.comma:
			return row{}, j.broken(fmt.Sprintf("%q where a comma should follow row %d", c, j.n))
		case c == ']' || c == '}' || c == ',' || c == ':':
			return row{}, j.broken(fmt.Sprintf("%q where a row should begin", c))
		default:
			j.n++
			j.comma = false
			return j.readValue()
		}
	}
}

// readValue reads the row that begins here, in a dict with its key.
func (j *jsonReader) readValue() (row, error) {
	if j.layout == layoutDict {
		key, err := j.token()
		if err != nil {
			return row{}, err
		}
		if key[0] != '"' || !json.Valid(key) {
			return row{}, j.broken(fmt.Sprintf("%.40q where the key of a row should be", key))
		}
		j.key = append(j.key[:0], key...)
		if c, err := j.space(); err != nil && err != io.EOF {
			return row{}, err
		} else if c != ':' {
			return row{}, j.broken("no colon after the key of a row")
		}
		j.pos++
		c, err := j.space()
		if err != nil && err != io.EOF {
			return row{}, err
		}
		if err == io.EOF || c == ',' || c == ':' || c == '}' || c == ']' {
			return row{}, j.broken("no value after the key of a row")
		}
	}
	at := j.place
	raw, err := j.token()
	if err != nil {
		return row{}, err
	}
	r, err := j.parse(at, raw)
	if err == nil && j.layout == layoutDict && !named(r.members, "id").exists() {
		r.members = append(r.members, member{[]byte("id"), value{b: j.key}})
	}
	return r, err
}

// token reads the value that begins here.
func (j *jsonReader) token() ([]byte, error) {
	at := j.place
	var e extent
	scanned, long := 0, false
	for {
		n, ended := e.scan(j.buf[j.pos+scanned:])
		scanned += n
		long = long || scanned > j.longest
		if ended || long {
			token := j.buf[j.pos : j.pos+scanned]
			j.line += bytes.Count(token, []byte{'\n'})
			j.pos += scanned
			scanned = 0
			switch {
			case ended && long:
				return nil, at.skip(j.tooLong())
			case ended:
				return token, nil
			}
		}
		if !j.more() {
			if j.err != io.EOF {
				return nil, fmt.Errorf("%v: %w", at, j.err)
			}
			return nil, fmt.Errorf("%v: the row has no end: the file is cut off, or a quote or bracket is missing", at)
		}
	}
}

// space skips white space and returns the byte after it, without reading it.
func (j *jsonReader) space() (byte, error) {
	for {
		for ; j.pos < len(j.buf); j.pos++ {
			c := j.buf[j.pos]
			if !isSpace(c) {
				return c, nil
			}
			if c == '\n' {
				j.line++
			}
		}
		if !j.more() {
			if j.err != io.EOF {
				return 0, fmt.Errorf("%v: %w", j.place, j.err)
			}
			return 0, io.EOF
		}
	}
}

// broken is the error of a file whose rest cannot be read.
func (j *jsonReader) broken(what string) error {
	return fmt.Errorf("%s:%d: %s", j.file, j.line, what)
}

// parse checks the bytes of a row.
func (j *jsonReader) parse(at place, raw []byte) (row, error) {
	if !utf8.Valid(raw) || !json.Valid(raw) {
		return row{}, at.skip(whyInvalid(raw))
	}
	if raw[0] != '{' {
		return row{}, at.skip(fmt.Errorf("the row is %s, not an object", value{b: raw}.kind()))
	}
	j.members = appendMembers(j.members[:0], raw)
	return row{place: at, members: j.members}, nil
}

// whyInvalid says why raw is no JSON.
func whyInvalid(raw []byte) error {
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		return fmt.Errorf("NUL at byte %d of the row, as a crash leaves behind", i)
	}
	if i := notUTF8(raw); i >= 0 {
		return fmt.Errorf("not UTF-8 at byte %d of the row", i)
	}
	var whole json.RawMessage
	err := json.Unmarshal(raw, &whole)
	s, ok := errors.AsType[*json.SyntaxError](err)
	switch {
	case !ok:
		return err
	case s.Offset >= int64(len(raw)) && s.Error() == "unexpected end of JSON input":
		return fmt.Errorf("the row is cut off at byte %d", len(raw))
	}
	return fmt.Errorf("%w at byte %d of the row", err, s.Offset)
}
