package mind

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tree writes files, by their slashed names, and returns their folder.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
	}
	return folder
}

const mathRow = "{\n    \"problem\": \"p%d\",\n    \"level\": \"Level %d\",\n    \"type\": \"Algebra\",\n    \"solution\": \"s\"\n}"

// mathTree has the layout of the MATH data set: a file for each problem.
func mathTree(n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("train/algebra/%d.json", i)] = fmt.Sprintf(mathRow, i, i%5+1)
	}
	return files
}

func TestFolderOfProblems(t *testing.T) {
	files := mathTree(3)
	files["README.md"] = "# MATH"
	files["LICENSE.txt"] = "MIT"
	files["scripts/convert.py"] = "import json"
	files[".MIND-MATH.mind/rejected.jsonl"] = `{"text":"rejected"}`
	files[".hidden.json"] = `{"text":"hidden"}`
	files["_SUCCESS"] = ""
	folder := tree(t, files)

	f := &Files{Paths: []string{folder}}
	ds, skipped, err := readAll(t, f)
	require.NoError(t, err)
	require.Empty(t, skipped)
	require.Len(t, ds, 3)
	require.Equal(t, Document{ID: "train/algebra/1.json", Text: "Problem:\np1\n\nSolution:\ns", Meta: map[string]string{"level": "Level 2", "type": "Algebra"}}, ds[1])
	require.Equal(t, "text from problem and solution; id from the file's path (strings); metadata: level, type; not read: LICENSE.txt, README.md, scripts/convert.py", f.Fields())
	read, size := f.Progress()
	require.Equal(t, size, read)

	// What is named within a folder stays the same where the folder moves, and
	// where its files are compressed.
	moved := filepath.Join(t.TempDir(), "elsewhere")
	require.NoError(t, os.Rename(folder, moved))
	one := filepath.Join(moved, "train", "algebra", "1.json")
	content, err := os.ReadFile(one)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(one+".gz", gzipped(content), 0o666))
	require.NoError(t, os.Remove(one))
	again, _, err := readAll(t, &Files{Paths: []string{moved}})
	require.NoError(t, err)
	require.Equal(t, ds, again)
}

// TestFolderIsReadWithoutItsOutput: dialogues about dialogues would be made,
// more in each run.
func TestFolderIsReadWithoutItsOutput(t *testing.T) {
	folder := tree(t, map[string]string{"a.jsonl": `{"text":"a"}`, "b/_c.jsonl": `{"text":"c"}`, "b/_SUCCESS": ""})
	out := filepath.Join(folder, "b", "out.jsonl")
	s, err := OpenStore(out)
	require.NoError(t, err)
	require.NoError(t, s.Write(t.Context(), []Dialogue{{Text: "b", Key: makeKey([16]byte{1}, [8]byte{2})}}))
	require.NoError(t, s.Close())
	f := &Files{Paths: []string{folder}}
	ds, skipped, err := readAll(t, f)
	require.NoError(t, err)
	require.Empty(t, skipped)
	require.Equal(t, []Document{{Text: "a"}}, ds)
	require.Contains(t, f.Fields(), "; not read: b/_c.jsonl, b/out.jsonl")

	ds, _, err = readAll(t, &Files{Paths: []string{out}}) // Who names it means it.
	require.NoError(t, err)
	require.Len(t, ds, 1)
}

func TestOwnIdGoesBeforeThePath(t *testing.T) {
	folder := tree(t, map[string]string{
		"a.json":  `{"id":7,"text":"a"}`,
		"b.json":  `{"text":"b"}`,
		"c.jsonl": `{"text":"c"}`,               // It may grow, and then has no path to be known by.
		"d.json":  "[\n" + `{"text":"d"}` + "]", // A list of one is a list too.
		"d2.json": `{"text":"d2"}` + strings.Repeat(" ", firstLook) + "\n" + `{"text":"d3"}`,
		"d4.json": `{"text":"d4","more":"` + strings.Repeat("x", 5*firstLook) + "\"}\n",
		"e.txt":   "e",
		"f.txt":   `{"text":"f"}` + "\n", // Rows that are called a text.
	})
	f := &Files{Paths: []string{folder}}
	ds, skipped, err := readAll(t, f)
	require.NoError(t, err)
	require.Empty(t, skipped)
	require.Equal(t, []Document{{ID: "7", Text: "a"}, {ID: "b.json", Text: "b"}, {Text: "c"}, {Text: "d"}, {Text: "d2"}, {Text: "d3"}, {ID: "d4.json", Text: "d4"}, {ID: "e.txt", Text: "e"}, {Text: "f"}}, ds)
	require.Equal(t, "text from text; id from id, the file's path (strings); metadata: none", f.Fields())
}

