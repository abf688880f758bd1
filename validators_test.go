package mind

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const fourTurns = "Teacher: What is $12+30$?\nStudent: It is $42$.\nTeacher: And why?\nStudent: Because $10+30=40$."

func TestTurnCount(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		limits     TurnLimits
		reject     string
	}{
		{"four turns", fourTurns, TurnLimits{}, ""},
		{"three", "A: a\nB: b\nA: c", TurnLimits{}, "turns: 3, fewer than 4"},
		{"more wanted", fourTurns, TurnLimits{Turns: 5}, "turns: 4, fewer than 5"},
		{"prose", "We add. It is four.", TurnLimits{}, "turns: nobody speaks"},
		{"JSON", `{"dialogue":[{"speaker":"Teacher","text":"a"}]}`, TurnLimits{}, "turns: JSON, where a dialogue has lines of text"},
		{"JSON in a list", `[{"Teacher":"a"},{"Student":"b"}]`, TurnLimits{}, "turns: JSON, where a dialogue has lines of text"},
		{"JSON lines in a block", "Here it is\n```json\n{\"Teacher\": \"a\"}\n{\"Student\": \"b\"}\n```", TurnLimits{}, "turns: JSON, where a dialogue has lines of text"},
		{"begins as JSON does", "[We add.", TurnLimits{}, "turns: nobody speaks"},
		{"alone", "Teacher: a\nTeacher: b\nTEACHER: c\nTeacher: d", TurnLimits{}, "turns: Teacher speaks alone"},
		{"a third speaker wanted", fourTurns, TurnLimits{Speakers: 3}, "turns: 2 speakers, fewer than 3"},
		{"an empty one", "Teacher: a\nStudent:\nTeacher: b\nStudent: c", TurnLimits{}, "turns: turn 2, of Student, is empty"},
		{"a lecture", "Teacher: " + strings.Repeat("and so on ", 20) + "\nStudent: I see.\nTeacher: a\nStudent: b", TurnLimits{}, "turns: Teacher says 0.97 of it, more than 0.85"},
		{"a lecture that may be", "Teacher: " + strings.Repeat("and so on ", 20) + "\nStudent: I see.\nTeacher: a\nStudent: b", TurnLimits{Share: 1}, ""},
		{"starts with the answer", "I am glad to be here.\n\nHost: a?\nGuest: b.\nHost: c?\nGuest: d.", TurnLimits{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.reject, Dialogue{Text: tt.text}.Filter(TurnCount(tt.limits)).Reject)
		})
	}
}

func TestRatio(t *testing.T) {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("one ", n)) }
	for _, tt := range []struct {
		name           string
		answer, source int
		min, max       float64
		reject         string
	}{
		{"as long", 100, 100, 0, 0, ""},
		{"a summary", 29, 100, 0, 0, "ratio: 0.29 tokens for one of the source, fewer than 0.3"},
		{"just no summary", 30, 100, 0, 0, ""},
		{"chatter", 801, 100, 0, 0, "ratio: 8.01 tokens for one of the source, more than 8"},
		{"just no chatter", 800, 100, 0, 0, ""},
		{"another limit", 199, 100, 2, 3, "ratio: 1.99 tokens for one of the source, fewer than 2"},
		{"off", 1, 100, -1, -1, ""},
		{"no source", 1, 0, 0, 0, ""},
		{"more than bytes", 40, 10, 3.9, 4, ""},
		{"one more", 41, 10, 3.9, 4, "ratio: 4.10 tokens for one of the source, more than 4"},
		{"one less", 38, 10, 3.9, 4, "ratio: 3.80 tokens for one of the source, fewer than 3.9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: words(tt.answer), Source: words(tt.source)}.Filter(Ratio(tt.min, tt.max))
			require.Equal(t, tt.reject, d.Reject)
		})
	}
}

