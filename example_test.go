package mind_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// run is the README's program, but for where it writes.
func run(ctx context.Context, model mind.Generator) error {
	store, err := mind.OpenStore("dialogues.jsonl")
	if err != nil {
		return err
	}
	defer store.Close()

	problems := mind.Sample(&mind.Files{Paths: []string{"testdata/MATH.json"}}, 20, 42, "level", "type")
	p, err := mind.New(problems, model, store,
		mind.WithStyles(mind.PaperStyles()...),
		mind.WithConcurrency(64))
	if err != nil {
		return err
	}
	if err := p.Run(ctx); err != nil {
		return err // Run again to go on.
	}
	fmt.Println(p.Stats().Kept, "dialogues")
	return nil
}

func Example() {
	folder, _ := os.MkdirTemp("", "mind")
	defer os.RemoveAll(folder)
	testdata, _ := filepath.Abs("testdata")
	_ = os.Symlink(testdata, filepath.Join(folder, "testdata"))
	here, _ := os.Getwd()
	_ = os.Chdir(folder)
	defer os.Chdir(here)

	if err := run(context.Background(), mindtest.Offline{}); err != nil {
		fmt.Println(err)
	}
	// Output: 140 dialogues
}

func ExampleGeneratorFunc() {
	model := mind.GeneratorFunc(func(ctx context.Context, r mind.Request) (mind.Response, error) {
		return mind.Response{Text: "Teacher: …\nStudent: …", Model: "mine"}, nil
	})
	answer, _ := model.Generate(context.Background(), mind.Request{Prompt: "What is $1+1$?"})
	fmt.Println(answer.Text)
	// Output:
	// Teacher: …
	// Student: …
}

func ExampleSourceFunc() {
	problems := mind.Documents{{ID: "sum", Text: "What is $1+1$?"}, {ID: "product", Text: "What is $2\\cdot 3$?"}}
	for d, err := range mind.Sample(problems, 1, 42).Documents(context.Background()) {
		fmt.Println(d.ID, err)
	}
	// Output: product <nil>
}

// TestReadmeIsTested: the Go code of the README is in the examples above.
func TestReadmeIsTested(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	examples, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	plain := func(b []byte) string { return regexp.MustCompile(`(?m)^\s+`).ReplaceAllString(string(b), "") }
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllSubmatch(readme, -1)
	require.Len(t, blocks, 2)
	for _, block := range blocks {
		require.True(t, strings.Contains(plain(examples), plain(block[1])), "%s", block[1])
	}
}

// TestReadmeShowsARealDialogue: the one in the README is what its first command
// writes.
func TestReadmeShowsARealDialogue(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	shown := regexp.MustCompile("(?s)```\n(Teacher: .*?)\n```").FindSubmatch(readme)
	require.NotNil(t, shown)

	var sink mindtest.Memory
	p, err := mind.New(&mind.Files{Paths: []string{"testdata/MATH.json"}}, mindtest.Offline{}, &sink, mind.WithChunker(mind.TokenChunker{Max: 8096}))
	require.NoError(t, err)
	require.NoError(t, p.Run(t.Context()))
	var texts []string
	for _, d := range sink.Kept() {
		texts = append(texts, d.Text)
	}
	require.Contains(t, texts, string(shown[1]))
	require.Contains(t, string(readme), fmt.Sprintf("%d problems", len(texts)))
}
