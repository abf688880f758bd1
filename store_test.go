package mind

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
)

// record is the n-th dialogue of a test: every third one is rejected.
func numberedDialogue(n int) Dialogue {
	d := Dialogue{
		ID: fmt.Sprint(n), IntID: true, Text: fmt.Sprintf("Teacher: What is $%d<%d$?\nStudent: \"True\".", n, n+1), Style: "s", Chunks: 1, Model: "m", FinishReason: "stop",
		Usage: Usage{10, 20 + n%2}, Metadata: map[string]string{"level": "Level 1", "type": "Algebra"}, Source: strings.Repeat("x", n%7),
		Key: makeKey(unitHash(documentHash(Document{ID: fmt.Sprint(n)}), 0, "s", 0), recipeHash("", "p")),
	}
	if n%3 == 2 {
		d.Reject = "finish: length"
	}
	return d
}

func numberedDialogues(from, to int) (ds []Dialogue) {
	for n := from; n < to; n++ {
		ds = append(ds, numberedDialogue(n))
	}
	return ds
}

// held opens a store and returns what it holds, by its own keys and by
// Dialogues, which must agree.
func held(t *testing.T, name string) []Dialogue {
	t.Helper()
	s, err := OpenStore(name)
	require.NoError(t, err)
	defer s.Close()
	var keys, keysBack []string
	for key, err := range s.Keys(t.Context()) {
		require.NoError(t, err)
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil
	}
	var ds []Dialogue
	for d, err := range Dialogues(name) {
		require.NoError(t, err)
		ds = append(ds, d)
		keysBack = append(keysBack, d.Key)
	}
	require.Equal(t, keys, keysBack)
	slices.SortFunc(ds, func(a, b Dialogue) int { return len(a.ID)*1000 - len(b.ID)*1000 + strings.Compare(a.ID, b.ID) })
	return ds
}

func write(t *testing.T, name string, ds ...Dialogue) {
	t.Helper()
	s, err := OpenStore(name)
	require.NoError(t, err)
	require.NoError(t, s.Write(t.Context(), ds))
	require.NoError(t, s.Close())
}

func output(t *testing.T) string { return filepath.Join(t.TempDir(), "out.jsonl") }

func TestStoreHoldsWhatIsWritten(t *testing.T) {
	name := output(t)
	require.Empty(t, held(t, name))
	require.NoFileExists(t, name, "an empty file breaks pandas, polars and DuckDB")
	entries, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	require.Empty(t, entries, "a store without a record leaves nothing behind")

	for n := range 10 {
		write(t, name, numberedDialogues(10*n, 10*n+10)...)
	}
	require.Equal(t, numberedDialogues(0, 100), held(t, name))
	visible, err := filepath.Glob(filepath.Join(filepath.Dir(name), "[^.]*"))
	require.NoError(t, err)
	require.Equal(t, []string{name}, visible)

	s, err := OpenStore(name)
	require.NoError(t, err)
	defer s.Close()
	require.FileExists(t, s.Rejects())
	require.Equal(t, 20, s.AnswerTokens())
}

// TestStoreCutAtEveryByte: a file that ends anywhere in its last two records
// keeps all before, and a rerun may write the others again.
func TestStoreCutAtEveryByte(t *testing.T) {
	name := output(t)
	write(t, name, numberedDialogue(0), numberedDialogue(1), numberedDialogue(3), numberedDialogue(4))
	whole, err := os.ReadFile(name)
	require.NoError(t, err)
	for _, tail := range []string{"", "\x00", strings.Repeat("\x00", 5000)} {
		for cut := range len(whole) + 1 {
			disk := newMemDisk("", 0)
			disk.names[disk.out] = &memFile{data: append(slices.Clone(whole[:cut]), tail...)}
			lines := bytes.Count(whole[:cut], []byte("\n"))
			if cut < len(whole) && whole[cut] == '\n' {
				lines++ // It lacks only its end.
			}
			s, err := openStore(disk, disk.out)
			require.NoError(t, err)
			n := 0
			for _, err := range s.Keys(t.Context()) {
				require.NoError(t, err)
				n++
			}
			require.NoError(t, s.Close())
			require.Equal(t, lines, n, "cut at %d of %d, %d zeros", cut, len(whole), len(tail))
			if lines == 0 {
				require.NotContains(t, disk.names, disk.out)
				continue
			}
			require.Equal(t, bytes.Join(bytes.SplitAfter(whole, []byte("\n"))[:lines], nil), disk.names[disk.out].data)
		}
	}
}

