package mind

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// readAll reads a source to its end: documents, the errors of rows, and the
// error that ended it.
func readAll(t testing.TB, f *Files) (ds []Document, skipped []string, err error) {
	t.Helper()
	for d, err1 := range f.Documents(context.Background()) {
		require.NoError(t, err, "it goes on after its end")
		switch {
		case err1 == nil:
			ds = append(ds, d)
		case errors.Is(err1, ErrSkip):
			skipped = append(skipped, err1.Error())
		default:
			err = err1
		}
	}
	return ds, skipped, err
}

func fromString(s string) *Files {
	return &Files{Paths: []string{"-"}, stdin: strings.NewReader(s)}
}

func TestHazards(t *testing.T) {
	data(t, "jsonl_hazards/README.md")
	for name, want := range map[string]struct {
		rows    int
		skipped []string // Parts of the messages, in their order.
		err     string   // Part of it.
	}{
		"ok_array.json":                   {rows: 5},
		"ok_array_empty.json":             {err: "no rows"},
		"ok_blank_lines.jsonl":            {rows: 5},
		"ok_bom.jsonl":                    {rows: 5},
		"ok_crlf.jsonl":                   {rows: 5},
		"ok_empty.jsonl":                  {err: "no rows"},
		"ok_gzip.jsonl.gz":                {rows: 5},
		"ok_gzip_named_jsonl.jsonl":       {rows: 5},
		"ok_gzip_two_members.jsonl.gz":    {rows: 3},
		"ok_lf.jsonl":                     {rows: 5},
		"ok_long_line_6m.jsonl":           {rows: 3},
		"ok_long_line_70k.jsonl":          {rows: 3},
		"ok_map_of_objects.json":          {rows: 5},
		"ok_no_final_newline.jsonl":       {rows: 5},
		"ok_single_object.json":           {rows: 1},
		"ok_u2028.jsonl":                  {rows: 3},
		"bad_array_in_jsonl.jsonl":        {rows: 5},
		"bad_array_trailing_garbage.json": {rows: 5, err: ":2: '}' after the end"},
		"bad_array_truncated.json":        {rows: 4, err: ":30: row 5: the row has no end"},
		"bad_case_keys.jsonl":             {err: "there are ID, Problem, SOLUTION"},
		"bad_deep_nesting.jsonl":          {rows: 1, skipped: []string{":1: invalid character '[' exceeded max depth"}},
		"bad_dup_ids.jsonl":               {rows: 3},
		"bad_dup_keys.jsonl":              {rows: 1},
		"bad_gzip_truncated.jsonl.gz":     {rows: 567, err: "gzip: the file is cut off (unexpected EOF)"},
		"bad_html_error_page.jsonl":       {err: "HTML"},
		"bad_lfs_pointer.jsonl":           {err: "git lfs pull"},
		"bad_lone_surrogate.jsonl":        {rows: 2},
		"bad_middle_line.jsonl":           {rows: 2, skipped: []string{":2: the row is cut off"}},
		"bad_missing_fields.jsonl":        {rows: 2, skipped: []string{":2: no field solution", ":3: no field problem", ":5: field problem is empty", ":6: field problem is null"}},
		"bad_nan.jsonl":                   {rows: 1, skipped: []string{":2: invalid character 'N'"}},
		"bad_not_object.jsonl":            {rows: 2, skipped: []string{":2: the row is a list", ":3: the row is a string", ":4: the row is a number", ":5: the row is null", ":6: the row is a boolean"}},
		"bad_nul.jsonl":                   {rows: 2, skipped: []string{":2: NUL"}},
		"bad_pretty_object.jsonl":         {rows: 2},
		"bad_torn_last_line.jsonl":        {rows: 5, skipped: []string{":6: the row is cut off at byte 29"}},
		"bad_trailing_comma.jsonl":        {rows: 2, skipped: []string{":2: invalid character '}'"}},
		"bad_two_objects_one_line.jsonl":  {rows: 1, skipped: []string{":1: invalid character '{' after top-level value"}},
		"bad_types.jsonl":                 {rows: 1, skipped: []string{":2: id is 7.0", ":3: id is 12345678901234567890", ":4: id is true"}},
		"bad_utf16le.jsonl":               {err: "UTF-16"},
		"bad_utf8.jsonl":                  {rows: 1, skipped: []string{":2: not UTF-8 at byte 26"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(os.Getenv("MIND_DATA"), "jsonl_hazards", name)
			ds, skipped, err := readAll(t, &Files{Paths: []string{path}})
			require.Equal(t, want.rows, len(ds))
			if want.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, want.err)
				require.ErrorContains(t, err, path)
			}
			require.Len(t, skipped, len(want.skipped), "%v", skipped)
			for i, s := range skipped {
				require.Contains(t, s, path+want.skipped[i])
			}
		})
	}
}

