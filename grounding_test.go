package mind

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFinalAnswerIsFoundHoweverItIsWritten(t *testing.T) {
	for _, tt := range []struct {
		name, source, text string
		found              bool
	}{
		{"as it is", `\boxed{72}`, "It is 72.", true},
		{"a part of another number", `\boxed{72}`, "It is 172 or 720 or 7.2.", false},
		{"lost", `\boxed{72}`, "It is clear.", false},
		{"GSM8K's", "So 72.\n#### 72", "It is 72.", true},
		{"GSM8K's, lost", "So 72.\n#### 72", "It is 27.", false},
		{"the last of two boxes", `\boxed{1}, then \boxed{2}`, "It is 1.", false},
		{"fbox", `\fbox{2}`, "It is 2.", true},
		{"box without braces", `$\boxed 7$`, "It is 7.", true},
		{"nested", `\boxed{\frac{\sqrt{3}}{2}}`, `It is $\frac{\sqrt3}{2}$.`, true},
		{"nested, another", `\boxed{\frac{\sqrt{3}}{2}}`, `It is $\frac{\sqrt3}{3}$.`, false},
		{"a box that was cut", `The answer is \boxed{\frac{1`, "Nothing.", true},
		{"no answer", "We add.", "Nothing.", true},
		{"thousands", `\boxed{1260}`, "It is $1,260.", true},
		{"thousands in TeX", `\boxed{1{,}260}`, "It is 1260.", true},
		{"money", `\boxed{\$5.50}`, "It is $5.50.", true},
		{"unit", `\boxed{12\text{ cm}^2}`, "It is 12 square centimeters.", true},
		{"degrees", `\boxed{60^\circ}`, "It is 60°.", true},
		{"percent", `\boxed{50\%}`, "It is 50 percent.", true},
		{"percent for a half", `\boxed{\frac12}`, "It is 50%.", true},
		{"decimal for a fraction", `\boxed{\frac{3}{4}}`, "It is 0.75.", true},
		{"fraction in a line", `\boxed{\dfrac{3}{4}}`, "It is 3/4.", true},
		{"fraction upside down", `\boxed{\frac{3}{4}}`, `It is 4/3, or \frac43.`, false},
		{"no fraction", `\boxed{frac{3}{4}}`, "It is 0.75.", false},
		{"fraction of each kind", `\boxed{\cfrac{3}{4}}`, `It is \tfrac34.`, true},
		{"fraction in short form", `\boxed{\frac{36}{5}}`, `It is $\frac{36}5$.`, true},
		{"mixed number", `\boxed{\frac{36}{5}}`, `It is $7\frac15$.`, true},
		{"in words", `\boxed{72}`, "Seventy-two of them.", true},
		{"fraction in words", `\boxed{\frac{3}{4}}`, "It is three quarters.", true},
		{"fraction in words, another", `\boxed{\frac{3}{4}}`, "It is two thirds, or three-fifths.", false},
		{"twentieths", `\boxed{\frac{19}{20}}`, "It is nineteen twentieths.", true},
		{"fractions of one figure each", `\boxed{52}`, "It is $\\binom52$.", false},
		{"in large words", `\boxed{305}`, "Three hundred and five of them.", true},
		{"a dozen", `\boxed{12}`, "A dozen of them.", true},
		{"in Chinese", `\boxed{23}`, "一共有二十三只鸡。", true},
		{"in Chinese, another", `\boxed{23}`, "一共有三十二只鸡。", false},
		{"negative", `\boxed{-3}`, "So $x=-3$.", true},
		{"negative, with its own sign", `\boxed{-\frac{12}{13}}`, `So $\cos\theta=−\frac{12}{13}$.`, true},
		{"the sign lost", `\boxed{-3}`, "So $x=3$.", false},
		{"a sign too many", `\boxed{3}`, "So $x=-3$.", false},
		{"minus three", `\boxed{-3}`, "It is minus 3.", true},
		{"an operation is no sign", `\boxed{3}`, "We take 5 - 3.", true},
		{"radical", `\boxed{4\sqrt{3}}`, "It is $4 \\sqrt 3$.", true},
		{"radical in Unicode", `\boxed{4\sqrt{3}}`, "It is 4√3.", true},
		{"pi", `\boxed{25\pi}`, "It is 25π.", true},
		{"pi lost", `\boxed{25\pi}`, "It is 25.", false},
		{"interval", `\boxed{(-2,7)}`, `It is $\left( -2, 7 \right)$.`, true},
		{"interval, closed", `\boxed{(-2,7)}`, `It is $[-2,7]$.`, false},
		{"expression", `\boxed{\frac{3x+1}{x-2}}`, `It is \dfrac{3x + 1}{x - 2}.`, true},
		{"square", `\boxed{x^2+1}`, "It is x² + 1.", true},
		{"a part of another expression", `\boxed{x+1}`, "It is 2x+1, or x+12.", false},
		{"a word", `\boxed{\text{Friday}}`, "On friday.", true},
		{"another word", `\boxed{\text{Friday}}`, "On Thursday.", false},
		{"a letter", `\boxed{\text{(B)}}`, "It is (B).", true},
		{"a letter is no part of a word", `\boxed{B}`, "It is bad.", false},
		{"a list, apart", `\boxed{2, 5}`, "It is 2, and also 5.", true},
		{"a list, half of it", `\boxed{2, 5}`, "It is 2.", false},
		{"claimed", `\boxed{15}`, "So 15. The answer is 15.", true},
		{"claimed otherwise", `\boxed{15}`, "60 / 4 = 15, so the answer is 12.", false},
		{"claimed otherwise first", `\boxed{15}`, "Student: The answer is 12.\nTeacher: No.\nStudent: Then 15.", true},
		{"boxed otherwise", `\boxed{15}`, `So 15, and $\boxed{12}$.`, false},
		{"claimed in Chinese", `\boxed{15}`, "60÷4=15，答案是12。", false},
		{"no claim: a heading", `\boxed{15}`, "#### Turn 5\nAnn: It is 15.\n\n#### Turn 6\nBob: Fine.", true},
		{"no claim: a heading with a number", `\boxed{15}`, "Ann: It is 15.\n#### 2. Checking\nBob: Fine.", true},
		{"no claim: who answers", `\boxed{15}`, "Question: How many?\nAnswer: 15.\nQuestion: Why?\nAnswer: They are 3 rows.", true},
		{"no claim: it would be", `\boxed{15}`, "It is 15. If there were two more, the answer is 17.", true},
		{"no claim: how much more", `\boxed{15}`, "It is 15. Then the answer is 12 more.", true},
		{"no claim: a wrong one", `\boxed{15}`, "It is 15. A common wrong answer is 12.", true},
		{"claimed in bold", `\boxed{15}`, "So 15. The answer is **12**.", false},
		{"claimed as GSM8K does", `\boxed{15}`, "So 15.\n#### 12", false},
		{"claimed as final", `\boxed{15}`, "So 15. Final answer: 12", false},
		{"claimed as final, in bold", `\boxed{15}`, "So 15.\n**Final answer:** 12", false},
		{"a part of a long word", `\boxed{10}`, "It is forgotten, or unforgotten.", false},
		{"negative", `\boxed{-3}`, "It is negative 3.", true},
		{"a sign before braces", `\boxed{-3}`, "So $x=-{3}$.", true},
		{"seventeen", `\boxed{17}`, "Seventeen of them.", true},
		{"not seventeen", `\boxed{17}`, "Seventees and seventeeth, the same as seventee.", false},
		{"a long decimal", `\boxed{0.1234567890123456789}`, "It is 0.123456789012345678.", true},
		{"large figures", `\boxed{123456789012345678}`, "It is 123,456,789,012,345,678.", true},
		{"a time is no answer", `\boxed{15}`, "[10:15] Ann: I do not know.\n[10:16] Bob: Nor do I.", false},
		{"a header is no answer", `\boxed{15}`, "**Turn 15**\nAnn: I do not know.\n**Turn 16**\nBob: Nor do I.", false},
		{"half", `\boxed{\frac12}`, "It is exactly half.", true},
		{"a half in a word", `\boxed{\frac12}`, "The half-angle formula gives it, or a half-plane.", false},
		{"a third in a word", `\boxed{\frac13}`, "It is a third-degree equation.", false},
		{"one-half inch", `\boxed{\frac12}`, "A one-half-inch pipe.", true},
		{"one-half", `\boxed{\frac12}`, "It is one-half of them.", true},
		{"half in Chinese", `\boxed{\frac12}`, "正好是一半。", true},
		{"a third", `\boxed{\frac13}`, "It is a third of them.", true},
		{"a third person", `\boxed{\frac14}`, "It is a third of them.", false},
		{"millions", "#### 2,000,000", "It is 2 million.", true},
		{"millions in words", "#### 1500000", "It is one million five hundred thousand.", true},
		{"thousands and units", "#### 2020", "It is two thousand and twenty.", true},
		{"a list that looks like a number", `\boxed{100,120}`, "They are 100 and 120.", true},
		{"half of a list that looks like a number", `\boxed{100,120}`, "It is 100.", false},
		{"matrix", `\boxed{\begin{pmatrix} 17 \\ 39 \end{pmatrix}}`, "It is\n$$\n\\begin{bmatrix}17\\\\39\\end{bmatrix}.\n$$", true},
		{"matrix of one row", `\boxed{\begin{pmatrix} 17 \\ 39 \end{pmatrix}}`, "It is $\\begin{pmatrix}17&39\\end{pmatrix}$.", false},
		{"a sign for a half", `\boxed{4.5}`, "It is 4½ gallons.", true},
		{"a sign for a half, another", `\boxed{4.5}`, "It is 4¼ gallons, or 4² or 4°.", false},
		{"a sign alone", `\boxed{\frac23}`, "It is ⅔ of them.", true},
		{"and a half", `\boxed{4.5}`, "It is four and a half gallons.", true},
		{"and a half, behind figures", `\boxed{4.5}`, "It is 4 and a half gallons.", true},
		{"and three quarters", `\boxed{2.75}`, "It is two and three quarters.", true},
		{"and three quarters, behind figures", `\boxed{22.75}`, "It is 22 and three-quarters.", true},
		{"and a half of something else", `\boxed{4.5}`, "It is four and a half-plane, or four or a half.", false},
		{"and three quarters of another", `\boxed{4.75}`, "Of the four three quarters are red.", false},
		{"and more than one", `\boxed{4.5}`, "It is three and three halves.", false},
		{"a unit in Chinese", `#### 12只`, "有十二只。", true},
		{"a unit in Chinese, another number", `#### 12只`, "有13只。", false},
		{"ten thousands in Chinese", `#### 12万`, "有12只。", false},
		{"numbers with units", "#### 12只兔，23只鸡", "所以有12只兔。鸡有23只。", true},
		{"numbers with units, one lost", "#### 12只兔，23只鸡", "所以有12只兔。", false},
		{"numbers with units in words", "#### 12 rabbits and 23 chickens", "There are twelve rabbits, so the chickens are 23.", true},
		{"numbers with units in words, one lost", "#### 12 rabbits and 23 chickens", "There are twelve rabbits.", false},
		{"numbers with units, claimed otherwise", "#### 12 rabbits, 23 chickens", "12 rabbits, 23 chickens? No, the answer is 12 rabbits, 22 chickens.", false},
		{"no list of numbers", "#### x = 12, y = 23", "They are 12 and 23.", false},
		{"no claim: nothing that may be an answer", `\boxed{15}`, "It is 15. The answer is right.", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.text, Source: tt.source}.Filter(FinalAnswer)
			require.Equal(t, tt.found, d.Reject == "", d.Reject)
		})
	}
}

