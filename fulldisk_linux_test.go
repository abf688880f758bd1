package mind_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

// TestFullDisk fills a real file system, in the middle of a line: the run stops
// at once and says what to do, every whole line stays, and with room again the
// next run completes it.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("no file system can be mounted here (%v), so none can be filled", err)
	}
	defer func() { require.NoError(t, syscall.Unmount(dir, 0)) }()
	const units = 500
	name := filepath.Join(dir, "out.jsonl")
	gen := &asked{}
	run := func() (*mind.Pipeline, error) {
		s, err := mind.OpenStore(name)
		require.NoError(t, err)
		defer s.Close()
		p := pipeline(t, problems(1, units), gen, s)
		return p, p.Run(t.Context())
	}
	held := 0
	for range 2 {
		p, err := run()
		require.ErrorIs(t, err, syscall.ENOSPC)
		require.ErrorContains(t, err, name)
		require.ErrorContains(t, err, "make room and run again")
		balanced(t, p.Stats())
		keys, torn := recorded(t, name)
		require.Zero(t, torn, "no line is torn even before the next run")
		require.GreaterOrEqual(t, len(keys), p.Stats().Held+p.Stats().Kept, "what was acknowledged")
		require.GreaterOrEqual(t, len(keys), held)
		require.LessOrEqual(t, gen.total(), len(keys)+2*3*16, "a run stops at once")
		held = len(keys)
	}
	require.Greater(t, held, 50)

	require.NoError(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT, "size=4m"))
	before := gen.total()
	_, err := run()
	require.NoError(t, err)
	require.Equal(t, units-held, gen.total()-before)
	keys, _ := recorded(t, name)
	require.Len(t, keys, units)
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, byte('\n'), content[len(content)-1])
}
