package mind_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/org/mind"
)

// A writtenAnswer is a line of testdata/answers: an answer and what has to
// become of it.
type writtenAnswer struct {
	Name         string `json:"name"`
	Source       string `json:"source"`
	Style        string `json:"style"`
	FinishReason string `json:"finish_reason"`
	Answer       string `json:"answer"`
	Filter       string `json:"filter"` // The name of the filter that has to reject it; empty: it is good.
	Text         string `json:"text"`   // The text that has to be kept, where it is not the whole answer.
}

func (a writtenAnswer) dialogue() mind.Dialogue {
	return mind.Dialogue{Text: a.Answer, Source: a.Source, Style: a.Style, FinishReason: a.FinishReason}
}

func writtenAnswers(t testing.TB, part string) (as []writtenAnswer) {
	f, err := os.Open("testdata/answers/" + part + ".jsonl")
	require.NoError(t, err)
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var a writtenAnswer
		require.NoError(t, json.Unmarshal(s.Bytes(), &a))
		as = append(as, a)
	}
	return as
}

// A rate is a share with what it was counted from.
type rate struct{ hits, of int }

func (r rate) share() float64 { return float64(r.hits) / float64(max(r.of, 1)) }

// wilson is the 95 % confidence interval of Wilson (1927), which holds near 0
// and 1, where the usual one does not.
func (r rate) wilson() (low, high float64) {
	const z = 1.959964
	n, p := float64(r.of), r.share()
	if r.of == 0 {
		return 0, 1
	}
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return middle - half, middle + half
}

func (r rate) log(t *testing.T, name string) {
	low, high := r.wilson()
	t.Logf("%-44s %3d/%3d %6.2f %%  (95 %%: %.1f to %.1f)", name, r.hits, r.of, 100*r.share(), 100*low, 100*high)
}

// judge counts what the filters make of answers, and names each mistake.
func judge(t *testing.T, as []writtenAnswer, filters []mind.Filter) (precision, recall, named, good rate) {
	for _, a := range as {
		d := a.dialogue().Filter(filters...)
		by, _, _ := strings.Cut(d.Reject, ":")
		if a.Filter == "" {
			good.of++
			if d.Reject == "" {
				good.hits++
			} else {
				precision.of++
				t.Logf("rejected, but good: %s: %s", a.Name, d.Reject)
			}
			continue
		}
		recall.of++
		named.of++
		if d.Reject == "" {
			t.Logf("escaped %s: %s", a.Filter, a.Name)
			continue
		}
		precision.of++
		precision.hits++
		recall.hits++
		if by == a.Filter {
			named.hits++
		} else {
			t.Logf("caught by another than %s: %s: %s", a.Filter, a.Name, d.Reject)
		}
	}
	return precision, recall, named, good
}

var answerParts = []string{"first", "second", "third", "fourth", "fifth"}

// All parts were written before the filters had seen them, and are not edited to
// fit; what is printed names each mistake. When they were first judged, strict
// kept 58 of 61, 57 of 60 and 42 of 44 good ones and rejected all of the 126 bad
// ones; standard kept 61 of 61, 58 of 60 and 43 of 44. The fourth was written by
// somebody who had read the filters and looked for what they get wrong: strict
// kept 24 of its 40, standard 29. The fifth was written by somebody who had read
// neither the filters nor the other parts: strict kept 65 of its 70 good ones and
// rejected 36 of its 40 bad ones, standard kept 66, and Clean left exactly the
// right text of 58. Two that it called bad count as good since Clean can take off
// what is wrong with them: thoughts before the dialogue, a prompt behind it. The
// rates of the first time, and not those that the filters have reached since, are
// what to expect of answers in forms that nobody has thought of. What is still lost
// is an answer that is given in Spanish words.
func TestStrictFiltersTellGoodFromBad(t *testing.T) {
	for _, part := range answerParts {
		as := writtenAnswers(t, part)
		precision, recall, named, good := judge(t, as, mind.StrictFilters())
		precision.log(t, part+" part, precision: bad of those rejected")
		recall.log(t, part+" part, recall: rejected of the bad")
		named.log(t, part+" part, by the filter that has to")
		good.log(t, part+" part, kept of the good")
		if recall.of == 0 { // There are good ones alone in it.
			require.GreaterOrEqual(t, good.of, 40)
			require.LessOrEqual(t, good.of-good.hits, 1)
			continue
		}
		require.GreaterOrEqual(t, good.share(), 0.98)
		require.GreaterOrEqual(t, good.of, 60)
		require.GreaterOrEqual(t, recall.of, 38)
		require.GreaterOrEqual(t, precision.share(), 0.98)
		require.GreaterOrEqual(t, recall.share(), 0.98)
		require.GreaterOrEqual(t, named.share(), 0.98)
	}
}

// What the standard filters miss is for strict; what they reject must be bad.
func TestStandardFiltersKeepTheGood(t *testing.T) {
	for _, part := range answerParts {
		precision, recall, _, good := judge(t, writtenAnswers(t, part), mind.StandardFilters())
		precision.log(t, part+" part, precision: bad of those rejected")
		recall.log(t, part+" part, recall: rejected of the bad")
		good.log(t, part+" part, kept of the good")
		require.True(t, good.share() >= 0.98 || good.of-good.hits <= 1)
		require.True(t, recall.of == 0 || recall.share() >= 0.5)
	}
}

