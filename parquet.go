package mind

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"golang.org/x/sync/errgroup"
)

// A parquetReader reads the rows of parquet: of the columns that are wanted, in
// lockstep, row group by row group. It holds a page and a dictionary of each,
// whatever the size of a row group is.
type parquetReader struct {
	place
	in      io.ReaderAt
	size    int64 // Up to the footer.
	meta    format.FileMetaData
	leaves  []*leaf
	fields  []field       // The wanted ones.
	group   int           // The next row group.
	columns []*column     // Of the fields, in their order.
	advance func(n int64) // Told of the bytes read.

	members []member // Those of the fields come last.
	cells   [][]cell // By column of the file.
	json    []byte
}

// A field is one that is wanted, with the columns that it is in.
type field struct {
	*node
	columns []*column
}

// newParquetReader looks at the footer, and refuses what cannot be read. At a
// look, the fields whose values are not wanted have null for them.
func newParquetReader(file string, in io.ReaderAt, size int64, w wanted) (p *parquetReader, err error) {
	p = &parquetReader{place: place{file: file}, in: in, advance: func(int64) {}}
	defer p.recovered(&err)
	if err := p.readFooter(size); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	root, leaves, err := schema(p.meta.Schema)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var fields []*node
	for i, path := range w.paths {
		if slices.Contains(w.paths[:i], path) {
			continue
		}
		// A leaf within groups is given the whole path for a name, and so need
		// not be made an object of JSON to be found.
		if leaves, ok := root.plainLeaves(path, path, nil); ok && len(leaves) == 1 && !w.look {
			fields = append(fields, leaves[0])
		} else {
			root.want(path)
		}
	}
	if w.look {
		outline := root.outline()
		for _, path := range w.perhaps {
			if !find(outline, path).exists() { // The keys of maps are in the rows.
				root.want(path)
			}
		}
		p.members = root.outline()
	}
	if !root.wanted && len(fields) == 0 { // Rows have to be counted by something.
		root.wantFirst()
	}
	for _, f := range root.fields {
		if f.wanted {
			fields = append(fields, f)
		}
	}
	for _, f := range fields {
		begin := len(p.columns)
		for _, i := range f.wantedColumns() {
			p.columns = append(p.columns, &column{leaf: leaves[i], index: i, in: in, most: p.size, advance: func(n int64) { p.advance(n) }})
		}
		p.fields = append(p.fields, field{f, p.columns[begin:]})
		p.members = append(p.members, member{name: f.member})
	}
	p.leaves = leaves
	p.cells = make([][]cell, len(p.leaves))
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// recovered makes an error of a panic: the decoders of third parties below are
// not proof against all bytes.
func (p *parquetReader) recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%v: the file is broken: the decoder failed with: %v", p.place, r)
	}
}

const (
	parquetMagic = "PAR1"
	parquetTail  = 8 // The length of the footer, and the magic again.
)

func (p *parquetReader) readFooter(size int64) error {
	if size < int64(len(parquetMagic))+parquetTail {
		return fmt.Errorf("this is parquet that is cut off after %d bytes; fetch it again", size)
	}
	tail := make([]byte, parquetTail)
	if err := readFull(p.in, tail, size-parquetTail); err != nil {
		return err
	}
	switch string(tail[4:]) {
	case parquetMagic:
	case "PARE":
		return errors.New("this is parquet with an encrypted footer, which is not read; write it without encryption")
	default:
		return fmt.Errorf("this is parquet without its end (%q where %q should be): it is cut off, or something was added; fetch it again", tail[4:], parquetMagic)
	}
	length := int64(binary.LittleEndian.Uint32(tail))
	p.size = size - parquetTail - length
	if p.size < int64(len(parquetMagic)) {
		return fmt.Errorf("this is parquet with a footer of %d bytes in a file of %d: it is broken; fetch it again", length, size)
	}
	footer := make([]byte, length)
	if err := readFull(p.in, footer, p.size); err != nil {
		return err
	}
	n, err := thriftSize(footer)
	if err == nil {
		err = thrift.Unmarshal(new(thrift.CompactProtocol), footer[:n], &p.meta)
	}
	if err != nil {
		return fmt.Errorf("the footer of this parquet is broken (%w); fetch or write it again", err)
	}
	return nil
}

// check refuses what cannot be read before anything is.
func (p *parquetReader) check() error {
	for g, group := range p.meta.RowGroups {
		if len(group.Columns) != len(p.leaves) {
			return fmt.Errorf("row group %d has %d columns, the schema %d: the footer is broken", g, len(group.Columns), len(p.leaves))
		}
		for _, c := range p.columns {
			chunk := &group.Columns[c.index]
			codec := chunk.MetaData.Codec
			switch {
			case chunk.FilePath != "":
				return fmt.Errorf("column %s is in another file, %q, which is not read; write them as one", c.name(), chunk.FilePath)
			case chunk.CryptoMetadata.Value != nil:
				return fmt.Errorf("column %s is encrypted, which is not read; write it without encryption", c.name())
			case chunk.MetaData.Type != c.physical:
				return fmt.Errorf("column %s is %v in row group %d, and %v in the schema: the footer is broken", c.name(), chunk.MetaData.Type, g, c.physical)
			case !slices.Contains(codecs, codec):
				return fmt.Errorf("column %s is compressed with %v, which is not read; write the file with zstd or snappy, as in: duckdb -c \"COPY (FROM '%s') TO 'new.parquet' (COMPRESSION zstd)\"", c.name(), codec, p.file)
			}
		}
	}
	return nil
}

