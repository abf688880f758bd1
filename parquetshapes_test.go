package mind

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/require"
)

// shapes has columns of all types, encodings and nestings.
type shapes struct {
	ID     int64   `parquet:"id,delta" json:"id"`
	Text   string  `parquet:"text" json:"text"`
	Maybe  *string `parquet:"maybe,optional" json:"maybe"`
	Dict   string  `parquet:"dict,dict" json:"dict"`
	Lens   string  `parquet:"lens,delta" json:"lens"`
	Split  float64 `parquet:"split,split" json:"split"`
	Half   float32 `parquet:"half,split" json:"half"`
	Plain  float64 `parquet:"plain" json:"plain"`
	Yes    bool    `parquet:"yes" json:"yes"`
	Small  int32   `parquet:"small,delta" json:"small"`
	Uint   uint64  `parquet:"uint" json:"uint"`
	Uint32 uint32  `parquet:"uint32" json:"uint32"`
	Level  *int32  `parquet:"level,optional,dict" json:"level"`
	Group  struct {
		A string `parquet:"a" json:"a"`
		B *int64 `parquet:"b,optional" json:"b"`
	} `parquet:"group" json:"group"`
	Perhaps *struct {
		C string `parquet:"c" json:"c"`
	} `parquet:"perhaps,optional" json:"perhaps"`
	List    []string `parquet:"list,list" json:"list"`
	Repeat  []int64  `parquet:"repeat" json:"repeat"`
	Prompts []struct {
		Role string   `parquet:"role" json:"role"`
		Tags []string `parquet:"tags,list" json:"tags"`
	} `parquet:"prompts,list" json:"prompts"`
	Map map[string]string `parquet:"map" json:"map"`
}

func someShapes(n int) (rows []shapes) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string { return strings.Repeat("wörd \"\\\n", r.IntN(4)) + fmt.Sprint(r.IntN(10)) }
	words := func() []string {
		ws := []string{}
		for range r.IntN(4) {
			ws = append(ws, word())
		}
		return ws
	}
	for i := range n {
		s := shapes{ID: int64(i) * int64(r.IntN(1e9)), Text: word() + word(), Dict: word(), Lens: word(), Split: r.NormFloat64(), Half: float32(r.IntN(100)) / 4, Plain: float64(r.IntN(3)) * 1e9,
			Yes: r.IntN(2) == 0, Small: int32(r.IntN(1000) - 500), Uint: r.Uint64(), Uint32: r.Uint32(), List: words(), Map: map[string]string{}, Repeat: []int64{}}
		s.Prompts = s.Prompts[:0:0]
		if r.IntN(3) > 0 {
			s.Maybe = new(word())
			s.Level = new(int32(r.IntN(5)))
			s.Group.B = new(int64(-i))
			s.Perhaps = &struct {
				C string `parquet:"c" json:"c"`
			}{word()}
		}
		s.Group.A = word()
		for k := range r.IntN(4) {
			s.Repeat = append(s.Repeat, int64(k))
			s.Map[fmt.Sprint(k)] = word()
			s.Prompts = append(s.Prompts, struct {
				Role string   `parquet:"role" json:"role"`
				Tags []string `parquet:"tags,list" json:"tags"`
			}{word(), words()})
		}
		if s.Prompts == nil {
			s.Prompts = append(s.Prompts[:0], make([]struct {
				Role string   `parquet:"role" json:"role"`
				Tags []string `parquet:"tags,list" json:"tags"`
			}, 0)...)
		}
		rows = append(rows, s)
	}
	return rows
}

func writeParquet[T any](t testing.TB, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[T](&b, options...)
	_, err := w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	path := filepath.Join(t.TempDir(), "a.parquet")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o666))
	return path
}