// What saves the counting must never be more than the tokens.
func FuzzPiecesAreNoMoreThanTokens(f *testing.F) {
	f.Add("$x={a}$, (b) \\\\frac12-'s' 'S ''t //\n/ a/b \u00a0! 5% ... \"Yes,\" he said: no!\n")
	f.Add("”, ”. ”) “( …” 。” ）， ——- !” ?!” ，。")
	f.Add("Teacher: what is\u00a0$2 + 2$?\r\n\tStudent: 4 .\n\n..\n x's \v'S 1 2")
	f.Add("a //\n// b ;\r\n\n/ \u00a0 \u00a0 \u00a0 \u00a0 】,【 。',\n")
	f.Add("it's 12345 x2y \\frac{1}{2} état don''t a\u0301b")
	f.Fuzz(func(t *testing.T, s string) {
		n, p := O200k.Count(s), pieces(s, math.Inf(1))
		if p > n {
			t.Fatalf("%q has %d tokens and %d pieces", s, n, p)
		}
		if enough := (p + 1) / 2; pieces(s, float64(enough)) < enough {
			t.Fatalf("%q has %d pieces and less than half of them", s, p)
		}
		for most := n - 2; most <= n+2; most++ {
			if O200k.within(s, most) != (n <= most) {
				t.Fatalf("%q has %d tokens, and more or less than %d", s, n, most)
			}
		}
	})
}

// Nor are they where a token stands alone, whatever it is made of.
func TestPiecesOfEachTokenAreNoMoreThanTokens(t *testing.T) {
	v := vocabularies[O200k]()
	for _, token := range v.tokens {
		s := string(v.text[token.begin : token.begin+token.size])
		if n, p := O200k.Count(s), pieces(s, math.Inf(1)); p > n {
			t.Errorf("%q has %d tokens and %d pieces", s, n, p)
		}
	}
}