func TestRealFiles(t *testing.T) {
	data(t, "README.md")
	for name, want := range map[string]struct {
		rows, skipped int
		fields        string
	}{
		"MATH.json":               {5000, 0, "text from problem and solution; id from id (strings); metadata: level, type"},
		"gsm8k_train.jsonl":       {7473, 0, "text from question and answer; id from id (strings); metadata: none"},
		"math500.jsonl":           {500, 0, "text from problem and solution; id from unique_id (strings); metadata: level, subject"},
		"planetmath_nt_tex.jsonl": {1070, 1, "text from text; id from id (strings); metadata: url"}, // One text is empty.
	} {
		f := &Files{Paths: []string{filepath.Join(os.Getenv("MIND_DATA"), "text", name)}}
		ds, skipped, err := readAll(t, f)
		require.NoError(t, err)
		require.Equal(t, want.rows, len(ds), name)
		require.Len(t, skipped, want.skipped, "%v", skipped)
		require.Equal(t, want.fields, f.Fields())
		read, size := f.Progress()
		require.Equal(t, size, read)
	}
}

func TestFieldsOfARow(t *testing.T) {
	for _, c := range []struct {
		name  string
		row   string
		files *Files
		want  Document
	}{
		{"problem and solution", `{"id":7,"problem":"p","solution":"s","answer":"a","level":"Level 1","type":"Algebra","x":1}`, &Files{},
			Document{ID: "7", IntID: true, Text: "Problem:\np\n\nSolution:\ns", Meta: map[string]string{"level": "Level 1", "type": "Algebra"}}},
		{"question and answer", `{"question":"p","answer":72}`, &Files{}, Document{Text: "Problem:\np\n\nSolution:\n72"}},
		{"text", `{"id":"a","text":" t\n","url":"u"}`, &Files{}, Document{ID: "a", Text: " t\n", Meta: map[string]string{"url": "u"}}},
		{"a problem alone", `{"problem":"p"}`, &Files{}, Document{Text: "p"}},
		{"dotted", `{"extra_info":{"question":"q","answer":"a"}}`, &Files{Text: []string{"extra_info.question", "extra_info.answer"}}, Document{Text: "Problem:\nq\n\nSolution:\na"}},
		{"in a list", `{"prompt":[{"content":"c"}]}`, &Files{Text: []string{"prompt.0.content"}}, Document{Text: "c"}},
		{"a name with a dot", `{"a.b":"x","a":{"b":"y"}}`, &Files{Text: []string{"a.b"}}, Document{Text: "x"}},
		{"other fields", `{"a":"x","b":"y","c":"z"}`, &Files{Text: []string{"a", "b", "c"}, Meta: []string{"n", "a"}}, Document{Text: "x\n\ny\n\nz", Meta: map[string]string{"n": "", "a": "x"}}},
		{"one field is taken as it is", `{"problem":"p","solution":"s"}`, &Files{Text: []string{"solution"}}, Document{Text: "s"}},
		{"metadata of any kind", `{"text":"t","level":5,"type":["a", {"b": 1}],"url":null,"subject":true}`, &Files{},
			Document{Text: "t", Meta: map[string]string{"level": "5", "type": `["a",{"b":1}]`, "url": "", "subject": "true"}}},
		{"no metadata", `{"text":"t","level":5}`, &Files{Meta: []string{}}, Document{Text: "t"}},
		{"another id", `{"id":1,"key":"k","text":"t"}`, &Files{ID: "key"}, Document{ID: "k", Text: "t"}},
		{"integers as strings", `{"id":1,"text":"t"}`, &Files{StringIDs: true}, Document{ID: "1", Text: "t"}},
		{"a float", `{"id":1.50,"text":"t"}`, &Files{}, Document{ID: "1.50", Text: "t"}},
		{"beyond 64 bits", `{"id":9223372036854775808,"text":"t"}`, &Files{}, Document{ID: "9223372036854775808", Text: "t"}},
		{"minus nothing", `{"id":-0,"text":"t"}`, &Files{}, Document{ID: "-0", Text: "t"}},
		{"escapes", `{"id":"\u0041\ud83d\ude00","text":"\"\\\/\b\f\n\r\t\u00e9\ud800x"}`, &Files{}, Document{ID: "A😀", Text: "\"\\/\b\f\n\r\té\uFFFDx"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &Files{Paths: []string{"-"}, ID: c.files.ID, Text: c.files.Text, Meta: c.files.Meta, StringIDs: c.files.StringIDs, stdin: strings.NewReader(c.row)}
			ds, skipped, err := readAll(t, f)
			require.NoError(t, err)
			require.Empty(t, skipped)
			require.Equal(t, []Document{c.want}, ds)
		})
	}
}