func TestForeignFilesAreRefusedAndLeftAlone(t *testing.T) {
	ours, err := numberedDialogue(1).MarshalJSON()
	require.NoError(t, err)
	key := numberedDialogue(1).Key
	var utf16le []byte
	for _, c := range utf16.Encode([]rune("\ufeff{\"id\":1}\n{\"id\":2}\n")) {
		utf16le = binary.LittleEndian.AppendUint16(utf16le, c)
	}
	for name, content := range map[string]string{
		"in UTF-16":                     string(utf16le),
		"in UTF-16 without a mark":      string(utf16le[2:]),
		"binary, a line":                "\x00\x01\x02binary\n",
		"binary, no line":               "\x00\x01\x02binary",
		"ours, then a line with a zero": string(ours) + "\na\x00b\n" + string(ours) + "\n",
		"ours, then notes without end":  string(ours) + "\nnotes",
		"ours, then foreign, torn":      string(ours) + "\n" + `{"score":1,"why`,
		"ours, then almost ours, torn":  string(ours) + "\n" + `{"id":1,"text":"a","label":"b`,
		"ours, then zeros, then notes":  string(ours) + "\n\x00\x00notes",
		"ours with more on its line":    string(ours) + "more\n",
		"ours with more and no end":     string(ours) + "more",
		"two on a line, no end":         string(ours) + string(ours),
		"ours without most keys":        `{"id":1,"key":"` + key + `"}` + "\n",
		"ours with a null":              strings.Replace(string(ours), `"model":"m"`, `"model":null`, 1) + "\n",
		"ours, spelt otherwise":         strings.Replace(string(ours), `"model"`, `"Model"`, 1) + "\n",
		"ours, one key twice":           strings.Replace(string(ours), `"model"`, `"Model":"n","model"`, 1) + "\n",
		"ours, then a key that is none": string(ours) + "\n" + strings.Replace(string(ours), key, "Z"+key[1:], 1) + "\n",
		"another tool's":                `{"id":1,"text":"x"}` + "\n",
		"another tool's, no end":        `{"id":1,"text":"x"}`,
		"another tool's, torn":          `{"id":1,"problem":"What`,
		"an array":                      "[\n{\"id\": 1}\n]\n",
		"text":                          "notes\n",
		"text without end":              "notes",
		"ours, then another key":        string(ours) + "\n" + strings.Replace(string(ours), `"key"`, `"hash"`, 1) + "\n",
		"ours, then a blank line":       string(ours) + "\n\n",
		"ours, then a foreign object":   string(ours) + "\n" + `{"score":1}`,
		"ours, with a key of others'":   strings.Replace(string(ours), `"raw"`, `"score":1,"raw"`, 1) + "\n",
		"a blank line, then ours":       "\n" + string(ours) + "\n",
		"ours, then two on a line":      string(ours) + "\n" + string(ours) + `,"key":"x"}` + "\n",
		"ours twice on the first line":  string(ours) + string(ours) + "\n",
		"ours with a byte order mark":   "\ufeff" + string(ours) + "\n",
		"ours, pretty printed":          strings.ReplaceAll(string(ours), ",", ",\n"),
		"an object that begins like us": `{"id":"a\"b","text":1}`,
	} {
		t.Run(name, func(t *testing.T) {
			file := output(t)
			require.NoError(t, os.WriteFile(file, []byte(content), 0o666))
			s, err := OpenStore(file)
			if err == nil {
				for _, err1 := range s.Keys(t.Context()) {
					err = errors.Join(err, err1)
				}
				require.NoError(t, s.Close())
			}
			require.ErrorContains(t, err, "not a line that mind wrote")
			line := 1
			if strings.HasPrefix(content, string(ours)+"\n") {
				line = 2
			}
			require.ErrorContains(t, err, fmt.Sprintf("%s:%d: ", file, line))
			after, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, content, string(after))
		})
	}
}