func TestPatterns(t *testing.T) {
	folder := tree(t, map[string]string{
		"a/1.jsonl": "", "a/2.jsonl": "", "a/b/1.jsonl": "", "a/b/c/1.jsonl": "", "a/b/c/note.md": "", "a/.h/1.jsonl": "", "a/b/.x.jsonl": "", "d/1.jsonl": "", "a/[x].jsonl": "", "a/script.py": "",
	})
	for _, c := range []struct {
		pattern string
		want    []string // As seen from the folder.
	}{
		{"a/*.jsonl", []string{"a/1.jsonl", "a/2.jsonl", "a/[x].jsonl"}},
		{"a/?.jsonl", []string{"a/1.jsonl", "a/2.jsonl"}},
		{"a/[2-9].jsonl", []string{"a/2.jsonl"}},
		{"a/[x].jsonl", []string{"a/[x].jsonl"}}, // A file of this name wins.
		{"*/1.jsonl", []string{"a/1.jsonl", "d/1.jsonl"}},
		{"**/1.jsonl", []string{"a/1.jsonl", "a/b/1.jsonl", "a/b/c/1.jsonl", "d/1.jsonl"}},
		{"a/**/1.jsonl", []string{"a/1.jsonl", "a/b/1.jsonl", "a/b/c/1.jsonl"}},
		{"a/**/c/**/1.jsonl", []string{"a/b/c/1.jsonl"}},
		{"**/**/2.jsonl", []string{"a/2.jsonl"}},
		{"a/b/**", []string{"a/b/1.jsonl", "a/b/c/1.jsonl", "a/b/c/note.md"}},
		{"a/*", []string{"a/1.jsonl", "a/2.jsonl", "a/[x].jsonl", "a/b/1.jsonl", "a/b/c/1.jsonl", "a/b/c/note.md", "a/script.py"}},
		{"a/.h/*", []string{"a/.h/1.jsonl"}},
		{"a/b", []string{"a/b/1.jsonl", "a/b/c/1.jsonl", "a/b/c/note.md"}},
	} {
		t.Run(c.pattern, func(t *testing.T) {
			for range 3 { // The order stays.
				var s search
				require.NoError(t, s.add(filepath.Join(folder, filepath.FromSlash(c.pattern))))
				var got []string
				for _, f := range s.files {
					rel, err := filepath.Rel(folder, f.path)
					require.NoError(t, err)
					got = append(got, filepath.ToSlash(rel))
					require.True(t, strings.HasSuffix(filepath.ToSlash(f.path), "/"+f.name))
				}
				require.Equal(t, c.want, got)
			}
		})
	}
}

func TestPatternIsFromHere(t *testing.T) {
	t.Chdir(tree(t, map[string]string{"a.jsonl": `{"text":"a"}`, "b/c.txt": "c"}))
	for _, pattern := range []string{"*", "**", ".", "./*", "[a-b]*"} {
		ds, _, err := readAll(t, &Files{Paths: []string{pattern}})
		require.NoError(t, err)
		require.Equal(t, []Document{{Text: "a"}, {ID: "b/c.txt", Text: "c"}}, ds, pattern)
	}
}

func TestMissingInputSaysWhatThereIs(t *testing.T) {
	folder := tree(t, map[string]string{"train.jsonl": `{"text":"t"}`, "scripts/a.py": ""})
	for path, want := range map[string]string{
		"trian.jsonl":   "no such file or directory: the folder " + folder + " has scripts, train.jsonl",
		"data/a.jsonl":  "there is no folder " + filepath.Join(folder, "data"),
		"*.parquet":     "no file fits it: the folder " + folder + " has scripts, train.jsonl",
		"data/*.jsonl":  "data: no such file or directory",
		"scripts":       "no file to read in this folder: it has a.py",
		"scripts/[.py":  "syntax error in pattern",
		"none/../*.txt": "no file fits it",
	} {
		_, _, err := readAll(t, &Files{Paths: []string{filepath.Join(folder, filepath.FromSlash(path))}})
		require.ErrorContains(t, err, want, path)
	}
}

