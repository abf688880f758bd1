package mind

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
)

// A Store is a [Sink] in a file of JSON lines: the output itself is the log,
// and each line is a record and its own mark that it is done. Rejected
// dialogues stand in a second file in a hidden folder beside it, because as a
// neighbour it would be loaded by every tool that is given "*.jsonl".
//
//	MIND-MATH.jsonl                      the dialogues kept
//	.MIND-MATH.mind/rejected.jsonl       those rejected, with their reason
//	.MIND-MATH.mind/lock                 held while the store is open
//
// There is no other file that would have to agree. A line that is deleted is
// asked for again, and so is all that was rejected if the second file is.
//
// All ids of a store are integers or all are strings, and all records have the
// metadata keys of its first one: others are not stored, missing ones are "".
type Store struct {
	disk           disk
	lock           io.Closer
	kept, rejected journal
	folder         string

	// Write is not called concurrently, but a panic in a program may unwind into
	// its Close while a run still writes.
	mu     sync.Mutex
	known  bool     // There is a record, or a document that was accepted:
	intIDs bool     // of this kind of id.
	shaped bool     // There is a record:
	meta   []string // with these metadata keys.
	err    error    // The first error of Write, which refuses everything after.
	closed bool
	lines  [2]bytes.Buffer // Of one Write, kept and rejected; used again by the next.
}

// OpenStore opens the store NAME.jsonl, or makes one: its files are created with
// their first records. It takes a lock, so that two processes cannot share a
// store, and mends what a kill or a power cut left: a last line that is not
// whole is cut off, one that lacks only its end gets it. A file whose lines are
// not ours is refused and left as it is.
func OpenStore(name string) (*Store, error) { return openStore(osDisk{flock}, name) }

func openStore(d disk, name string) (*Store, error) {
	path, folder, err := storePaths(name)
	if err != nil {
		return nil, err
	}
	if err := d.mkdir(folder); err != nil {
		return nil, fmt.Errorf("output %s: its folder cannot be written: %w", name, err)
	}
	lock, err := d.lock(filepath.Join(folder, "lock"))
	if err != nil {
		return nil, fmt.Errorf("output %s: %w", name, err)
	}
	s := &Store{disk: d, lock: lock, folder: folder,
		kept:     journal{disk: d, name: path, spare: filepath.Join(folder, "mended")},
		rejected: journal{disk: d, name: filepath.Join(folder, "rejected.jsonl"), spare: filepath.Join(folder, "mended"), rejects: true}}
	// Names may be new, or the last run's, which was killed before it synced
	// them: what is written under a name that does not last is lost with it.
	if err := errors.Join(d.syncFolder(filepath.Dir(path)), d.syncFolder(folder)); err != nil {
		return nil, errors.Join(fmt.Errorf("output %s: %w", name, err), s.Close())
	}
	for _, j := range []*journal{&s.kept, &s.rejected} {
		first, err := j.open()
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		if first != nil && !s.shaped {
			s.known, s.intIDs = true, first.IntID
			s.shaped, s.meta = true, slices.Sorted(maps.Keys(first.Metadata))
		}
	}
	return s, nil
}

// storePaths are the main file of a store, with links resolved so that two
// names of one file are one store, and its hidden folder.
func storePaths(name string) (path, folder string, err error) {
	base, ok := strings.CutSuffix(filepath.Base(name), ".jsonl")
	if !ok || base == "" {
		return "", "", fmt.Errorf("output %s: its name must end in .jsonl, as in %s.jsonl", name, cmp.Or(base, "dialogues"))
	}
	path = name
	for range 40 { // More links than this are a circle, as for the kernel.
		// The folder first: what a link says is relative to where it really lies.
		dir, base := filepath.Split(path) // Not Dir, nor Join below: they take a/.. for nothing also where a is a link.
		dir, err := filepath.EvalSymlinks(cmp.Or(dir, "."))
		if err == nil {
			dir, err = filepath.Abs(dir)
		}
		if err != nil {
			return "", "", fmt.Errorf("output %s: %w; make its folder first", name, err)
		}
		path = filepath.Join(dir, base)
		to, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = dir + string(filepath.Separator) + to
		}
		path = to
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return "", "", fmt.Errorf("output %s: is a %s, not a file", name, kindOf(info))
	}
	return path, hiddenFolder(path), nil
}

// hiddenFolder is the folder that a store has beside its file.
func hiddenFolder(path string) string {
	return filepath.Join(filepath.Dir(path), "."+strings.TrimSuffix(filepath.Base(path), ".jsonl")+".mind")
}

func kindOf(info fs.FileInfo) string {
	if info.IsDir() {
		return "folder"
	}
	return "device or pipe"
}

// errClosed refuses what would go on without the lock.
var errClosed = errors.New("the store is closed: open it anew")

// Close gives the lock back. What Write acknowledged is safe without it. A
// store without a record leaves nothing behind. A second Close does nothing: by
// then the lock may be somebody else's.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := errors.Join(s.kept.close(), s.rejected.close())
	if s.kept.size+s.rejected.size == 0 {
		_ = s.disk.remove(filepath.Join(s.folder, "lock"))
		_ = s.disk.remove(s.folder) // Not where the file with the rejects is foreign.
	}
	return errors.Join(err, s.lock.Close())
}

// Rejects is the path of the file with the rejected dialogues. It exists once
// there is one.
func (s *Store) Rejects() string { return s.rejected.name }

