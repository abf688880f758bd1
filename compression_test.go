package mind

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/require"
)

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(content) // A buffer takes all.
	_ = w.Close()
	return b.Bytes()
}

func zstdCompressed(content []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	return w.EncodeAll(content, nil)
}

func fromBytes(b []byte) *Files { return &Files{Paths: []string{"-"}, stdin: bytes.NewReader(b)} }

func TestCompressed(t *testing.T) {
	a, b := []byte(`{"text":"a"}`+"\n"), []byte(`{"text":"b"}`+"\n")
	skippable := []byte("\x5e\x2a\x4d\x18\x04\x00\x00\x00abcd")
	for _, c := range []struct {
		name string
		in   []byte
		rows int
		err  string
	}{
		{"gzip", gzipped(append(a, b...)), 2, ""},
		{"members of gzip", append(gzipped(a), gzipped(b)...), 2, ""},
		{"members of gzip that cut a row", append(gzipped(a[:5]), gzipped(append(a[5:], b...))...), 2, ""},
		{"zstd", zstdCompressed(append(a, b...)), 2, ""},
		{"frames of zstd", append(zstdCompressed(a), zstdCompressed(b)...), 2, ""},
		{"a frame to be skipped first", append(skippable, zstdCompressed(a)...), 1, ""},
		{"a list", gzipped([]byte(`[{"text":"a"}]`)), 1, ""},
		{"nothing", gzipped(nil), 0, "no rows"},
		{"twice", gzipped(zstdCompressed(a)), 0, "compressed twice"},
		{"parquet in gzip", gzipped([]byte("PAR1....")), 0, "parquet in a compressed file"},
		{"HTML in gzip", gzipped([]byte("<html>no such file")), 0, "HTML"},
		{"something after gzip", append(gzipped(a), "garbage"...), 1, "gzip: "},
		{"something after zstd", append(zstdCompressed(a), "garbage"...), 1, "zstd: "},
		{"a beginning of gzip", []byte("\x1f\x8b\x08"), 0, "gzip: the file is cut off"},
		{"bzip2", []byte("BZh91AY&SY"), 0, "bzip2"},
		{"xz", []byte("\xfd7zXZ\x00\x00\x00"), 0, "xz"},
		{"zip", []byte("PK\x03\x04\x14\x00\x00\x00"), 0, "unzip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ds, skipped, err := readAll(t, fromBytes(c.in))
			require.Empty(t, skipped)
			require.Len(t, ds, c.rows)
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.err)
		})
	}
}

// TestCutCompressedFileIsNoShortOne at any byte but between members.
func TestCutCompressedFileIsNoShortOne(t *testing.T) {
	var rows bytes.Buffer
	for i := range 40 {
		fmt.Fprintf(&rows, `{"text":"number %d"}`+"\n", i*i*i)
	}
	for name, whole := range map[string][]byte{"gzip": gzipped(rows.Bytes()), "zstd": zstdCompressed(rows.Bytes())} {
		for cut := 1; cut < len(whole); cut++ {
			_, _, err := readAll(t, fromBytes(whole[:cut]))
			require.Error(t, err, "%s at %d of %d", name, cut, len(whole))
		}
	}
}

// TestBombEatsNoMemory: a gigabyte out of a megabyte is read as it comes.
func TestBombEatsNoMemory(t *testing.T) {
	const size = 1 << 29
	compress := map[string]func(w io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser {
			z, err := zstd.NewWriter(w)
			require.NoError(t, err)
			return z
		},
	}
	for how, newWriter := range compress {
		t.Run(how, func(t *testing.T) {
			var b bytes.Buffer
			w := newWriter(&b)
			_, err := io.WriteString(w, `{"text":"`)
			require.NoError(t, err)
			as := bytes.Repeat([]byte("a"), 1<<20)
			for range size >> 20 {
				_, err := w.Write(as)
				require.NoError(t, err)
			}
			_, err = io.WriteString(w, "\"}\n{\"text\":\"b\"}")
			require.NoError(t, err)
			require.NoError(t, w.Close())

			runtime.GC()
			var was, is runtime.MemStats
			runtime.ReadMemStats(&was)
			ds, skipped, err := readAll(t, fromBytes(b.Bytes()))
			runtime.ReadMemStats(&is)
			require.NoError(t, err)
			require.Equal(t, []Document{{Text: "b"}}, ds)
			require.Equal(t, []string{"standard input:1: the row is longer than 64 MiB"}, skipped)
			require.Less(t, is.TotalAlloc-was.TotalAlloc, uint64(size/2), "bytes allocated, all in all")
		})
	}
}

