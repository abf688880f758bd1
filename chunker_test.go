package mind

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// data is the content of a file of real inputs, or skips.
func data(t testing.TB, name string) []byte {
	t.Helper()
	folder := os.Getenv("MIND_DATA")
	if folder == "" {
		t.Skip("MIND_DATA is not set: no real inputs")
	}
	b, err := os.ReadFile(filepath.Join(folder, name))
	require.NoError(t, err)
	return b
}

// checkChunks asserts what holds for every text.
func checkChunks(t *testing.T, c TokenChunker, text string) []string {
	t.Helper()
	pieces := slices.Collect(c.Chunks(text))
	require.Equal(t, text, strings.Join(pieces, ""))
	for _, p := range pieces {
		require.NotEmpty(t, p)
		require.LessOrEqual(t, c.Encoding.Count(p), c.Max)
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(p), "%q", p)
		}
	}
	return pieces
}

func TestChunksAreLosslessAndBounded(t *testing.T) {
	alphabet := []string{"a", " ", "\n", "\n\n", "$", "$$", `\(`, `\)`, "\\", `\begin{x}`, `\end{x}`, "```", "1234", "é", "数学", "😀", "e\u0301", "don't", ". ", "word ", "\r\n", "\t", "\xff", "0"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var b strings.Builder
		for range r.IntN(120) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		checkChunks(t, TokenChunker{Max: 8 + r.IntN(40), Encoding: Encoding(r.IntN(2))}, b.String())
	}
}

func TestChunksOfRealTexts(t *testing.T) {
	var rows []struct{ Text, Problem, Solution string }
	for line := range strings.Lines(string(data(t, "text/planetmath_nt_tex.jsonl"))) {
		var row struct{ Text, Problem, Solution string }
		require.NoError(t, json.Unmarshal([]byte(line), &row))
		rows = append(rows, row)
	}
	cut, pieces, short := 0, 0, 0
	for _, row := range rows[:300] {
		c := TokenChunker{Max: 200}
		ps := checkChunks(t, c, row.Text)
		at := 0
		for i, p := range ps {
			pieces++
			at += len(p)
			if i == len(ps)-1 {
				if i > 0 && c.Encoding.Count(p) < 20 {
					short++
				}
				continue
			}
			for _, s := range mathSpans(row.Text) {
				if s.from < at && at < s.to && c.Encoding.Count(row.Text[s.from:s.to]) <= 200 {
					cut++
				}
			}
		}
	}
	t.Logf("%d pieces, %d formulas cut, %d last pieces under a tenth", pieces, cut, short)
	require.Zero(t, cut)
}

func TestCutsAreAtTheBestBoundary(t *testing.T) {
	words := strings.Repeat("number theory ", 10)
	for _, c := range []struct {
		name, text string
		max        int
		first      string
	}{
		{"one piece", words, 500, words},
		{"a blank line", words + ".\nMore words.\n\n" + words, 40, words + ".\nMore words.\n\n"},
		{"a line", words + "a sentence. Another one\n" + words, 32, words + "a sentence. Another one\n"},
		{"a sentence", words + "ends here. It " + words, 32, words + "ends here."},
		{"an abbreviation is none", "Let p be e.g. prime and q not", 8, "Let p be e.g."},
		{"a formula", "one two three $a + b + c + d$ four five six", 10, "one two three"},
		{"money", "he pays $5 and then $10 for two books of prime numbers", 12, "he pays $5 and then $10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pieces := checkChunks(t, TokenChunker{Max: c.max}, c.text)
			require.Equal(t, c.first, pieces[0], "%q", pieces)
		})
	}
}

func TestMathSpans(t *testing.T) {
	for text, want := range map[string][]string{
		`a $x$ b $$y$$ c \(z\) d \[w\] e`:                    {`$x$`, `$$y$$`, `\(z\)`, `\[w\]`},
		"it costs $5 and $10 more":                           nil,
		`\$5 and $x\$y$`:                                     {`$x\$y$`},
		"$open\n\n$x$":                                       {"$x$"},
		`\begin{a}\begin{b}$x$\end{b}` + "\n\n" + `\end{a}.`: {`\begin{a}\begin{b}$x$\end{b}` + "\n\n" + `\end{a}`},
		"```\nx = $1\n\ny\n``` $z$":                          {"```\nx = $1\n\ny\n```", "$z$"},
		`\\(a) and \(b\)`:                                    {`\(b\)`},
		"$x$ and $y":                                         {"$x$"},
		`$`:                                                  nil,
		`\begin{open}`:                                       nil,
	} {
		var got []string
		for _, s := range mathSpans(text) {
			got = append(got, text[s.from:s.to])
		}
		require.Equal(t, want, got, text)
	}
}

func TestCount(t *testing.T) {
	for text, want := range map[string][2]int{
		"":              {0, 0},
		"hello world":   {2, 2},
		"<|endoftext|>": {7, 7},
		"12345":         {2, 2},
		"\n\n  \n":      {1, 2},
		"这是一个数学问题":      {4, 6},
	} {
		require.Equal(t, want, [2]int{O200k.Count(text), CL100k.Count(text)}, "%q", text)
	}
}

func TestChunkerOptions(t *testing.T) {
	for _, bad := range []TokenChunker{{Max: 7}, {Max: -1}, {Encoding: 2}} {
		require.Error(t, bad.check())
	}
	require.NoError(t, TokenChunker{}.check())
	require.NoError(t, TokenChunker{Max: 8, Encoding: CL100k}.check())
}