func TestRepetition(t *testing.T) {
	varied := "Teacher: We start with the first number and add the second one to it.\nStudent: Which of them is larger, and does that matter here at all?\n" +
		"Teacher: It does not, since addition works in any order that you like.\nStudent: Then I would rather begin with twelve, because it is easier for me.\n" +
		"Teacher: Good idea, so how far do you get when you count on from there?\nStudent: Exactly to forty two, which must be what they ask for."
	for _, tt := range []struct {
		name, text, source string
		limits             RepetitionLimits
		reject             string
	}{
		{"varied", varied, "", RepetitionLimits{}, ""},
		{"a sequence said twice", varied + "\nA: So completely different mathematical considerations apply.\nB: But completely different mathematical considerations matter.", "", RepetitionLimits{Top: [3]float64{1, 1, 0.05}}, ""},
		{"a sequence said three times", varied + "\nA: So completely different mathematical considerations apply.\nB: But completely different mathematical considerations matter.\nA: Are completely different mathematical considerations good?", "", RepetitionLimits{Top: [3]float64{1, 1, 0.05}}, "0.24 of the text is one sequence of 4 words, more than 0.05"},
		{"some lines", strings.Repeat("A: Yes.\n", 3) + varied, "", RepetitionLimits{}, ""},
		{"more lines", strings.Repeat("A: Yes.\n", 4) + "B: No.\nC: Why?\nA: So.\nB: Oh.", "", RepetitionLimits{}, "3 of 8 lines are repeated, more than 0.30"},
		{"long lines", varied + "\n" + strings.Repeat("A: Let us look at all of this a second time, from its beginning to its end.\n", 3), "", RepetitionLimits{}, "0.23 of the characters are in repeated lines, more than 0.20"},
		{"characters, not bytes", strings.Repeat("我们再看一遍。\n", 2) + "A line of as many bytes as three of others, which are no more than eight characters long", "", RepetitionLimits{Lines: 1, LineChars: 0.08}, ""},
		{"lines that end in nothing that is seen", varied + "\na\x00\na\x00\x00\na", "", RepetitionLimits{Lines: 0.01}, ""},
		{"names alone are no lines", "### A\none\n### B\ntwo\n### A\nthree\n### B\nfour\n### A\nfive", "", RepetitionLimits{}, ""},
		{"a block at once", varied + "\n" + varied, "", RepetitionLimits{Lines: 1, LineChars: 1}, `a block of 75 words is repeated at once: "We start with the first number and add t…"`},
		{"a block of formulas", varied + "\nTeacher:" + strings.Repeat(` $x_1+x_2=17$, $x_1-x_2=18$, $x_2+x_3=19$, $x_2-x_3=21$, $x_3+x_4=22$, $x_3-x_4=23$, $x_4+x_5=24$, $x_4-x_5=25$`, 2), "", RepetitionLimits{}, `a block of 8 words is repeated at once: "$x_1+x_2=17$, $x_1-x_2=18$, $x_2+x_3=19$…"`},
		{"too short to be asked about sequences", "Anna: Yes, no.\nBert: Yes, no?\nAnna: Oh yes, no.\nBert: Then yes, no.", "", RepetitionLimits{}, ""},
		{"a short block many times", varied + "\nTeacher:" + strings.Repeat(" and so on it goes", 15), "", RepetitionLimits{Top: [3]float64{1, 1, 1}}, `a block of 30 words is repeated at once: "and so on it goes and so on it goes and …"`},
		{"a phrase", varied + "\nTeacher:" + strings.Repeat(" I say yes, you say no.", 4) + "\nStudent: Why?", "", RepetitionLimits{Block: -1}, "0.13 of the text is in repeated sequences of 9 words, more than 0.11"},
		{"a word pair all the time", varied + strings.Repeat("\nTeacher: Big deal, no?\nStudent: No big deal.\nTeacher: Why big deal?\nStudent: What big deal?", 3), "", RepetitionLimits{Lines: 1, LineChars: 1, Block: -1}, "0.21 of the text is one sequence of 2 words, more than 0.20"},
		{"the names of the speakers", strings.ReplaceAll(strings.ReplaceAll(varied, "Teacher", "Professor Maria Santos of Lisbon"), "Student", "Professor John Smith of London"), "", RepetitionLimits{}, ""},
		{"formulas", strings.NewReplacer("first", `$\frac{a^2+b^2+c^2}{a+b+c}=0$`, "order", `$\frac{a^2+b^2+c^2}{a+b+c}=0$`, "twelve", `$\frac{a^2+b^2+c^2}{a+b+c}=0$`, "forty", `$\frac{a^2+b^2+c^2}{a+b+c}=0$`).Replace(varied), "", RepetitionLimits{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.text, Source: tt.source}
			err := Repetition(tt.limits).Check(&d)
			if tt.reject == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.reject)
		})
	}
}

// A dialogue may read out its text, and come back to it once.
func TestRepetitionAllowsQuotingTheSource(t *testing.T) {
	source := "A gardener plants tulips in seven rows and wants every row to have four more bulbs than the one before it."
	text := "Teacher: " + source + "\nStudent: How many are in the first row, do we know that, or is it what they ask us to find?\nTeacher: Let me read it to you again. " + source +
		"\nStudent: They do not say, so we should give it a letter and see what follows from that."
	require.Empty(t, Dialogue{Text: text, Source: source}.Filter(Repetition(RepetitionLimits{})).Reject)
	require.Contains(t, Dialogue{Text: text, Source: "Tulips."}.Filter(Repetition(RepetitionLimits{})).Reject, "repetition: ")
}