func TestParquetOfAllShapes(t *testing.T) {
	rows := someShapes(500)
	for _, version := range []int{1, 2} {
		for _, page := range []int{100, 1 << 20} {
			for _, codec := range []parquet.WriterOption{
				parquet.Compression(&parquet.Uncompressed), parquet.Compression(&parquet.Snappy), parquet.Compression(&parquet.Gzip), parquet.Compression(&parquet.Brotli), parquet.Compression(&parquet.Zstd),
			} {
				path := writeParquet(t, rows, parquet.DataPageVersion(version), parquet.PageBufferSize(page), parquet.MaxRowsPerRowGroup(199), codec)
				got := fileRows(t, path)
				require.Equal(t, len(rows), len(got))
				for i, row := range rows {
					want, err := json.Marshal(row)
					require.NoError(t, err)
					want = bytes.ReplaceAll(want, []byte(`"prompts":null`), []byte(`"prompts":[]`))
					require.Equal(t, canonical(t, string(want)), canonical(t, got[i]))
				}
			}
		}
	}
}

// TestOnlyWhatIsWantedIsRead: paths reach into groups, lists and maps.
func TestOnlyWhatIsWantedIsRead(t *testing.T) {
	path := writeParquet(t, someShapes(50))
	for _, c := range []struct {
		path    string
		columns []string
	}{
		{"text", []string{"text"}},
		{"group.a", []string{"group.a"}},
		{"group", []string{"group.a", "group.b"}},
		{"perhaps.c", []string{"perhaps.c"}},
		{"list.0", []string{"list.list.element"}},
		{"repeat.1", []string{"repeat"}},
		{"prompts.0.role", []string{"prompts.list.element.role"}},
		{"prompts.0.tags.1", []string{"prompts.list.element.tags.list.element"}},
		{"map.0", []string{"map.key_value.key", "map.key_value.value"}},
		{"nothing", []string{"id"}}, // To count the rows by.
		{"group.c", []string{"id"}},
		{"list.x", []string{"id"}},
	} {
		t.Run(c.path, func(t *testing.T) {
			all := fileRows(t, path)
			p := openParquet(t, path, wanted{paths: []string{c.path}})
			var names []string
			for _, column := range p.columns {
				names = append(names, column.name())
			}
			require.Equal(t, c.columns, names)
			for _, row := range all {
				r, err := p.next()
				require.NoError(t, err)
				want, got := find(appendMembers(nil, []byte(row)), c.path), find(r.members, c.path)
				require.Equal(t, asText(want), asText(got), "%s", row)
			}
			_, err := p.next()
			require.Equal(t, io.EOF, err)
		})
	}
}

