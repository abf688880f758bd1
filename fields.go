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
	found  bool // text was not given.
	meta   []string
	first  place  // Of the first row of all.
	all    string // The fields that it has.
}

// choose decides on the fields by the first rows: of each file for the text, of
// the first file for all else, of every file for the kind of ids. It returns
// what to say of them, which is nothing where there is no row at all.
func (f *Files) choose(inputs []*input) (said string, err error) {
	var c *fields
	for _, in := range inputs {
		if in.first.members == nil { // A file without rows has no say.
			continue
		}
		if c == nil {
			c = f.common(in.first)
		}
		c.intIDs = c.intIDs && isInteger(find(in.first.members, c.id))
	}
	if c == nil {
		return "", nil
	}
	var texts []string
	for _, in := range inputs {
		text, pair := f.Text, isPair(f.Text)
		if len(text) == 0 && in.first.members != nil {
			text, pair = foundText(in.first)
		}
		if c.text == nil && in.first.members != nil && hasAny(in.first, text) {
			c.text, c.pair = text, pair
		}
		if s := strings.Join(text, " and "); s != "" && !slices.Contains(texts, s) {
			texts = append(texts, s)
		}
		in.fields = *c
		in.fields.text, in.fields.pair = text, pair
	}
	switch {
	case c.text != nil:
	case len(f.Text) > 0:
		return "", fmt.Errorf("%s: no field %s in the first row, which has the fields %s: name others with Files.Text (-text)", c.first.file, strings.Join(f.Text, " or "), c.all)
	default:
		return "", fmt.Errorf("%v: no field that a text could be taken from: there are %s; name one or more with Files.Text (-text)", c.first, c.all)
	}
	// A file whose first row has no text may still have the fields of the others.
	for _, in := range inputs {
		if len(in.fields.text) == 0 {
			in.fields.text, in.fields.pair = c.text, c.pair
		}
	}
	kind := "strings"
	if c.intIDs {
		kind = "integers"
	}
	return fmt.Sprintf("text from %s; id from %s (%s); metadata: %s", strings.Join(texts, ", "), c.id, kind, cmp.Or(strings.Join(c.meta, ", "), "none")), nil
}

// common is what all files have in common, by the first row of the first.
func (f *Files) common(first row) *fields {
	var names []string
	for _, m := range first.members {
		names = append(names, string(m.name))
	}
	c := &fields{
		id:     cmp.Or(f.ID, firstOf(first, idFields), "id"),
		intIDs: !f.StringIDs,
		found:  len(f.Text) == 0,
		meta:   f.Meta,
		first:  first.place,
		all:    cmp.Or(strings.Join(names, ", "), "none"),
	}
	if c.meta == nil {
		for _, name := range metaFields {
			if named(first.members, name) != nil {
				c.meta = append(c.meta, name)
			}
		}
	}
	return c
}

// foundText finds the fields that are the text of rows like this one. An input
// beside an instruction is half of a question, and no text.
func foundText(r row) (text []string, pair bool) {
	candidates := problemFields
	if named(r.members, "instruction") != nil {
		candidates = []string{"problem", "question"}
	}
	problem, solution := firstOf(r, candidates), firstOf(r, solutionFields)
	if problem != "" && solution != "" {
		return []string{problem, solution}, true
	}
	if alone := firstOf(r, textFields); alone != "" && (alone != "input" || slices.Contains(candidates, alone)) {
		return []string{alone}, false
	}
	return nil, false
}

// firstOf returns the first of the names that a row has, or "".
func firstOf(r row, candidates []string) string {
	i := slices.IndexFunc(candidates, func(c string) bool { return named(r.members, c) != nil })
	if i < 0 {
		return ""
	}
	return candidates[i]
}

// hasAny tells whether a row has a field at any of the paths.
func hasAny(r row, paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool { return find(r.members, p) != nil })
}

// isPair tells whether the fields are a problem and its solution by their names.
func isPair(text []string) bool {
	if len(text) != 2 {
		return false
	}
	a, b := lastName(text[0]), lastName(text[1])
	return a == "problem" && b == "solution" || a == "question" && b == "answer"
}

// document makes a document of a row.
func (c *fields) document(r row) (d Document, err error) {
	if d.ID, d.IntID, err = c.idOf(r); err != nil {
		return d, r.skip(err)
	}
	if c.found && len(c.text) == 1 && slices.Contains(problemFields, c.text[0]) {
		// To take the problem alone would lose the solution without a word.
		if s := firstOf(r, solutionFields); s != "" {
			return d, r.skip(fmt.Errorf("field %s, which the first row lacks: name the fields of the text with Files.Text (-text)", s))
		}
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
