package mind

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// wordsOf are the words of text, with hashes as numbers in the order in which
// they come first.
func wordsOf(text string, formulas bool) (words []string) {
	ids := map[uint64]int{}
	for _, w := range appendWords(nil, text, 0, len(text), formulas) {
		if _, ok := ids[w.hash]; !ok {
			ids[w.hash] = len(ids)
		}
		words = append(words, fmt.Sprint(text[w.from:w.to], ids[w.hash]))
	}
	return words
}

func TestWordsOfText(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		formulas   bool
		want       []string
	}{
		{"case and place do not count", "one ONE, (One)", false, []string{"one0", "ONE0", "One0"}},
		{"long ones", "Multiplications multiplication multiplicationS", false, []string{"Multiplications0", "multiplication1", "multiplicationS0"}},
		{"of eight letters", "thousand thousands THOUSAND", false, []string{"thousand0", "thousands1", "THOUSAND0"}},
		{"beyond ASCII", "été ÉTÉ eté naïve NAÏVE noïve \u212Aelvin kelvin", false, []string{"été0", "ÉTÉ0", "eté1", "naïve2", "NAÏVE2", "noïve3", "\u212Aelvin4", "kelvin4"}},
		{"a quotation mark ends one", "it’s it", false, []string{"it0", "s1", "it0"}},
		{"figures", "12 012 123456789 12", false, []string{"120", "0121", "1234567892", "120"}},
		{"commands have case", `\pi \Pi pi \\ \$`, false, []string{`\pi0`, `\Pi1`, "pi2"}},
		{"a character is a word", "背景是景", false, []string{"背0", "景1", "是2", "景1"}},
		{"no character is an English word", "of 景 the best", false, []string{"of0", "景1", "the2", "best3"}}, // U+666F, which is "of".
		{"formulas", "so $a + b$ and $a+b$, $5", true, []string{"so0", "$a + b$1", "and2", "$a+b$1", "53"}},
		{"formulas as words", "so $a + b$", false, []string{"so0", "a1", "b2"}},
		{"displays", `\[x\] \(x\) $$x$$ \[y`, true, []string{`\[x\]0`, `\(x\)1`, "$$x$$2", "y3"}},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, wordsOf(tt.text, tt.formulas)) })
	}
}

// Words end where they are told to, and are the same at the end of a text as
// within it.
func TestWordsEndWithTheirPart(t *testing.T) {
	const text = "thirteen thirteenth"
	for to := range len(text) + 1 {
		inside := appendWords(nil, text, 0, to, false)
		require.Equal(t, appendWords(nil, strings.Clone(text[:to]), 0, to, false), inside)
		require.Equal(t, appendWords(nil, text[:to]+" ", 0, to+1, false), inside)
	}
}

// Lines are told apart by their hashes alone, however long and alike they are.
func TestHashOfLongLines(t *testing.T) {
	seen := map[uint64]string{}
	for n := range 300 {
		for _, unit := range []string{"12345678", "abcdefgh", "--------", "ab"} {
			for _, s := range []string{"", "12345678", "abcdefgh"} {
				for _, line := range []string{s + strings.Repeat(unit, n), strings.Repeat(unit, n) + s} {
					h := hashOf(line)
					if same, ok := seen[h]; ok {
						require.Equal(t, same, line)
					}
					seen[h] = line
				}
			}
		}
	}
}

func TestHashTable(t *testing.T) {
	var table hashTable
	for round := range 3 {
		table.reset(100)
		for i := range 100 {
			hash := mix(uint64(i % 50))
			require.Equal(t, i >= 50, table.find(hash) != nil, "round %d", round)
			*table.at(hash)++
			require.EqualValues(t, i/50+1, *table.find(hash))
		}
	}
}
