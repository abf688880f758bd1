package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// The test binary is the program too, so that it can be run as a process.
func TestMain(m *testing.M) {
	if os.Getenv("MIND_TEST_BASIC") != "" {
		main()
	}
	os.Exit(m.Run())
}

// command is the program with these arguments, in a folder, with nothing in its
// environment but env.
func command(t *testing.T, dir string, env []string, args ...string) *exec.Cmd {
	exe, err := os.Executable()
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), exe, args...)
	c.Dir = dir
	c.Env = append([]string{"MIND_TEST_BASIC=1", "SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}, env...)
	return c
}

// basic runs it.
func basic(t *testing.T, dir string, env []string, args ...string) (status int, stdout, stderr string) {
	c := command(t, dir, env, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		require.NoError(t, err)
	} else if ok {
		status = exit.ExitCode()
	}
	return status, out.String(), errs.String()
}

// folder is an empty one in which testdata/MATH.json has n problems.
func folder(t *testing.T, n int) string {
	dir := t.TempDir()
	type row map[string]any
	var rows []row
	for i := range n {
		rows = append(rows, row{"id": i + 1, "level": fmt.Sprintf("Level %d", 1+i%2), "type": "Algebra",
			"problem":  fmt.Sprintf("A box holds %d red balls and twice as many blue ones. How many balls does the box hold?", i+2),
			"solution": fmt.Sprintf("There are $2 \\cdot %d = %d$ blue balls. Together with the $%d$ red ones that makes $%d + %d = %d$ balls. The answer is $\\boxed{%d}$.", i+2, 2*i+4, i+2, 2*i+4, i+2, 3*i+6, 3*i+6)})
	}
	b, err := json.Marshal(rows)
	require.NoError(t, err)
	write(t, filepath.Join(dir, "testdata", "MATH.json"), string(b))
	return dir
}

func write(t *testing.T, name, content string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o777))
	require.NoError(t, os.WriteFile(name, []byte(content), 0o666))
}

// stored is what a file of dialogues holds, kept and rejected.
func stored(t *testing.T, name string) (ds []mind.Dialogue) {
	for d, err := range mind.Dialogues(name) {
		require.NoError(t, err)
		ds = append(ds, d)
	}
	return ds
}

