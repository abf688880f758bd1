package mind

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
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

// largestScratch is what is kept of the memory for a long text, for the next.
const largestScratch = 1 << 20

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

// common is what all files have in common.
type common struct {
	intIDs bool     // The first row of every file, if it has a text, has an integer id.
	found  bool     // The text was not given.
	meta   []string // Found in the first row of any file, if not given.
	first  place    // Of the first row of all.
	all    string   // The fields that it has.
}

// fields are what of a row makes a document. Files with the same id and text
// share them.
type fields struct {
	*common
	id      string
	text    []string
	pair    bool // text is a problem and its solution.
	parts   [][]byte
	scratch []byte
	known   known
}

// known has strings that come again and again, as levels and types do, so that
// they are made once.
type known map[string]string

// of is asText of a value.
func (k known) of(v value) string {
	const most = 1000
	if s, ok := k[string(v.b)]; ok && v.plain {
		return s
	}
	s := asText(v)
	if v.plain && len(k) < most {
		k[s] = s
	}
	return s
}

// A choice decides on the fields by the first row of each file that has a text.
type choice struct {
	files  *Files
	common *common
	sets   []*fields // One for each id and text.
	usual  *fields   // Of the first row that has a text.
	ids    []string  // Where ids come from.
}

// add takes the first row of a file into account, and returns its fields: nil
// if it has no text.
func (c *choice) add(first row) *fields {
	if c.common == nil {
		c.common = c.files.common(first)
	}
	if c.files.Meta == nil {
		c.common.meta = slices.DeleteFunc(slices.Clone(metaFields), func(name string) bool {
			return !slices.Contains(c.common.meta, name) && !named(first.members, name).exists()
		})
	}
	text, pair := c.files.text(first)
	if len(text) == 0 {
		return nil
	}
	id := cmp.Or(c.files.ID, firstOf(first, idFields), "id")
	hasText := hasAny(first, text)
	if hasText { // Else it may be something about the data, as dataset_info.json is, and has no say.
		v, from := find(first.members, id), id
		c.common.intIDs = c.common.intIDs && v.isInteger()
		if first.own != "" && v.isNull() {
			from = "the file's path"
		}
		if !slices.Contains(c.ids, from) {
			c.ids = append(c.ids, from)
		}
	}
	i := slices.IndexFunc(c.sets, func(set *fields) bool { return set.id == id && slices.Equal(set.text, text) })
	if i < 0 {
		i = len(c.sets)
		c.sets = append(c.sets, &fields{common: c.common, id: id, text: text, pair: pair, known: known{}})
	}
	if c.usual == nil && hasText {
		c.usual = c.sets[i]
	}
	return c.sets[i]
}

