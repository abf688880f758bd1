package mind

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/pkoukk/tiktoken-go"
	"github.com/pkoukk/tiktoken-go-loader/assets"
	"github.com/stretchr/testify/require"
)

// thorough takes a quarter of an hour: the oracle is slow.
var thorough = flag.Bool("thorough", false, "compare with tiktoken-go all real texts, all runes and a million strings, not some")

// oracles count by tiktoken-go, which is exact but slow.
var oracles = [...]func() *tiktoken.Tiktoken{
	// The patterns as OpenAI's tiktoken has them (openai_public.py).
	O200k: sync.OnceValue(func() *tiktoken.Tiktoken {
		return oracle(O200k, `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`+
			`|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?`+
			`|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`)
	}),
	CL100k: sync.OnceValue(func() *tiktoken.Tiktoken {
		return oracle(CL100k, `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`)
	}),
}

func oracle(e Encoding, pattern string) *tiktoken.Tiktoken {
	ranks := map[string]int{}
	for i, token := range tokensOf(e) {
		ranks[token] = i
	}
	bpe, err := tiktoken.NewCoreBPE(ranks, nil, pattern)
	if err != nil {
		panic(err)
	}
	return tiktoken.NewTiktoken(bpe, nil, nil)
}

// tokensOf are the tokens of an encoding in their order.
func tokensOf(e Encoding) (tokens []string) {
	file, err := assets.Assets.ReadFile(e.String() + ".tiktoken")
	if err != nil {
		panic(err)
	}
	for line := range bytes.Lines(file) {
		encoded, _, _ := bytes.Cut(line, []byte(" "))
		token, err := base64.StdEncoding.AppendDecode(nil, encoded)
		if err != nil {
			panic(err)
		}
		tokens = append(tokens, string(token))
	}
	return tokens
}

// sameCount requires of both encodings the number of tokens that the oracle
// has: of any text as it is, and with its bad UTF-8 mended.
func sameCount(t *testing.T, text string) {
	t.Helper()
	for e := range oracles {
		e := Encoding(e)
		if got, want := e.Count(text), len(oracles[e]().EncodeOrdinary(text)); got != want {
			require.Equal(t, want, got, "%v of %.200q", e, text)
		}
		if mended := strings.ToValidUTF8(text, "\ufffd"); mended != text {
			require.Equal(t, len(oracles[e]().EncodeOrdinary(mended)), e.Count(mended), "%v of %.200q", e, mended)
		}
	}
}

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

// realTexts are documents of a corpus: the problems of GSM8K and of MATH with
// their solutions, the articles of PlanetMath on number theory, a chapter of the
// Stacks project.
func realTexts(t testing.TB, corpus string) (texts []string) {
	t.Helper()
	lines := func(name string) {
		for line := range bytes.Lines(data(t, name)) {
			var row struct{ Question, Answer, Problem, Solution, Text string }
			require.NoError(t, json.Unmarshal(line, &row))
			texts = append(texts, strings.TrimSpace(row.Question+"\n\n"+row.Answer+row.Problem+"\n\n"+row.Solution+row.Text))
		}
	}
	switch corpus {
	case "GSM8K":
		lines("text/gsm8k_train.jsonl")
	case "MATH500":
		lines("text/math500.jsonl")
	case "PlanetMath":
		lines("text/planetmath_nt_tex.jsonl")
	case "MATH":
		var rows []struct{ Problem, Solution string }
		require.NoError(t, json.Unmarshal(data(t, "text/MATH.json"), &rows))
		for _, r := range rows {
			texts = append(texts, "Problem:\n"+r.Problem+"\n\nSolution:\n"+r.Solution)
		}
	case "TeX":
		texts = append(texts, string(data(t, "text/stacks_algebra.tex")))
	}
	return texts
}

func TestCountIsTheOraclesOfRealTexts(t *testing.T) {
	for _, corpus := range []string{"GSM8K", "MATH", "MATH500", "PlanetMath", "TeX"} {
		t.Run(corpus, func(t *testing.T) {
			step := 40
			if *thorough {
				step = 1
			}
			texts, size := realTexts(t, corpus), 0
			for i := 0; i < len(texts); i += step {
				text := texts[i]
				if !*thorough {
					text = text[:min(len(text), 100_000)]
				}
				sameCount(t, text)
				size += len(text)
			}
			t.Logf("%d bytes", size)
		})
	}
}