// serve makes s a server in the network, and returns its -base-url.
func serve(t *testing.T, s http.Handler) string {
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

func TestOfflineByDefaultAndARerunChangesNothing(t *testing.T) {
	dir := folder(t, 12)
	status, out, errs := basic(t, dir, nil)
	require.Equal(t, 0, status, errs)
	require.Contains(t, errs, "no key is set, so the offline generator answers")
	require.Contains(t, errs, "reading text from problem and solution; id from id (integers); metadata: level, type\n")
	require.Regexp(t, `(?m)^kept +12$`, out)
	require.Contains(t, out, "Teacher: ")
	require.Contains(t, out, "ZHIPUAI_API_KEY")

	name := filepath.Join(dir, offlineOut)
	ds := stored(t, name)
	require.Len(t, ds, 12)
	for _, d := range ds {
		require.Equal(t, mindtest.OfflineModel, d.Model)
		require.Equal(t, "teacher_basics", d.Style)
		require.Empty(t, d.Reject)
		require.True(t, d.IntID)
	}
	before, err := os.ReadFile(name)
	require.NoError(t, err)

	status, out, errs = basic(t, dir, nil)
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^held +12$`, out)
	require.Regexp(t, `(?m)^kept +0$`, out)
	after, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func TestAModelIsAskedOnceForEachDialogue(t *testing.T) {
	const key = "sk-very-secret"
	dir := folder(t, 12)
	server := &mindtest.Server{Key: key}
	server.SetFaults(mindtest.Fault{FinishReason: "length", Times: 2})
	args := []string{"-base-url", serve(t, server), "-model", "m", "-preset", "paper", "-styles", "debate,interview", "-v"}
	status, out, errs := basic(t, dir, []string{"OPENAI_API_KEY=" + key}, args...)
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^units +24$`, out)
	require.Regexp(t, `(?m)^rejected +2 +finish 2$`, out)
	require.Contains(t, out, filepath.Join(".MIND-MATH.mind", "rejected.jsonl"))
	require.Len(t, stored(t, filepath.Join(dir, defaultOut)), 24)
	require.NotContains(t, out+errs, key)

	status, out, errs = basic(t, dir, []string{"OPENAI_API_KEY=" + key}, args...)
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^held +24$`, out)
	require.Contains(t, out, filepath.Join(".MIND-MATH.mind", "rejected.jsonl"), "they are still there to be read")
	require.Equal(t, 24, server.Seen().Requests)
}

func TestAWrongKeyStopsTheRunAndIsNotPrinted(t *testing.T) {
	const key = "sk-very-secret"
	server := &mindtest.Server{Key: "another"}
	status, out, errs := basic(t, folder(t, 40), []string{"OPENAI_API_KEY=" + key}, "-base-url", serve(t, server), "-v")
	require.Equal(t, 1, status)
	require.Contains(t, errs, "401")
	require.NotContains(t, out+errs, key)
	require.Less(t, server.Seen().Requests, 40)
}

func TestRequestsAreSpreadOverURLs(t *testing.T) {
	var a, b mindtest.Server
	status, _, errs := basic(t, folder(t, 40), nil, "-base-url", serve(t, &a), "-base-url", serve(t, &b), "-model", "m")
	require.Equal(t, 0, status, errs)
	require.Positive(t, a.Seen().Requests)
	require.Positive(t, b.Seen().Requests)
	require.Equal(t, 40, a.Seen().Requests+b.Seen().Requests)
}

func TestPlanSendsNothing(t *testing.T) {
	dir := folder(t, 12)
	var server mindtest.Server
	args := []string{"-base-url", serve(t, &server), "-model", "m", "-max-tokens", "100"}
	status, out, errs := basic(t, dir, nil, append(args, "-plan")...)
	require.Equal(t, 0, status, errs)
	require.Contains(t, out, "text from problem and solution; id from id (integers); metadata: level, type")
	require.Regexp(t, `(?m)^documents +12$`, out)
	require.Regexp(t, `(?m)^pending +12 `, out)
	require.Regexp(t, `(?m)^ +1200 +in answers`, out)
	require.Zero(t, server.Seen().Requests)
	require.NoFileExists(t, filepath.Join(dir, defaultOut))

	status, _, errs = basic(t, dir, nil, args...)
	require.Equal(t, 0, status, errs)
	status, out, errs = basic(t, dir, nil, append(args, "-plan")...)
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^pending +0 `, out)
	require.Regexp(t, `(?m)^ +0 +in answers`, out)
	require.Contains(t, out, "Nothing is left to ask for.")
}

func TestAFolderThatMovesBuysNothingAgain(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		write(t, filepath.Join(dir, "MATH", "train", "algebra", fmt.Sprint(i, ".json")), fmt.Sprintf("{\n \"problem\": \"What is %d + 1?\",\n \"level\": \"Level 1\",\n \"type\": \"Algebra\",\n \"solution\": \"It is %d.\"\n}", i, i+1))
	}
	status, out, errs := basic(t, dir, nil, "-in", "MATH")
	require.Equal(t, 0, status, errs)
	require.Contains(t, errs, "id from the file's path (strings)")
	require.Regexp(t, `(?m)^kept +5$`, out)
	require.NoError(t, os.Rename(filepath.Join(dir, "MATH"), filepath.Join(dir, "moved")))
	status, out, errs = basic(t, dir, nil, "-in", "moved")
	require.Equal(t, 0, status, errs)
	require.Regexp(t, `(?m)^held +5$`, out)
	require.Regexp(t, `(?m)^kept +0$`, out)

	status, _, errs = basic(t, dir, nil, "-in", ".", "-out", "x.jsonl")
	require.Equal(t, 2, status)
	require.Contains(t, errs, "it is read as an input too")
	status, _, errs = basic(t, dir, nil, "-in", "nowhere/*.json")
	require.Equal(t, 1, status)
	require.Contains(t, errs, "nowhere")
}