// TestEmptyIsNotCompressed: a download that never began must not be a shard
// without rows.
func TestEmptyIsNotCompressed(t *testing.T) {
	for _, name := range []string{"b.jsonl.gz", "b.jsonl.zst"} {
		folder := tree(t, map[string]string{"a.jsonl": `{"text":"a"}`, name: ""})
		_, _, err := readAll(t, &Files{Paths: []string{folder}})
		require.ErrorContains(t, err, filepath.Join(folder, name)+": this is called compressed and is empty")
	}
	folder := tree(t, map[string]string{"a.jsonl": `{"text":"a"}`, "b.jsonl.gz": string(gzipped(nil)), "c.jsonl.zst": string(zstdCompressed(nil)), "d.jsonl": ""})
	ds, _, err := readAll(t, &Files{Paths: []string{folder}})
	require.NoError(t, err)
	require.Len(t, ds, 1)
}

func TestTextsAreDocuments(t *testing.T) {
	folder := tree(t, map[string]string{
		"a.tex":       "\\section{A}\r\n$x<1$ \n",
		"b.txt":       "\ufeff{\\bf Let} it be.",
		"b2.txt":      "PARETO was here.",
		"b3.txt":      "ARROW1 is a name.",
		"c.md.gz":     string(gzipped([]byte("# C"))),
		"d/e.latex":   "[1] A list.",
		"latin1.tex":  "caf\xe9",
		"empty.txt":   " \n",
		"binary.text": "a\x00b",
	})
	ds, skipped, err := readAll(t, &Files{Paths: []string{folder}})
	require.NoError(t, err)
	require.Equal(t, []Document{
		{ID: "a.tex", Text: "\\section{A}\r\n$x<1$ \n"}, {ID: "b.txt", Text: "{\\bf Let} it be."}, {ID: "b2.txt", Text: "PARETO was here."}, {ID: "b3.txt", Text: "ARROW1 is a name."}, {ID: "c.md", Text: "# C"}, {ID: "d/e.latex", Text: "[1] A list."},
	}, ds)
	require.Len(t, skipped, 3)
	require.Contains(t, skipped[0], filepath.Join(folder, "binary.text")+": NUL at byte 1")
	require.Contains(t, skipped[1], filepath.Join(folder, "empty.txt")+": field text is empty")
	require.Contains(t, skipped[2], filepath.Join(folder, "latin1.tex")+": not UTF-8 at byte 3; convert it")

	for name, content := range map[string]string{"page.txt": " <!DOCTYPE html>\n404", "pointer.tex": "version https://git-lfs.github.com/spec/v1\n", "word.txt": "\xff\xfea\x00"} {
		_, _, err := readAll(t, &Files{Paths: []string{filepath.Join(tree(t, map[string]string{name: content}), name)}})
		require.ErrorContains(t, err, "this is ", name)
	}
}

func TestTextsThatAreTooLong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("a", longestRow+1)), 0o666))
	_, skipped, err := readAll(t, &Files{Paths: []string{path}, Text: []string{"text"}})
	require.ErrorContains(t, err, "none of 1 rows can be used")
	require.Equal(t, []string{path + ": the text is longer than 64 MiB"}, skipped)
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("a", longestRow)), 0o666))
	ds, _, err := readAll(t, &Files{Paths: []string{path}})
	require.NoError(t, err)
	require.Len(t, ds[0].Text, longestRow)
}
