package mind

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// endless is a file of n rows in one array or a row a line, made as it is read.
type endless struct {
	n     int
	array bool
	buf   bytes.Buffer
	i     int
}

func (e *endless) Read(b []byte) (int, error) {
	for e.buf.Len() < len(b) && e.i <= e.n {
		switch {
		case e.i == 0 && e.array:
			e.buf.WriteString("[")
		case e.i > 1 && e.array:
			e.buf.WriteString(",\n")
		}
		if e.i > 0 {
			fmt.Fprintf(&e.buf, `{"id":%d,"problem":"%01000d","solution":"s"}`, e.i, e.i)
			if !e.array {
				e.buf.WriteString("\n")
			}
		}
		if e.i == e.n && e.array {
			e.buf.WriteString("]")
		}
		e.i++
	}
	return e.buf.Read(b)
}

func heapInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestMemoryIsFlat: ten times the input takes the same memory, whatever the format.
func TestMemoryIsFlat(t *testing.T) {
	type row struct {
		ID       int64  `parquet:"id"`
		Problem  string `parquet:"problem"`
		Solution string `parquet:"solution"`
	}
	stdin := func(r io.Reader) *Files { return &Files{Paths: []string{"-"}, stdin: r} }
	compressed := func(compress func(io.Writer) io.WriteCloser, n int) *Files {
		var b bytes.Buffer
		w := compress(&b)
		_, err := io.Copy(w, &endless{n: n})
		require.NoError(t, err)
		require.NoError(t, w.Close())
		return fromBytes(b.Bytes())
	}
	for format, files := range map[string]func(n int) *Files{
		"lines": func(n int) *Files { return stdin(&endless{n: n}) },
		"list":  func(n int) *Files { return stdin(&endless{n: n, array: true}) },
		"gzip": func(n int) *Files {
			return compressed(func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }, n)
		},
		"zstd": func(n int) *Files {
			return compressed(func(w io.Writer) io.WriteCloser {
				z, err := zstd.NewWriter(w)
				require.NoError(t, err)
				return z
			}, n)
		},
		"parquet": func(n int) *Files { // One row group.
			rows := make([]row, n)
			for i := range rows {
				rows[i] = row{int64(i), fmt.Sprintf("%01000d", i), "s"}
			}
			return &Files{Paths: []string{writeParquet(t, rows, parquet.MaxRowsPerRowGroup(int64(n)))}}
		},
	} {
		t.Run(format, func(t *testing.T) {
			most := func(n int) (most uint64) {
				f := files(n)
				before, i := heapInUse(), 0
				for _, err := range f.Documents(t.Context()) {
					require.NoError(t, err)
					if i++; i%(n/4) == 0 {
						most = max(most, heapInUse())
					}
				}
				require.Equal(t, n, i)
				return most - min(before, most)
			}
			most(1_000)                                 // What is made once.
			once, tenTimes := most(4_000), most(40_000) // 4 and 40 MB.
			t.Logf("%d and %d KB", once>>10, tenTimes>>10)
			require.LessOrEqual(t, tenTimes, once+once/10+256<<10) // The collector's own comes and goes.
		})
	}
}