// TestLinksInFolders: a cache of data sets is links to files, and a link to a
// folder may lead back to where the walk began.
func TestLinksInFolders(t *testing.T) {
	folder := tree(t, map[string]string{"blobs/x": `{"text":"t"}`, "snapshot/y.txt": "y"})
	if err := os.Symlink(filepath.Join("..", "blobs", "x"), filepath.Join(folder, "snapshot", "a.jsonl")); err != nil {
		t.Skip("no symbolic links here")
	}
	require.NoError(t, os.Symlink("..", filepath.Join(folder, "snapshot", "back")))
	require.NoError(t, os.Symlink("nowhere", filepath.Join(folder, "snapshot", "dead.jsonl")))
	require.NoError(t, os.Symlink("snapshot", filepath.Join(folder, "link")))
	for _, path := range []string{"snapshot", "link"} {
		f := &Files{Paths: []string{filepath.Join(folder, path)}}
		ds, _, err := readAll(t, f)
		require.NoError(t, err)
		require.Equal(t, []Document{{Text: "t"}, {ID: "y.txt", Text: "y"}}, ds)
		require.Contains(t, f.Fields(), "not read: back, dead.jsonl")
	}
}

// TestFileIsReadOnceByWhateverNames: under a second name it would have another
// id, and be paid for again; in a sample it would count twice.
func TestFileIsReadOnceByWhateverNames(t *testing.T) {
	files := mathTree(2)
	files["train/a.jsonl"] = `{"text":"a"}`
	folder := tree(t, files)
	t.Chdir(folder)
	train := filepath.Join("train", "algebra")
	for _, c := range []struct {
		name  string
		paths []string
		ids   []string
	}{
		{"a folder twice", []string{"train", "./train/", filepath.Join(folder, "train")}, []string{"", "algebra/0.json", "algebra/1.json"}},
		{"a folder and one above", []string{train, "."}, []string{"0.json", "1.json", ""}},
		{"one above first", []string{".", train}, []string{"", "train/algebra/0.json", "train/algebra/1.json"}},
		{"patterns", []string{"train/**/0.json", "train/*/*.json"}, []string{"algebra/0.json", "algebra/1.json"}},
		{"a file and its folder", []string{filepath.Join(train, "1.json"), train}, []string{"1.json", "0.json"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ds, skipped, err := readAll(t, &Files{Paths: c.paths})
			require.NoError(t, err)
			require.Empty(t, skipped)
			var ids []string
			for _, d := range ds {
				ids = append(ids, d.ID)
			}
			require.Equal(t, c.ids, ids)
		})
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(folder, link); err != nil {
		t.Skip("no symbolic links here")
	}
	ds, _, err := readAll(t, &Files{Paths: []string{".", link}})
	require.NoError(t, err)
	require.Len(t, ds, 3)
}

// TestThousandsOfFilesAreNotHeld: neither open, nor their first rows.
func TestThousandsOfFilesAreNotHeld(t *testing.T) {
	const n = 5_000
	files := mathTree(n)
	for name, content := range files {
		files[name] = strings.Replace(content, `"s"`, `"`+strings.Repeat("s", 4_000)+`"`, 1) // 20 MB in all.
	}
	folder := tree(t, files)
	clear(files)
	open := func() int {
		entries, _ := os.ReadDir("/proc/self/fd") // Nothing, where there is no such folder.
		return len(entries)
	}
	before, was, most, i := heapInUse(), open(), uint64(0), 0
	for _, err := range (&Files{Paths: []string{folder}}).Documents(t.Context()) {
		require.NoError(t, err)
		if i++; i%1_000 == 1 {
			most = max(most, heapInUse())
			require.LessOrEqual(t, open(), was+2)
		}
	}
	require.Equal(t, n, i)
	require.Less(t, most, before+4<<20)
}
