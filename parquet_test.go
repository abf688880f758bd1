package mind

import (
	"encoding/json"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fileRows are all rows of a parquet file, as JSON objects.
func fileRows(t testing.TB, path string) (rows []string) {
	t.Helper()
	var all []string
	look := openParquet(t, path, wanted{look: true})
	for _, m := range look.members[:len(look.members)-len(look.fields)] {
		all = append(all, string(m.name))
	}
	p := openParquet(t, path, wanted{paths: all})
	for {
		r, err := p.next()
		if err == io.EOF {
			return rows
		}
		require.NoError(t, err)
		var b []byte
		for _, m := range r.members {
			b = append(appendQuoted(append(b, ','), m.name), ':')
			if m.plain {
				b = appendQuoted(b, m.b)
			} else {
				b = append(b, m.b...)
			}
		}
		b[0] = '{'
		require.True(t, json.Valid(append(b, '}')), "%s", b)
		rows = append(rows, string(b)+"}")
	}
}

// TestParquetRowsAreThoseOfDuckDB, to the letter.
func TestParquetRowsAreThoseOfDuckDB(t *testing.T) {
	data(t, "README.md")
	folder := filepath.Join(os.Getenv("MIND_DATA"), "interop")
	for name, expected := range map[string]string{
		"flat_math_gzip_V1": "flat_math", "flat_math_snappy_V2": "flat_math", "flat_math_zstd_V1": "flat_math",
		"nested_math_zstd_V1": "nested_math", "null_gsm_snappy_V1": "null_gsm", "oddnames": "oddnames", "types_snappy_V1": "types",
	} {
		t.Run(name, func(t *testing.T) {
			want := strings.Split(strings.TrimSpace(string(data(t, "interop/expected/"+expected+".jsonl"))), "\n")
			got := fileRows(t, filepath.Join(folder, name+".parquet"))
			require.Equal(t, len(want), len(got))
			for i := range want {
				require.Equal(t, canonical(t, want[i]), canonical(t, got[i]), "row %d", i+1)
			}
		})
	}
}

// canonical is a value of JSON in which 0.0 and 0.00 are the same.
func canonical(t testing.TB, s string) any {
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var v any
	require.NoError(t, d.Decode(&v))
	return rational(v)
}

func rational(v any) any {
	switch v := v.(type) {
	case json.Number:
		r, _ := new(big.Rat).SetString(v.String())
		return r.String()
	case []any:
		for i := range v {
			v[i] = rational(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = rational(v[k])
		}
	}
	return v
}

func TestRealParquet(t *testing.T) {
	data(t, "README.md")
	question := []string{"extra_info.question", "extra_info.answer"}
	for name, want := range map[string]struct {
		files         *Files
		rows, skipped int
		fields        string
		err           string
	}{
		"parquet/gsm8k_hf_test.parquet":        {rows: 1319, fields: "text from question and answer; id from id (strings); metadata: none"},
		"parquet/verl_gsm8k_train.parquet":     {files: &Files{Text: question}, rows: 7473, fields: "text from extra_info.question and extra_info.answer; id from id (strings); metadata: none"},
		"parquet/math500_test.parquet":         {files: &Files{Text: []string{"prompt.0.content", "solution"}, Meta: []string{"level", "reward_model", "prompt.0.role"}}, rows: 100, fields: "text from prompt.0.content and solution; id from unique_id (strings); metadata: level, reward_model, prompt.0.role"},
		"parquet/nemo_curator_example.parquet": {rows: 20, fields: "text from text; id from id (integers); metadata: none"},
		"interop/flat_math_gzip_V1.parquet":    {rows: 5000, fields: "text from problem and solution; id from id (strings); metadata: level, type"},
		"interop/flat_math_snappy_V2.parquet":  {rows: 5000, fields: "text from problem and solution; id from id (strings); metadata: level, type"},
		"interop/flat_math_zstd_V1.parquet":    {rows: 5000, fields: "text from problem and solution; id from id (strings); metadata: level, type"},
		"interop/nested_math_zstd_V1.parquet":  {files: &Files{Text: []string{"prompt.1.content"}, Meta: []string{"meta.kind", "tags", "extra.split"}}, rows: 5000, fields: "text from prompt.1.content; id from id (strings); metadata: meta.kind, tags, extra.split"},
		"interop/null_gsm_snappy_V1.parquet":   {rows: 6405, skipped: 1068, fields: "text from question and answer; id from id (integers); metadata: level, type"},
		"interop/types_snappy_V1.parquet":      {files: &Files{Text: []string{"en"}}, rows: 667, skipped: 333, fields: "text from en; id from id (integers); metadata: none"},
		"interop/large_text_zstd_V1.parquet":   {rows: 24, skipped: 2, fields: "text from text; id from id (integers); metadata: none"},
		"interop/one_math.parquet":             {rows: 1, fields: "text from problem and solution; id from id (strings); metadata: level, type"},
		"interop/oddnames.parquet":             {files: &Files{Text: []string{"Problem Text", "sol.ution"}, ID: "ID", Meta: []string{"уровень", "type "}}, rows: 100, fields: "text from Problem Text and sol.ution; id from ID (strings); metadata: уровень, type "},
		"interop/allnull.parquet":              {skipped: 3000, err: "none of 3000 rows can be used"},
		"interop/empty_math.parquet":           {err: "no rows"},
		"interop/flat_math_lz4_raw_V1.parquet": {err: "column id is compressed with LZ4_RAW, which is not read; write the file with zstd or snappy, as in: duckdb"},
	} {
		t.Run(name, func(t *testing.T) {
			f := want.files
			if f == nil {
				f = &Files{}
			}
			f.Paths = []string{filepath.Join(os.Getenv("MIND_DATA"), name)}
			ds, skipped, err := readAll(t, f)
			require.Equal(t, []int{want.rows, want.skipped}, []int{len(ds), len(skipped)})
			if want.err != "" {
				require.ErrorContains(t, err, want.err)
				require.ErrorContains(t, err, f.Paths[0])
				return
			}
			require.NoError(t, err)
			require.Equal(t, want.fields, f.Fields())
			read, size := f.Progress()
			require.Equal(t, size, read)
		})
	}
}

// TestParquetDocumentsAreThoseOfTheSameRowsAsJSON: the format does not matter.
func TestParquetDocumentsAreThoseOfTheSameRowsAsJSON(t *testing.T) {
	data(t, "README.md")
	folder := filepath.Join(os.Getenv("MIND_DATA"), "interop")
	for name, f := range map[string]*Files{
		"flat_math_zstd_V1":   {},
		"nested_math_zstd_V1": {Meta: []string{"meta", "meta.lvl", "tags", "prompt.0.content", "extra", "extra.split"}},
		"null_gsm_snappy_V1":  {Meta: []string{"level", "note", "type"}},
		"types_snappy_V1":     {Text: []string{"en", "bl"}, Meta: []string{"b", "i8", "i64", "u64", "f32", "f64", "d18", "d38", "dt", "ts", "tsns", "tstz", "tm", "uu", "js", "js.k"}},
	} {
		t.Run(name, func(t *testing.T) {
			shape, _, _ := strings.Cut(name, "_snappy")
			shape, _, _ = strings.Cut(shape, "_zstd")
			a, _, err := readAll(t, &Files{Paths: []string{filepath.Join(folder, name+".parquet")}, Text: f.Text, Meta: f.Meta})
			require.NoError(t, err)
			b, _, err := readAll(t, &Files{Paths: []string{filepath.Join(folder, "expected", shape+".jsonl")}, Text: f.Text, Meta: f.Meta})
			require.NoError(t, err)
			require.Equal(t, len(b), len(a))
			for i := range a {
				require.Equal(t, b[i], a[i])
			}
		})
	}
}

func TestBrokenParquet(t *testing.T) {
	data(t, "README.md")
	for name, want := range map[string]string{
		"4_bytes":              "cut off after 4 bytes",
		"PAR1_footer_len_huge": "a footer of ",
		"extra_byte_at_end":    "without its end",
		"footer_gone":          "without its end",
		"half":                 "without its end",
		"html":                 "this is HTML",
		"jsonl":                "called parquet and is none",
		"last_byte_missing":    "without its end",
		"lfs":                  "git lfs pull",
		"middle_zeroed":        ": row ",
		"zero_bytes":           "called parquet and is empty",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(os.Getenv("MIND_DATA"), "interop", "broken", name+".parquet")
			ds, skipped, err := readAll(t, &Files{Paths: []string{path}})
			require.ErrorContains(t, err, path)
			require.ErrorContains(t, err, want)
			require.Empty(t, skipped)
			t.Logf("%d rows, then: %v", len(ds), err)
		})
	}
}
