package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

func names(styles []mind.Style) (names []string) {
	for _, s := range styles {
		names = append(names, s.Name)
	}
	return names
}

// TestReadmeCommandsAreRight: their flags exist, and take what is given there.
func TestReadmeCommandsAreRight(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	commands := regexp.MustCompile(`(?m)^.*go run ./examples/basic(.*?)(?:#.*)?$`).FindAllSubmatch(readme, -1)
	require.Len(t, commands, 5)
	for _, c := range commands {
		_, err := parseFlags(strings.Fields(string(c[1])), io.Discard)
		require.NoError(t, err, "%s", c[0])
	}
	named := regexp.MustCompile("`(-[a-z][a-z-]*)[^`]*`").FindAllSubmatch(readme, -1)
	require.NotEmpty(t, named)
	for _, flag := range named {
		_, err := parseFlags([]string{string(flag[1]), "no value"}, io.Discard)
		require.NotContains(t, fmt.Sprint(err), "not defined")
	}
}

func TestGivenFlagsWinOverThePreset(t *testing.T) {
	for _, test := range []struct {
		name      string
		args      []string
		styles    []string
		tokens    int
		maxTokens int
	}{
		{"seed", nil, []string{"teacher_basics"}, 8096, 4096},
		{"paper", []string{"-preset", "paper"}, names(mind.PaperStyles()), 500, 2048},
		{"olmo", []string{"-preset", "olmo"}, []string{"two_students_written", "problem_solving_written"}, 500, 2048},
		{"paper with two styles", []string{"-styles", "debate, interview", "-preset", "paper"}, []string{"debate", "interview"}, 500, 2048},
		{"paper with longer chunks", []string{"-tokens", "600", "-preset", "paper", "-max-tokens", "1000"}, names(mind.PaperStyles()), 600, 1000},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := parsed(t, test.args...)
			styles, err := f.styleList()
			require.NoError(t, err)
			require.Equal(t, test.styles, names(styles))
			require.Equal(t, []int{test.tokens, test.maxTokens}, []int{f.tokens, f.maxTokens})
			require.Equal(t, []float64{1.0, 0.9}, []float64{*f.temperature, *f.topP})
		})
	}
}

func TestAPromptIsAStyleNamedAfterItsFile(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "two.poets.txt", " Two poets talk.\n")
	alone, err := parsed(t, "-prompt", "two.poets.txt").styleList()
	require.NoError(t, err)
	require.Equal(t, []mind.Style{{Name: "two.poets", Instruction: "Two poets talk."}}, alone)
	besides, err := parsed(t, "-prompt", "two.poets.txt", "-styles", "debate").styleList()
	require.NoError(t, err)
	require.Equal(t, []string{"debate", "two.poets"}, names(besides))
}

func TestFilterLists(t *testing.T) {
	for _, test := range []struct {
		list string
		want []string
	}{
		{"none", nil},
		{"paper", []string{"finish", "clean", "tokens"}},
		{"finish, tokens=80", []string{"finish", "tokens"}},
		{"tokens", []string{"tokens"}},
	} {
		t.Run(test.list, func(t *testing.T) {
			filters, err := parsed(t, "-filters", test.list).filterList()
			require.NoError(t, err)
			var got []string
			for _, f := range filters {
				got = append(got, f.Name)
			}
			require.Equal(t, test.want, got)
		})
	}
	filters, err := parsed(t, "-filters", "tokens=3").filterList()
	require.NoError(t, err)
	require.Error(t, filters[0].Check(&mind.Dialogue{Text: "one two"}))
	require.NoError(t, filters[0].Check(&mind.Dialogue{Text: "one two three"}))
}

func TestWrongFlags(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
	}{
		{"no flag", []string{"MATH.json"}},
		{"unknown", []string{"-nope"}},
		{"no number", []string{"-n", "many"}},
		{"negative", []string{"-n", "-1"}},
		{"none at a time", []string{"-concurrency", "0"}},
		{"chunks too small", []string{"-tokens", "7"}},
		{"no temperature", []string{"-temperature", "NaN"}},
		{"too much", []string{"-top-p", "1.1"}},
		{"unknown preset", []string{"-preset", "papers"}},
		{"contradiction", []string{"-quiet", "-v"}},
		{"no object", []string{"-extra", "temperature"}},
		{"null", []string{"-extra", "null"}},
		{"no input", []string{"-in", ""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := parseFlags(test.args, io.Discard)
			require.ErrorAs(t, err, new(usageError))
		})
	}
}
