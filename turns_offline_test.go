package mind_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// offlineAnswers are the offline generator's dialogues about every problem of
// testdata/MATH.json, in every style that there is.
func offlineAnswers(t testing.TB) (ds []mind.Dialogue) {
	var sink mindtest.Memory
	styles := append(append(mind.PaperStyles(), mind.OlmoStyles()...), mind.SeedStyle())
	p, err := mind.New(&mind.Files{Paths: []string{"testdata/MATH.json"}}, mindtest.Offline{}, &sink, mind.WithStyles(styles...), mind.WithFilters())
	require.NoError(t, err)
	require.NoError(t, p.Run(t.Context()))
	return sink.Dialogues()
}

// The offline generator writes a turn a line, so that its turns are known.
func TestTurnsOfTheOfflineGenerator(t *testing.T) {
	ds := offlineAnswers(t)
	require.Len(t, ds, 126*10)
	for _, d := range ds {
		var want []mind.Turn
		for line := range strings.Lines(d.Text) {
			speaker, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			want = append(want, mind.Turn{Speaker: speaker, Text: text})
		}
		require.Equal(t, want, mind.Turns(d.Text), "%s, %s", d.ID, d.Style)
	}
}
