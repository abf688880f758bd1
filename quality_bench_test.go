package mind_test

import (
	"testing"

	"github.com/org/mind"
)

// BenchmarkFilters is the speed of filters over good answers, the offline
// generator's and the written ones, in bytes of answers, on one core: each of
// strict's alone, all of them, and all but those that count tokens.
func BenchmarkFilters(b *testing.B) {
	var ds []mind.Dialogue
	for i, d := range offlineAnswers(b) {
		if i%5 == 0 {
			ds = append(ds, d)
		}
	}
	for _, part := range answerParts {
		for _, a := range writtenAnswers(b, part) {
			if a.Filter == "" {
				ds = append(ds, a.dialogue())
			}
		}
	}
	size := 0
	for _, d := range ds {
		size += len(d.Text)
	}
	strict := mind.StrictFilters()
	sets := map[string][]mind.Filter{"strict": strict, "standard": mind.StandardFilters(), "paper": mind.PaperFilters()}
	order := []string{"strict", "standard", "paper", "strict but ratio"}
	for _, f := range strict {
		if f.Name != "ratio" {
			sets["strict but ratio"] = append(sets["strict but ratio"], f)
		}
		sets[f.Name] = []mind.Filter{f}
		order = append(order, f.Name)
	}
	for _, name := range order {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				for _, d := range ds {
					d.Filter(sets[name]...)
				}
			}
			b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds()/1e6, "MB/s")
		})
	}
}
