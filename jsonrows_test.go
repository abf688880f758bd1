package mind

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestLayouts(t *testing.T) {
	const a, b = `{"id":1,"text":"a"}`, `{"id":2,"text":"b"}`
	const pretty = "{\n \"id\":1,\n \"text\":\"a\"\n}\n{\n \"id\":2,\n \"text\":\"b\"\n}"
	long := `{"id":1,"text":"` + strings.Repeat("x", 3<<20) + `"}`
	for _, tt := range []struct {
		name, in string
		rows     int
		skipped  []string // Parts of the messages.
		err      string   // Part of it.
	}{
		{name: "lines", in: a + "\n" + b, rows: 2},
		{name: "blank lines and marks", in: "\ufeff\n\r\n \n" + a + "\r\n\n\ufeff" + b + "\n\n", rows: 2},
		{name: "a last line longer than all before", in: a + "\n" + long, rows: 2},
		{name: "a last line a little longer than the one before", in: `{"text":"a"}` + "\n" + b, rows: 2},
		{name: "a long first line", in: long + "\n" + b, rows: 2},
		{name: "a bad first line", in: "garbage\n" + a + "\n" + b, rows: 2, skipped: []string{":1: invalid character 'g'"}},
		{name: "a torn first line", in: `{"id":1,"te` + "\n" + a + "\n" + b, rows: 2, skipped: []string{":1: the row is cut off"}},
		{name: "two objects on the first line", in: a + b + "\n" + b, rows: 1, skipped: []string{":1: invalid character '{' after"}},
		{name: "objects over several lines", in: pretty, rows: 2},
		{name: "list", in: "[" + a + ",\n" + b + "]\n", rows: 2},
		{name: "list with a NaN", in: `[{"text":NaN},` + a + `,` + b + `]`, rows: 2, skipped: []string{":1: row 1: invalid character 'N'"}},
		{name: "list of other things", in: `[1,"]",null,[{"text":"}"}],` + a + `]`, rows: 1, skipped: []string{"a number", "a string", "null", "a list"}},
		{name: "list with commas", in: `[,` + a + `,,` + b + `,]`, rows: 2, skipped: []string{"no row before", "no row before", "no row after"}},
		{name: "list without a comma", in: "[" + a + "\n" + b + "]", rows: 1, err: `:2: '{' where a comma should follow row 1`},
		{name: "list cut after a comma", in: "[" + a + ",", rows: 1, err: "cut off"},
		{name: "list cut in a string", in: `[` + a + `,{"id":2,"te`, rows: 1, err: ":1: row 2: the row has no end"},
		{name: "two lists", in: "[" + a + "]\n[" + b + "]", rows: 1, err: `:2: '[' after the end`},
		{name: "dict on a line", in: `{"x":` + a + `,"y":` + b + `}`, rows: 2},
		{name: "dict over lines", in: "{\n\"x\":\n" + a + ",\n\"y\" : " + b + "\n}\n", rows: 2},
		{name: "long dict", in: `{"x":` + long + `,"y":` + b + `}`, rows: 2},
		{name: "long dict over lines", in: "\n{\n\"x\":" + long + `,"y":` + b + "\n}", rows: 2},
		{name: "long row with metadata first", in: `{"meta":{"text":"m"},"text":"` + strings.Repeat("x", 5<<20) + "\"}\n" + `{"meta":{"text":"m"},"text":"b"}`, rows: 2},
		{name: "long row over lines with metadata first", in: "{\n\"meta\":{\"text\":\"m\"},\n\"text\":\"" + strings.Repeat("x", 5<<20) + "\"}", rows: 1},
		{name: "dict cut off", in: "{\n\"x\":" + long + `,"y"`, rows: 1, err: "no colon"},
		{name: "rows of objects are no dict", in: `{"o":{"text":"a"}}` + "\n" + `{"o":{"text":"b"}}`, err: "there are o"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds, skipped, err := readAll(t, fromString(tt.in))
			if tt.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.err)
			}
			require.Len(t, ds, tt.rows)
			require.Len(t, skipped, len(tt.skipped), skipped)
			for i, want := range tt.skipped {
				require.Contains(t, skipped[i], want)
			}
		})
	}
}

func TestKeyOfADictIsTheID(t *testing.T) {
	ds, _, err := readAll(t, fromString(`{"k\u00e9":{"text":"a"},"l":{"id":"x","text":"b"}}`))
	require.NoError(t, err)
	require.Equal(t, []Document{{ID: "ké", Text: "a"}, {ID: "x", Text: "b"}}, ds)
}

func readRows(t *testing.T, j *jsonReader) (texts, skipped []string, err error) {
	t.Helper()
	for {
		r, err := j.next()
		switch {
		case err == io.EOF:
			return texts, skipped, nil
		case errors.Is(err, ErrSkip):
			skipped = append(skipped, err.Error())
		case err != nil:
			return texts, skipped, err
		default:
			texts = append(texts, asText(named(r.members, "text")))
		}
	}
}

