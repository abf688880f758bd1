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
}

// A member is a name of an object with its value, which is valid JSON without
// white space around it.
type member struct {
	name, value []byte
}

// A rowReader reads one input file. There is one for each format, and what
// makes documents of rows knows none of them.
type rowReader interface {
	// next returns the next row, and io.EOF after the last one. An error that
	// is an ErrSkip concerns one row; any other means that the rest of the file
	// cannot be read. Both name the file and the place in it.
	next() (row, error)
}

// A place says where a row stands: line or n is 0 where the format has none.
type place struct {
	file    string
	line, n int
}

func (p place) String() string {
	switch {
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
func find(members []member, path string) []byte {
	if v := named(members, path); v != nil {
		return v
	}
	for i := strings.LastIndexByte(path, '.'); i > 0; i = strings.LastIndexByte(path[:i], '.') {
		if v := named(members, path[:i]); v != nil {
			if v = findIn(v, path[i+1:]); v != nil {
				return v
			}
		}
	}
	return nil
}

func findIn(value []byte, path string) []byte {
	switch value[0] {
	case '{':
		return find(appendMembers(nil, value), path)
	case '[':
		index, rest, deeper := strings.Cut(path, ".")
		i, err := strconv.Atoi(index)
		if err != nil || i < 0 {
			return nil
		}
		v := element(value, i)
		if v == nil || !deeper {
			return v
		}
		return findIn(v, rest)
	}
	return nil
}

// named returns the value of a name: the last one if it stands there twice, as
// encoding/json has it, but unlike there the case of letters counts.
func named(members []member, name string) []byte {
	for i := len(members) - 1; i >= 0; i-- {
		if string(members[i].name) == name {
			return members[i].value
		}
	}
	return nil
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
		members = append(members, member{name, object[i:end]})
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
func asText(value []byte) string {
	switch {
	case isNull(value):
		return ""
	case value[0] == '"':
		return string(appendString(nil, value))
	}
	var b bytes.Buffer
	_ = json.Compact(&b, value) // It is valid.
	return b.String()
}

func isNull(value []byte) bool { return value == nil || value[0] == 'n' }

// kind names what a value is, for messages.
func kind(value []byte) string {
	switch value[0] {
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
			for i < len(b) && b[i] != '"' && b[i] != '\\' {
				i++
			}
			if i == len(b) {
				break
			}
			if b[i] == '\\' {
				e.escaped = true
			} else if e.inString = false; e.depth == 0 {
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