// TestReformattedLinesAreOurs: users pass the file through jq or Python.
func TestReformattedLinesAreOurs(t *testing.T) {
	sorted := func(line []byte) []byte {
		var m map[string]any
		require.NoError(t, json.Unmarshal(line, &m))
		line, err := json.Marshal(m)
		require.NoError(t, err)
		return line
	}
	for name, edit := range map[string]func([]byte) []byte{
		"keys sorted": sorted,
		"with spaces": func(line []byte) []byte { return bytes.ReplaceAll(line, []byte(`":`), []byte(`": `)) },
		"with CRLF":   func(line []byte) []byte { return append(line, '\r') },
	} {
		t.Run(name, func(t *testing.T) {
			file := output(t)
			var content []byte
			for _, d := range numberedDialogues(0, 2) {
				line, err := d.MarshalJSON()
				require.NoError(t, err)
				content = append(append(content, edit(line)...), '\n')
			}
			require.NoError(t, os.WriteFile(file, content, 0o666))
			require.Equal(t, numberedDialogues(0, 2), held(t, file))
			after, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(content), string(after))
		})
	}
}

// TestHolesAreTakenOut: a power cut may lose any page that was not synced,
// also one before pages that arrived.
func TestHolesAreTakenOut(t *testing.T) {
	for n := range 4 {
		name := output(t)
		ds := []Dialogue{numberedDialogue(0), numberedDialogue(1), numberedDialogue(3), numberedDialogue(4)}
		write(t, name, ds...)
		whole, err := os.ReadFile(name)
		require.NoError(t, err)
		lines := bytes.SplitAfter(whole, []byte("\n"))
		clear(lines[n][len(lines[n])/3 : len(lines[n])/2])
		require.NoError(t, os.WriteFile(name, bytes.Join(lines, nil), 0o666))

		write(t, name, numberedDialogue(2)) // Opening alone does not look at every line.
		s, err := OpenStore(name)
		require.NoError(t, err)
		var keys []string
		for key, err := range s.Keys(t.Context()) {
			require.NoError(t, err)
			keys = append(keys, key)
		}
		require.Len(t, keys, 4)
		require.NoError(t, s.Write(t.Context(), []Dialogue{ds[n]}))
		require.NoError(t, s.Close())
		require.Equal(t, numberedDialogues(0, 5), held(t, name))
	}
}

func TestOneProcessAStore(t *testing.T) {
	name := output(t)
	s, err := OpenStore(name)
	require.NoError(t, err)
	link := filepath.Join(t.TempDir(), "link.jsonl")
	require.NoError(t, os.Symlink(name, link))
	for _, other := range []string{name, link, filepath.Join(filepath.Dir(name), ".", "out.jsonl")} {
		_, err = OpenStore(other)
		require.ErrorContains(t, err, fmt.Sprintf("another run (process %d)", os.Getpid()), other)
	}
	require.NoError(t, s.Write(t.Context(), numberedDialogues(0, 3)))
	require.NoError(t, s.Close())
	require.Len(t, held(t, link), 3)
}

// TestLinkInALinkedFolder: what a link says is relative to the folder in which
// it really lies, not to the name by which that was reached.
func TestLinkInALinkedFolder(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "disk", "sub"), 0o777))
	require.NoError(t, os.Mkdir(filepath.Join(root, "work"), 0o777))
	require.NoError(t, os.Symlink(filepath.Join(root, "disk", "sub"), filepath.Join(root, "work", "d")))
	require.NoError(t, os.Symlink("../final.jsonl", filepath.Join(root, "disk", "sub", "out.jsonl")))
	write(t, filepath.Join(root, "work", "d", "out.jsonl"), numberedDialogues(0, 3)...)
	for _, name := range []string{"disk/final.jsonl", "work/d/out.jsonl", "work/d/../final.jsonl"} {
		require.Len(t, held(t, root+"/"+name), 3, name)
		require.FileExists(t, root+"/"+name)
	}
}

// TestNothingGoesOnWithoutTheLock: "defer s.Close()" beside a Close that is
// looked at is what programs do, and must not take away another's lock.
func TestNothingGoesOnWithoutTheLock(t *testing.T) {
	name := output(t)
	s, err := OpenStore(name)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	next, err := OpenStore(name)
	require.NoError(t, err)
	defer next.Close()

	require.NoError(t, s.Close())
	_, err = OpenStore(name)
	require.ErrorContains(t, err, "another run")

	require.ErrorIs(t, s.Write(t.Context(), numberedDialogues(0, 3)), errClosed)
	require.NoFileExists(t, name)
	yielded := 0
	for _, err := range s.Keys(t.Context()) {
		require.ErrorIs(t, err, errClosed)
		yielded++
	}
	require.Equal(t, 1, yielded)
}

