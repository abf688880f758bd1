package mind

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The names by which fields are found, the likelier first.
var (
	idFields       = []string{"id", "unique_id", "uuid"}
	problemFields  = []string{"problem", "question", "input"}
	solutionFields = []string{"solution", "answer", "output"}
	textFields     = []string{"text", "content", "body", "problem", "question", "input"}
	metaFields     = []string{"level", "type", "subject", "url"}
)

// isRow tells that an object with this member is a row, and not a dict of rows.
func (f *Files) isRow(name []byte) bool {
	for _, known := range [][]string{textFields, solutionFields, idFields, f.Text} {
		for _, path := range known {
			if first, _, _ := strings.Cut(path, "."); path == string(name) || first == string(name) {
				return true
			}
		}
	}
	return false
}

// fields are what of a row makes a document.
type fields struct {
	id     string
	intIDs bool
	text   []string
	pair   bool // text is a problem and its solution.
	meta   []string
	all    string // The fields that the first row has.
}

// choose decides on the fields by the first row of the first file.
func (f *Files) choose(first row, inputs []*input) (*fields, error) {
	var names []string
	for _, m := range first.members {
		names = append(names, string(m.name))
	}
	firstOf := func(candidates []string) string {
		i := slices.IndexFunc(candidates, func(c string) bool { return named(first.members, c) != nil })
		if i < 0 {
			return ""
		}
		return candidates[i]
	}
	c := &fields{id: cmp.Or(f.ID, firstOf(idFields), "id"), text: f.Text, meta: f.Meta, all: cmp.Or(strings.Join(names, ", "), "none")}
	if len(c.text) == 0 {
		problem, solution := firstOf(problemFields), firstOf(solutionFields)
		switch text := firstOf(textFields); {
		case problem != "" && solution != "":
			c.text, c.pair = []string{problem, solution}, true
		case text != "":
			c.text = []string{text}
		default:
			return nil, fmt.Errorf("%v: no field that a text could be taken from: there are %s; name one or more with Files.Text (-text)", first.place, c.all)
		}
	}
	if len(c.text) == 2 {
		a, b := lastName(c.text[0]), lastName(c.text[1])
		c.pair = c.pair || a == "problem" && b == "solution" || a == "question" && b == "answer"
	}
	if c.meta == nil {
		for _, name := range metaFields {
			if named(first.members, name) != nil {
				c.meta = append(c.meta, name)
			}
		}
	}
	c.intIDs = !f.StringIDs
	for _, in := range inputs {
		// A file without rows has no say.
		c.intIDs = c.intIDs && (in.first.members == nil || isInteger(find(in.first.members, c.id)))
	}
	return c, nil
}

// String is for people to read.
func (c *fields) String() string {
	kind := "strings"
	if c.intIDs {
		kind = "integers"
	}
	return fmt.Sprintf("text from %s; id from %s (%s); metadata: %s", strings.Join(c.text, " and "), c.id, kind, cmp.Or(strings.Join(c.meta, ", "), "none"))
}

// document makes a document of a row.
func (c *fields) document(r row) (d Document, err error) {
	if d.ID, d.IntID, err = c.idOf(r); err != nil {
		return d, r.skip(err)
	}
	texts := make([]string, len(c.text))
	for i, name := range c.text {
		if texts[i], err = textOf(r, name); err != nil {
			return d, r.skip(err)
		}
	}
	if c.pair {
		d.Text = "Problem:\n" + texts[0] + "\n\nSolution:\n" + texts[1]
	} else {
		d.Text = strings.Join(texts, "\n\n")
	}
	if len(c.meta) > 0 {
		d.Meta = make(map[string]string, len(c.meta))
		for _, name := range c.meta {
			d.Meta[name] = asText(find(r.members, name))
		}
	}
	return d, nil
}

// textOf is the text in a field. A number is one, as in "answer": 72.
func textOf(r row, name string) (string, error) {
	value := find(r.members, name)
	if value == nil {
		return "", fmt.Errorf("no field %s", name)
	}
	if k := kind(value); k != "a string" && k != "a number" {
		return "", fmt.Errorf("field %s is %s, not a string", name, k)
	}
	text := asText(value)
	if strings.TrimSpace(text) == "" {
		return "", fmt.Errorf("field %s is empty", name)
	}
	return text, nil
}

// idOf is the id of a row.
func (c *fields) idOf(r row) (id string, isInt bool, err error) {
	value := find(r.members, c.id)
	switch {
	case isInteger(value):
		return string(value), c.intIDs, nil
	case c.intIDs && isNull(value):
		return "", false, fmt.Errorf("no %s, where the first row has an integer: give every row one, or set Files.StringIDs (-string-ids)", c.id)
	case c.intIDs:
		return "", false, fmt.Errorf("%s is %.40s, where the first row has an integer: set Files.StringIDs (-string-ids)", c.id, value)
	case isNull(value):
		return "", false, nil
	}
	if k := kind(value); k != "a string" && k != "a number" {
		return "", false, errors.New(c.id + " is " + k + ", not a string or a number")
	}
	return asText(value), false, nil
}

// isInteger tells whether a value is an integer of 64 bits that is written as
// Go and JSON write it.
func isInteger(value []byte) bool {
	n, err := strconv.ParseInt(string(value), 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == string(value)
}

// lastName is the last part of a dotted path.
func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
