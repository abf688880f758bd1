package mindtest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

var _ mind.Sink = new(mindtest.Memory)

func ExampleMemory() {
	var sink mindtest.Memory
	err := sink.Write(context.Background(), []mind.Dialogue{
		{Key: "a", Text: "Teacher: What is $2+2$?\nStudent: It is $4$."},
		{Key: "b", Reject: "finish: length"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range sink.Kept() {
		fmt.Println(d.Text)
	}
	for _, d := range sink.Rejected() {
		fmt.Println(d.Key, d.Reject)
	}
	// Output:
	// Teacher: What is $2+2$?
	// Student: It is $4$.
	// b finish: length
}

func keys(t *testing.T, sink mind.Sink) (ks []string) {
	for k, err := range sink.Keys(t.Context()) {
		require.NoError(t, err)
		ks = append(ks, k)
	}
	return ks
}

func TestMemoryRefusesADialogueTwice(t *testing.T) {
	for _, test := range []struct {
		name string
		then []mind.Dialogue
	}{
		{"held", []mind.Dialogue{{Key: "c"}, {Key: "a", Style: "debate"}}},
		{"held as rejected", []mind.Dialogue{{Key: "c"}, {Key: "b"}}},
		{"twice in one call", []mind.Dialogue{{Key: "c"}, {Key: "c"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var sink mindtest.Memory
			require.NoError(t, sink.Write(t.Context(), []mind.Dialogue{{Key: "a"}, {Key: "b", Reject: "tokens: 3"}}))
			require.ErrorContains(t, sink.Write(t.Context(), test.then), "written twice")
			require.Equal(t, []string{"a", "b"}, keys(t, &sink), "a refused call must leave nothing behind")
			require.NoError(t, sink.Write(t.Context(), []mind.Dialogue{{Key: "c"}}))
			require.Equal(t, []string{"a", "b", "c"}, keys(t, &sink))
		})
	}
}

func TestMemoryKeepsNothingOfTheCaller(t *testing.T) {
	var sink mindtest.Memory
	ds := []mind.Dialogue{{Key: "a", Text: "one", Metadata: map[string]string{"level": "Level 1"}}}
	require.NoError(t, sink.Write(t.Context(), ds))
	ds[0].Metadata["level"] = "Level 5"
	ds[0].Text = "two"
	sink.Dialogues()[0].Text = "three"
	want := []mind.Dialogue{{Key: "a", Text: "one", Metadata: map[string]string{"level": "Level 1"}}}
	require.Equal(t, want, sink.Dialogues())
	require.Equal(t, want, sink.Kept())
	require.Empty(t, sink.Rejected())
}

func TestMemoryMayBeWrittenWhileKeysAreRead(t *testing.T) {
	var sink mindtest.Memory
	require.NoError(t, sink.Write(t.Context(), []mind.Dialogue{{Key: "a"}, {Key: "b"}}))
	var seen []string
	for k, err := range sink.Keys(t.Context()) {
		require.NoError(t, err)
		seen = append(seen, k)
		require.NoError(t, sink.Write(t.Context(), []mind.Dialogue{{Key: "after " + k}}))
	}
	require.Equal(t, []string{"a", "b"}, seen)
	require.Len(t, sink.Dialogues(), 4)
}
