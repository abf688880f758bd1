package mind

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// BenchmarkParquet reads parquet beside parquet-go's rows as any, which is what
// it offers for files whose shape is not known beforehand. That makes no
// documents; "pages" does not, either.
func BenchmarkParquet(b *testing.B) {
	data(b, "README.md")
	ds, _, err := readAll(b, &Files{Paths: []string{filepath.Join(os.Getenv("MIND_DATA"), "interop", "flat_math_zstd_V1.parquet")}})
	require.NoError(b, err)
	type plain struct {
		ID       string `parquet:"id"`
		Problem  string `parquet:"problem,optional"`
		Solution string `parquet:"solution,optional"`
		Level    string `parquet:"level,optional,dict"`
		Type     string `parquet:"type,optional,dict"`
	}
	type dict struct {
		ID       string `parquet:"id"`
		Problem  string `parquet:"problem,optional,dict"`
		Solution string `parquet:"solution,optional,dict"`
		Level    string `parquet:"level,optional,dict"`
		Type     string `parquet:"type,optional,dict"`
	}
	var plains []plain
	var dicts []dict
	for len(plains) < 100_000 { // 75 MB of text.
		for _, d := range ds {
			p := plain{d.ID, d.Text[:len(d.Text)/3], d.Text[len(d.Text)/3:], d.Meta["level"], d.Meta["type"]}
			plains, dicts = append(plains, p), append(dicts, dict(p))
		}
	}
	group := parquet.MaxRowsPerRowGroup(50_000)
	flat := []string{"id", "problem", "solution", "level", "type"}
	real := func(name string) string { return filepath.Join(os.Getenv("MIND_DATA"), name) }
	for _, c := range []struct {
		name, path string
		text       []string
		pages      []string
	}{
		{"uncompressed", writeParquet(b, plains, group, parquet.Compression(&parquet.Uncompressed)), nil, flat},
		{"snappy", writeParquet(b, plains, group, parquet.Compression(&parquet.Snappy)), nil, flat},
		{"dictionary", writeParquet(b, dicts, group, parquet.Compression(&parquet.Snappy)), nil, flat},
		{"nested", real("parquet/verl_gsm8k_train.parquet"), []string{"extra_info.question", "extra_info.answer"}, []string{"extra_info.question", "extra_info.answer"}},
		{"types", real("interop/types_snappy_V1.parquet"), []string{"en"}, []string{"id", "en"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			beside(b, map[string]func(){
				"Files": func() {
					for range (&Files{Paths: []string{c.path}, Text: c.text}).Documents(b.Context()) {
					}
				},
				"pages": func() {
					p := openParquet(b, c.path, wanted{paths: c.pages})
					for {
						if _, err := p.next(); err == io.EOF {
							return
						} else if err != nil {
							b.Fatal(err)
						}
					}
				},
			}, func() {
				file, err := os.Open(c.path)
				require.NoError(b, err)
				defer file.Close()
				info, err := file.Stat()
				require.NoError(b, err)
				f, err := parquet.OpenFile(file, info.Size())
				require.NoError(b, err)
				r := parquet.NewGenericReader[any](f)
				defer r.Close()
				rows := make([]any, 64)
				for {
					if n, err := r.Read(rows); err == io.EOF || n == 0 {
						return
					}
				}
			})
		})
	}
}

// beside reports how often faster each of ours is than the baseline: the median
// over runs that take turns, so that what else the machine does hits them alike.
func beside(b *testing.B, ours map[string]func(), baseline func()) {
	timed := func(f func()) float64 {
		began := time.Now()
		f()
		return time.Since(began).Seconds()
	}
	ratios := map[string][]float64{}
	for b.Loop() {
		base := timed(baseline)
		for name, f := range ours {
			ratios[name] = append(ratios[name], base/timed(f))
		}
	}
	for name, rs := range ratios {
		slices.Sort(rs)
		b.ReportMetric(rs[len(rs)/2], name+"/baseline")
	}
	b.ReportMetric(0, "ns/op") // Of all of them together, which is nothing.
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
