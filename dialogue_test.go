package mind

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestLineOfARecord pins the line that users' tools load: every key, its order,
// and what is left out.
func TestLineOfARecord(t *testing.T) {
	const key = "ut8m8fpud9589i0bgpk6umuu8s-smne1mbtpnac4"
	for _, c := range []struct {
		name     string
		dialogue Dialogue
		line     string
	}{
		{
			"kept",
			Dialogue{ID: "123", IntID: true, Text: "Teacher: Is $a<b$ & why?\nStudent: \"Yes\".", Style: "debate", Chunks: 1, Model: "m", FinishReason: "stop",
				Usage: Usage{300, 500}, Metadata: map[string]string{"type": "Algebra", "level": "Level 3"}, Source: "$a<b$", Key: key},
			`{"id":123,"text":"Teacher: Is $a<b$ & why?\nStudent: \"Yes\".","style":"debate","chunk":0,"chunks":1,"sample":0,"model":"m","finish_reason":"stop",` +
				`"usage":{"prompt_tokens":300,"completion_tokens":500},"metadata":{"level":"Level 3","type":"Algebra"},"source":"$a<b$","raw":"","key":"` + key + `"}`,
		},
		{
			"refused",
			Dialogue{ID: "a", Style: "debate", Chunk: 2, Chunks: 3, Sample: 1, Source: "x", Reject: "refused: too long", Key: key},
			`{"id":"a","text":"","style":"debate","chunk":2,"chunks":3,"sample":1,"model":"","finish_reason":"",` +
				`"usage":{"prompt_tokens":0,"completion_tokens":0},"source":"x","raw":"","reject":"refused: too long","key":"` + key + `"}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			line, err := c.dialogue.MarshalJSON()
			require.NoError(t, err)
			require.Equal(t, c.line, string(line))
			var back Dialogue
			require.NoError(t, json.Unmarshal(line, &back))
			require.Equal(t, c.dialogue, back)
		})
	}
}

func TestForeignLinesAreNoRecords(t *testing.T) {
	line, err := Dialogue{ID: "1", Key: "ut8m8fpud9589i0bgpk6umuu8s-smne1mbtpnac4"}.MarshalJSON()
	require.NoError(t, err)
	for name, foreign := range map[string]string{
		"another key":  strings.Replace(string(line), `"style"`, `"score":1,"style"`, 1),
		"a float id":   strings.Replace(string(line), `"id":"1"`, `"id":1.5`, 1),
		"a large id":   strings.Replace(string(line), `"id":"1"`, `"id":9223372036854775808`, 1),
		"no id":        strings.Replace(string(line), `"id":"1",`, ``, 1),
		"a null id":    strings.Replace(string(line), `"id":"1"`, `"id":null`, 1),
		"a cut key":    strings.Replace(string(line), `-smne`, ``, 1),
		"only an id":   `{"id":"1"}`,
		"not a record": `[1]`,
		"nothing":      `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			require.NotEqual(t, string(line), foreign)
			var d Dialogue
			require.Error(t, json.Unmarshal([]byte(foreign), &d))
		})
	}
}
