package mind

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// manyProblems writes the problems of a real file, so often that it is 100 MB
// of text, as parquet like that of data sets, and returns its path and its bytes of text.
func manyProblems(b *testing.B) (path string, size int64) {
	data(b, "README.md")
	ds, _, err := readAll(b, &Files{Paths: []string{filepath.Join(os.Getenv("MIND_DATA"), "interop", "flat_math_zstd_V1.parquet")}})
	require.NoError(b, err)
	type problem struct {
		ID       string `parquet:"id"`
		Problem  string `parquet:"problem,optional"`
		Solution string `parquet:"solution,optional"`
		Level    string `parquet:"level,optional,dict"`
		Type     string `parquet:"type,optional,dict"`
	}
	path = filepath.Join(b.TempDir(), "problems.parquet")
	file, err := os.Create(path)
	require.NoError(b, err)
	defer file.Close()
	w := parquet.NewGenericWriter[problem](file, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(50_000))
	for size < 100<<20 {
		for _, d := range ds {
			_, err := w.Write([]problem{{d.ID, d.Text[:len(d.Text)/3], d.Text[len(d.Text)/3:], d.Meta["level"], d.Meta["type"]}})
			require.NoError(b, err)
			size += int64(len(d.Text))
		}
	}
	require.NoError(b, w.Close())
	return path, size
}

// BenchmarkParquet reads 100 MB of problems; "rows as any" is what parquet-go
// offers for files whose shape is not known beforehand, and makes no documents.
func BenchmarkParquet(b *testing.B) {
	path, size := manyProblems(b)
	b.Run("Files", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range (&Files{Paths: []string{path}}).Documents(b.Context()) {
				require.NoError(b, err)
			}
		}
	})
	b.Run("rows", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			p := openParquet(b, path, wanted{paths: []string{"problem", "solution", "id", "level", "type"}})
			for {
				_, err := p.next()
				if err == io.EOF {
					break
				}
				require.NoError(b, err)
			}
		}
	})
	b.Run("rows as any", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			file, err := os.Open(path)
			require.NoError(b, err)
			info, err := file.Stat()
			require.NoError(b, err)
			f, err := parquet.OpenFile(file, info.Size())
			require.NoError(b, err)
			r := parquet.NewGenericReader[any](f)
			rows := make([]any, 64)
			for {
				n, err := r.Read(rows)
				if err == io.EOF || n == 0 {
					break
				}
				require.NoError(b, err)
			}
			require.NoError(b, r.Close())
			require.NoError(b, file.Close())
		}
	})
}

func openParquet(t testing.TB, path string, w wanted) *parquetReader {
	t.Helper()
	file, err := os.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	info, err := file.Stat()
	require.NoError(t, err)
	p, err := newParquetReader(path, file, info.Size(), w)
	require.NoError(t, err)
	return p
}
