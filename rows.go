package mind

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A row is one record of an input file, as a JSON object whatever the format.
// It is valid until the next one is read.
type row struct {
	place
	members []member
	own     string // The id of a document that is its whole file, where it has no other.
}

// A member is a name of an object with its value.
type member struct {
	name []byte
	value
}

// A value is valid JSON without white space around it, or the text of a string
// as it is: to quote a long text, only for it to be unquoted, would take longer
// than to read it from a file that has it plain. The zero value is no value.
type value struct {
	b     []byte
	plain bool
}

func (v value) exists() bool { return v.plain || v.b != nil }

// A rowReader reads one input file. There is one for each format, and what
// makes documents of rows knows none of them.
type rowReader interface {
	// next returns the next row, and io.EOF after the last one. An error that
	// is an ErrSkip concerns one row; any other means that the rest of the file
	// cannot be read. Both name the file and the place in it.
	next() (row, error)
}

// A place says where a row stands: line and n are 0 where the format has none.
type place struct {
	file    string
	line, n int
}

func (p place) String() string {
	switch {
	case p.line == 0 && p.n == 0:
		return p.file
	case p.line == 0:
		return fmt.Sprintf("%s: row %d", p.file, p.n)
	case p.n == 0:
		return fmt.Sprintf("%s:%d", p.file, p.line)
	}
	return fmt.Sprintf("%s:%d: row %d", p.file, p.line, p.n)
}

// skip is the error of one row.
func (p place) skip(reason error) error {
	return marked{fmt.Errorf("%v: %w", p, reason), ErrSkip}
}

// find returns the value at a dotted path, or nil. A name that itself has the
// dots wins over the path, on every level; elements of lists count from 0.
func find(members []member, path string) value {
	if v := named(members, path); v.exists() {
		return v
	}
	for i := strings.LastIndexByte(path, '.'); i > 0; i = strings.LastIndexByte(path[:i], '.') {
		if v := named(members, path[:i]); v.exists() && !v.plain {
			if v = findIn(v.b, path[i+1:]); v.exists() {
				return v
			}
		}
	}
	return value{}
}

func findIn(json []byte, path string) value {
	switch json[0] {
	case '{':
		return find(appendMembers(nil, json), path)
	case '[':
		index, rest, deeper := strings.Cut(path, ".")
		i, err := strconv.Atoi(index)
		if err != nil || i < 0 {
			return value{}
		}
		v := element(json, i)
		if v == nil || !deeper {
			return value{b: v}
		}
		return findIn(v, rest)
	}
	return value{}
}

// named returns the value of a name: the last one if it stands there twice, as
// encoding/json has it, but unlike there the case of letters counts.
func named(members []member, name string) value {
	for i := len(members) - 1; i >= 0; i-- {
		if string(members[i].name) == name {
			return members[i].value
		}
	}
	return value{}
}

// appendMembers appends the members of an object, which must be valid JSON.
func appendMembers(members []member, object []byte) []member {
	for i := skipSpace(object, 1); object[i] != '}'; {
		colon := valueEnd(object, i)
		name := object[i+1 : colon-1]
		if bytes.IndexByte(name, '\\') >= 0 {
			name = appendString(nil, object[i:colon])
		}
		i = skipSpace(object, skipSpace(object, colon)+1)
		end := valueEnd(object, i)
		members = append(members, member{name, value{b: object[i:end]}})
		if i = skipSpace(object, end); object[i] == ',' {
			i = skipSpace(object, i+1)
		}
	}
	return members
}

// element returns the i-th element of a list, which must be valid JSON, or nil.
func element(list []byte, i int) []byte {
	for at := skipSpace(list, 1); list[at] != ']'; i-- {
		end := valueEnd(list, at)
		if i == 0 {
			return list[at:end]
		}
		if at = skipSpace(list, end); list[at] == ',' {
			at = skipSpace(list, at+1)
		}
	}
	return nil
}

// asText is a value as a string: strings as they are, null as "", and all else
// as its JSON text.
func asText(v value) string {
	if v.plain {
		return string(v.b)
	}
	return string(v.appendText(make([]byte, 0, len(v.b))))
}