func isText(name []byte) bool { return string(name) == "text" }

func TestRowsTooLong(t *testing.T) {
	long := `{"text":"` + strings.Repeat(`\"{`, 100_000) + `"}`
	for _, tt := range []struct{ name, in, at string }{
		{"lines", `{"text":"a"}` + "\n" + long + "\n" + `{"text":"b"}`, "f:2: "},
		{"last line", `{"text":"a"}` + "\n" + `{"text":"b"}` + "\n" + long, "f:3: "},
		{"list", `[{"text":"a"},` + long + `,{"text":"b"}]`, "f:1: row 2: "},
		{"dict", `{"x":{"text":"a"},"y":` + long + `,"z":{"text":"b"}}`, "f:1: row 2: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j, err := newJSONReader("f", strings.NewReader(tt.in), isText)
			require.NoError(t, err)
			j.longest = 100 << 10
			texts, skipped, err := readRows(t, j)
			require.NoError(t, err)
			require.Equal(t, []string{"a", "b"}, texts)
			require.Equal(t, []string{tt.at + "the row is longer than 0 MiB"}, skipped)
		})
	}
}

// TestReadErrorIsNoEnd: a disk that fails is not a file that ends.
func TestReadErrorIsNoEnd(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, in := range []string{
		"{\"text\":\"a\"}\n{\"te", "{\"text\":\"a\"}\n", "[{\"text\":\"a\"},", "[{\"text\":\"a\"},{\"t", "[{\"text\":\"a\"}]", "{\n\"text\":\"a\"}\n",
	} {
		j, err := newJSONReader("f", io.MultiReader(strings.NewReader(in), iotest.ErrReader(broken)), isText)
		require.NoError(t, err)
		texts, _, err := readRows(t, j)
		require.ErrorIs(t, err, broken, in)
		require.Equal(t, []string{"a"}, texts, in)
	}
}

// FuzzRow holds what rows are made of against encoding/json.
func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"a":"\ud83d\ude00\ud83dx\u00e9\"\\\/\b\f\n\r\t","a":[1,{"b":null}], "c" : -1.5e3}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		j := &jsonReader{}
		r, err := j.parse(place{}, raw)
		var want map[string]json.RawMessage
		wantErr := json.Unmarshal(raw, &want)
		if !utf8.Valid(raw) || wantErr != nil || want == nil || raw[0] != '{' {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		for name, value := range want {
			got := named(r.members, name)
			require.Equal(t, string(value), string(got.b))
			var s string
			if json.Unmarshal(value, &s) == nil {
				require.Equal(t, s, asText(got))
			}
			var elements []json.RawMessage
			if json.Unmarshal(value, &elements) == nil {
				for i, e := range elements {
					require.Equal(t, string(e), string(element(got.b, i)))
				}
			}
		}
		require.LessOrEqual(t, len(want), len(r.members))
	})
}

// FuzzJSONReader holds a reader that gets one byte at a time against one that gets
// all at once, and a list of valid rows against encoding/json.
func FuzzJSONReader(f *testing.F) {
	for _, s := range []string{"{\"text\":\"a\"}\n{", `[{"text":"a"},]`, `{"x":{"text":"a"}}`, "{\n\"text\":\"a\"}\n{}", "\ufeff[", "x\n{"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		j, err := newJSONReader("f", bytes.NewReader(in), isText)
		k, err1 := newJSONReader("f", iotest.OneByteReader(bytes.NewReader(in)), isText)
		require.Equal(t, err == nil, err1 == nil)
		if err != nil {
			return
		}
		texts, skipped, err := readRows(t, j)
		texts1, skipped1, err1 := readRows(t, k)
		require.Equal(t, fmt.Sprint(texts, skipped, err), fmt.Sprint(texts1, skipped1, err1))
		var list []json.RawMessage
		if utf8.Valid(in) && json.Unmarshal(in, &list) == nil && list != nil {
			require.NoError(t, err)
			require.Len(t, list, len(texts)+len(skipped))
		}
	})
}

// A value ends in the same place in whatever pieces it comes.
func TestValuesEndWhereverTheyAreCut(t *testing.T) {
	for _, value := range []string{`"a\"b"`, `"\\"`, `"\\\"\\\\"`, `""`, `{"a\\":["\"]","\\",{}],"b":"}\\\""}`, `[]`, `"\u005c"`} {
		text := value + `, "more"`
		for first := 1; first <= len(text); first++ {
			for size := 1; size <= len(text); size++ {
				var e extent
				n, ended := e.scan([]byte(text[:first]))
				for !ended {
					more := 0
					more, ended = e.scan([]byte(text[n:min(n+size, len(text))]))
					n += more
				}
				require.Equal(t, value, text[:n], "first %d bytes, then %d each", first, size)
			}
		}
	}
}