func TestKindOfIdsIsThatOfEveryFirstRow(t *testing.T) {
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
		return path
	}
	ints := file("ints", `{"id":1,"text":"a"}`+"\n"+`{"id":"x","text":"b"}`+"\n"+`{"text":"c"}`+"\n")
	words := file("words", `{"id":"w","text":"d"}`+"\n"+`{"id":2,"text":"e"}`+"\n"+`{"text":"f"}`+"\n")

	ds, skipped, err := readAll(t, &Files{Paths: []string{ints}})
	require.NoError(t, err)
	require.Equal(t, []Document{{ID: "1", IntID: true, Text: "a"}}, ds)
	require.Len(t, skipped, 2)
	require.Contains(t, skipped[0], "-string-ids")
	require.Contains(t, skipped[1], ints+":3: no id, where the first row has an integer")

	ds, skipped, err = readAll(t, &Files{Paths: []string{ints, words}})
	require.NoError(t, err)
	require.Empty(t, skipped)
	require.Equal(t, []Document{{ID: "1", Text: "a"}, {ID: "x", Text: "b"}, {Text: "c"}, {ID: "w", Text: "d"}, {ID: "2", Text: "e"}, {Text: "f"}}, ds)

	about := file("dataset_info.json", `{"splits":{"train":{"num_examples":3}}}`)
	for _, text := range [][]string{nil, {"text"}} {
		ds, skipped, err = readAll(t, &Files{Paths: []string{about, ints}, Text: text})
		require.NoError(t, err)
		require.Equal(t, []Document{{ID: "1", IntID: true, Text: "a"}}, ds)
		require.Contains(t, skipped[0], about)
	}
}

func TestInputsThatAreNone(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "text"), []byte("Let $x$ be a number.\n"), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "spaces"), []byte(" \n\n"), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret"), []byte("PARE\x07\x00\x00\x00"), 0o666))
	for path, want := range map[string]string{
		"secret":  "encrypted footer",
		"nowhere": "no such file",
		".":       "no file to read in this folder: it has secret, spaces, text",
		"text":    `neither JSON nor JSONL: it begins with "Let $x$`,
		"spaces":  "no rows",
	} {
		_, _, err := readAll(t, &Files{Paths: []string{filepath.Join(folder, path)}})
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, filepath.Join(folder, path))
	}
	_, _, err := readAll(t, &Files{})
	require.ErrorContains(t, err, "name a file")

	_, skipped, err := readAll(t, &Files{Paths: []string{"-"}, Text: []string{"solution"}, stdin: strings.NewReader(`{"problem":"p","level":1}` + "\n" + `{"problem":"q"}`)})
	require.Empty(t, skipped, "a wrong name is told once, not for each row")
	require.ErrorContains(t, err, "standard input: no field solution in the first row, which has the fields problem, level")

	_, skipped, err = readAll(t, fromString(`{"text":""}`+"\n"+`{"text":`))
	require.Len(t, skipped, 2)
	require.ErrorContains(t, err, "none of 2 rows can be used")

	_, _, err = readAll(t, &Files{Paths: []string{"-", "-"}, stdin: strings.NewReader(`{"text":"t"}`)})
	require.ErrorContains(t, err, "named twice")
}