// TestLockOfARemovedFileCountsForNothing: the run before, which wrote nothing,
// takes its lock away with its folder between our opening of that file and our
// locking of it; then a third one is quicker than we are and makes a new one.
func TestLockOfARemovedFileCountsForNothing(t *testing.T) {
	folder := filepath.Join(t.TempDir(), ".out.mind")
	require.NoError(t, os.Mkdir(folder, 0o777))
	name := filepath.Join(folder, "lock")
	calls := 0
	ours, err := osDisk{func(f *os.File) error {
		switch calls++; calls {
		case 1:
			require.NoError(t, os.RemoveAll(folder))
		case 2:
			require.NoError(t, os.Remove(name))
			require.NoError(t, os.WriteFile(name, nil, 0o666))
		}
		return flock(f)
	}}.lock(name)
	require.NoError(t, err)
	require.Equal(t, 3, calls)
	_, err = osDisk{flock}.lock(name)
	require.ErrorContains(t, err, "another run", "what we hold keeps others out")
	require.NoError(t, ours.Close())
}

func TestKeptAndRejectedStandApart(t *testing.T) {
	for n, file := range map[int]string{0: ".out.mind/rejected.jsonl", 2: "out.jsonl"} {
		name := output(t)
		write(t, name, numberedDialogues(0, 3)...)
		line, err := numberedDialogue(n).MarshalJSON()
		require.NoError(t, err)
		file = filepath.Join(filepath.Dir(name), file)
		require.NoError(t, os.WriteFile(file, append(line, '\n'), 0o666))
		_, err = OpenStore(name)
		require.ErrorContains(t, err, file+":")
	}
}

func TestNoStoreWithoutLocks(t *testing.T) {
	_, err := openStore(osDisk{func(*os.File) error { return errors.New("function not implemented") }}, output(t))
	require.ErrorContains(t, err, "cannot lock files (function not implemented)")
	require.ErrorContains(t, err, "local disk")
}

func TestNamesThatAreNoStore(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder.jsonl"), 0o777))
	for name, want := range map[string]string{
		"out.json":          "must end in .jsonl",
		".jsonl":            "must end in .jsonl",
		"folder.jsonl":      "is a folder",
		"nowhere/out.jsonl": "make its folder first",
	} {
		_, err := OpenStore(filepath.Join(dir, name))
		require.ErrorContains(t, err, want, name)
		require.ErrorContains(t, err, name)
	}
}

func TestIdsOfAStoreAreOfOneKind(t *testing.T) {
	name := output(t)
	write(t, name, numberedDialogue(0))
	s, err := OpenStore(name)
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Accepts(Document{ID: "5", IntID: true}))
	require.ErrorContains(t, s.Accepts(Document{ID: "five"}), "integer ids")
	require.ErrorContains(t, s.Accepts(Document{}), "integer ids")

	fresh, err := OpenStore(output(t))
	require.NoError(t, err)
	defer fresh.Close()
	require.NoError(t, fresh.Accepts(Document{}))
	require.ErrorContains(t, fresh.Accepts(Document{ID: "5", IntID: true}), "-string-ids")
	require.Error(t, fresh.Write(t.Context(), []Dialogue{numberedDialogue(1)}))
}

func TestMetadataIsThatOfTheFirstLine(t *testing.T) {
	for _, first := range []map[string]string{{"level": "1", "type": "a"}, nil} {
		name := output(t)
		a, b, c := numberedDialogue(0), numberedDialogue(1), numberedDialogue(2)
		a.Metadata, b.Metadata, c.Metadata = first, map[string]string{"url": "u", "type": "b"}, nil
		write(t, name, a)
		write(t, name, b, c)
		ds := held(t, name)
		require.Equal(t, first, ds[0].Metadata)
		if first == nil {
			require.Nil(t, ds[1].Metadata)
			continue
		}
		require.Equal(t, map[string]string{"level": "", "type": "b"}, ds[1].Metadata)
		require.Equal(t, map[string]string{"level": "", "type": ""}, ds[2].Metadata)
	}
}