// Keys yields the keys of all records, those kept first. It reads the fixed end
// of each line alone, and mends what only a look at every line can find: lines
// that a power cut tore holes in.
func (s *Store) Keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if s.closed {
			yield("", errClosed) // Not none: all would be paid for again.
			return
		}
		s.known = s.shaped // A run begins: what another has only planned binds nobody.
		for _, j := range []*journal{&s.kept, &s.rejected} {
			over := false
			err := j.keys(func(key string) error {
				if ctx.Err() != nil {
					return context.Cause(ctx)
				}
				if over = !yield(key, nil); over {
					return errEnd
				}
				return nil
			})
			if err != nil {
				yield("", err)
				return
			}
			if over {
				return
			}
		}
	}
}

// Accepts refuses a document whose id is of the other kind than those of the
// store: mixed ids make a file that datasets, polars and pyarrow cannot load.
func (s *Store) Accepts(d Document) error {
	if !s.known {
		s.known, s.intIDs = true, d.IntID
	}
	if s.intIDs == d.IntID {
		return nil
	}
	if s.intIDs {
		return fmt.Errorf("%s has integer ids and document %.40q has none: write to another file", s.kept.name, d.ID)
	}
	return fmt.Errorf("%s has ids that are strings and document %s has an integer: set Files.StringIDs (-string-ids), or write to another file", s.kept.name, d.ID)
}

// Write appends ds, those kept to one file and those rejected to the other, and
// syncs what it has written to once. After an error the store takes nothing
// more: what is whole stays, and a store that is opened anew goes on from there.
func (s *Store) Write(ctx context.Context, ds []Dialogue) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	if s.err != nil {
		return s.err
	}
	kept, rejected := &s.lines[0], &s.lines[1]
	kept.Reset()
	rejected.Reset()
	for _, d := range ds {
		if !s.shaped {
			s.shaped, s.meta = true, slices.Sorted(maps.Keys(d.Metadata))
		}
		if s.err = s.Accepts(Document{ID: d.ID, IntID: d.IntID}); s.err != nil {
			return s.err
		}
		d.Metadata = s.shape(d.Metadata)
		to := kept
		if d.Reject != "" {
			to = rejected
		}
		if s.err = writable(d); s.err == nil {
			s.err = d.writeLine(to)
		}
		if s.err != nil {
			return s.err
		}
	}
	s.err = s.kept.append(kept.Bytes())
	if s.err == nil {
		s.err = s.rejected.append(rejected.Bytes())
	}
	if s.err != nil {
		s.err = fmt.Errorf("%w; %s and run again", s.err, remedy(s.err))
	}
	return s.err
}

// remedy is what to do when nothing can be written.
func remedy(err error) string {
	switch {
	case errors.Is(err, errChanged):
		return "what it holds now is safe: edit it between runs"
	case errors.Is(err, errDiskFull), errors.Is(err, syscall.EDQUOT):
		return "what was written before is safe: make room"
	}
	return "what was written before is safe: see to the disk"
}

// writable refuses what the next OpenStore would not take for ours.
func writable(d Dialogue) error {
	if _, _, err := parseKey(d.Key); err != nil {
		return err
	}
	if err := checkID(Document{ID: d.ID, IntID: d.IntID}); err != nil {
		return fmt.Errorf("dialogue %s: %v", d.Key, err) // Not %w: nothing is skipped here.
	}
	return nil
}

// shape returns metadata with the store's keys.
func (s *Store) shape(metadata map[string]string) map[string]string {
	shaped := make(map[string]string, len(s.meta))
	for _, k := range s.meta {
		shaped[k] = metadata[k]
	}
	return shaped
}

// AnswerTokens is the mean of completion_tokens over the first 256 dialogues
// kept, but for those that do not say; 0 where none does.
func (s *Store) AnswerTokens() int {
	lines, n, sum := 0, 0, 0
	_ = s.kept.each(func(line []byte) error {
		var d Dialogue
		if json.Unmarshal(line, &d) == nil && d.Usage.CompletionTokens > 0 {
			n++
			sum += d.Usage.CompletionTokens
		}
		if lines++; lines == 256 {
			return errEnd
		}
		return nil
	})
	return sum / max(n, 1)
}

// Dialogues reads stores back: of each the dialogues kept, then those rejected
// (Reject tells). It takes no lock and reads whole lines alone, so it may read
// while a run appends. An error, with file and line, ends the iteration.
func Dialogues(names ...string) iter.Seq2[Dialogue, error] {
	return func(yield func(Dialogue, error) bool) {
		for _, name := range names {
			if !dialogues(name, yield) {
				return
			}
		}
	}
}

func dialogues(name string, yield func(Dialogue, error) bool) (more bool) {
	path, folder, err := storePaths(name)
	if err != nil {
		return yield(Dialogue{}, err) && false
	}
	var kept done
	read := func(file string) error {
		f, err := osDisk{}.open(file, os.O_RDONLY)
		if err != nil {
			return err
		}
		defer f.Close()
		j := journal{name: file, f: f}
		return j.each(func(line []byte) error {
			if torn(line) {
				return nil // The next OpenStore takes it out.
			}
			var d Dialogue
			if err := json.Unmarshal(line, &d); err != nil {
				return foreign(err)
			}
			unit, recipe, _ := parseKey(d.Key) // UnmarshalJSON has seen to it.
			if _, ok := kept.recipe(unit); ok && file != path {
				return nil // The main file wins.
			}
			kept.put(unit, recipe)
			if more = yield(d, nil); !more {
				return errEnd
			}
			return nil
		})
	}
	more = true
	missing := 0
	for _, file := range []string{path, filepath.Join(folder, "rejected.jsonl")} {
		err := read(file)
		if errors.Is(err, fs.ErrNotExist) {
			if missing++; missing < 2 {
				continue
			}
			err = fmt.Errorf("%s: %w, and no rejects of it either", path, fs.ErrNotExist)
		}
		if err != nil {
			return yield(Dialogue{}, err) && false
		}
		if !more {
			return false
		}
	}
	return true
}
