package mind_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/org/mind"
)

func ExampleTurns() {
	for _, t := range mind.Turns("**Turn 1**\n**Dr. Wu (smiling):** What is $2+2$?\n学生：是4。") {
		fmt.Printf("%s says %q\n", t.Speaker, t.Text)
	}
	// Output:
	// Dr. Wu says "What is $2+2$?"
	// 学生 says "是4。"
}

// Filters are run again over what a store holds, kept and rejected, without a
// request: stricter ones, or looser ones.
func ExampleDialogue_Filter() {
	folder, _ := os.MkdirTemp("", "mind")
	defer os.RemoveAll(folder)
	stored := filepath.Join(folder, "dialogues.jsonl")
	write(stored, mind.Dialogue{Text: "Teacher: What is $2+2$?\nStudent: It is 5.", Source: "What is $2+2$?\n#### 4", Key: "ut8m8fpud9589i0bgpk6umuu8s-smne1mbtpnac4"})

	for d, err := range mind.Dialogues(stored) {
		if err != nil {
			fmt.Println(err)
			return
		}
		d = d.Filter(mind.FinalAnswer) // What it said before is forgotten.
		fmt.Printf("%q\n", d.Reject)
	}
	// Output: "grounding: answer 4 not found"
}

func write(name string, ds ...mind.Dialogue) {
	store, err := mind.OpenStore(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	if err := store.Write(context.Background(), ds); err != nil {
		fmt.Println(err)
	}
}