func TestMainFileWins(t *testing.T) {
	name := output(t)
	d := numberedDialogue(2)
	write(t, name, d, numberedDialogue(5))
	d.Reject = ""
	write(t, name, d)
	var ds []Dialogue
	for d, err := range Dialogues(name) {
		require.NoError(t, err)
		ds = append(ds, d)
	}
	require.Equal(t, []Dialogue{d, numberedDialogue(5)}, ds)

	// Also where its prompt is another than the rejected one's.
	unit, recipe, err := parseKey(d.Key)
	require.NoError(t, err)
	other := numberedDialogue(2)
	other.Key = makeKey(unit, [8]byte{1})
	write(t, name, other)
	s, err := OpenStore(name)
	require.NoError(t, err)
	defer s.Close()
	p, err := New(numbered(0), GeneratorFunc(nil), s)
	require.NoError(t, err)
	held, err := p.recall(t.Context())
	require.NoError(t, err)
	was, ok := held.recipe(unit)
	require.True(t, ok)
	require.Equal(t, [4]byte(recipe[:]), was)
}

func TestDialoguesWhileARunAppends(t *testing.T) {
	name := output(t)
	s, err := OpenStore(name)
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Write(t.Context(), numberedDialogues(0, 5)))
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"id":9,"te`)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	n := 0
	for d, err := range Dialogues(name) {
		require.NoError(t, err)
		require.NotEmpty(t, d.Key)
		n++
	}
	require.Equal(t, 5, n)

	for _, err := range Dialogues(name + ".none.jsonl") {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
}

func TestDialoguesEndWithTheFirstError(t *testing.T) {
	name := output(t)
	write(t, name, numberedDialogues(0, 3)...)
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("notes\n")
	require.NoError(t, errors.Join(err, f.Close()))
	var ds []Dialogue
	for d, err := range Dialogues(name, name) {
		if err == nil {
			ds = append(ds, d)
			continue
		}
		require.ErrorContains(t, err, name+":3: ")
		ds = append(ds, Dialogue{})
	}
	require.Equal(t, append(numberedDialogues(0, 2), Dialogue{}), ds)
}

func TestDialoguesOfRejectsAlone(t *testing.T) {
	name := output(t)
	write(t, name, numberedDialogue(2), numberedDialogue(5))
	require.NoFileExists(t, name)
	require.Equal(t, []Dialogue{numberedDialogue(2), numberedDialogue(5)}, held(t, name))
}

// TestWriteRefusesWhatOpenWould: else one bad dialogue of a program's own would
// cost it the whole store.
func TestWriteRefusesWhatOpenWould(t *testing.T) {
	for name, spoil := range map[string]func(*Dialogue){
		"no key":           func(d *Dialogue) { d.Key = "" },
		"a foreign key":    func(d *Dialogue) { d.Key = strings.ToUpper(d.Key) },
		"an id that lies":  func(d *Dialogue) { d.ID = "1e5" },
		"an id beyond int": func(d *Dialogue) { d.ID = "9223372036854775808" },
	} {
		t.Run(name, func(t *testing.T) {
			file := output(t)
			write(t, file, numberedDialogue(0))
			s, err := OpenStore(file)
			require.NoError(t, err)
			d := numberedDialogue(1)
			spoil(&d)
			err = s.Write(t.Context(), []Dialogue{numberedDialogue(3), d})
			require.Error(t, err)
			require.NotErrorIs(t, err, ErrSkip)
			require.Equal(t, err, s.Write(t.Context(), []Dialogue{numberedDialogue(4)}), "sticky")
			require.NoError(t, s.Close())
			require.Equal(t, numberedDialogues(0, 1), held(t, file))
		})
	}
}

// TestAnswerTokensReadsTheBeginning: Plan must not decode a million lines
// because a server did not count its tokens.
func TestAnswerTokensReadsTheBeginning(t *testing.T) {
	name := output(t)
	var ds []Dialogue
	for n := range 300 {
		d := numberedDialogue(n)
		d.Reject, d.Usage.CompletionTokens = "", 0
		switch {
		case n == 1:
			d.Usage.CompletionTokens = 100
		case n == 255:
			d.Usage.CompletionTokens = 200
		case n > 255:
			d.Usage.CompletionTokens = 1_000_000
		}
		ds = append(ds, d)
	}
	write(t, name, ds...)
	s, err := OpenStore(name)
	require.NoError(t, err)
	defer s.Close()
	require.Equal(t, 150, s.AnswerTokens())
}
