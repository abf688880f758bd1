package mind

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
)

// A layout is how the rows of a file of JSON stand in it.
type layout int

const (
	layoutLines  layout = iota // A row a line.
	layoutValues               // Objects over several lines, one after the other.
	layoutList                 // One array of objects.
	layoutDict                 // One object of objects.
)

// alone tells whether the file is one object and nothing else, as in a folder
// with a file for each problem. It must be asked before the first row is read.
func (j *jsonReader) alone() bool {
	if j.layout == layoutList || j.layout == layoutDict {
		return false
	}
	var e extent
	for n, ended := 0, false; ; {
		if !ended {
			var more int
			more, ended = e.scan(j.buf[j.pos+n:])
			n += more
		}
		if ended && len(bytes.TrimSpace(j.buf[j.pos+n:])) > 0 || len(j.buf) > j.longest {
			return false
		}
		if !j.more() {
			return ended && j.err == io.EOF && j.buf[j.pos] == '{'
		}
	}
}

// objectLayout tells what a file is that begins with an object. One that ends
// on its line is a row, unless it is all there is and has objects only: then it
// is a dict. One over several lines is the first of such, or a dict.
func (j *jsonReader) objectLayout(isRow func(name []byte) bool) layout {
	j.look('\n')
	head := j.buf[j.pos:]
	line, _, whole := bytes.Cut(head, []byte{'\n'})
	if whole && json.Valid(line) && !j.isDict(line, isRow) {
		return layoutLines
	}
	bare := len(bytes.TrimSpace(line)) == 1 // The opening brace alone. What follows moves line.
	if whole {
		j.look(0)
		head = j.buf[j.pos:]
	}
	var e extent
	n, ended := e.scan(head)
	switch value := head[:n]; {
	case ended && json.Valid(value):
		alone := j.err != nil && len(bytes.TrimSpace(head[n:])) == 0
		if alone && j.isDict(value, isRow) {
			return layoutDict
		}
		if bytes.IndexByte(value, '\n') >= 0 {
			return layoutValues
		}
		return layoutLines
	case ended || whole && !bare:
		return layoutLines // A broken one: its line will say so.
	}
	if beginsDict(head, isRow) { // It is longer than the look.
		return layoutDict
	}
	if whole {
		return layoutValues
	}
	return layoutLines
}

// beginsDict tells whether what is in sight of an object is the beginning of a
// dict: not the first member alone, which may be metadata of a row with a long
// text, but all of them.
func beginsDict(head []byte, isRow func(name []byte) bool) (is bool) {
	for key := skipSpace(head, 1); key < len(head) && head[key] == '"'; {
		colon := valueEnd(head, key)
		at := skipSpace(head, min(skipSpace(head, colon)+1, len(head)))
		if at == len(head) {
			break
		}
		if head[at] != '{' || isRow(head[key+1:colon-1]) {
			return false
		}
		is = true
		comma := skipSpace(head, valueEnd(head, at))
		key = skipSpace(head, min(comma+1, len(head)))
	}
	return is
}

func (j *jsonReader) isDict(object []byte, isRow func(name []byte) bool) bool {
	members := appendMembers(nil, object[skipSpace(object, 0):])
	return len(members) > 0 && !slices.ContainsFunc(members, func(m member) bool {
		return m.b[0] != '{' || isRow(m.name)
	})
}