// pieces of strings that break splitters: runs of white space, line ends,
// contractions, cases, marks, digits, bad UTF-8, and what long runs are made of.
var splitting = []string{
	"a", "b", "A", "Z", "s", "ing", "tion", "the", "The", "THE", "ſ", "K", " ", " ", "  ", "    ", "\t", "\n", "\n\n", "\r\n", "\r", "\v", "\u0085", "\u00a0", "\u2028", "\u3000",
	"'", "'s", "'S", "'t", "'RE", "'ve", "'m", "'lL", "'d", "'ſ", "’s", "0", "12", "345", "²", "Ⅷ", "٣", "é", "É", "ß", "ǅ", "ʰ", "ª", "ა", "Ა", "e\u0301", "\u0301", "\u0e31", "\u20dd",
	"数", "学", "的", "，", "。", "ไทย", "हिन्दी", "한국", "ア", "ー", "😀", "👩‍🔬", "\u200d", "\ufe0f", "\ufffd", "\x00", "\x80", "\xb1", "1\xb1", "!\xa1", "a\xe1", "\xff", "\xc3", "\xe6\x95", "\xf0\x9f\x98", "\xed\xa0\x80",
	"/", "//", "!", "!!", ".", ",", "$", "\\", "{", "}", "_", "^", `\frac{1}{2}`, "<|endoftext|>", "-----", "=====", "aaaaaaaaaaaaaaaa", "                ", "{{{{{{{{", "supercalifragilistic",
}

func splittingString(r *rand.Rand, most int) string {
	var b strings.Builder
	some := splitting
	if r.IntN(2) == 0 { // A few of them, again and again.
		i := r.IntN(len(splitting) - 4)
		some = splitting[i : i+1+r.IntN(4)]
	}
	for range r.IntN(most) {
		b.WriteString(some[r.IntN(len(some))])
	}
	return b.String()
}

func TestCountIsTheOraclesOfRandomStrings(t *testing.T) {
	n := 3_000
	if *thorough {
		n = 1_000_000
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		sameCount(t, splittingString(r, 24))
	}
}

func TestCountIsTheOraclesOfAllRunes(t *testing.T) {
	step := 97
	if *thorough {
		step = 1
	}
	for i := 0; i <= unicode.MaxRune; i += step {
		r := rune(i)
		if !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C) && i%(16*step) != 0 {
			continue // Not assigned: some will do.
		}
		s := string(r)
		sameCount(t, s+"a"+s+"A"+s+s+"A1"+s+" "+s+"'"+s+"\n"+s+"!"+s+"'s"+s+"\t "+s+"' ")
	}
}

func TestCountIsTheOraclesOfLongRuns(t *testing.T) {
	for _, h := range hostileTexts(3_000) {
		t.Run(h.name, func(t *testing.T) { sameCount(t, h.text) })
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
		"\xff\xff":      {1, 1}, // As U+FFFD twice, for which there is a token.
		"\xff.\xff":     {3, 2},
	} {
		require.Equal(t, want, [2]int{O200k.Count(text), CL100k.Count(text)}, "%q", text)
	}
}

func TestCountDoesNotAllocate(t *testing.T) {
	c := O200k.counter()
	defer O200k.release(c)
	for _, h := range hostileTexts(5_000) {
		t.Run(h.name, func(t *testing.T) {
			require.Zero(t, testing.AllocsPerRun(5, func() { c.count(h.text) }))
		})
	}
	// A new counter takes four. The race detector has the pool forget one of four.
	require.LessOrEqual(t, testing.AllocsPerRun(100, func() { O200k.Count("number theory") }), 2.0)
}

func TestCountIsSafeForConcurrentUse(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var texts []string
	var want []int
	for range 300 {
		texts = append(texts, splittingString(r, 200))
		want = append(want, O200k.Count(texts[len(texts)-1]))
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for i, text := range texts {
				if got := O200k.Count(text); got != want[i] {
					t.Errorf("%d tokens, not %d, of %q", got, want[i], text)
				}
			}
		})
	}
	wait.Wait()
}

func FuzzCount(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		f.Add(splittingString(r, 12))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2_000 {
			t.Skip("the oracle takes time in the square of it")
		}
		sameCount(t, text)
	})
}
