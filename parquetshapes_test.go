package mind

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
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

// TestHalvesOfARuneAreNoTexts, in any encoding, though they be side by side; and
// pages with them leave those before and after as they are.
func TestHalvesOfARuneAreNoTexts(t *testing.T) {
	type text struct {
		Text  string `parquet:"text,plain"`
		Delta string `parquet:"delta,delta"`
		Dict  string `parquet:"dict,dict"`
	}
	const first, second = "\xc3", "\xa9"
	rows := make([]text, 100)
	for i := range rows {
		rows[i] = text{fmt.Sprint("é ", i), fmt.Sprint("è ", i), fmt.Sprint("ê ", i)}
	}
	rows[40].Text, rows[41].Text = first, second
	rows[50].Delta, rows[51].Delta = first, second
	rows[60].Dict, rows[61].Dict = first, second
	path := writeParquet(t, rows, parquet.PageBufferSize(100), parquet.MaxRowsPerRowGroup(50))
	ds, skipped, err := readAll(t, &Files{Paths: []string{path}, Meta: []string{"delta", "dict"}})
	require.NoError(t, err)
	var want []string
	for row, field := range map[int]string{40: "text", 50: "delta", 60: "dict"} {
		want = append(want, fmt.Sprintf("%s: row %d: field %s is not UTF-8 at byte 0", path, row+1, field), fmt.Sprintf("%s: row %d: field %s is not UTF-8 at byte 0", path, row+2, field))
	}
	slices.Sort(want)
	require.Equal(t, want, skipped)
	require.Len(t, ds, 94)
	require.Equal(t, Document{Text: "é 99", Meta: map[string]string{"delta": "è 99", "dict": "ê 99"}}, ds[93])
}

// TestColumnsOfJSONHaveFields, as rows of JSON with the same in them have.
func TestColumnsOfJSONHaveFields(t *testing.T) {
	type text struct {
		About string `parquet:"about"`
		Extra string `parquet:"extra,json"`
	}
	path := writeParquet(t, []text{{"a", `{"question":"q","answer":[{"n":1}]}`}, {"b", `{"question":"r","answer":[]}`}})
	ds, skipped, err := readAll(t, &Files{Paths: []string{path}, Text: []string{"extra.question"}, Meta: []string{"extra.answer.0.n"}})
	require.NoError(t, err)
	require.Empty(t, skipped)
	require.Equal(t, []Document{{Text: "q", Meta: map[string]string{"extra.answer.0.n": "1"}}, {Text: "r", Meta: map[string]string{"extra.answer.0.n": ""}}}, ds)
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