// TestPipeIsOpenedOnce: what was read of a pipe to look at it is not lost.
func TestPipeIsOpenedOnce(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("no /dev/fd here")
	}
	var group errgroup.Group
	group.Go(func() error {
		defer w.Close()
		for i := range 10_000 {
			if _, err := fmt.Fprintf(w, `{"id":%d,"text":"t"}`+"\n", i); err != nil {
				return err
			}
		}
		return nil
	})
	f := &Files{Paths: []string{path}}
	ds, skipped, err := readAll(t, f)
	require.NoError(t, err)
	require.NoError(t, group.Wait())
	require.Empty(t, skipped)
	require.Len(t, ds, 10_000)
	_, size := f.Progress()
	require.Zero(t, size)
}

// TestSilentPipeIsNotWaitedForWithoutEnd: who stops a run must not have to stop
// what writes to it, too.
func TestSilentPipeIsNotWaitedForWithoutEnd(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a read is not woken here")
	}
	for name, in := range map[string]string{"before the first row": "", "after some": `{"text":"a"}` + "\n"} {
		t.Run(name, func(t *testing.T) {
			r, w, err := os.Pipe()
			require.NoError(t, err)
			defer r.Close()
			defer w.Close()
			_, err = io.WriteString(w, in)
			require.NoError(t, err)
			was := os.Stdin
			os.Stdin = r
			defer func() { os.Stdin = was }()
			ctx, stop := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("enough"))
			defer stop()
			n := 0
			for _, err := range (&Files{Paths: []string{"-"}}).Documents(ctx) {
				if err != nil {
					require.ErrorContains(t, err, "enough")
					break
				}
				n++
			}
			require.Equal(t, strings.Count(in, "\n"), n)
			require.Error(t, ctx.Err())
		})
	}
}

func TestFilesMayDifferInTheirFields(t *testing.T) {
	folder := t.TempDir()
	var paths []string
	for i, content := range []string{
		"\n",
		`{"id":1,"problem":"p","solution":"s","level":1}`,
		`{"unique_id":2,"text":"t","url":"u"}`,
		`{"id":3}` + "\n" + `{"id":4,"problem":"p","solution":"s"}`,
	} {
		paths = append(paths, filepath.Join(folder, fmt.Sprint(i)))
		require.NoError(t, os.WriteFile(paths[i], []byte(content), 0o666))
	}
	f := &Files{Paths: paths}
	ds, skipped, err := readAll(t, f)
	require.NoError(t, err)
	require.Len(t, skipped, 1)
	require.Contains(t, skipped[0], paths[3]+":1: no field problem")
	require.Equal(t, []Document{
		{ID: "1", IntID: true, Text: "Problem:\np\n\nSolution:\ns", Meta: map[string]string{"level": "1", "url": ""}},
		{ID: "2", IntID: true, Text: "t", Meta: map[string]string{"level": "", "url": "u"}},
		{ID: "4", IntID: true, Text: "Problem:\np\n\nSolution:\ns", Meta: map[string]string{"level": "", "url": ""}},
	}, ds)
	require.Equal(t, "text from problem and solution, text; id from id, unique_id (integers); metadata: level, url", f.Fields())
}

// TestFirstRowMayBeTheBadOne: it is skipped by name as any other.
func TestFirstRowMayBeTheBadOne(t *testing.T) {
	const bad, good = `{"id":"x","level":1}`, `{"id":7,"problem":"p","solution":"s"}`
	path := filepath.Join(t.TempDir(), "a.jsonl")
	require.NoError(t, os.WriteFile(path, []byte(bad+"\n"+good), 0o666))
	for _, f := range []*Files{{Paths: []string{path}}, {Paths: []string{path}, Text: []string{"problem", "solution"}}, fromString(bad + "\n" + good), fromString("[" + bad + "," + good + "]")} {
		ds, skipped, err := readAll(t, f)
		require.NoError(t, err)
		require.Equal(t, []Document{{ID: "7", IntID: true, Text: "Problem:\np\n\nSolution:\ns"}}, ds)
		require.Len(t, skipped, 1)
	}

	_, _, err := readAll(t, fromString(strings.Repeat(bad+"\n", firstRows)+good))
	require.ErrorContains(t, err, "standard input:1: no field that a text could be taken from: there are id, level")
}

