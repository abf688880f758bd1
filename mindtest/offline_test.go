package mindtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

var _ mind.Generator = mindtest.Offline{}

func ExampleOffline() {
	text := "Problem:\nFind $2+3$.\n\nSolution:\nWe count on from $2$ by three steps. This leads to $\\boxed{5}$."
	r, err := mindtest.Offline{}.Generate(context.Background(), mind.Request{Style: "teacher_student", Chunk: mind.Chunk{Text: text}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Text)
	fmt.Println("by", r.Model)
	// Output:
	// Student: May I ask you about an exercise? It says: Find $2+3$.
	// Teacher: Let us see what we can do. We count on from $2$ by three steps. This leads to $5$.
	// Student: Does this answer the question?
	// Teacher: We are done: the answer is $\boxed{5}$.
	// by offline-rules (no language model)
}

var styles = []string{
	"teacher_basics", "teacher_student", "two_students", "problem_solving", "debate", "interview", "layman_knowall", "two_professors",
}

type worked struct{ Problem, Solution, Question, Answer string }

// text is in the form that mind.Files gives to a worked problem.
func (w worked) text() string {
	return "Problem:\n" + w.Problem + w.Question + "\n\nSolution:\n" + w.Solution + w.Answer
}

func problems(t testing.TB) (ws []worked) {
	b, err := os.ReadFile("../testdata/MATH.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &ws))
	return ws
}

func talk(t testing.TB, style string, sample int, text string) string {
	r, err := mindtest.Offline{}.Generate(t.Context(), mind.Request{Style: style, Sample: sample, Chunk: mind.Chunk{Text: text}})
	require.NoError(t, err)
	require.Equal(t, "stop", r.FinishReason)
	require.Contains(t, r.Model, "no language model")
	return r.Text
}

var (
	speaker = regexp.MustCompile(`^[A-Z][a-z]+(?: [A-Z])?: `)
	word    = regexp.MustCompile(`[\pL']+|\pN{1,3}`) // No tokenizer makes fewer tokens than there are of these.
	figure  = regexp.MustCompile(`\d+(?:[.,]\d+)*`)
)

// fault is what is wrong with the form of a dialogue, or "".
func fault(dialogue, source string) string {
	turns := strings.Split(dialogue, "\n")
	if len(turns) < 4 {
		return "fewer than four turns"
	}
	by, last := map[string]int{}, ""
	for _, turn := range turns {
		who := speaker.FindString(turn)
		if who == "" || who == last || len(turn) == len(who) {
			return "no turn: " + turn
		}
		by[who] += len(turn)
		last = who
	}
	if len(by) != 2 {
		return "not two speakers"
	}
	for who, n := range by {
		if n*100 > len(dialogue)*85 {
			return "only one talks: " + who
		}
	}
	if n := len(word.FindAllString(dialogue, -1)); n < 50 {
		return "short"
	}
	if n := len(dialogue); n*10 < len(source)*3 || n > len(source)*8 {
		return "too short or too long for its source"
	}
	known := map[string]bool{}
	for _, n := range figure.FindAllString(source, -1) {
		known[n] = true
	}
	for _, n := range figure.FindAllString(dialogue, -1) {
		if !known[n] {
			return "a figure that the source lacks: " + n
		}
	}
	return ""
}

func TestOfflineTalksAreWellFormed(t *testing.T) {
	for i, p := range problems(t) {
		for _, style := range styles {
			d := talk(t, style, i%3, p.text())
			require.Empty(t, fault(d, p.text()), "problem %d, %s\n%s", i+1, style, d)
		}
	}
}

func TestOfflineWalksThroughTheWholeText(t *testing.T) {
	// Braces, boxes and white space are all that may change. The spans are found
	// by a plain pattern, which is enough for the problems of testdata.
	span := regexp.MustCompile(`(?s)\$[^$]+\$|\\\[.*?\\\]|\\begin\{align\*\}.*?\\end\{align\*\}`)
	bare := strings.NewReplacer(`\boxed`, "", "{", "", "}", "", " ", "", "\n", "")
	for i, p := range problems(t) {
		for _, style := range styles {
			d := talk(t, style, 0, p.text())
			var turns []string
			for turn := range strings.Lines(d) {
				turns = append(turns, bare.Replace(turn))
			}
			rest := strings.Join(turns, "\n") // A span that is cut by a turn is not found.
			for _, s := range span.FindAllString(strings.ReplaceAll(p.text(), `\$`, ""), -1) {
				_, after, ok := strings.Cut(rest, bare.Replace(s))
				require.True(t, ok, "problem %d, %s: %s is missing, cut or not in its place\n%s", i+1, style, s, d)
				rest = after
			}
		}
	}
}

func TestOfflineTurnsHoldWholeFormulas(t *testing.T) {
	escaped := regexp.MustCompile(`\\[\\${}]`)
	for i, p := range problems(t) {
		for _, style := range styles {
			for turn := range strings.Lines(talk(t, style, 0, p.text())) {
				turn = escaped.ReplaceAllString(turn, "")
				for _, pair := range [][2]string{{"{", "}"}, {`\[`, `\]`}, {`\begin{`, `\end{`}, {`\left`, `\right`}} {
					require.Equal(t, strings.Count(turn, pair[0]), strings.Count(turn, pair[1]), "problem %d, %s, %s: %s", i+1, style, pair[0], turn)
				}
				require.Zero(t, strings.Count(turn, "$")%2, "problem %d, %s: %s", i+1, style, turn)
			}
		}
	}
}

func TestOfflineEndsWithTheAnswer(t *testing.T) {
	boxed := regexp.MustCompile(`\\boxed\{.*\}`)
	for i, p := range problems(t) {
		_, answer, _ := strings.Cut(p.Solution, `\boxed`)
		for _, style := range styles {
			d := talk(t, style, 0, p.text())
			boxes := boxed.FindAllString(d, -1)
			require.Len(t, boxes, 1, "problem %d, %s", i+1, style)
			require.True(t, strings.HasPrefix(answer, strings.TrimPrefix(boxes[0], `\boxed`)), "problem %d: %s", i+1, boxes[0])
			end := d[strings.LastIndex(d, "\n"):]
			require.Contains(t, end, "$"+boxes[0]+"$", "problem %d, %s", i+1, style)
		}
	}
}

func TestOfflineIsRepeatable(t *testing.T) {
	for i, p := range problems(t)[:20] {
		seen := map[string]string{}
		for _, style := range styles {
			for sample := range 3 {
				d := talk(t, style, sample, p.text())
				require.Equal(t, d, talk(t, style, sample, p.text()))
				name := fmt.Sprintf("%s, sample %d", style, sample)
				require.Empty(t, seen[d], "problem %d: %s says the same", i+1, name)
				seen[d] = name
			}
		}
	}
}

func TestOfflineReads(t *testing.T) {
	for _, test := range []struct {
		name, text string
		has, lacks []string
	}{
		{
			"GSM8K",
			"Problem:\nA pen costs $2 and a book costs $12. How much are 3 pens and a book?\n\nSolution:\nThe pens cost 3*$2 = $<<3*2=6>>6.\nTogether that is $6 + $12 = $<<6+12=18>>18.\n#### 18",
			[]string{"The pens cost 3*$2 = $6.", "Together that is $6 + $12 = $18.", "How much are 3 pens and a book?", "18."},
			[]string{"<<", "####", "boxed"},
		},
		{
			"a passage",
			"Let $n$ be odd, i.e. $n=2k+1$ for some $k$. By a remark of E. Noether the sum\n\\[\n1+3+\\dots+n\n\\]\nis a square. It is $(k+1)^2.$ Nothing else is needed.",
			[]string{`Let $n$ be odd, i.e. $n=2k+1$ for some $k$.`, `By a remark of E. Noether the sum \[ 1+3+\dots+n \] is a square.`, `It is $(k+1)^2.$`},
			[]string{"boxed", "ANSWER"},
		},
		{
			"environments of prose",
			"\\begin{thm}[Euclid]\nThere are infinitely many primes.\n\\end{thm}\n\\begin{proof}\nTake finitely many of them. % as in the Elements\nTheir product plus one has another prime factor.\n\\begin{enumerate}\n\\item It is not one of them.\n\\item It exists.\n\\end{enumerate}\n\\end{proof}",
			[]string{"Theorem: There are infinitely many primes.", "Proof: Take finitely many of them.", "It is not one of them.", "It exists."},
			[]string{`\begin`, `\end`, `\item`},
		},
		{
			"links and spaces of PlanetMath",
			"Let $m$ be \\PMlinkname{odd}{OddNumber}.\\, Then \\PMlinkescapetext{so is} $m^2$. The converse is in \\PMlinkid{this entry}{12}.",
			[]string{"Let $m$ be odd.", "Then so is $m^2$.", "The converse is in this entry."},
			[]string{"PMlink", `.\,`},
		},
		{
			"a piece that begins within a solution and ends within a formula",
			"2=4$ and so on. The next number is $9$, which is a square.\n\nThe last one is $\\boxed{16}$. We check that $\\frac{1",
			[]string{"The next number is $9$, which is a square.", `The last one is $16$.`, `$\boxed{16}$`},
			[]string{`\frac{1`, "so on"},
		},
		{
			"a solution whose problem is cut off",
			"numbers are there?\n\nSolution:\nThere are $3$ below $7$ and $4$ from there on. So there are $3+4=\\boxed{7}$ of them.",
			[]string{"numbers are there?", "So there are $3+4=7$ of them.", `$\boxed{7}$`},
			nil,
		},
		{
			"a problem alone",
			"Problem:\nFind all primes $p$ for which $p+2$ is a square. Prove that there are no others.",
			[]string{"Find all primes $p$ for which $p+2$ is a square."},
			[]string{"Problem:", "ANSWER"},
		},
		{
			"a drawing, a box in a text and a box in a power",
			"Problem:\nHow long is $AB$?\n\nSolution:\n[asy]\ndraw((0,0)--(3,4));\nlabel(\"$A$\",(0,0));\n[/asy]\nThe picture shows it. It is \\boxed{5} units long, which is $x^\\boxed{5}$ for $x=1$ and four times as much.",
			[]string{"It is $5$ units long", "$x^{5}$", `$\boxed{5}$`},
			[]string{"draw", "asy"},
		},
		{
			"a piece that begins within a drawing",
			"draw((0,0)--(3,4));\n[/asy]\n\nSolution:\nThe picture shows that $AB$ is $5$ units long. So the answer is $\\boxed{5}$.",
			[]string{"The picture shows that $AB$ is $5$ units long.", `$\boxed{5}$`},
			[]string{"draw", "asy"},
		},
		{
			"two boxes",
			"Problem:\nSolve $x^2=4$.\n\nSolution:\nOne root is $\\boxed{2}$, as $2\\cdot\\boxed{2}=4$. The other one is $\\boxed{-2}$.",
			[]string{"One root is $2$, as $2\\cdot{2}=4$.", `$\boxed{-2}$`},
			[]string{`$\boxed{2}$`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, style := range styles {
				d := talk(t, style, 0, test.text)
				for _, s := range test.has {
					require.Contains(t, d, s, style)
				}
				for _, s := range test.lacks {
					require.NotContains(t, d, s, style)
				}
				require.GreaterOrEqual(t, strings.Count(d, "\n"), 3, d)
			}
		})
	}
}

func TestOfflineTalksInAnyStyle(t *testing.T) {
	text := problems(t)[0].text()
	require.Regexp(t, `(?m)^Teacher: `, talk(t, "haiku", 0, text))
	require.Regexp(t, `(?m)^Student: `, talk(t, "", 0, text))
	require.NotEqual(t, talk(t, "haiku", 0, text), talk(t, "sonnet", 0, text))

	r, err := mindtest.Offline{}.Generate(t.Context(), mind.Request{Style: "debate", Prompt: text})
	require.NoError(t, err)
	require.Equal(t, talk(t, "debate", 0, text), r.Text, "without a chunk, the prompt is the text")
}

// A quadratic reader takes a hundred times as long as for plain sentences.
func TestOfflineReadsHostileTextInLinearTime(t *testing.T) {
	took := func(unit string) time.Duration {
		text := strings.Repeat(unit, 200_000/len(unit)) + " That is all."
		best := time.Hour
		for range 3 { // A machine with others on it now and then stops for a while.
			start := time.Now()
			talk(t, "debate", 0, text)
			best = min(best, time.Since(start))
		}
		return best
	}
	plain := took("Let $x$ be a number. ")
	for _, unit := range []string{`\( `, `$$ `, `\begin{a}`, `\begin{a} \begin{b} \end{a} `, `\boxed{`, `\boxed{x} `, "a\n\n"} {
		require.Less(t, took(unit), 25*plain, "%q", unit)
	}
}

func TestOfflineErrors(t *testing.T) {
	for _, text := range []string{"", " \n\t", "%%%%%\n% nothing $x$ but a comment", "...", "$$"} {
		_, err := mindtest.Offline{}.Generate(t.Context(), mind.Request{Chunk: mind.Chunk{Text: text}})
		require.ErrorIs(t, err, mind.ErrSkip, "%q", text)
		require.EqualError(t, err, "skipped: there is no sentence to talk about")
	}
	over := errors.New("over")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(over)
	_, err := mindtest.Offline{}.Generate(ctx, mind.Request{Chunk: mind.Chunk{Text: "Two and two are four."}})
	require.ErrorIs(t, err, over)
}

func TestOfflineGolden(t *testing.T) {
	var b strings.Builder
	ps := problems(t)
	for i, style := range styles {
		fmt.Fprintf(&b, "--- problem %d, %s\n%s\n\n", 15*i+1, style, talk(t, style, 0, ps[15*i].text()))
	}
	fmt.Fprintf(&b, "--- a passage, two_students\n%s\n", talk(t, "two_students", 0,
		"A number is called perfect if it is the sum of its proper divisors. The number $6=1+2+3$ is perfect. Nobody knows whether an odd number can be perfect."))
	name := filepath.Join("testdata", "offline.golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o777))
		require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o666))
	}
	want, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "if that is meant: go test ./mindtest -run Golden -update")
}

