package mind

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// What the patterns of the two encodings match, one match after the other, is
// known from the regular expressions themselves.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		text          string
		o200k, cl100k []string // Nil: as o200k.
	}{
		{"Let x be", []string{"Let", " x", " be"}, nil},
		{"camelCase HTMLPage", []string{"camel", "Case", " HTMLPage"}, []string{"camelCase", " HTMLPage"}},
		{"it's", []string{"it's"}, []string{"it", "'s"}},
		{"IT'LLx", []string{"IT'LL", "x"}, []string{"IT", "'LL", "x"}},
		{"it'ſ", []string{"it", "'ſ"}, nil},
		{"'tis", []string{"'tis"}, []string{"'t", "is"}},
		{"\u0301ABC", []string{"\u0301", "ABC"}, []string{"\u0301ABC"}},
		{"\u0301's", []string{"\u0301's"}, []string{"\u0301'", "s"}},
		{"\u0301", []string{"\u0301"}, nil},
		{"e\u0301a", []string{"e\u0301a"}, []string{"e", "\u0301a"}},
		{"中ABC", []string{"中", "ABC"}, []string{"中ABC"}},
		{"中ABCd", []string{"中ABCd"}, nil},
		{"ABʰC", []string{"ABʰ", "C"}, []string{"ABʰC"}},
		{"12345²", []string{"123", "45²"}, nil},
		{" 5", []string{" ", "5"}, nil},
		{" $x$.\n\n", []string{" $", "x", "$.\n\n"}, nil},
		{";\n//x", []string{";\n//", "x"}, []string{";\n", "//", "x"}},
		{"!!a", []string{"!!", "a"}, nil},
		{"!a", []string{"!a"}, nil},
		{"a   b", []string{"a", "  ", " b"}, nil},
		{"a   5", []string{"a", "  ", " ", "5"}, nil},
		{"a   ", []string{"a", "   "}, nil},
		{"a \n \n  b", []string{"a", " \n \n", " ", " b"}, nil},
		{"\u00a0\u2028b", []string{"\u00a0", "\u2028b"}, nil},
		{"\r\n\tb", []string{"\r\n", "\tb"}, nil},
		{"a\xffb", []string{"a", "\xffb"}, nil},
		{"，因此", []string{"，因此"}, nil},
	} {
		for _, e := range []Encoding{O200k, CL100k} {
			want := c.o200k
			if e == CL100k && c.cl100k != nil {
				want = c.cl100k
			}
			words := e.counter()
			// Twice: short texts do without the fast paths.
			for _, behind := range []string{"", "\n################"} {
				var got []string
				for at := 0; at < len(c.text); {
					end, _ := words.next(c.text+behind, at)
					got = append(got, c.text[at:min(end, len(c.text))])
					at = end
				}
				if last := c.text[len(c.text)-1]; behind == "" || last > ' ' && last != '.' {
					require.Equal(t, want, got, "%v of %q", e, c.text)
				}
			}
			e.release(words)
		}
	}
}

func TestClassesAreThoseOfUnicode(t *testing.T) {
	all := classes()
	for r := rune(0); r <= unicode.MaxRune; r += 1 + r>>16 { // All of the first plane, some of the others.
		end := r == '\r' || r == '\n'
		var want class
		for c, is := range map[class]bool{
			runeUpper:  unicode.In(r, unicode.Lu, unicode.Lt, unicode.Lm, unicode.Lo, unicode.M),
			runeLower:  unicode.In(r, unicode.Ll, unicode.Lm, unicode.Lo, unicode.M),
			runeLetter: unicode.IsLetter(r),
			runeNumber: unicode.IsNumber(r),
			runeSpace:  unicode.IsSpace(r),
			runeLead:   !end && !unicode.In(r, unicode.L, unicode.N),
			runeOther:  !unicode.IsSpace(r) && !unicode.In(r, unicode.L, unicode.N),
		} {
			if is {
				want |= c
			}
		}
		if want != all[r] {
			require.Equal(t, want, all[r], "%U", r)
		}
	}
}
