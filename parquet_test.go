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
	for _, m := range openParquet(t, path, wanted{look: true}).outline {
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
