package mind

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

// BenchmarkParquet reads parquet beside parquet-go's rows as any, which is what
// it offers for files whose shape is not known beforehand. Like "pages", these
// are no documents yet: "documents" are what the least code makes of them, which
// looks at no error.
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
	flatDocument := func(row map[string]any) Document {
		return Document{
			ID:   row["id"].(string),
			Text: "Problem:\n" + row["problem"].(string) + "\n\nSolution:\n" + row["solution"].(string),
			Meta: map[string]string{"level": row["level"].(string), "type": row["type"].(string)},
		}
	}
	real := func(name string) string { return filepath.Join(os.Getenv("MIND_DATA"), name) }
	for _, c := range []struct {
		name, path string
		text       []string
		pages      []string
		document   func(row map[string]any) Document
	}{
		{"uncompressed", writeParquet(b, plains, group, parquet.Compression(&parquet.Uncompressed)), nil, flat, flatDocument},
		{"snappy", writeParquet(b, plains, group, parquet.Compression(&parquet.Snappy)), nil, flat, flatDocument},
		{"dictionary", writeParquet(b, dicts, group, parquet.Compression(&parquet.Snappy)), nil, flat, flatDocument},
		{"nested", real("parquet/verl_gsm8k_train.parquet"), []string{"extra_info.question", "extra_info.answer"}, []string{"extra_info.question", "extra_info.answer"}, func(row map[string]any) Document {
			info := row["extra_info"].(map[string]any)
			return Document{Text: "Problem:\n" + info["question"].(string) + "\n\nSolution:\n" + info["answer"].(string)}
		}},
		{"types", real("interop/types_snappy_V1.parquet"), []string{"en"}, []string{"id", "en"}, func(row map[string]any) Document {
			text, _ := row["en"].(string) // There are nulls.
			return Document{ID: fmt.Sprint(row["id"]), IntID: true, Text: text}
		}},
	} {
		b.Run(c.name, func(b *testing.B) {
			rows := func(do func(row any)) {
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
					n, err := r.Read(rows)
					for _, row := range rows[:n] {
						do(row)
					}
					if err == io.EOF || n == 0 {
						return
					}
				}
			}
			var ours, theirs Document
			beside(b, map[string]func(){
				"Files": func() {
					for ours = range (&Files{Paths: []string{c.path}, Text: c.text}).Documents(b.Context()) {
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
				"baseline":  func() { rows(func(any) {}) },
				"documents": func() { rows(func(row any) { theirs = c.document(row.(map[string]any)) }) },
			}, "Files/baseline", "Files/documents", "pages/baseline")
			require.Equal(b, theirs, ours)
		})
	}
}

// beside reports how often faster one is than another: the median over runs
// that take turns, so that what else the machine does hits them alike.
func beside(b *testing.B, runs map[string]func(), ratios ...string) {
	all := map[string][]float64{}
	for b.Loop() {
		took := map[string]time.Duration{}
		for name, run := range runs {
			began := time.Now()
			run()
			took[name] = time.Since(began)
		}
		for _, ratio := range ratios {
			ours, theirs, _ := strings.Cut(ratio, "/")
			all[ratio] = append(all[ratio], took[theirs].Seconds()/took[ours].Seconds())
		}
	}
	for ratio, xs := range all {
		slices.Sort(xs)
		b.ReportMetric(xs[len(xs)/2], ratio)
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
