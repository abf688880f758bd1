package mind

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readLines decodes a file of testdata with a JSON value a line.
func readLines[T any](t testing.TB, name string) (all []T) {
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var v T
		require.NoError(t, json.Unmarshal(s.Bytes(), &v))
		all = append(all, v)
	}
	return all
}

func TestTurnsReadsEveryForm(t *testing.T) {
	type written struct {
		Name, Answer string
		Turns        []Turn
	}
	all := readLines[written](t, "testdata/turns.jsonl")
	require.GreaterOrEqual(t, len(all), 60)
	for _, w := range all {
		t.Run(w.Name, func(t *testing.T) { require.Equal(t, w.Turns, Turns(w.Answer), w.Answer) })
	}
}

func TestTurnsReadsNamesBehindPictures(t *testing.T) {
	want := []Turn{{"Teacher", "a"}, {"Student", "b"}, {"Teacher", "c"}, {"Student", "d"}}
	for _, form := range []string{"🧑‍🏫 Teacher: a\n👩🏽‍🎓 Student: b\n🧑‍🏫 Teacher: c\n👩🏽‍🎓 Student: d",
		"**🧑‍🏫 Teacher:** a\n\n**🎓 Student:** b\n\n**🧑‍🏫 Teacher:** c\n\n**🎓 Student:** d", "🧑‍🏫 **Teacher:** a\n🎓 **Student:** b\n🧑‍🏫 **Teacher:** c\n🎓 **Student:** d"} {
		require.Equal(t, want, Turns(form), form)
	}
}

func TestTurnsReadsNamesInBrackets(t *testing.T) {
	want := []Turn{{"Teacher", "a"}, {"Student", "b"}, {"Teacher", "c"}, {"Student", "d"}}
	for _, form := range []string{"[%s]: %s\n", "**[%s]:** %s\n", "**[%s]**: %s\n", "【%s】：%s\n"} {
		text := fmt.Sprintf(strings.Repeat(form, 4), "Teacher", "a", "Student", "b", "Teacher", "c", "Student", "d")
		require.Equal(t, want, Turns(text), text)
	}
	require.Equal(t, []Turn{{"Teacher", "a\nReason: c"}, {"Student", "b"}}, Turns("**[Teacher]:** a\nReason: c\n**[Student]:** b"), "what is not bold is no name")
	require.Equal(t, []Turn{{"", "**[Teacher] a**"}}, Turns("**[Teacher] a**"))
}

func TestTurnsReadsNumberedNames(t *testing.T) {
	want := []Turn{{"Student #1", "a"}, {"Student #2", "b\nCase #1: c"}, {"Student #1", "d"}, {"Student #2", "e\nCase #1: f"}}
	for _, form := range []string{"%s: %s\n", "**%s:** %s\n\n"} {
		text := fmt.Sprintf(strings.Repeat(form, 4), "Student #1", "a", "Student #2", "b\nCase #1: c", "Student #1", "d", "Student #2", "e\nCase #1: f")
		require.Equal(t, want, Turns(text), text)
	}
}

// Names without any sign are names where two come back.
func TestTurnsReadsNamesAloneOnTheirLines(t *testing.T) {
	const text = "Student 1\nWhat is it?\nPrimes: $2 + 2$.\n\nStudent 2\nIt is 4.\n\nStudent 1\nSure?\n\nSquares\nalone.\n\nStudent 2\nYes."
	require.Equal(t, []Turn{{"Student 1", "What is it?\nPrimes: $2 + 2$."}, {"Student 2", "It is 4."}, {"Student 1", "Sure?\n\nSquares\nalone."}, {"Student 2", "Yes."}}, Turns(text))
	require.Equal(t, []Turn{{"老师", "一"}, {"学生", "二"}, {"老师", "三"}, {"学生", "四"}}, Turns("老师\r\n一\r\n\r\n学生\r\n二\r\n\r\n老师\r\n三\r\n\r\n学生\r\n四"))
	for name, text := range map[string]string{
		"one comes back":     "Student 1\nWhat is it?\n\nStudent 2\nIt is 4.\n\nStudent 1\nSure?",
		"no blank line":      "Ann\na\nBob\nb\nAnn\nc\nBob\nd",
		"nothing below":      "Ann\n\na\n\nBob\n\nb\n\nAnn\n\nc\n\nBob\n\nd",
		"parts":              "Step 1\na\n\nResult\nb\n\nStep 1\nc\n\nResult\nd",
		"one and a part":     "Ann\na\n\nResult\nb\n\nAnn\nc\n\nResult\nd",
		"letters":            "A\na\n\nB\nb\n\nA\nc\n\nB\nd",
		"a list":             "- Ann\na\n\n- Bob\nb\n\n- Ann\nc\n\n- Bob\nd",
		"words of sentences": "so we see\na\n\nand then\nb\n\nso we see\nc\n\nand then\nd",
	} {
		require.Equal(t, []Turn{{"", text}}, Turns(text), name)
	}
	signed := "Ann: Look.\n\nSquare\na\n\nDisk\nb\nBob: Yes.\n\nSquare\nc\n\nDisk\nd\nAnn: And?"
	require.Len(t, Turns(signed), 3, "others have a sign")
}