// Each filter catches its own faults alone, with nothing before it but Clean.
func TestEachFilterCatchesItsOwn(t *testing.T) {
	by := map[string]mind.Filter{}
	for _, f := range mind.StrictFilters() {
		by[f.Name] = f
	}
	for _, part := range answerParts {
		for _, a := range writtenAnswers(t, part) {
			if a.Filter == "" {
				continue
			}
			filters := []mind.Filter{mind.Clean, by[a.Filter]}
			if a.Filter == "finish" {
				filters = filters[1:]
			}
			require.True(t, strings.HasPrefix(a.dialogue().Filter(filters...).Reject, a.Filter+": "), "%s: %q", a.Name, a.dialogue().Filter(filters...).Reject)
		}
	}
}

// Good answers keep exactly what is theirs, and cleaning again changes nothing.
func TestCleanTakesOffFramesAndNothingElse(t *testing.T) {
	framed := 0
	for _, part := range answerParts {
		for _, a := range writtenAnswers(t, part) {
			if a.Filter != "" {
				continue
			}
			want := a.Text
			if want == "" {
				want = a.Answer
			} else {
				framed++
			}
			d := a.dialogue().Filter(mind.Clean)
			require.Equal(t, want, d.Text, a.Name)
			if want != a.Answer {
				require.Equal(t, a.Answer, d.Raw, a.Name)
			}
			clean := mind.Dialogue{Text: d.Text, Source: a.Source, Style: a.Style}
			require.Equal(t, clean, clean.Filter(mind.Clean), a.Name)
		}
	}
	require.GreaterOrEqual(t, framed, 10)
}

// Whatever stands around a good answer comes off it. What begins without a
// speaker may be thoughts, and is rejected where it cannot be told from them.
func TestCleanTakesAnyFrameOffAnyAnswer(t *testing.T) {
	for name, frame := range map[string][2]string{
		"a stray tag":          {"", "\n</think>"},
		"thoughts":             {"<think>\nA dialogue.\n</think>\n\n", ""},
		"thoughts, not opened": {"A dialogue.\n</think>\n\n", ""},
		"Mistral's thoughts":   {"[THINK]A dialogue.[/THINK]", ""},
		"Gemma's thoughts":     {"<|channel>thought\nA dialogue.\n<channel|>", "<turn|>"},
		"gpt-oss's thoughts":   {"<|channel|>analysis<|message|>A dialogue.<|end|><|start|>assistant<|channel|>final<|message|>", "<|return|>"},
		"thoughts, no tag":     {"Okay, the user wants me to turn this text into a conversation.\n\n", ""},
		"a fence":              {"Here is the conversation:\n\n```markdown\n", "\n```"},
		"a tag":                {"<dialogue>\n", "\n</dialogue>\n\nI hope this conversation helps!"},
		"the next prompt":      {"", "\n\nUser: Do it again.\nAssistant: I will."},
		"tokens":               {"<|im_start|>assistant\n", "<|im_end|><unused3>"},
	} {
		for _, part := range answerParts {
			for _, a := range writtenAnswers(t, part) {
				if a.Filter != "" {
					continue
				}
				clean := a.dialogue().Filter(mind.Clean)
				framed := mind.Dialogue{Text: frame[0] + clean.Text + frame[1], Source: a.Source, Style: a.Style}.Filter(mind.Clean)
				if framed.Reject == "" || mind.Turns(clean.Text)[0].Speaker != "" {
					require.Equal(t, clean.Text, framed.Text, "%s in %s", a.Name, name)
					require.Empty(t, framed.Reject)
				}
			}
		}
	}
}

// The offline generator's whole output passes: every problem, in every style.
func TestStrictFiltersKeepTheOfflineGenerators(t *testing.T) {
	rejects := map[string]int{}
	for _, d := range offlineAnswers(t) {
		f := d.Filter(mind.StrictFilters()...)
		if f.Reject != "" {
			rejects[f.Reject]++
		}
		require.Equal(t, d.Text, f.Text, "a clean dialogue is edited")
	}
	require.Empty(t, rejects)
}

// Filters share what they borrow from pools, and must not notice.
func TestFiltersAreConcurrent(t *testing.T) {
	var ds, want []mind.Dialogue
	for _, part := range answerParts {
		for _, a := range writtenAnswers(t, part) {
			ds = append(ds, a.dialogue())
		}
	}
	filters := mind.StrictFilters()
	for _, d := range ds {
		want = append(want, d.Filter(filters...))
	}
	var g errgroup.Group
	for hand := range 8 {
		g.Go(func() error {
			for i := range ds {
				at := (i*7 + hand*31) % len(ds)
				if got := ds[at].Filter(filters...); !reflect.DeepEqual(want[at], got) {
					return fmt.Errorf("%+v is not %+v", got, want[at])
				}
			}
			return nil
		})
	}
	require.NoError(t, g.Wait())
}
