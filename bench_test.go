package mind_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// BenchmarkRun is what the engine costs a unit, with a generator that answers
// 4 KB at once: into memory, and into a store that is synced.
func BenchmarkRun(b *testing.B) {
	answer := mind.Response{Text: strings.Repeat("Teacher: What is $1+1$?\nStudent: It is $2$.\n", 93), Model: "m", FinishReason: "stop"}
	gen := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) { return answer, nil })
	for _, to := range []string{"memory", "store"} {
		b.Run(to, func(b *testing.B) {
			var sink mind.Sink = &mindtest.Memory{}
			if to == "store" {
				s, err := mind.OpenStore(filepath.Join(b.TempDir(), "out.jsonl"))
				require.NoError(b, err)
				defer s.Close()
				sink = s
			}
			p, err := mind.New(problems(1, b.N), gen, sink, mind.WithConcurrency(256))
			require.NoError(b, err)
			b.ReportAllocs()
			b.ResetTimer()
			require.NoError(b, p.Run(b.Context()))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "units/s")
		})
	}
}