// Names that are believed only where they come back do so however many speak in
// between, and in whatever case.
func TestTurnsOfManySpeakers(t *testing.T) {
	var text strings.Builder
	var want []Turn
	for range 2 {
		for _, name := range []string{"ann_1", "bob_2", "cid_3", "dan_4", "eve_5", "fay_6", "gus_7"} {
			if text.Len() > 60 {
				name = strings.ToUpper(name[:3]) + name[3:]
			}
			fmt.Fprintf(&text, "- %s: yes\n", name)
			want = append(want, Turn{name, "yes"})
		}
	}
	require.Equal(t, want, Turns(text.String()))
}

// What stands on a line of its own between turns and says nothing belongs to none.
func TestTurnsDropHeadersAndRules(t *testing.T) {
	for line, dropped := range map[string]bool{
		"Turn 2": true, "turn 2": true, "**TURN 2**": true, "Round 2:": true, "Exchange 2": true, "第2轮": true, "Return 2": false, "Trust 2": false,
		"---": true, "****": true, "___": true, "===": true, "- - -": true, " * * * ": true, "--": false, "_ _ _": false, "= = =": false, "--*": false, "-_-": false,
		"(nods)": false, "(nods twice)": true, "*nods twice*": true, "【点头】": true, "[nods twice]": true, "_(nods twice)_": true, "a (nods twice)": false,
	} {
		want := []Turn{{"Ann", "a"}, {"Bob", "b"}}
		if !dropped {
			want[0].Text += "\n" + strings.TrimSpace(line)
		}
		require.Equal(t, want, Turns("Ann: a\n"+line+"\nBob: b"), line)
	}
}

// What nobody speaks in is one turn, and all of it.
func TestTurnsKeepsProseWhole(t *testing.T) {
	prose := "# Sums\n\nWe add.\n---\n(A remark in brackets.)\n\n*An aside.*"
	require.Equal(t, []Turn{{"", prose}}, Turns(prose))
}

// A name that is hard to end, a bracket that is never closed, colons without
// end: 1 MB of each is a matter of milliseconds, where anything quadratic would
// take minutes.
func TestTurnsIsLinear(t *testing.T) {
	for _, s := range []string{"Alex: ", "Alex:\n", ":", "：", "**", "**A: ", "A. ", "a", "(", "[A", "* ", "> ", "# A\n", "$x: ", "Dr. ", "```\n", "---\nA: b\n", "(a b)\nA: b\n",
		"**Turn 1** ", "Turn 1 (", "1. A: b\n", "老师：好。", "老", "<", "😀", "😀 :", "😀\n", "Alex\na\n\nBob\nb\n\n", "Alex\n", "Alex — b\n", "\n", " "} {
		linear(t, fmt.Sprintf("%q", s), 1<<18, func(size int) { Turns(strings.Repeat(s, size/len(s))) })
	}
}

func FuzzTurns(f *testing.F) {
	for _, s := range []string{"**Turn 1** Alex: a\n(nods)\n**Blake.** b", "A — b\nC — d\nA — e", "[1:23] Q: a? A: b. Q: c", "> - **x** (y): z<br>\n```\na: b", "老师说：好。学生：是。"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rest := text
		for i, turn := range Turns(text) {
			require.Equal(t, strings.TrimSpace(turn.Text), turn.Text)
			require.NotContains(t, turn.Speaker, "\n")
			require.True(t, i == 0 || turn.Speaker != "", "only the first may have no speaker")
			// Everything is in the text, and in its order.
			for line := range strings.Lines(turn.Speaker + "\n" + turn.Text) {
				_, after, found := strings.Cut(rest, strings.TrimSpace(line))
				require.True(t, found, "%q is not behind what was said before", line)
				rest = after
			}
		}
	})
}