func TestBadInputEndsWithOneMessage(t *testing.T) {
	dir := folder(t, 3)
	write(t, filepath.Join(dir, "empty.jsonl"), "")
	write(t, filepath.Join(dir, "a file"), "x")
	write(t, filepath.Join(dir, "own.txt"), " \n")
	elsewhere := t.TempDir()
	for _, test := range []struct {
		name   string
		dir    string
		env    []string
		args   []string
		status int
		says   []string
	}{
		{"missing file", dir, nil, []string{"-in", "missing.json"}, 1, []string{"missing.json", "no such file"}},
		{"missing default", elsewhere, nil, nil, 1, []string{"testdata", "name yours with -in"}},
		{"empty file", dir, nil, []string{"-in", "empty.jsonl"}, 1, []string{"empty.jsonl"}},
		{"no key for zhipu", dir, nil, []string{"-provider", "zhipu"}, 2, []string{"ZHIPUAI_API_KEY"}},
		{"no key for openai", dir, nil, []string{"-provider", "openai"}, 2, []string{"OPENAI_API_KEY"}},
		{"both keys", dir, []string{"ZHIPUAI_API_KEY=hush1", "OPENAI_API_KEY=hush2"}, nil, 2, []string{"-provider zhipu or -provider openai"}},
		{"unknown style", dir, nil, []string{"-styles", "debates"}, 2, []string{`"debates"`, "debate,"}},
		{"style twice", dir, nil, []string{"-styles", "debate,debate"}, 2, []string{`"debate"`}},
		{"empty instruction", dir, nil, []string{"-prompt", "own.txt"}, 2, []string{"own.txt", "empty"}},
		{"unknown filter", dir, nil, []string{"-filters", "finish,tokns=3"}, 2, []string{`"tokns=3"`, "tokens=N"}},
		{"unknown field to sample by", dir, nil, []string{"-by", "topic"}, 1, []string{"topic"}},
		{"out is no file in a folder", dir, nil, []string{"-out", filepath.Join("a file", "x.jsonl")}, 1, []string{"a file"}},
		{"out is in", dir, nil, []string{"-out", "testdata/MATH.json"}, 2, []string{"testdata/MATH.json", "input"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, _, errs := basic(t, test.dir, test.env, test.args...)
			require.Equal(t, test.status, status, errs)
			last := errs[strings.LastIndex(strings.TrimSpace(errs), "\n")+1:]
			require.True(t, strings.HasPrefix(last, "basic: "), errs)
			for _, s := range test.says {
				require.Contains(t, last, s)
			}
			require.NotContains(t, errs, "goroutine")
			require.NotContains(t, errs, "hush")
		})
	}
}

func TestBadRowsDoNotFloodTheTerminal(t *testing.T) {
	dir := folder(t, 40)
	args := []string{"-text", "problem,solutions"}
	status, _, errs := basic(t, dir, nil, args...)
	require.Equal(t, 1, status)
	require.Contains(t, errs, "document skipped: testdata/MATH.json:1: row 1: no field solutions\n")
	require.Equal(t, 11, strings.Count(errs, "document skipped"), errs)
	require.Contains(t, errs, "-v tells them all")
	_, _, errs = basic(t, dir, nil, append(args, "-v")...)
	require.Equal(t, 40, strings.Count(errs, "document skipped"))
}

func TestAFolderThatCannotBeWrittenIsNamed(t *testing.T) {
	dir := folder(t, 3)
	closed := filepath.Join(dir, "closed")
	require.NoError(t, os.Mkdir(closed, 0o555))
	if f, err := os.Create(filepath.Join(closed, "x")); err == nil {
		f.Close()
		t.Skip("this user may write everywhere")
	}
	status, _, errs := basic(t, dir, nil, "-out", filepath.Join("closed", "out.jsonl"))
	require.Equal(t, 1, status)
	require.Contains(t, errs, "closed")
}