func TestOfflineTalksAboutRealData(t *testing.T) {
	dir := os.Getenv("MIND_DATA")
	if dir == "" {
		t.Skip("MIND_DATA names no folder with real data")
	}
	for _, test := range []struct {
		file   string
		answer *regexp.Regexp
	}{
		{"MATH.json", regexp.MustCompile(`\\boxed\{`)},
		{"gsm8k_train.jsonl", regexp.MustCompile(`#### `)},
	} {
		t.Run(test.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(dir, "text", test.file))
			require.NoError(t, err)
			var ws []worked
			if filepath.Ext(test.file) == ".json" {
				require.NoError(t, json.Unmarshal(b, &ws))
			} else {
				for line := range strings.Lines(string(b)) {
					ws = append(ws, worked{})
					require.NoError(t, json.Unmarshal([]byte(line), &ws[len(ws)-1]))
				}
			}
			bad, read := 0, 0
			for i := 0; i < len(ws); i += 3 { // All of them take minutes with -race.
				w := ws[i]
				read++
				d := talk(t, styles[i%len(styles)], 0, w.text())
				why := fault(d, w.text())
				if test.answer.MatchString(w.text()) && !strings.Contains(d[strings.LastIndex(d, "\n"):], finalAnswer(w.text())) {
					why = "the answer is missing"
				}
				if why != "" {
					bad++
					t.Logf("row %d: %s", i, why)
				}
			}
			t.Logf("%d of %d rows", bad, read)
			require.LessOrEqual(t, bad*1000, read, "more than one in a thousand")
		})
	}
}