// done gives a file whose first row has no text the fields of the others. It
// returns what to say of the fields, which is nothing where there is no row.
func (c *choice) done(inputs []*input) (said string, err error) {
	if c.common == nil { // No file has a row, and a file without rows has no say.
		return "", nil
	}
	switch {
	case c.usual != nil:
	case len(c.files.Text) > 0:
		return "", fmt.Errorf("%s: no field %s in the first row, which has the fields %s: name others with Files.Text (-text)", c.common.first.file, strings.Join(c.files.Text, " or "), c.common.all)
	default:
		return "", fmt.Errorf("%v: no field that a text could be taken from: there are %s; name one or more with Files.Text (-text)", c.common.first, c.common.all)
	}
	for _, in := range inputs {
		if in.fields == nil {
			in.fields = c.usual
		}
	}
	var texts []string
	for _, set := range c.sets {
		if text := strings.Join(set.text, " and "); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	kind := "strings"
	if c.common.intIDs {
		kind = "integers"
	}
	return fmt.Sprintf("text from %s; id from %s (%s); metadata: %s", strings.Join(texts, ", "), strings.Join(c.ids, ", "), kind, cmp.Or(strings.Join(c.common.meta, ", "), "none")), nil
}

// common is what the first row of all decides on.
func (f *Files) common(first row) *common {
	return &common{
		intIDs: !f.StringIDs,
		found:  len(f.Text) == 0,
		meta:   f.Meta,
		first:  first.place,
		all:    cmp.Or(strings.Join(appendPaths(nil, "", first.members), ", "), "none"),
	}
}

// appendPaths appends the paths that could be given, those within objects and
// in the first element of lists too.
func appendPaths(paths []string, to string, members []member) []string {
	for _, m := range members {
		paths = appendPath(paths, to+string(m.name), m.value)
	}
	return paths
}

func appendPath(paths []string, path string, v value) []string {
	const deep = 4
	if !v.plain && strings.Count(path, ".") < deep {
		switch v.b[0] {
		case '{':
			if members := appendMembers(nil, v.b); len(members) > 0 {
				return appendPaths(paths, path+".", members)
			}
		case '[':
			if e := element(v.b, 0); e != nil {
				return appendPath(paths, path+".0", value{b: e})
			}
		}
	}
	return append(paths, path)
}

// paths are the fields that are needed; nil fields have none.
func (c *fields) paths() []string {
	if c == nil {
		return nil
	}
	return slices.Concat([]string{c.id}, c.text, c.meta)
}

// text are the fields that are the text of rows like this one.
func (f *Files) text(r row) (text []string, pair bool) {
	if len(f.Text) > 0 {
		return f.Text, isPair(f.Text)
	}
	return foundText(r)
}

// hasText tells whether a row has any of them.
func (f *Files) hasText(r row) bool {
	text, _ := f.text(r)
	return hasAny(r, text)
}

// foundText finds the fields that are the text of rows like this one. An input
// beside an instruction is half of a question, and no text.
func foundText(r row) (text []string, pair bool) {
	candidates := problemFields
	if named(r.members, "instruction").exists() {
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
	i := slices.IndexFunc(candidates, func(c string) bool { return named(r.members, c).exists() })
	if i < 0 {
		return ""
	}
	return candidates[i]
}

// hasAny tells whether a row has a field at any of the paths.
func hasAny(r row, paths []string) bool {
	return slices.ContainsFunc(paths, func(p string) bool { return find(r.members, p).exists() })
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
	if d.Text, err = c.textOf(r); err != nil {
		return d, r.skip(err)
	}
	if len(c.meta) > 0 {
		d.Meta = make(map[string]string, len(c.meta))
		for _, name := range c.meta {
			d.Meta[name] = c.known.of(find(r.members, name))
		}
	}
	return d, nil
}

// textOf is the text of a row. A number is one, as in "answer": 72.
func (c *fields) textOf(r row) (string, error) {
	c.parts = c.parts[:0]
	scratch, size := c.scratch[:0], 0
	for i, name := range c.text {
		v := find(r.members, name)
		if !v.exists() {
			return "", fmt.Errorf("no field %s", name)
		}
		if k := v.kind(); k != "a string" && k != "a number" {
			return "", fmt.Errorf("field %s is %s, not a string", name, k)
		}
		part := v.b
		if !v.plain {
			// Room for all of it: a long text that grows is copied again and again.
			scratch = slices.Grow(scratch, len(v.b))
			begin := len(scratch)
			scratch = v.appendText(scratch)
			part = scratch[begin:]
		}
		if isBlank(part) {
			return "", fmt.Errorf("field %s is empty", name)
		}
		c.parts = append(c.parts, part)
		size += len(c.before(i)) + len(part)
	}
	if c.scratch = scratch; cap(scratch) > largestScratch {
		c.scratch = nil
	}
	var text strings.Builder
	text.Grow(size)
	for i, part := range c.parts {
		text.WriteString(c.before(i))
		text.Write(part)
	}
	clear(c.parts) // They would hold the memory of a long text until the next row.
	return text.String(), nil
}

// before is what stands before a field of the text.
func (c *fields) before(i int) string {
	switch {
	case c.pair && i == 0:
		return "Problem:\n"
	case c.pair:
		return "\n\nSolution:\n"
	case i > 0:
		return "\n\n"
	}
	return ""
}

func isBlank(b []byte) bool { return len(bytes.TrimSpace(b)) == 0 }

// idOf is the id of a row.
func (c *fields) idOf(r row) (id string, isInt bool, err error) {
	v := find(r.members, c.id)
	switch {
	case v.isInteger():
		return string(v.b), c.intIDs, nil
	case c.intIDs && v.isNull():
		return "", false, fmt.Errorf("no %s, where the first row has an integer: give every row one, or set Files.StringIDs (-string-ids)", c.id)
	case c.intIDs:
		return "", false, fmt.Errorf("%s is %.40s, where the first row has an integer: set Files.StringIDs (-string-ids)", c.id, v.b)
	case v.isNull():
		return r.own, false, nil
	}
	if k := v.kind(); k != "a string" && k != "a number" {
		return "", false, errors.New(c.id + " is " + k + ", not a string or a number")
	}
	return asText(v), false, nil
}

// lastName is the last part of a dotted path.
func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