func TestOfflineAndAModelNeverShareAFile(t *testing.T) {
	dir := folder(t, 2)
	url := serve(t, new(mindtest.Server))
	status, _, errs := basic(t, dir, nil, "-out", "offline.jsonl")
	require.Equal(t, 0, status, errs)
	status, _, errs = basic(t, dir, nil, "-base-url", url, "-model", "m", "-out", "model.jsonl")
	require.Equal(t, 0, status, errs)

	status, _, errs = basic(t, dir, nil, "-base-url", url, "-model", "m", "-out", "offline.jsonl")
	require.Equal(t, 2, status)
	require.Contains(t, errs, "offline.jsonl: it holds dialogues of the offline generator")
	status, _, errs = basic(t, dir, nil, "-out", "model.jsonl")
	require.Equal(t, 2, status)
	require.Contains(t, errs, "model.jsonl: it holds dialogues of m")
}

func TestAGrownInputIsSampledAnewAndSaysSo(t *testing.T) {
	dir := folder(t, 30)
	status, out, errs := basic(t, dir, nil, "-n", "10")
	require.Equal(t, 0, status, errs)
	require.NotContains(t, out, "sampled anew")
	status, out, errs = basic(t, dir, nil, "-n", "20")
	require.Equal(t, 0, status, errs)
	require.NotContains(t, out, "sampled anew") // A larger n keeps the picks.
	status, out, errs = basic(t, dir, nil, "-n", "10", "-seed", "7")
	require.Equal(t, 0, status, errs)
	require.Contains(t, out, "sampled anew")
}

func TestQuietPrintsErrorsOnly(t *testing.T) {
	dir := folder(t, 2)
	status, out, errs := basic(t, dir, nil, "-quiet")
	require.Equal(t, 0, status)
	require.Empty(t, out+errs)
	status, out, errs = basic(t, dir, nil, "-quiet", "-in", "missing.json")
	require.Equal(t, 1, status)
	require.Empty(t, out)
	require.Contains(t, errs, "missing.json")
}

func TestHelpAndVersion(t *testing.T) {
	dir := t.TempDir()
	status, out, errs := basic(t, dir, nil, "-help")
	require.Equal(t, 0, status)
	require.Empty(t, errs)
	for _, name := range []string{"in", "out", "preset", "styles", "prompt", "samples", "tokens", "filters", "n", "by", "seed",
		"text", "id", "meta", "string-ids", "provider", "base-url", "model", "temperature", "top-p", "max-tokens",
		"concurrency", "rpm", "tpm", "budget", "plan", "refilter", "refilter", "quiet", "v", "version"} {
		require.Regexp(t, `(?m)^  -`+name+`\b`, out)
	}
	status, out, _ = basic(t, dir, nil, "-version")
	require.Equal(t, 0, status)
	require.Regexp(t, `^mind basic .*go1\.`, out)
}

func TestStandardInputAndPromptOfOnesOwn(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "two poets.txt"), "Two poets talk about the text above.\n")
	var server mindtest.Server
	c := command(t, dir, nil, "-in", "-", "-prompt", "two poets.txt", "-base-url", serve(t, &server), "-model", "m")
	c.Stdin = strings.NewReader(`{"text":"Three times seven is twenty-one."}` + "\n")
	out, err := c.CombinedOutput()
	require.NoError(t, err, string(out))
	ds := stored(t, filepath.Join(dir, defaultOut))
	require.Len(t, ds, 1)
	require.Equal(t, "two poets", ds[0].Style)
	require.Equal(t, []string{"Three times seven is twenty-one.\n\nTwo poets talk about the text above."}, slices.Collect(maps.Keys(server.Seen().Prompts)))
}
