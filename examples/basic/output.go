package main

import (
	"cmp"
	"context"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// output is the file to write to. It is refused where writing there would spoil
// something.
func (f *flags) output(offline bool) (string, error) {
	out := cmp.Or(f.out, defaultOut)
	if offline {
		out = cmp.Or(f.out, offlineOut)
	}
	for _, in := range f.in {
		if reads(in, out) {
			return "", wrong("-out %s: it is read as an input too (-in %s); name another file, in a folder that is not read", out, in)
		}
	}
	if dir := filepath.Base(filepath.Dir(resolved(out))); strings.HasPrefix(dir, ".") && strings.HasSuffix(dir, ".mind") {
		return "", wrong("-out %s: the folder has the rejects of another output; name a file in another folder", out)
	}
	for d, err := range mind.Dialogues(out) {
		if err != nil {
			break // There is none yet, or OpenStore says what is wrong with it.
		}
		if d.Model == "" {
			continue // A refused request has no model.
		}
		switch made := d.Model == mindtest.OfflineModel; {
		case made && !offline:
			return "", wrong("%s: it holds dialogues of the offline generator, with which a model's must not be mixed; name another file with -out, or delete it", out)
		case !made && offline:
			return "", wrong("%s: it holds dialogues of %s, with which those of the offline generator must not be mixed; name another file with -out", out, d.Model)
		}
		break
	}
	return out, nil
}

// reads tells whether the input in, which may be a pattern or a folder, has the
// file out in it, now or once it is written.
func reads(in, out string) bool {
	out = resolved(out)
	a, err := os.Stat(in)
	if err != nil { // A pattern, or a file that is still to be written.
		return fits(in, out)
	}
	// A hard link or another spelling of the name is the same file too, and a
	// folder is read with all that is below it.
	for path := out; ; path = filepath.Dir(path) {
		if b, err := os.Stat(path); err == nil && os.SameFile(a, b) {
			return true
		}
		if path == filepath.Dir(path) {
			return false
		}
	}
}

// fits tells whether a pattern has path in it, or a folder that it is in.
func fits(pattern, path string) bool {
	pattern = filepath.ToSlash(pattern)
	fixed := pattern
	if i := strings.IndexAny(pattern, "*?["); i >= 0 {
		fixed = pattern[:i]
	}
	root := fixed[:strings.LastIndexByte(fixed, '/')+1]
	pattern = filepath.ToSlash(filepath.Join(resolved(root), pattern[len(root):]))
	for ; ; path = filepath.Dir(path) {
		if match(strings.Split(pattern, "/"), strings.Split(filepath.ToSlash(path), "/")) {
			return true
		}
		if path == filepath.Dir(path) {
			return false
		}
	}
}

// match tells whether the elements of a pattern, of which ** is any number of
// folders, are those of a path.
func match(pattern, path []string) bool {
	switch {
	case len(pattern) == 0:
		return len(path) == 0
	case pattern[0] == "**":
		return match(pattern[1:], path) || len(path) > 0 && match(pattern, path[1:])
	case len(path) == 0:
		return false
	}
	ok, _ := filepath.Match(pattern[0], path[0])
	return ok && match(pattern[1:], path[1:])
}

// resolved is path, absolute and without links as far as it exists.
func resolved(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil {
		return filepath.Join(dir, filepath.Base(path))
	}
	return path
}

// split is the part of a data set that loaders will take a file of this name
// for, "" if they will not.
func split(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("-._ ", r) })
	for _, word := range words {
		switch strings.TrimRight(word, "0123456789") {
		case "test", "testing", "eval", "evaluation":
			return "test"
		case "validation", "valid", "val", "dev":
			return "validation"
		}
	}
	return ""
}

// store is mind.Store, and counts what it holds at the start of a run.
type store struct {
	*mind.Store
	held int
}

func (s *store) Keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		s.held = 0
		for key, err := range s.Store.Keys(ctx) {
			s.held++
			if !yield(key, err) {
				return
			}
		}
	}
}