// packedSize is how many bytes the wanted columns have in the file.
func (p *parquetReader) packedSize() (size int64) {
	for _, group := range p.meta.RowGroups {
		for _, c := range p.columns {
			size += group.Columns[c.index].MetaData.TotalCompressedSize
		}
	}
	return size
}

// open has the columns begin a row group, and read their first pages.
func (p *parquetReader) open(group *format.RowGroup) {
	for _, c := range p.columns {
		m := &group.Columns[c.index].MetaData
		c.at = max(m.DataPageOffset, 0)
		if d := m.DictionaryPageOffset; d > 0 && d < c.at {
			c.at = d
		}
		c.end = min(c.at+max(m.TotalCompressedSize, 0), p.size)
		c.codec, c.expected, c.seen = m.Codec, m.NumValues, 0
		c.dict.clear()
		c.hasDict = false
	}
	// At once, for they are most of what many files have: those whose row groups
	// are of a thousand rows, or whose pages are large, as DuckDB's are.
	var pages errgroup.Group
	pages.SetLimit(runtime.GOMAXPROCS(0))
	for _, c := range p.columns {
		pages.Go(func() error {
			_, _ = c.more() // What fails will fail again, and is said in the order of the columns.
			return nil
		})
	}
	_ = pages.Wait()
}

func (p *parquetReader) next() (r row, err error) {
	defer p.recovered(&err)
	p.n++
	for {
		more, err := p.more()
		if err != nil {
			return row{}, fmt.Errorf("%v: %w", p.place, err)
		}
		if more {
			return p.row()
		}
		if p.group == len(p.meta.RowGroups) {
			return row{}, io.EOF
		}
		p.open(&p.meta.RowGroups[p.group])
		p.group++
	}
}

// more tells whether there is another row in the row group: all columns must
// say the same. What the footer says of rows is not asked, for it is wrong at
// times.
func (p *parquetReader) more() (bool, error) {
	first, err := p.columns[0].more()
	if err != nil {
		return false, err
	}
	for _, c := range p.columns[1:] {
		more, err := c.more()
		if err != nil {
			return false, err
		}
		if more != first {
			return false, fmt.Errorf("columns %s and %s differ in how many rows they have: the file is broken; fetch or write it again", p.columns[0].name(), c.name())
		}
	}
	return first, nil
}

// row reads a row, of which all columns have something.
func (p *parquetReader) row() (row, error) {
	p.json = p.json[:0]
	members := p.members[len(p.members)-len(p.fields):]
	size := 0
	var bad error // What is wrong with the row alone: all of it must be read even so.
	for i := range p.fields {
		v := &members[i].value
		wrong, err := p.value(v, &p.fields[i])
		if err != nil {
			return row{}, fmt.Errorf("%v: %w", p.place, err)
		}
		if size += len(v.b); wrong == nil && size > longestRow {
			wrong = errLongRow
		}
		if bad == nil {
			bad = wrong
		}
	}
	if bad != nil {
		return row{}, p.skip(bad)
	}
	return row{place: p.place, members: p.members}, nil
}

// value reads what a field is in a row into v; bad is what is wrong with that
// alone.
func (p *parquetReader) value(v *value, f *field) (bad, err error) {
	if f.shape == shapeLeaf && !f.repeated {
		c := f.columns[0]
		s, _, def := c.next()
		switch { // A path through a group that is missing leads to nothing, as a null does.
		case def < f.maxDef:
			v.b, v.plain = null, false
		case c.texts:
			v.b, v.plain = s.bytes, true
		case f.leaf.text:
			v.b, v.plain = s.bytes, true
			bad = f.leaf.checkText(s.bytes)
		default:
			begin := len(p.json)
			p.json, bad = f.leaf.appendJSON(p.json, s)
			v.b, v.plain = p.json[begin:], false
		}
		return bad, nil
	}
	v.b, v.plain = nil, false
	size := 0 // A dictionary can have the same long text a million times.
	for _, c := range f.columns {
		if !c.begins() {
			return nil, errLevels
		}
		cells := p.cells[c.index][:0]
		for more := true; more; {
			s, rep, def := c.next()
			if size += len(s.bytes) + cellSize; size <= longestRow {
				cells = append(cells, cell{s, rep, def})
			}
			if c.maxRep == 0 {
				break
			}
			if more, err = c.more(); err != nil {
				return nil, err
			}
			more = more && !c.begins()
		}
		p.cells[c.index] = cells
	}
	if size > longestRow {
		return errLongRow, nil
	}
	rest := slices.Clone(p.cells)
	begin := len(p.json)
	if p.json, err = f.appendJSON(p.json, rest); errors.Is(err, errLevels) {
		return nil, err
	}
	for _, c := range f.columns {
		if err == nil && len(rest[c.index]) > 0 {
			return nil, errLevels
		}
	}
	v.b = p.json[begin:]
	return err, nil
}

var null = []byte("null")

// cellSize is the memory of a cell, for a list of nothing is not nothing.
const cellSize = 48
