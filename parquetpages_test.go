package mind

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/delta"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
	"github.com/stretchr/testify/require"
)

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
			column := &column{leaf: l, in: bytes.NewReader(b), end: int64(len(b)), most: int64(len(b)), codec: c.codec, expected: 1, advance: func(int64) {}}
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
	p := &parquetReader{place: place{file: "f"}, in: bytes.NewReader(b), cells: make([][]cell, 1), leaves: leaves}
	root.wantedColumns()
	p.columns = []*column{{leaf: leaves[0], in: p.in, end: int64(len(b)), most: int64(len(b)), expected: 7, advance: func(int64) {}}}
	p.fields = []field{{root.fields[0], p.columns}}
	p.members = []member{{name: []byte("l")}}
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

// TestDictionaryIsOfItsRowGroup: one without a dictionary must not have texts out
// of the one before.
func TestDictionaryIsOfItsRowGroup(t *testing.T) {
	type text struct {
		Text string `parquet:"text,dict"`
	}
	p := openParquet(t, writeParquet(t, []text{{"a"}, {"b"}}, parquet.MaxRowsPerRowGroup(1)), wanted{paths: []string{"text"}})
	p.meta.RowGroups[1].Columns[0].MetaData.DictionaryPageOffset = 0
	r, err := p.next()
	require.NoError(t, err)
	require.Equal(t, "a", string(named(r.members, "text").b))
	_, err = p.next()
	require.ErrorContains(t, err, "row 2: column text")
	require.ErrorContains(t, err, "value 0 of a dictionary of 0")
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
	require.ErrorContains(t, err, "f: row 1: column text: page at byte 4: the decoder failed with: index out of range: the file is broken")
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