func TestALongFinalAnswerIsLookedForInLinearTime(t *testing.T) {
	for _, s := range []string{"a", "ab ", "+a", "1", `\\`, `\frac{`} {
		linear(t, s, 1<<18, func(size int) {
			d := Dialogue{Text: strings.Repeat(s, size/len(s)), Source: `\boxed{a` + strings.Repeat(s, size/2/len(s)) + "}"}
			_ = FinalAnswer.Check(&d)
		})
	}
}

func TestGroundingSaysWhatIsMissing(t *testing.T) {
	const source = "A rope of 48 meters costs 36 dollars, one of 64 meters 45 dollars, one of 80 meters 52 dollars."
	for _, tt := range []struct{ name, source, text, reject string }{
		{"all there", source, "48, 36, 64, 45, 80, 52", ""},
		{"enough there", source, "The rope of 48 meters costs thirty-six dollars.", ""},
		{"nearly none", source, "The one of 48 meters is cheap.", "grounding: 1 of 6 numbers of the source found, less than 0.25"},
		{"few in the source", "48 meters for 36 dollars", "The rope is cheap.", ""},
		{"invented", source, "48 meters, 36 dollars, 64 meters; 11, 13, 17, 19, 23, 29, 31, 37", "grounding: 8 of 11 numbers are not in the source, more than 0.60"},
		{"a table of one's own", source, "48 meters, 36 dollars; 11, 13, 17, 19, 23, 29, 31", ""},
		{"times and headers are not said", source, "[10:32] A: 48 meters\n[10:43] B: 36 dollars\n[11:54] A: Yes.\n[12:57] B: So?\n[13:58] A: 64 meters.\n[14:59] B: Yes.", ""},
		{"small numbers are for counting", source, "48 meters, 36 dollars; 1, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10", ""},
		{"reckoned", source, "48 + 64 = 112, 112 + 80 = 192, 36 + 45 = 81, 81 + 52 = 133, 133 - 112 is 21.", ""},
		{"reckoned from invented ones", source, "48 and 36: 71 + 73 = 144, 144 + 79 = 223, 223 + 83 = 306, 306 + 89 = 395.", "grounding: 9 of 11 numbers are not in the source, more than 0.60"},
		{"the answer first", source + "\n#### 133", "The one of 48 meters is cheap.", "grounding: answer 133 not found"},
		{"reckoned once, however often it is said", source, "48 and 36; 112, 11, 13, 17, 19, 23, 29, 31; 48 + 64 = 112; 112, 112, 112, 112, 112, 112", ""},
		{"a list by equal steps", source, "48 and 36; 2, 5, 8, 11, 14, 17; 3、8、13、18、23; 4, 13, 22, 31", ""},
		{"a list in Chinese by equal steps", source, "48 and 36; 3、8、13、18、23、28、33、38、43、48、53", ""},
		{"a list by other steps", source, "48, 36; 2, 5, 11, 14, 19, 22, 27; 3, 8, 12, 17, 21", "grounding: 8 of 10 numbers are not in the source, more than 0.60"},
		{"no list", source, "48 and 36; 2 and 7, so 12 or 17 or 22; 4 and 13, then 22; 8 and 19 and 31; 9 for 23 of 37", "grounding: 8 of 10 numbers are not in the source, more than 0.60"},
		{"drawings are not said", source + " [asy] draw((11,12)--(13,14)--(15,16)--(17,18)--(19,20)--(21,22)--(23,24)); [/asy]", "48 and 36 and 64", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.reject, Dialogue{Text: tt.text, Source: tt.source}.Filter(Grounding(GroundingLimits{})).Reject)
		})
	}
	d := Dialogue{Text: "The one of 48 meters is cheap.", Source: source}
	require.Empty(t, d.Filter(Grounding(GroundingLimits{Found: -1})).Reject)
	require.Empty(t, Dialogue{Text: "11, 13, 17, 19, 23, 29, 31, 37, 48, 36", Source: source}.Filter(Grounding(GroundingLimits{Invented: -1})).Reject)
}

// No filter may bring down a run, whatever a model writes; and each says the
// same of the same answer.
func FuzzStrictFilters(f *testing.F) {
	f.Add("Anna: $\\frac{1}{2}$ is 0.5, \\boxed{\\dfrac 12}.\nBert: 一半。", "Half? #### 1/2")
	f.Add("**Turn 1** A: 1,000 {,} \\[x\\] ```", "\\boxed{-\\frac{12}{13}\\text{ cm}}")
	f.Add("\\frac{{}}}{", "\\boxed{\\sqrt[3]{x},2}")
	f.Fuzz(func(t *testing.T, answer, source string) {
		for _, filter := range StrictFilters() {
			a := Dialogue{Text: answer, Source: source}
			b := a
			require.Equal(t, filter.Check(&a), filter.Check(&b))
			require.Equal(t, a, b)
		}
	})
}