// A source that has all pairs of words of a phrase does not have the phrase.
func TestRepetitionOfWhatTheSourceHasInPieces(t *testing.T) {
	source := strings.Repeat("The small. Small black! Black cat? Cat sat; sat down, down the. ", 12)
	words := make([]string, 60)
	for i := range words {
		words[i] = string([]byte{'a' + byte(i/20), 'a' + byte(i%20), 'z'})
	}
	text := strings.Join(words, " ")
	for i := range 9 {
		text = strings.Replace(text, words[6*i], words[6*i+1]+" the small black cat sat down "+words[6*i], 1) // Each time with others around it.
	}
	require.Equal(t, "repetition: 0.28 of the text is one sequence of 3 words, more than 0.18", Dialogue{Text: text, Source: source}.Filter(Repetition(RepetitionLimits{})).Reject)
}

// What saves the reading of the source must never leave out what checkWords would
// object to, nor what saves looking for blocks a block.
func TestNoDoubtIsNoRepetition(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	objected, spared := 0, 0
	for range 400 {
		// Words of few or of many others, and at the end some from the beginning again.
		var text, source []string
		kinds := 5 + r.IntN(200)
		for range 50 + r.IntN(20) {
			text = append(text, strings.Repeat(string(rune('a'+r.IntN(26))), 1+r.IntN(kinds)/20)+strconv.Itoa(r.IntN(kinds)))
		}
		for range r.IntN(3) {
			text = append(text, text[:r.IntN(20)]...)
		}
		if r.IntN(2) == 0 {
			source = text[r.IntN(20):40]
		}
		ws := func(words []string) []word {
			all := strings.Join(words, " ")
			return appendWords(nil, all, 0, len(all), true)
		}
		var table hashTable
		for n := 2; n <= 10; n++ {
			for _, limit := range []float64{0.01, 0.05, 0.1, 0.2, 0.5} {
				l := RepetitionLimits{Top: [3]float64{1, 1, 1}, Duplicate: [6]float64{1, 1, 1, 1, 1, 1}, Block: 1}
				if n < 5 {
					l.Top[n-2] = limit
				} else {
					l.Duplicate[n-5] = limit
				}
				longest, doubt := l.comeBack(ws(text), &table)
				if err := l.checkWords(ws(text), ws(source), longest, &table); err != nil {
					objected++
					require.True(t, doubt, "%v: %v", text, err)
				}
				if !doubt {
					spared++
				}
				if err := l.checkBlock(strings.Join(text, " "), ws(text), &table); err != nil {
					require.GreaterOrEqual(t, longest, blockWords, "%v: %v", text, err)
				}
			}
		}
	}
	require.Greater(t, min(objected, spared), 1000)
}

func TestCopy(t *testing.T) {
	const source = "The pigeonhole principle says that if more objects than boxes are distributed, then some box holds at least two of them, which proves surprising things about people, months and points."
	for _, tt := range []struct{ name, text, reject string }{
		{"the source", source, "1.00 of it is one run of the source, more than 0.90"},
		{"with names in it", "Anna: The pigeonhole principle says that if more objects than boxes are distributed,\nBert: then some box holds at least two of them,\nAnna: WHICH proves surprising things about people, months and points.", "1.00 of it is one run of the source, more than 0.90"},
		{"a part of it", "Anna: if more objects than boxes are distributed, then some box holds at least two of them", "1.00 of it is one run of the source, more than 0.90"},
		{"with a word before and behind", "Anna: Listen: The pigeonhole principle says that if more objects than boxes are distributed, then some box holds at least two of them. Really?", "0.91 of it is one run of the source, more than 0.90"},
		{"about it", "Anna: What does the pigeonhole principle say?\nBert: That some box has two objects, if there are more objects than boxes.", ""},
		{"quoted in a talk", "Anna: Let me read it. " + source + "\nBert: That is long. What does it mean for a class of thirty, in which everybody has a birthday in some month?\nAnna: Two of them share it.", ""},
		{"about something else in its words", "Anna: Have you seen the boxes, which boxes, what boxes?\nBert: The boxes stand behind the house, boxes next to boxes, next to the old tree.", "off topic: 1 of 13 words of the source, less than 0.10"},
		{"about something else", "Anna: Have you seen my bicycle?\nBert: It stands behind the house, next to the old tree.", "off topic: 0 of 13 words of the source, less than 0.10"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.text, Source: source}
			err := Copy(CopyLimits{}).Check(&d)
			if tt.reject == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.reject)
		})
	}
	d := Dialogue{Text: source}
	require.NoError(t, Copy(CopyLimits{}).Check(&d), "no source")
}

