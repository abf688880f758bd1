package mind

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
)

var corruptions = flag.Int("corruptions", 300, "damage the files of each format `N` times")

// A victim is a file to be damaged, with what is read of it.
type victim struct {
	content []byte
	text    []string
	whole   []Document
}

// TestCorruption changes or cuts off real files of each format at random. No
// panic, no hang, no gigabytes; and rows are never lost in silence, where the
// format can tell.
func TestCorruption(t *testing.T) {
	jsonl := bytes.Join(bytes.SplitAfter(data(t, "text/gsm8k_train.jsonl"), []byte{'\n'})[:40], nil)
	var problems []json.RawMessage
	require.NoError(t, json.Unmarshal(data(t, "text/MATH.json"), &problems))
	array, err := json.Marshal(problems[:40])
	require.NoError(t, err)
	var rows []struct {
		ID       string `parquet:"id,dict" json:"id"`
		Problem  string `parquet:"problem,optional" json:"problem"`
		Solution string `parquet:"solution,delta" json:"solution"`
		Level    string `parquet:"level,optional,dict" json:"level"`
	}
	require.NoError(t, json.Unmarshal(array, &rows))
	written := func(codec parquet.WriterOption, version int) []byte {
		b, err := os.ReadFile(writeParquet(t, rows, codec, parquet.DataPageVersion(version), parquet.MaxRowsPerRowGroup(25), parquet.PageBufferSize(4_000)))
		require.NoError(t, err)
		return b
	}
	for _, f := range []struct {
		name    string
		victims []victim
		counts  bool // It shows in the format if rows are missing after a change,
		ends    bool // after a cut,
		checks  bool // and if anything is not what it was.
	}{
		{name: "a.jsonl", victims: []victim{{content: jsonl}, {content: data(t, "jsonl_hazards/ok_u2028.jsonl")}, {content: data(t, "jsonl_hazards/ok_crlf.jsonl")}}, counts: true},
		{name: "a.json", victims: []victim{{content: array}, {content: data(t, "jsonl_hazards/ok_array.json")}, {content: data(t, "jsonl_hazards/ok_map_of_objects.json")}}, counts: true, ends: true},
		{name: "a.jsonl.gz", victims: []victim{{content: gzipped(jsonl)}, {content: append(gzipped(jsonl[:100]), gzipped(jsonl[100:])...)}, {content: data(t, "jsonl_hazards/ok_gzip.jsonl.gz")}}, checks: true},
		{name: "a.jsonl.zst", victims: []victim{{content: zstdCompressed(jsonl)}, {content: zstdCompressed(array)}}, ends: true, checks: true},
		{name: "a.parquet", victims: []victim{
			{content: data(t, "parquet/nemo_curator_example.parquet")},
			{content: data(t, "interop/one_math.parquet")},
			{content: data(t, "interop/oddnames.parquet"), text: []string{"Problem Text", "sol.ution"}},
			{content: data(t, "parquet/math500_test.parquet"), text: []string{"prompt.0.content", "solution"}},
			{content: written(parquet.Compression(&parquet.Uncompressed), 1)},
			{content: written(parquet.Compression(&parquet.Snappy), 2)},
			{content: written(parquet.Compression(&parquet.Gzip), 1)},
			{content: written(parquet.Compression(&parquet.Zstd), 2)},
			{content: written(parquet.Compression(&parquet.Brotli), 1)},
		}, counts: true, ends: true},
		{name: "a.tex", victims: []victim{{content: data(t, "text/stacks_algebra.tex")[:20_000]}}},
	} {
		t.Run(f.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), f.name)
			read := func(v victim) (ds []Document, skipped []string, err error) {
				require.NoError(t, os.WriteFile(path, v.content, 0o666))
				return readAll(t, &Files{Paths: []string{path}, Text: v.text, Meta: []string{"level", "prompt", "reward_model"}})
			}
			for i, v := range f.victims {
				var skipped []string
				var err error
				f.victims[i].whole, skipped, err = read(v)
				require.NoError(t, err)
				require.Empty(t, skipped)
			}
			r := rand.New(rand.NewPCG(5, 6))
			var slowest time.Duration
			var most uint64
			failed, partly := 0, 0
			for try := range *corruptions {
				v := f.victims[try%len(f.victims)]
				v.content = bytes.Clone(v.content)
				cut := r.IntN(5) == 0
				if cut {
					v.content = v.content[:r.IntN(len(v.content))]
				} else {
					for range 1 + r.IntN(3) {
						v.content[r.IntN(len(v.content))] ^= byte(1 + r.IntN(255))
					}
				}
				allocated, began := allocatedBytes(), time.Now()
				ds, skipped, err := read(v)
				slowest, most = max(slowest, time.Since(began)), max(most, allocatedBytes()-allocated)
				switch {
				case err != nil:
					failed++
					require.ErrorContains(t, err, path)
				case len(skipped) > 0:
					partly++
				case cut && f.ends || !cut && f.counts:
					require.GreaterOrEqual(t, len(ds), len(v.whole), "try %d, file %d", try, try%len(f.victims))
				}
				if err == nil && !cut && f.checks {
					require.Equal(t, v.whole, ds, "try %d", try)
				}
			}
			t.Logf("%d times: %d errors, %d with rows skipped, %d as if nothing were; slowest %v, most memory asked for %d MB", *corruptions, failed, partly, *corruptions-failed-partly, slowest.Round(time.Millisecond), most>>20)
			require.Less(t, most, uint64(600<<20))
		})
	}
}

// allocatedBytes is how many bytes have been asked for so far.
func allocatedBytes() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