// TestNoHalfOfATextIsTaken: fields found by themselves lose nothing silently.
func TestNoHalfOfATextIsTaken(t *testing.T) {
	ds, skipped, err := readAll(t, fromString(`{"problem":"p"}`+"\n"+`{"problem":"q","solution":"s"}`))
	require.NoError(t, err)
	require.Len(t, ds, 1)
	require.Len(t, skipped, 1)
	require.Contains(t, skipped[0], ":2: field solution, which the first row lacks")

	_, _, err = readAll(t, fromString(`{"instruction":"x","input":"i","output":"o"}`))
	require.ErrorContains(t, err, "there are instruction, input, output")
}

func TestStandardInputIsReadRowByRow(t *testing.T) {
	r, w := io.Pipe()
	got := make(chan Document)
	f := &Files{Paths: []string{"-"}, stdin: r}
	go func() {
		defer close(got)
		for d, err := range f.Documents(context.Background()) {
			if err == nil {
				got <- d
			}
		}
	}()
	for i := range 3 {
		_, err := fmt.Fprintf(w, `{"text":"%d"}`+"\n", i)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(i), (<-got).Text, "before the next row is there")
	}
	require.NoError(t, w.Close())
	_, more := <-got
	require.False(t, more)
}

// TestDamageIsNeverSilent: a file that is cut or changed anywhere is read
// without a panic, and if rows are lost, with an error.
func TestDamageIsNeverSilent(t *testing.T) {
	lines := `{"id":1,"problem":"What is \"$1+1$\"?","solution":"é 2","level":{"a":[1]}}` + "\n" + `{"id":2,"problem":"b","solution":"c"}` + "\n" + `{"id":3,"problem":"d","solution":"e"}`
	array := "[" + strings.ReplaceAll(lines, "\n", ",\n") + "]"
	r := rand.New(rand.NewPCG(3, 4))
	for _, whole := range []string{lines, array} {
		for cut := range len(whole) {
			ds, skipped, err := readAll(t, fromString(whole[:cut]))
			if len(ds) < 3 && len(skipped) == 0 && err == nil {
				// Only a cut at the end of a line leaves a whole file.
				require.True(t, whole[0] == '{' && (cut == len(whole) || strings.HasSuffix(whole[:cut], "}") || whole[cut-1] == '\n'), "%q", whole[:cut])
			}
		}
		for range 5000 {
			b := []byte(whole)
			for range 1 + r.IntN(3) {
				b[r.IntN(len(b))] = byte(r.IntN(256))
			}
			readAll(t, fromString(string(b)))
		}
	}
}

func FuzzFiles(f *testing.F) {
	for _, s := range []string{`[{"text":"a"},{"text":"b"}]`, `{"id":1,"problem":"p","solution":"s"}` + "\n" + `{"id":"x"}`, `{"a":{"text":"t"},"b":{"text":"u"}}`, "\ufeff{\n\"text\": \"\\ud800\"\n}", `{"text":"`, `[`, "\x1f\x8b", `{"text":1e999}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		ds, skipped, err := readAll(t, fromString(string(b)))
		if len(ds)+len(skipped) == 0 && err == nil {
			t.Fatal("neither a document nor an error")
		}
		for _, d := range ds {
			if strings.TrimSpace(d.Text) == "" {
				t.Fatal("a document without a text")
			}
		}
	})
}

// BenchmarkFiles reads a file of problems beside a bare loop, which only splits
// its lines and finds the two fields with encoding/json.
func BenchmarkFiles(b *testing.B) {
	content := data(b, "text/gsm8k_train.jsonl")
	files := func(in []byte) func() {
		return func() {
			for _, err := range fromBytes(in).Documents(b.Context()) {
				require.NoError(b, err)
			}
		}
	}
	loop := func() {
		for line := range bytes.Lines(content) {
			var r struct{ Question, Answer string }
			require.NoError(b, json.Unmarshal(line, &r))
		}
	}
	runs := map[string]func(){"JSONL": files(content), "gzip": files(gzipped(content)), "zstd": files(zstdCompressed(content)), "baseline": loop}
	beside(b, runs, "JSONL/baseline", "gzip/baseline", "zstd/baseline")
}
