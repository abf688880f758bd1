package mind

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// recordKeys are the keys of a record, in the order in which they stand.
var recordKeys = func() (keys []recordKey) {
	for field := range reflect.TypeFor[record]().Fields() {
		name, optional, _ := strings.Cut(field.Tag.Get("json"), ",")
		keys = append(keys, recordKey{name, optional != ""})
	}
	return keys
}()

type recordKey struct {
	name     string
	optional bool
}

// wholeRecord reads a line in full. What it demands beyond UnmarshalJSON is that
// the line has all of our keys, spelt as we do and without a null, and that it
// ends where the record does. Their order and white space are free: tools that
// users pass the file through change both.
func wholeRecord(line []byte) (d Dialogue, err error) {
	if err := json.Unmarshal(line, &d); err != nil {
		return d, err
	}
	var has map[string]json.RawMessage
	if err := json.Unmarshal(line, &has); err != nil {
		return d, err
	}
	for _, key := range recordKeys {
		if value, ok := has[key.name]; !ok && !key.optional || string(value) == "null" {
			return d, fmt.Errorf("it has no %q", key.name)
		}
		delete(has, key.name)
	}
	for name := range has { // UnmarshalJSON does not mind "ID" beside "id".
		return d, fmt.Errorf("it has a key %q", name)
	}
	return d, nil
}

// ourBeginning tells whether b may be what is left of a record that was being
// appended: its keys are ours, in our order, as far as it goes or up to the
// first hole.
func ourBeginning(b []byte) bool {
	if !matches(b, recordHead) {
		return false
	}
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	separator := "{"
	for _, key := range recordKeys {
		name := separator + `"` + key.name + `":`
		switch {
		case bytes.HasPrefix(b, []byte(name)):
			b = b[len(name):]
			b = b[valueLen(b):]
		case len(b) < len(name) && strings.HasPrefix(name, string(b)):
			return true
		case !key.optional:
			return false
		}
		separator = ","
	}
	return len(b) == 0
}

// valueLen is how far the JSON value at the beginning of b goes.
func valueLen(b []byte) int {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case depth == 0 && (c == ',' || c == '}'):
			return i
		case c == '{':
			depth++
		case c == '}':
			depth--
		}
	}
	return len(b)
}

// How every record begins, and where its key stands: recordEnd, with the key in
// the place of its dots, is its end.
const (
	recordHead = `{"id":`
	recordEnd  = `,"key":"........................................"}`
)

// torn tells whether a line is one of ours that a power cut tore holes in: what
// it did not let arrive on the disk reads as zeros, and a line of JSON never
// holds a zero byte. Not every line with one is ours, though: text in UTF-16 is
// full of them. Ours has its own beginning and end, or zeros in their place.
func torn(line []byte) bool {
	return bytes.IndexByte(line, 0) >= 0 && len(line) >= len(recordHead)+len(recordEnd) &&
		matches(line, recordHead) && matches(line[len(line)-len(recordEnd):], recordEnd)
}

// matches tells whether b begins like pattern, or is a part of it, with zeros in
// the place of any byte and any byte in the place of a dot.
func matches(b []byte, pattern string) bool {
	for i, c := range b[:min(len(b), len(pattern))] {
		if c != 0 && c != pattern[i] && pattern[i] != '.' {
			return false
		}
	}
	return true
}

// foreign says what to do about a line that is not ours.
func foreign(err error) error {
	return fmt.Errorf("not a line that mind wrote (%w): name another output, or take the line out", err)
}

// lineKey is the key at the fixed end of a line; a line with another end is
// read in full. A line whose beginning and end are ours counts as ours: to look
// at all that stands between takes twenty times as long, and what a user may
// have done to it is seen by [Dialogues].
func lineKey(line []byte) (string, error) {
	const name, end = `,"key":"`, `"}`
	if i := len(line) - len(recordEnd); i > 0 && bytes.HasPrefix(line, []byte(recordHead)) &&
		string(line[i:i+len(name)]) == name && string(line[len(line)-len(end):]) == end {
		key := string(line[i+len(name) : len(line)-len(end)])
		_, _, err := parseKey(key)
		return key, err
	}
	d, err := wholeRecord(line)
	return d.Key, err
}