// The middle of an answer, which longestRun looks for, finds all runs that are
// more than the limit, those of answers of a word or two, too.
func TestLongestRunIsFound(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	words := func(n int) (ws []word) {
		for range r.IntN(n + 1) {
			ws = append(ws, word{hash: uint64(r.IntN(3))})
		}
		return ws
	}
	over := 0
	for range 20000 {
		source := words(30)
		from := r.IntN(len(source) + 1)
		answer := slices.Concat(words(2), source[from:from+r.IntN(len(source)-from+1)], words(2))
		longest := 0
		for i := range answer {
			for k := range source {
				n := 0
				for i+n < len(answer) && k+n < len(source) && answer[i+n].hash == source[k+n].hash {
					n++
				}
				longest = max(longest, n)
			}
		}
		share := float64(longest) / float64(max(len(answer), 1))
		for _, limit := range []float64{0.5, 0.6, 0.9, 1, 2} {
			if share > limit {
				over++
			}
			require.Equal(t, share > limit, longestRun(answer, source, limit) > limit, "%v of %v in %v", share, answer, source)
		}
	}
	require.Greater(t, over, 10000)
}

func TestForm(t *testing.T) {
	const english = "Problem: the gardener plants tulips in seven rows"
	for _, tt := range []struct{ name, text, source, reject string }{
		{"sound", `A: $a$, $$b$$, \(c\), \[d\], \begin{align}x\\[2pt]y\end{align}, {e}, \{, \$`, english, ""},
		{"money", "A: $5 and $10.50, or $ 3, and 20$ a piece.", english, ""},
		{"money and mathematics", `A: For $5 he gets $\frac{1}{2}$ of it.`, english, ""},
		{"money before a formula in bold", "A: One is $5, so what do **$n$** cost? For ($n$) of them, $5n$.", english, ""},
		{"the sign itself", "A: It is 18, and do not forget the $ sign.", english, ""},
		{"spaces within", `A: Since $ x $ is $ y $, we are done.`, english, ""},
		{"a dollar too few", `A: Since $x=\frac12, we are done.`, english, `a $ without its other: "A: Since $x=\\frac12, we "`},
		{"closed in another turn", "Anna: Since $x\nBert: y$, we are done.", english, `a $ without its other: "Since $x\n"`},
		{"a brace too few", `A: $\frac{1}{2$`, english, "1 braces are not closed"},
		{"a brace too many", `A: $\frac{1}}{2}$`, english, `a } closes nothing: "A: $\\frac{1}}"`},
		{"display not closed", `A: \[x=1`, english, `\] is missing`},
		{"display closed twice", `A: \[x\]\]`, english, `a \] closes nothing: "A: \\[x\\]\\]"`},
		{"environment not closed", `A: \begin{align}x`, english, `\end{align} is missing`},
		{"environments crossed", `A: \begin{a}\begin{b}\end{a}\end{b}`, english, `\end{a} closes nothing`},
		{"fence", "A: so\n```\nx {", english, "a code fence is not closed"},
		{"code is not looked into", "A: so\n```\nif x { $y\n```\nB: `{$`", english, ""},
		{"lost bytes", "A: it\uFFFDs", english, "1 replacement characters"},
		{"cut off at an operator", "Ann: What is it?\nBob: So the total is 3 +", english, `cut off at "So the total is 3 +"`},
		{"cut off at an equals sign", "Ann: What is it?\nBob: **So $x$ =**\n", english, `cut off at "**So $x$ ="`},
		{"cut off at a comma", "Ann: What is it?\nBob: First,", english, `cut off at "First,"`},
		{"cut off in Chinese", "甲：是多少？\n乙：首先，", "题目：花匠种郁金香。", `cut off at "首先，"`},
		{"a grade", "Ann: What is it?\nBob: An A+", english, ""},
		{"prose", "We begin with the", english, ""},
		{"a rule at the end", "Ann: What is it?\nBob: It is 4.\n\n=====", english, ""},
		{"cut off before a formula", "Ann: What is it?\nBob: It is this:", english, `cut off at "It is this:"`},
		{"cut off at a bracket", "Ann: What is it?\nBob: Three (", english, `cut off at "Three ("`},
		{"cut off at an article", "Ann: What is it?\nBob: (Let me see.)\nAnn: So?\nBob: It is half of the", english, `cut off at "It is half of the"`},
		{"no stops at all", "Ann: what is it\nBob: the one that we call the", english, ""},
		{"units, farewells and grades need no stop", "Ann: What is it?\nBob: So $x=4$.\nAnn: Is it the grade of an A+\nBob: 12 liters :(", english, ""},
		{"a name that says nothing is for another filter", "Ann: What is it?\nBob:", english, ""},
		{"another script", "甲：花匠在七行里种郁金香，每行比前一行多四株。\n乙：我们一起来算一算吧。", english, "0.00 of the letters are Latin, as the source is, less than 0.70"},
		{"terms of another script", "老师：我们用 Python 来计算这个问题，先写一个函数，然后调用它。", "题目：花匠在七行里种郁金香，每行比前一行多四株，一共有多少株？", ""},
		{"a source of formulas has no script", "甲：花匠在七行里种郁金香。乙：我们一起来算一算吧。", "$x+y=2$, $abc=def$, $ghi$", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.text, Source: tt.source}
			err := Form.Check(&d)
			if tt.reject == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.reject)
		})
	}
}