// finalAnswer is the number behind ####, or the last box and what stands in it
// up to its first brace.
func finalAnswer(text string) string {
	if _, answer, ok := strings.Cut(text, "#### "); ok {
		return strings.TrimSpace(answer)
	}
	in := text[strings.LastIndex(text, `\boxed{`)+len(`\boxed{`):]
	return `\boxed{` + strings.Join(strings.Fields(in[:strings.IndexAny(in, "{}")]), " ")
}

func FuzzOffline(f *testing.F) {
	for _, p := range problems(f)[:10] {
		f.Add("debate", p.text())
	}
	f.Add("interview", "a $b. C$ d \\[ e")
	f.Add("", "\\begin{align*} a \\begin{align*} b \\end{align*}. C\n\nSolution:\n\\boxed{\\boxed{x}}\\boxed{")
	f.Add("two_students", "Problem:\n\nSolution:\n#### \n$$$ \\")
	f.Fuzz(func(t *testing.T, style, text string) {
		r, err := mindtest.Offline{}.Generate(t.Context(), mind.Request{Style: style, Chunk: mind.Chunk{Text: text}})
		if err != nil {
			require.ErrorIs(t, err, mind.ErrSkip)
			return
		}
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(r.Text))
		}
		turns := strings.Split(r.Text, "\n")
		require.GreaterOrEqual(t, len(turns), 4)
		for _, turn := range turns {
			require.Regexp(t, speaker, turn)
		}
		require.NotContains(t, r.Text, "ANSWER.\n")
	})
}

func BenchmarkOffline(b *testing.B) {
	ps := problems(b)
	var bytes, n int
	for b.Loop() {
		text := ps[n%len(ps)].text()
		talk(b, styles[n%len(styles)], n, text)
		bytes += len(text)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "dialogues/s")
	b.ReportMetric(float64(bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
}