// appendText appends asText of a value.
func (v value) appendText(dst []byte) []byte {
	switch {
	case v.plain:
		return append(dst, v.b...)
	case v.isNull():
		return dst
	case v.b[0] == '"':
		return appendString(dst, v.b)
	}
	b := bytes.NewBuffer(dst)
	_ = json.Compact(b, v.b) // It is valid.
	return b.Bytes()
}

func (v value) isNull() bool { return !v.plain && (v.b == nil || v.b[0] == 'n') }

// kind names what a value is, for messages.
func (v value) kind() string {
	if v.plain {
		return "a string"
	}
	switch v.b[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a string"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

func (v value) isString() bool { return v.plain || len(v.b) > 0 && v.b[0] == '"' }

// members are those of an object; anything else has none.
func (v value) members() []member {
	if v.plain || len(v.b) == 0 || v.b[0] != '{' {
		return nil
	}
	return appendMembers(nil, v.b)
}

// isInteger tells whether a value is an integer of 64 bits that is written as
// Go and JSON write it.
func (v value) isInteger() bool {
	if v.plain || len(v.b) == 0 || v.b[0] > '9' { // Only to be fast: a string or null is none.
		return false
	}
	n, err := strconv.ParseInt(string(v.b), 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == string(v.b)
}

// notUTF8 is the index of the first byte of b that is not UTF-8, or -1. Bytes
// that are not UTF-8 make a row a bad one: encoding/json would put U+FFFD for
// them, and a text that was changed without a word is a wrong text.
func notUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
}

// clone is a row that stays valid.
func (r row) clone() row {
	members := make([]member, len(r.members))
	for i, m := range r.members {
		members[i] = member{bytes.Clone(m.name), value{bytes.Clone(m.b), m.plain}}
	}
	return row{r.place, members, r.own}
}

// appendString appends what a JSON string stands for; quoted must be valid.
// Half a surrogate pair becomes U+FFFD. json.Unmarshal would check the string
// a second time, which takes longer than all the rest of reading a row.
func appendString(dst, quoted []byte) []byte {
	s := quoted[1 : len(quoted)-1]
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		switch c {
		case 'u':
			r := hexRune(s)
			s = s[4:]
			if utf16.IsSurrogate(r) && len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				if both := utf16.DecodeRune(r, hexRune(s[2:])); both != utf8.RuneError {
					r, s = both, s[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		default: // A quote, a slash or a backslash.
			dst = append(dst, c)
		}
	}
}

func hexRune(s []byte) rune {
	var b [2]byte
	_, _ = hex.Decode(b[:], s[:4]) // They are four hex digits.
	return rune(b[0])<<8 | rune(b[1])
}

// skipSpace returns the index of the first byte from i on that is not white
// space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// valueEnd returns the index after the value that begins at i.
func valueEnd(b []byte, i int) int {
	var e extent
	n, _ := e.scan(b[i:])
	return i + n
}

// An extent finds the end of a JSON value that comes in pieces. It counts
// brackets outside of strings and leaves it to others whether what is between
// them is JSON: so a broken row in a list ends where it ends, and the next one
// can be read.
type extent struct {
	depth             int
	inString, escaped bool
}

// scan returns how many bytes of b belong to the value, and whether it ends
// there. The first byte of a value must be no space, comma or closing bracket.
func (e *extent) scan(b []byte) (n int, ended bool) {
	for i := 0; i < len(b); i++ {
		if e.inString {
			if e.escaped {
				e.escaped = false
				continue
			}
			// By quotes alone: IndexByte looks at many bytes at once, and which
			// quotes are escaped is told by the backslashes before them.
			from := i
			if i += bytes.IndexByte(b[i:], '"'); i < from {
				e.escaped = odd(b[from:])
				return len(b), false
			}
			if odd(b[from:i]) {
				continue
			}
			if e.inString = false; e.depth == 0 {
				return i + 1, true
			}
			continue
		}
		switch c := b[i]; {
		case c == '"':
			e.inString = true
		case c == '{' || c == '[':
			e.depth++
		case c == '}' || c == ']':
			if e.depth == 0 { // A bare word or number ends before it.
				return i, true
			}
			if e.depth--; e.depth == 0 {
				return i + 1, true
			}
		case e.depth == 0 && (c == ',' || c == ':' || isSpace(c)):
			return i, true
		}
	}
	return len(b), false
}

// odd tells whether b ends in an odd number of backslashes: the last one of them
// escapes what comes next.
func odd(b []byte) bool {
	n := 0
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}
