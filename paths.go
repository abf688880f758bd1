package mind

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A found is a file that Paths name.
type found struct {
	path string
	name string // As seen from the folder or pattern that it was found in, with slashes: what stays when the folder moves.
}

// A search turns paths into files, in an order that stays the same.
type search struct {
	files   []found
	leftOut []string // What folders hold besides, and is not read.
}

// seen is what has been read already, by another of its names.
type seen struct {
	folders map[string]string // What they are without links.
	files   map[string]bool
}

// before tells whether a file was there before. A link to a file is a file of
// its own: a cache of data sets may have the same content under two names.
func (s seen) before(path string) bool {
	folder, name := filepath.Split(path)
	real, ok := s.folders[folder]
	if !ok {
		var err error
		if real, err = filepath.Abs(folder); err == nil {
			real, err = filepath.EvalSymlinks(real)
		}
		if err != nil { // Then opening it says what is wrong.
			real = folder
		}
		s.folders[folder] = real
	}
	path = filepath.Join(real, name)
	was := s.files[path]
	s.files[path] = true
	return was
}

// dataNames are the endings of files that are read where a folder is named, to
// which those of compression may be added: data come with scripts and licences.
var dataNames = append([]string{".json", ".jsonl", ".ndjson", ".parquet"}, textNames...)

// textNames are the endings of files that are one document each.
var textNames = []string{".txt", ".text", ".tex", ".latex", ".md"}

// aboutNames are what files about the data are called, whatever their ending.
var aboutNames = []string{"readme", "license", "licence", "changelog", "notice", "copying"}

// add adds the files of a path. A file that is called like a pattern wins over
// the pattern.
func (s *search) add(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return s.walkAll(path)
	case err == nil:
		s.files = append(s.files, found{path, filepath.Base(path)})
		return nil
	case strings.ContainsAny(path, "*?["):
		return s.match(path)
	}
	return missing(path, err)
}

// missing says what there is where a file should be: as a rule a name is
// mistyped, or the program runs in another folder.
func missing(path string, err error) error {
	folder := filepath.Dir(path)
	entries, errDir := os.ReadDir(folder)
	if errDir != nil {
		return fmt.Errorf("input %w: there is no folder %s that could be read", err, folder)
	}
	var names []string
	for _, e := range entries {
		if !hidden(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return fmt.Errorf("input %w: the folder %s has %s", err, folder, some(names))
}

// some is a list of names that does not get long.
func some(names []string) string {
	const most = 8
	switch {
	case len(names) == 0:
		return "nothing"
	case len(names) > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// walkAll adds the files of a folder that was named.
func (s *search) walkAll(folder string) error {
	n := len(s.files)
	if err := s.walk(folder, ""); err != nil {
		return err
	}
	if len(s.files) == n {
		return fmt.Errorf("input %s: no file to read in this folder: it has %s; those called %s are read, gz and zst too: name others themselves", folder, some(s.leftOut), strings.Join(dataNames, ", "))
	}
	return nil
}

// walk adds the files in a folder and below; name is the folder's own, as seen
// from where the walk began. Hidden ones are not looked at: an output keeps its
// rejects there, and by them it is known, so that no run reads dialogues that one
// before it wrote. Links to folders are not followed, for they may lead back.
func (s *search) walk(folder, name string) error {
	entries, err := os.ReadDir(folder) // Sorted.
	if err != nil {
		return fmt.Errorf("input %w", err)
	}
	for _, e := range entries {
		path, name := filepath.Join(folder, e.Name()), join(name, e.Name())
		switch {
		case hidden(e.Name()):
			if e.Name()[0] == '_' && !e.IsDir() && isData(e) { // Not everybody knows that it hides.
				s.leftOut = append(s.leftOut, name)
			}
		case e.IsDir():
			if err := s.walk(path, name); err != nil {
				return err
			}
		case isData(e) && isFile(path) && !isFolder(hiddenFolder(path)):
			s.files = append(s.files, found{path, name})
		default:
			s.leftOut = append(s.leftOut, name)
		}
	}
	return nil
}

// match adds the files that fit a pattern. As a shell has it, an element of
// the pattern is an element of the path, and ** is any number of folders.
func (s *search) match(pattern string) error {
	elements := strings.Split(filepath.ToSlash(pattern), "/")
	fixed := slices.IndexFunc(elements, func(e string) bool { return strings.ContainsAny(e, "*?[") })
	root := strings.Join(elements[:fixed], "/")
	switch {
	case fixed > 0 && root == "":
		root = "/"
	case fixed == 0:
		root = "."
	}
	m := search{}
	if err := m.below(filepath.FromSlash(root), "", elements[fixed:]); err != nil {
		return fmt.Errorf("input %s: %w", pattern, err)
	}
	if len(m.files) == 0 {
		return missing(filepath.Join(root, elements[fixed]), &fs.PathError{Op: "pattern", Path: pattern, Err: fmt.Errorf("no file fits it")})
	}
	// Two ** find some files twice.
	slices.SortFunc(m.files, func(a, b found) int { return strings.Compare(a.name, b.name) })
	s.files = append(s.files, slices.CompactFunc(m.files, func(a, b found) bool { return a.name == b.name })...)
	s.leftOut = append(s.leftOut, m.leftOut...)
	return nil
}

// below adds what fits the elements of a pattern in a folder.
func (s *search) below(folder, name string, elements []string) error {
	element, rest := elements[0], elements[1:]
	if element == "**" && len(rest) == 0 {
		return s.walk(folder, name)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	if element == "**" {
		if err := s.below(folder, name, rest); err != nil {
			return err
		}
	}
	for _, e := range entries {
		fits := e.IsDir()
		if element != "**" {
			if fits, err = filepath.Match(element, e.Name()); err != nil {
				return err
			}
		}
		if !fits || hidden(e.Name()) && !strings.HasPrefix(element, ".") {
			continue
		}
		path, name := filepath.Join(folder, e.Name()), join(name, e.Name())
		isDir := isFolder(path)
		switch {
		case element == "**":
			err = s.below(path, name, elements)
		case isDir && len(rest) > 0:
			err = s.below(path, name, rest)
		case isDir:
			err = s.walk(path, name)
		case len(rest) == 0:
			s.files = append(s.files, found{path, name})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func join(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}

// hidden tells of names that programs keep for themselves; Spark's markers and
// parts not yet whole begin with a low line.
func hidden(name string) bool { return name[0] == '.' || name[0] == '_' }

func isData(e fs.DirEntry) bool {
	name := strings.ToLower(e.Name())
	about, _, _ := strings.Cut(name, ".")
	return hasEnding(name, dataNames) && !slices.Contains(aboutNames, about)
}

// hasEnding tells whether a file has one of the endings, compressed or not.
func hasEnding(name string, endings []string) bool {
	return slices.Contains(endings, strings.ToLower(filepath.Ext(plainName(name))))
}

// plainName is a name without the ending of compression, which is not the
// document's: whoever compresses a folder does not want to pay again.
func plainName(name string) string {
	switch ext := filepath.Ext(name); strings.ToLower(ext) {
	case ".gz", ".zst":
		return name[:len(name)-len(ext)]
	}
	return name
}

// isFile tells of a file, or a link to one.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