// Every filter takes time in proportion to what is hard for one of them. Two have
// their time from others: tokens and ratio count tokens.
func TestFiltersAreLinear(t *testing.T) {
	for _, s := range []string{"a", "a ", "ab ", "A: b\n", "$", "$a", "$a ", `\(`, `\[`, "$$", `\begin{a}`, `\begin{a}\end{a}`, "{", "`", "```", "```\n", "<", "<|a", "<think>", "<think></think>", "</think>", "A: <think> ", "A: b</think>", "`</think>`", "[THINK]", "<dialogue>", "```\nA: b\n", "{}", "The user wants a chat.\n\n", "[insert ", "Title: a\n", "# Debate\n", "**Debate**\n# Debate\n", " into a", "the text into a chat ", "Ann\na\n\n", "½", "1½", "4 and a half ", "1, 2, 3, ", "1、", "[Name]: ", "A: b\nUser: c\n", "User: c\nAI: d\n", "<|channel|>final<|message|>", "◁think▷\n",
		`\frac`, `\frac{`, `\boxed{`, "#### 1\n", "The answer is 1. ", "1,000,", "1/", "one hundred ", "二十", "<<", "[asy]", "[INST", "\n\nI hope this conversation helps.", "Here is the dialogue:\n", "，", "é"} {
		for where, dialogue := range map[string]func(text string) Dialogue{
			"text":   func(text string) Dialogue { return Dialogue{Text: text, Source: "A text about 12 tulips. #### 12"} },
			"both":   func(text string) Dialogue { return Dialogue{Text: text, Source: text} },
			"source": func(text string) Dialogue { return Dialogue{Text: "A: b\nB: c", Source: text} },
		} {
			for _, f := range StrictFilters() {
				if f.Name == "tokens" || f.Name == "ratio" {
					continue
				}
				linear(t, fmt.Sprintf("%s of %q as %s", f.Name, s, where), 1<<17, func(size int) {
					d := dialogue(strings.Repeat(s, size/len(s)))
					_ = f.Check(&d)
				})
			}
		}
	}
}
