package mind

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// linesForFuzzing are beginnings to mutate: ours, torn, foreign.
func linesForFuzzing() (seeds [][]byte) {
	a, _ := numberedDialogue(1).MarshalJSON()
	b, _ := numberedDialogue(2).MarshalJSON()
	d := numberedDialogue(3)
	d.ID, d.IntID, d.Metadata = `a"b\`, false, nil
	c, _ := d.MarshalJSON()
	two := slices.Concat(a, []byte("\n"), c, []byte("\n"))
	hole := bytes.Clone(two)
	clear(hole[len(a)/2 : len(a)/2+40])
	return [][]byte{
		nil, a, two, two[:len(two)-1], two[:len(two)-30], slices.Concat(two, make([]byte, 100)), hole, b,
		[]byte(`{"id":`), []byte(`{"id":"a\"b","text":"x"}`), slices.Concat(a, a), []byte("notes\n"), []byte("\x00\n"), []byte("\n"), []byte(`{"id":1,"text":"x"}` + "\n"),
	}
}

// FuzzOpenStore: whatever a file holds, it is refused and untouched, or opened,
// and then has whole records alone, all of those it had, and stays as it is.
func FuzzOpenStore(f *testing.F) {
	for _, seed := range linesForFuzzing() {
		f.Add(seed)
	}
	open := func(disk *memDisk) (keys []string, err error) {
		s, err := openStore(disk, disk.out)
		if err != nil {
			return nil, err
		}
		for key, err1 := range s.Keys(context.Background()) {
			if err1 != nil {
				err = errors.Join(err, err1)
				continue
			}
			keys = append(keys, key)
		}
		return keys, errors.Join(err, s.Close())
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		disk := newMemDisk("", 0)
		disk.names[disk.out] = &memFile{data: bytes.Clone(content)}
		whole := lastWhole(content)
		keys, err := open(disk)
		if err != nil {
			// The tail is mended before all lines are looked at: it alone may be gone.
			after := disk.names[disk.out]
			require.NotNil(t, after, "a file that is refused is left alone")
			require.Equal(t, whole, lastWhole(after.data))
			return
		}
		var ours [][]byte
		for line := range bytes.Lines(content) {
			line = bytes.TrimRight(line, "\n\x00")
			var d Dialogue
			if d.UnmarshalJSON(line) == nil {
				ours = append(ours, line)
			}
		}
		if disk.names[disk.out] == nil {
			require.Empty(t, keys)
			require.Empty(t, ours)
			return
		}
		mended := bytes.Clone(disk.names[disk.out].data)
		n := 0
		for line := range bytes.Lines(mended) {
			require.Equal(t, byte('\n'), line[len(line)-1])
			require.False(t, torn(line))
			key, err := lineKey(line[:len(line)-1])
			require.NoError(t, err)
			require.Equal(t, keys[n], key)
			n++
		}
		require.Len(t, keys, n)
		for _, line := range ours {
			require.Contains(t, string(mended), string(line), "a record is lost")
		}
		again, err := open(disk)
		require.NoError(t, err)
		require.Equal(t, keys, again)
		require.Equal(t, mended, disk.names[disk.out].data, "opening it again changes nothing")
	})
}

// lastWhole is content up to its last line end.
func lastWhole(content []byte) []byte { return content[:bytes.LastIndexByte(content, '\n')+1] }

// FuzzKeys: the key that is read off the end of a line is that of the line
// decoded in full.
func FuzzKeys(f *testing.F) {
	for _, seed := range linesForFuzzing() {
		f.Add(bytes.TrimSuffix(seed, []byte("\n")))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.IndexByte(line, '\n') >= 0 || torn(line) {
			return
		}
		fast, err := lineKey(line)
		var d Dialogue
		if full := d.UnmarshalJSON(line); full == nil {
			require.NoError(t, err)
			require.Equal(t, d.Key, fast)
		} else if json.Valid(line) {
			// A foreign line whose beginning and end are ours.
			require.True(t, err != nil || bytes.HasPrefix(line, []byte(`{"id":`)) && bytes.HasSuffix(line, []byte(`,"key":"`+fast+`"}`)))
		}
	})
}
