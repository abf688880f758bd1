package mind

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// A node is a field of a parquet file: a leaf has a column, a group has fields,
// and lists and maps, which are groups by a convention, are seen as what they
// stand for.
type node struct {
	name     string
	shape    shape
	fields   []*node // Of a group; the element of a list; key and value of a map.
	repeated bool    // It is a list, though it is not called one.
	maxDef   int     // Its definition level where it is there; of a list, where there is an element.
	maxRep   int
	optional bool
	leaf     *leaf
	column   int // Of a leaf.
	wanted   bool
	columns  []int  // The wanted ones of it and below.
	member   []byte // name
}

type shape int

const (
	shapeLeaf shape = iota
	shapeGroup
	shapeList
	shapeMap
)

// A leaf is a column as the footer describes it.
type leaf struct {
	path           []string
	physical       format.Type
	size           int // Of a value of fixed length.
	maxDef, maxRep int
	element        *format.SchemaElement
	text           bool // Its values are texts.
}

func (l *leaf) name() string { return strings.Join(l.path, ".") }

// schema builds the tree of the fields, and lists its leaves.
func schema(elements []format.SchemaElement) (root *node, leaves []*leaf, err error) {
	if len(elements) == 0 {
		return nil, nil, errors.New("there is no schema")
	}
	b := schemaBuilder{elements: elements}
	raw, err := b.next(nil, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	if b.i < len(elements) {
		return nil, nil, fmt.Errorf("the schema has %d fields that belong to none", len(elements)-b.i)
	}
	raw.maxDef, raw.maxRep, raw.optional, raw.repeated = 0, 0, false, false
	if len(b.leaves) == 0 {
		return nil, nil, errors.New("there are no columns")
	}
	return raw, b.leaves, nil
}

type schemaBuilder struct {
	elements []format.SchemaElement
	i        int
	leaves   []*leaf
}

// next builds the node of the next element, with all below it.
func (b *schemaBuilder) next(path []string, def, rep int) (*node, error) {
	if b.i == len(b.elements) {
		return nil, errors.New("the schema is cut off")
	}
	if len(path) > 64 {
		return nil, errors.New("the schema is nested too deeply")
	}
	e := &b.elements[b.i]
	b.i++
	n := &node{name: e.Name, member: []byte(e.Name)}
	if b.i > 1 { // The root is no field.
		path = append(slices.Clone(path), e.Name)
		switch e.RepetitionType.V {
		case format.Optional:
			n.optional = true
			def++
		case format.Repeated:
			n.repeated = true
			def++
			rep++
		}
	}
	n.maxDef, n.maxRep = def, rep
	if isRoot := b.i == 1; !isRoot && (!e.NumChildren.Valid || e.NumChildren.V == 0 && e.Type.Valid) {
		return n, b.leaf(n, e, path)
	}
	n.shape = shapeGroup
	for range e.NumChildren.V {
		field, err := b.next(path, def, rep)
		if err != nil {
			return nil, err
		}
		n.fields = append(n.fields, field)
	}
	asListOrMap(n, e)
	return n, nil
}

func (b *schemaBuilder) leaf(n *node, e *format.SchemaElement, path []string) error {
	l := &leaf{path: path, physical: e.Type.V, maxDef: n.maxDef, maxRep: n.maxRep, element: e}
	switch l.physical {
	case format.FixedLenByteArray:
		if l.size = int(e.TypeLength.V); l.size < 1 || l.size > longestRow {
			return fmt.Errorf("column %s: values of %d bytes", l.name(), l.size)
		}
	case format.Int96:
		l.size = 12
	case format.Boolean, format.Int32, format.Int64, format.Float, format.Double, format.ByteArray:
	default:
		return fmt.Errorf("column %s: %v, which is no type", l.name(), l.physical)
	}
	if !e.Type.Valid {
		return fmt.Errorf("column %s: it has no type", l.name())
	}
	l.text = l.isText()
	n.leaf, n.column = l, len(b.leaves)
	b.leaves = append(b.leaves, l)
	return nil
}

// asListOrMap sees through the groups that lists and maps are written as, in
// the ways that writers have done it over the years (LogicalTypes.md of the
// format, "Backward-compatibility rules").
func asListOrMap(n *node, e *format.SchemaElement) {
	if len(n.fields) != 1 || !n.fields[0].repeated {
		return
	}
	_, isList := e.LogicalType.Value.(*format.ListType)
	_, isMap := e.LogicalType.Value.(*format.MapType)
	if e.ConvertedType.Valid {
		isList = isList || e.ConvertedType.V == deprecated.List
		isMap = isMap || e.ConvertedType.V == deprecated.Map || e.ConvertedType.V == deprecated.MapKeyValue
	}
	inner := n.fields[0]
	switch {
	case isMap && inner.shape == shapeGroup && len(inner.fields) == 2 && inner.fields[0].shape == shapeLeaf:
		n.shape, n.fields = shapeMap, inner.fields
	case isList && inner.shape == shapeGroup && len(inner.fields) == 1 && inner.name != "array" && inner.name != e.Name+"_tuple":
		n.shape, n.fields = shapeList, inner.fields
	case isList:
		element := *inner
		element.repeated = false
		n.shape, n.fields = shapeList, []*node{&element}
	default:
		return
	}
	n.maxDef, n.maxRep = inner.maxDef, inner.maxRep
}

// want marks what a dotted path reaches, and tells whether it does. A name that
// has the dots itself and a path may reach different things: both are wanted,
// and find decides.
func (n *node) want(path string) (found bool) {
	if n.repeated {
		single := *n
		single.repeated = false
		if i, rest, deeper := strings.Cut(path, "."); isIndex(i) {
			if !deeper {
				n.wantAll()
				return true
			}
			// Its fields are shared.
			found = single.want(rest)
		}
		n.wanted = n.wanted || found
		return found
	}
	switch n.shape {
	case shapeLeaf: // JSON has its own members, in the rows,
		found = n.leaf.isJSON()
	case shapeMap: // and a map its keys.
		n.wantAll()
		return true
	case shapeList:
		if i, rest, deeper := strings.Cut(path, "."); isIndex(i) {
			if !deeper {
				n.wantAll()
				return true
			}
			found = n.fields[0].want(rest)
		}
	case shapeGroup:
		for _, f := range n.fields {
			if f.name == path {
				f.wantAll()
				found = true
			} else if rest, ok := strings.CutPrefix(path, f.name+"."); ok && f.want(rest) {
				found = true
			}
		}
	}
	n.wanted = n.wanted || found
	return found
}

// leaves appends the leaves that a dotted path may mean, as far as they are
// reached through groups alone, as fields with the path for a name. It returns
// false where the path may mean something else, too.
func (n *node) plainLeaves(path, whole string, leaves []*node) ([]*node, bool) {
	for _, f := range n.fields {
		rest, deeper := strings.CutPrefix(path, f.name+".")
		switch {
		case f.name != path && !deeper:
		case f.repeated || f.shape != shapeLeaf && f.shape != shapeGroup || f.shape == shapeGroup && f.name == path:
			return leaves, false
		case f.name == path:
			leaf := *f
			leaf.member, leaf.wanted = []byte(whole), true
			leaves = append(leaves, &leaf)
		case f.shape == shapeGroup:
			var ok bool
			if leaves, ok = f.plainLeaves(rest, whole, leaves); !ok {
				return leaves, false
			}
		}
	}
	return leaves, true
}

func isIndex(s string) bool {
	_, err := strconv.ParseUint(s, 10, 31)
	return err == nil
}

func (n *node) wantAll() {
	n.wanted = true
	for _, f := range n.fields {
		f.wantAll()
	}
}

// wantFirst wants the first leaf that there is, and tells whether there is one.
func (n *node) wantFirst() bool {
	n.wanted = n.leaf != nil || slices.ContainsFunc(n.fields, (*node).wantFirst)
	return n.wanted
}

// wantedColumns lists the columns that are wanted of a node and below.
func (n *node) wantedColumns() []int {
	if n.leaf != nil && n.wanted {
		n.columns = []int{n.column}
	}
	for _, f := range n.fields {
		n.columns = append(n.columns, f.wantedColumns()...)
	}
	return n.columns
}

// outline is a row with all fields that are not wanted, with null for values.
func (n *node) outline() (members []member) {
	for _, f := range n.fields {
		if !f.wanted {
			members = append(members, member{f.member, value{b: f.appendOutline(nil)}})
		}
	}
	return members
}

// appendOutline appends what a node looks like, with nulls for values, so that
// one can see what could be asked for.
func (n *node) appendOutline(dst []byte) []byte {
	switch {
	case n.repeated:
		single := *n
		single.repeated = false
		return append(single.appendOutline(append(dst, '[')), ']')
	case n.shape == shapeList:
		return append(n.fields[0].appendOutline(append(dst, '[')), ']')
	case n.shape == shapeGroup:
		dst = append(dst, '{')
		for i, f := range n.fields {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendQuoted(dst, []byte(f.name)), ':')
			dst = f.appendOutline(dst)
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}
