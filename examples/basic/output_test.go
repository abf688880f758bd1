package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnOutputThatIsAnInputIsFound(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "in.jsonl", "")
	write(t, filepath.Join("folder", "deep", "in.jsonl"), "")
	require.NoError(t, os.Link("in.jsonl", "hard"))
	links := os.Symlink("in.jsonl", "soft") == nil && os.Symlink("folder", "way") == nil
	for _, test := range []struct {
		name, in, out string
		want, link    bool
	}{
		{"another", "in.jsonl", "out.jsonl", false, false},
		{"the same", "in.jsonl", "./folder/../in.jsonl", true, false},
		{"hard link", "in.jsonl", "hard", true, false},
		{"link to it", "in.jsonl", "soft", true, true},
		{"it by a link", "soft", "in.jsonl", true, true},
		{"in a folder that is read", "folder", "folder/deep/new.jsonl", true, false},
		{"in such a folder by a link", "folder", "way/new.jsonl", true, true},
		{"beside such a folder", "folder", "folder.jsonl", false, false},
		{"fits a pattern", "folder/deep/*.jsonl", "folder/deep/new.jsonl", true, false},
		{"fits no pattern", "folder/deep/*.json", "folder/deep/new.jsonl", false, false},
		{"fits a pattern once it is written", "*.jsonl", "out.jsonl", true, false},
		{"fits a pattern of folders", "folder/**/*.jsonl", "folder/deep/new.jsonl", true, false},
		{"fits one of none", "folder/**/new.jsonl", "folder/new.jsonl", true, false},
		{"fits one of all", "**", "folder/new.jsonl", true, false},
		{"fits one by a link", "way/**/*.jsonl", "folder/deep/new.jsonl", true, true},
		{"in a folder that fits", "fold*", "folder/deep/new.jsonl", true, false},
		{"has another ending", "folder/**/*.json", "folder/deep/new.jsonl", false, false},
		{"beside a pattern", "folder/**", "new.jsonl", false, false},
		{"in the folder of here", ".", "x.jsonl", true, false},
		{"still to be written", "new.jsonl", "new.jsonl", true, false},
		{"standard input", "-", "out.jsonl", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.link && !links {
				t.Skip("no symbolic links here")
			}
			require.Equal(t, test.want, reads(test.in, test.out))
		})
	}
}

func TestNamesThatLoadersTakeForASplit(t *testing.T) {
	for name, want := range map[string]string{
		"MIND-MATH.jsonl": "", "math_test.jsonl": "test", "a/test/b.jsonl": "", "test.jsonl": "test", "dev-2.jsonl": "validation",
		"contest.jsonl": "", "math.valid.jsonl": "validation", "math_train.jsonl": "", "latest.jsonl": "", "eval01.jsonl": "test",
	} {
		require.Equal(t, want, split(name), name)
	}
}