// TestListsAsTheyWereWritten over the years.
func TestListsAsTheyWereWritten(t *testing.T) {
	group := func(name string, r format.FieldRepetitionType, fields int32, c ...deprecated.ConvertedType) format.SchemaElement {
		e := format.SchemaElement{Name: name, RepetitionType: thrift.New(r), NumChildren: thrift.New(fields)}
		if len(c) > 0 {
			e.ConvertedType = thrift.New(c[0])
		}
		return e
	}
	leaf := func(name string, r format.FieldRepetitionType) format.SchemaElement {
		return format.SchemaElement{Name: name, RepetitionType: thrift.New(r), Type: thrift.New(format.Int32)}
	}
	for _, c := range []struct {
		name   string
		schema []format.SchemaElement
		want   string
	}{
		{"of three levels", []format.SchemaElement{group("l", format.Optional, 1, deprecated.List), group("list", format.Repeated, 1), leaf("element", format.Optional)}, `{"l":[null]}`},
		{"of three levels, Hive", []format.SchemaElement{group("l", format.Optional, 1, deprecated.List), group("bag", format.Repeated, 1), leaf("array_element", format.Optional)}, `{"l":[null]}`},
		{"of two levels", []format.SchemaElement{group("l", format.Optional, 1, deprecated.List), leaf("element", format.Repeated)}, `{"l":[null]}`},
		{"of two levels, of groups", []format.SchemaElement{group("l", format.Optional, 1, deprecated.List), group("element", format.Repeated, 2), leaf("a", format.Required), leaf("b", format.Optional)}, `{"l":[{"a":null,"b":null}]}`},
		{"Avro", []format.SchemaElement{group("l", format.Optional, 1, deprecated.List), group("array", format.Repeated, 1), leaf("a", format.Required)}, `{"l":[{"a":null}]}`},
		{"Thrift", []format.SchemaElement{group("l", format.Optional, 1, deprecated.List), group("l_tuple", format.Repeated, 1), leaf("a", format.Required)}, `{"l":[{"a":null}]}`},
		{"without a name for it", []format.SchemaElement{leaf("l", format.Repeated)}, `{"l":[null]}`},
		{"groups without a name for it", []format.SchemaElement{group("l", format.Repeated, 1), leaf("a", format.Required)}, `{"l":[{"a":null}]}`},
		{"a group that is no list", []format.SchemaElement{group("l", format.Optional, 1), group("list", format.Repeated, 1), leaf("element", format.Optional)}, `{"l":{"list":[{"element":null}]}}`},
		{"map", []format.SchemaElement{group("m", format.Optional, 1, deprecated.Map), group("key_value", format.Repeated, 2), leaf("key", format.Required), leaf("value", format.Optional)}, `{"m":null}`},
		{"old map", []format.SchemaElement{group("m", format.Optional, 1, deprecated.MapKeyValue), group("map", format.Repeated, 2), leaf("key", format.Required), leaf("value", format.Optional)}, `{"m":null}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			root, _, err := schema(append([]format.SchemaElement{{Name: "root", NumChildren: thrift.New[int32](1)}}, c.schema...))
			require.NoError(t, err)
			require.Equal(t, c.want, string(root.appendOutline(nil)))
		})
	}
}

func TestSchemasThatAreNone(t *testing.T) {
	leaf := format.SchemaElement{Name: "a", Type: thrift.New(format.Int32)}
	deep := []format.SchemaElement{}
	for range 100_000 {
		deep = append(deep, format.SchemaElement{Name: "g", NumChildren: thrift.New[int32](1)})
	}
	for want, elements := range map[string][]format.SchemaElement{
		"no schema":          {},
		"no columns":         {{Name: "root"}},
		"cut off":            {{Name: "root", NumChildren: thrift.New[int32](2)}, leaf},
		"belong to none":     {{Name: "root", NumChildren: thrift.New[int32](1)}, leaf, leaf},
		"nested too deeply":  append(deep, leaf),
		"which is no type":   {{Name: "root", NumChildren: thrift.New[int32](1)}, {Name: "a", Type: thrift.New(format.Type(99))}},
		"values of 0 bytes":  {{Name: "root", NumChildren: thrift.New[int32](1)}, {Name: "a", Type: thrift.New(format.FixedLenByteArray)}},
		"values of -5 bytes": {{Name: "root", NumChildren: thrift.New[int32](1)}, {Name: "a", Type: thrift.New(format.FixedLenByteArray), TypeLength: thrift.New[int32](-5)}},
	} {
		_, _, err := schema(elements)
		require.ErrorContains(t, err, want)
	}
}

// withFooter writes a file with its footer changed.
func withFooter(t testing.TB, path string, change func(m *format.FileMetaData)) string {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	at := len(b) - parquetTail - int(binary.LittleEndian.Uint32(b[len(b)-parquetTail:]))
	var m format.FileMetaData
	require.NoError(t, thrift.Unmarshal(new(thrift.CompactProtocol), b[at:len(b)-parquetTail], &m))
	change(&m)
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), m)
	require.NoError(t, err)
	b = append(b[:at:at], footer...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(footer)))
	changed := filepath.Join(t.TempDir(), "changed.parquet")
	require.NoError(t, os.WriteFile(changed, append(b, parquetMagic...), 0o666))
	return changed
}

func TestFooters(t *testing.T) {
	type text struct {
		ID   int64  `parquet:"id"`
		Text string `parquet:"text"`
	}
	var rows []text
	for i := range 100 {
		rows = append(rows, text{int64(i), fmt.Sprint("number ", i)})
	}
	path := writeParquet(t, rows, parquet.MaxRowsPerRowGroup(60)) // 60 and 40.
	for _, c := range []struct {
		name   string
		change func(m *format.FileMetaData)
		rows   int
		err    string
	}{
		{"as it is", func(*format.FileMetaData) {}, 100, ""},
		{"wrong counts of rows", func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows, m.RowGroups[1].NumRows = 7, -1, 1e12 }, 100, ""},
		{"an empty row group", func(m *format.FileMetaData) {
			empty := format.RowGroup{Columns: make([]format.ColumnChunk, 2)}
			empty.Columns[0].MetaData.Type, empty.Columns[1].MetaData.Type = format.Int64, format.ByteArray
			m.RowGroups = append([]format.RowGroup{empty}, m.RowGroups...)
		}, 100, ""},
		{"no row group", func(m *format.FileMetaData) { m.RowGroups = nil }, 0, "no rows"},
		{"a value too few", func(m *format.FileMetaData) { m.RowGroups[1].Columns[1].MetaData.NumValues++ }, 100, "column text: it ends after 40 of 41 values"},
		{"columns of different length", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1] = m.RowGroups[1].Columns[1] }, 40, ": row 41: columns id and text differ in how many rows"},
		{"a column too few", func(m *format.FileMetaData) { m.RowGroups[1].Columns = m.RowGroups[1].Columns[:1] }, 0, "row group 1 has 1 columns, the schema 2"},
		{"another type", func(m *format.FileMetaData) { m.RowGroups[1].Columns[1].MetaData.Type = format.Double }, 0, "column text is DOUBLE in row group 1, and BYTE_ARRAY in the schema"},
		{"in another file", func(m *format.FileMetaData) { m.RowGroups[1].Columns[1].FilePath = "b" }, 0, `column text is in another file, "b"`},
		{"an old codec", func(m *format.FileMetaData) { m.RowGroups[1].Columns[1].MetaData.Codec = format.LZO }, 0, "column text is compressed with LZO, which is not read; write the file with zstd"},
		{"a codec of the future", func(m *format.FileMetaData) { m.RowGroups[1].Columns[1].MetaData.Codec = 42 }, 0, "column text is compressed with "},
		{"an offset of nothing", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.DataPageOffset = 1 << 40 }, 0, ": row 1: column text: it ends after 0 of 60 values"},
		{"another offset", func(m *format.FileMetaData) { m.RowGroups[0].Columns[1].MetaData.DataPageOffset++ }, 0, ": row 1: column text: page at byte"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ds, skipped, err := readAll(t, &Files{Paths: []string{withFooter(t, path, c.change)}})
			require.Empty(t, skipped)
			require.Equal(t, c.rows, len(ds))
			if c.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.err)
			}
		})
	}
}

// pages joins pages of one column, with their headers.
func pages(t testing.TB, headers []format.PageHeader, bodies [][]byte) []byte {
	t.Helper()
	var b []byte
	for i, h := range headers {
		header, err := thrift.Marshal(new(thrift.CompactProtocol), h)
		require.NoError(t, err)
		b = append(append(b, header...), bodies[i]...)
	}
	return b
}

func dataPage(size, values int32) format.PageHeader {
	return format.PageHeader{Type: format.DataPage, UncompressedPageSize: size, CompressedPageSize: size, DataPageHeader: thrift.New(format.DataPageHeader{
		NumValues: values, DefinitionLevelEncoding: format.RLE, RepetitionLevelEncoding: format.RLE,
	})}
}

// TestPagesThatLie cannot eat the memory.
func TestPagesThatLie(t *testing.T) {
	body := []byte("\x01\x00\x00\x00a")
	v2 := func(change func(h *format.DataPageHeaderV2)) format.PageHeader {
		h := format.DataPageHeaderV2{NumValues: 1}
		change(&h)
		return format.PageHeader{Type: format.DataPageV2, UncompressedPageSize: 5, CompressedPageSize: 5, DataPageHeaderV2: thrift.New(h)}
	}
	crc := dataPage(5, 1)
	crc.CRC = 1
	for _, c := range []struct {
		name   string
		header format.PageHeader
		codec  format.CompressionCodec
		body   string
		err    string
	}{
		{"right", dataPage(5, 1), format.Uncompressed, string(body), ""},
		{"a wrong checksum", crc, format.Uncompressed, string(body), "checksum"},
		{"gigabytes in the file", dataPage(2<<30-1, 1), format.Uncompressed, string(body), "a page of 2147483647 bytes where the file has 5"},
		{"gigabytes unpacked", format.PageHeader{UncompressedPageSize: 2<<30 - 1, CompressedPageSize: 5, DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1})}, format.Snappy, string(body), "a page of 2047 MiB"},
		{"a negative size", dataPage(-1, 1), format.Uncompressed, string(body), "a page of -1 bytes"},
		{"billions of values", dataPage(5, 2<<30-1), format.Uncompressed, string(body), "a page of 2147483647 values"},
		{"values that are not there", dataPage(5, 1000), format.Uncompressed, string(body), "it ends too early"},
		{"snappy that says more", format.PageHeader{UncompressedPageSize: 5, CompressedPageSize: 5, DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1})}, format.Snappy, "\xff\xff\xff\xff\x07", "where there should be 5"},
		{"a bomb of gzip", format.PageHeader{UncompressedPageSize: 5, CompressedPageSize: int32(len(gzipped(make([]byte, 1<<20)))), DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1})}, format.Gzip, string(gzipped(make([]byte, 1<<20))), "more than the 5 bytes"},
		{"a bomb of zstd", format.PageHeader{UncompressedPageSize: 5, CompressedPageSize: int32(len(zstdCompressed(make([]byte, 1<<20)))), DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1})}, format.Zstd, string(zstdCompressed(make([]byte, 1<<20))), "zstd: "},
		{"levels beyond the page", v2(func(h *format.DataPageHeaderV2) { h.DefinitionLevelsByteLength = 6 }), format.Uncompressed, string(body), "it ends too early"},
		{"levels of less than nothing", v2(func(h *format.DataPageHeaderV2) { h.RepetitionLevelsByteLength = -6 }), format.Uncompressed, string(body), "it ends too early"},
		{"more nulls than values", v2(func(h *format.DataPageHeaderV2) { h.NumNulls = 2 }), format.Uncompressed, string(body), "1 values and 2 nulls"},
		{"another kind of page", format.PageHeader{Type: format.DataPageV2, CompressedPageSize: 5, UncompressedPageSize: 5}, format.Uncompressed, string(body), "header of its values is missing"},
		{"an encoding of the future", format.PageHeader{UncompressedPageSize: 5, CompressedPageSize: 5, DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1, Encoding: 77})}, format.Uncompressed, string(body), "is not read: write it with another"},
		{"indexes into nothing", format.PageHeader{UncompressedPageSize: 5, CompressedPageSize: 5, DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1, Encoding: format.RLEDictionary})}, format.Uncompressed, "\x01\x02\x01\x00\x00", "value 1 of a dictionary of 0"},
		{"a run of billions", format.PageHeader{UncompressedPageSize: 8, CompressedPageSize: 8, DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1, Encoding: format.RLEDictionary})}, format.Uncompressed, "\x01\xfe\xff\xff\xff\xff\x7f\x00", "value 0 of a dictionary of 0"},
		{"deltas of billions", format.PageHeader{UncompressedPageSize: 9, CompressedPageSize: 9, DataPageHeader: thrift.New(format.DataPageHeader{NumValues: 1, Encoding: format.DeltaByteArray})}, format.Uncompressed, "\x80\x01\x04\xff\xff\xff\xff\x0f\x00", "4294967295 values where there should be 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := pages(t, []format.PageHeader{c.header}, [][]byte{[]byte(c.body)})
			l := &leaf{path: []string{"a"}, physical: format.ByteArray}
			column := &column{leaf: l, in: bytes.NewReader(b), end: int64(len(b)), most: int64(len(b)), codec: c.codec, expected: 1, unpack: new(unpacker), advance: func(int64) {}}
			var was, is runtime.MemStats
			runtime.ReadMemStats(&was)
			more, err := column.more()
			runtime.ReadMemStats(&is)
			require.Less(t, is.TotalAlloc-was.TotalAlloc, uint64(20<<20))
			if c.err == "" {
				require.NoError(t, err)
				require.True(t, more)
				s, _, _ := column.next()
				require.Equal(t, "a", string(s.bytes))
				return
			}
			require.ErrorContains(t, err, c.err)
			require.ErrorContains(t, err, "column a: page at byte 0")
		})
	}
}

// TestRowGoesOnInTheNextPage, as it may in pages of the first version.
func TestRowGoesOnInTheNextPage(t *testing.T) {
	page := func(reps, values string) []byte { // One level a byte, in runs of one.
		var b []byte
		for _, r := range reps {
			b = append(b, 2, byte(r-'0'))
		}
		b = append(binary.LittleEndian.AppendUint32(nil, uint32(len(b))), b...)
		b = append(b, 2, 0, 0, 0, byte(2*len(reps)), 1) // All are there.
		for _, v := range values {
			b = append(b, 1, 0, 0, 0, byte(v))
		}
		return b
	}
	bodies := [][]byte{page("00", "ab"), page("11", "cd"), page("101", "efg")}
	var headers []format.PageHeader
	for i, b := range bodies {
		headers = append(headers, dataPage(int32(len(b)), []int32{2, 2, 3}[i]))
	}
	b := pages(t, headers, bodies)
	root, leaves, err := schema([]format.SchemaElement{{Name: "root", NumChildren: thrift.New[int32](1)}, {Name: "l", RepetitionType: thrift.New(format.Repeated), Type: thrift.New(format.ByteArray)}})
	require.NoError(t, err)
	root.want("l.0")
	p := &parquetReader{place: place{file: "f"}, in: bytes.NewReader(b), cells: make([][]cell, 1), leaves: leaves, fields: root.fields}
	root.wantedColumns()
	p.columns = []*column{{leaf: leaves[0], in: p.in, end: int64(len(b)), most: int64(len(b)), expected: 7, unpack: new(unpacker), advance: func(int64) {}}}
	var got []string
	for {
		r, err := p.next()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		got = append(got, string(named(r.members, "l").b))
	}
	require.Equal(t, []string{`["a"]`, `["b","c","d","e"]`, `["f","g"]`}, got)
}

func TestParquetRowsThatAreSkipped(t *testing.T) {
	type text struct {
		Text string   `parquet:"text,dict"`
		Many []string `parquet:"many,dict"`
	}
	long := strings.Repeat("a", 1<<20)
	rows := []text{{Text: "a"}, {Text: "b\xff"}, {Text: "c", Many: []string{"\xff"}}, {Text: "d", Many: make([]string, 100)}, {Text: "e"}}
	for i := range rows[3].Many {
		rows[3].Many[i] = long
	}
	path := writeParquet(t, rows)
	ds, skipped, err := readAll(t, &Files{Paths: []string{path}, Meta: []string{"many"}})
	require.NoError(t, err)
	require.Equal(t, []Document{{Text: "a", Meta: map[string]string{"many": "[]"}}, {Text: "e", Meta: map[string]string{"many": "[]"}}}, ds)
	require.Equal(t, []string{
		path + ": row 2: field text is not UTF-8 at byte 1",
		path + ": row 3: field many is not UTF-8 at byte 0",
		path + ": row 4: the row is longer than 64 MiB",
	}, skipped)
}

func TestStringIdsOfParquetStayStrings(t *testing.T) {
	type text struct {
		ID   string `parquet:"id"`
		Text string `parquet:"text"`
	}
	ds, _, err := readAll(t, &Files{Paths: []string{writeParquet(t, []text{{"7", "a"}})}})
	require.NoError(t, err)
	require.Equal(t, []Document{{ID: "7", Text: "a"}}, ds)
}

// panicky stands for a decoder that is not proof against all bytes.
type panicky struct{ io.ReaderAt }

func (p panicky) ReadAt(b []byte, at int64) (int, error) {
	if at < 100 {
		panic("index out of range")
	}
	return p.ReaderAt.ReadAt(b, at)
}

func TestPanicOfADecoderIsAnError(t *testing.T) {
	type text struct {
		Text string `parquet:"text"`
	}
	b, err := os.ReadFile(writeParquet(t, []text{{strings.Repeat("a", 200)}}, parquet.Compression(&parquet.Uncompressed)))
	require.NoError(t, err)
	p, err := newParquetReader("f", panicky{bytes.NewReader(b)}, int64(len(b)), wanted{paths: []string{"text"}})
	require.NoError(t, err)
	_, err = p.next()
	require.ErrorContains(t, err, "f: row 1: the file is broken: the decoder failed with: index out of range")
	require.NotErrorIs(t, err, ErrSkip)
	_, err = newParquetReader("f", panicky{bytes.NewReader(b)}, 90, wanted{})
	require.ErrorContains(t, err, "f: the file is broken: the decoder failed")
}

// TestPageThatRepeatsItself: a value of DELTA_BYTE_ARRAY may be all of the one
// before it, and so a page of kilobytes gigabytes.
func TestPageThatRepeatsItself(t *testing.T) {
	const n, long = 20_000, 64 << 10
	prefixes, lengths := make([]int32, n), make([]int32, n)
	lengths[0] = long
	for i := range prefixes[1:] {
		prefixes[i+1] = long
	}
	var encoding delta.BinaryPackedEncoding
	page, err := encoding.EncodeInt32(nil, prefixes)
	require.NoError(t, err)
	more, err := encoding.EncodeInt32(nil, lengths)
	require.NoError(t, err)
	page = append(append(page, more...), make([]byte, long)...)
	var v values
	require.ErrorContains(t, v.decode(format.ByteArray, format.DeltaByteArray, page, n, 0), "are the most that is read")
}

// FuzzParquetPage holds the decoders against all bytes.
func FuzzParquetPage(f *testing.F) {
	f.Add(uint8(0), uint8(6), 3, []byte("\x01\x00\x00\x00a"))
	f.Add(uint8(5), uint8(1), 2, []byte("\x80\x01\x04\x02\x00\x00\x00\x00\x00\x00"))
	f.Add(uint8(7), uint8(6), 2, []byte("\x80\x01\x04\x02\x00\x00\x00\x00\x00\x00\x80\x01\x04\x02\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, encoding, physical uint8, n int, b []byte) {
		if n < 0 || n > 1<<16 {
			return
		}
		var v values
		if err := v.decode(format.Type(physical%8), format.Encoding(encoding%10), b, n, 1+n%16); err == nil {
			require.Equal(t, n, v.len())
		}
		levels, err := appendRuns[uint8](nil, b, n, int(encoding%9))
		if err == nil {
			require.Len(t, levels, n)
		}
		size, err := thriftSize(b)
		if err == nil {
			require.LessOrEqual(t, size, len(b))
			_ = thrift.Unmarshal(new(thrift.CompactProtocol), b[:size], new(format.PageHeader)) // It must not ask for gigabytes.
		}
	})
}

// FuzzParquet reads whole files.
func FuzzParquet(f *testing.F) {
	for _, version := range []int{1, 2} {
		b, err := os.ReadFile(writeParquet(f, someShapes(3), parquet.DataPageVersion(version)))
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, w := range []wanted{{look: true, paths: []string{"id"}}, {paths: []string{"text", "group", "prompts", "map.0", "list.1", "repeat", "perhaps.c"}}} {
			p, err := newParquetReader("f", bytes.NewReader(b), int64(len(b)), w)
			for i := 0; err == nil && i < 1_000; i++ {
				if _, err = p.next(); errors.Is(err, ErrSkip) {
					err = nil
				}
			}
		}
	})
}
