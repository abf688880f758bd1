package mind_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

// TestMain lets the test binary be started again as a worker: a process of its
// own, that tests may kill.
func TestMain(m *testing.M) {
	if task, ok := workers[os.Getenv("MIND_WORKER")]; ok {
		if err := task(os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// workers are what a worker may be told to do. They report on standard output,
// an event a line, each in one write, so that a kill loses none of those that
// have happened.
var workers = map[string]func(args []string) error{
	"run":  func(args []string) error { return work(args[0], args[1], nil) },
	"hold": hold,
	"mend": func(args []string) error { return mend(args[0]) },
	"panic": func(args []string) error {
		return work(args[0], args[1], map[string]func(){args[2]: func() { panic("user code broke in " + args[2]) }})
	},
}

// report tells the parent of an event.
func report(event, subject string) { _, _ = fmt.Fprintf(os.Stdout, "%s %s\n", event, subject) }

// workerConcurrency is small against the units, so that many kills find much to do.
const workerConcurrency = 8

// work runs a pipeline over n problems into a store. A third of the answers is
// rejected. Of user code that broken names, the 20th call breaks.
func work(name, n string, broken map[string]func()) error {
	units, err := strconv.Atoi(n)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	calls := map[string]int{}
	called := func(who string) {
		mu.Lock()
		defer mu.Unlock()
		if calls[who]++; calls[who] == 20 && broken[who] != nil {
			broken[who]()
		}
	}
	report("opens", "store")
	s, err := mind.OpenStore(name)
	if err != nil {
		return err
	}
	defer s.Close()
	src := mind.SourceFunc(func(ctx context.Context) iter.Seq2[mind.Document, error] {
		return func(yield func(mind.Document, error) bool) {
			for _, d := range problems(1, units) {
				called("Source")
				if !yield(d, nil) {
					return
				}
			}
		}
	})
	gen := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
		called("Generator")
		report("asks", r.Key)
		defer report("answers", r.Key)
		return mind.Response{Text: "Teacher: " + r.Prompt, Model: "fake"}, nil
	})
	third := mind.Filter{Name: "third", Check: func(d *mind.Dialogue) error {
		called("Filter")
		if d.Key[0]%3 == 0 {
			return errors.New("it is")
		}
		return nil
	}}
	p, err := mind.New(src, gen, &reportingSink{s}, mind.WithFilters(third), mind.WithConcurrency(workerConcurrency))
	if err != nil {
		return err
	}
	return p.Run(context.Background())
}

// A reportingSink reports what has been acknowledged.
type reportingSink struct{ *mind.Store }

func (s *reportingSink) Write(ctx context.Context, ds []mind.Dialogue) error {
	err := s.Store.Write(ctx, ds)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, d := range ds {
		fmt.Fprintf(&b, "acknowledges %s\n", d.Key)
	}
	_, err = os.Stdout.Write(b.Bytes())
	return err
}

// hold opens a store and keeps it open until standard input ends.
func hold(args []string) error {
	s, err := mind.OpenStore(args[0])
	if err != nil {
		return err
	}
	report("holds", args[0])
	_, _ = io.Copy(io.Discard, os.Stdin)
	return s.Close()
}

// mend opens a store and reads its keys, which mends all there is to mend.
func mend(name string) error {
	report("opens", "store")
	s, err := mind.OpenStore(name)
	if err != nil {
		return err
	}
	report("reads", "keys")
	for _, err := range s.Keys(context.Background()) {
		if err != nil {
			return err
		}
	}
	report("has", "mended")
	return s.Close()
}

// worker is a command that starts the test binary as a worker.
func worker(t *testing.T, task string, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), "MIND_WORKER="+task)
	return cmd
}

// A life is what a worker did until it ended.
type life struct {
	asked, answered, acknowledged []string
	killed                        bool
	stderr                        string
}

// live starts a worker and kills it when it has reported a number of events; 0
// lets it live. The kill comes from outside and some time after the event, so
// that it may hit the worker at anything.
func live(t *testing.T, kill int, task string, args ...string) (l life, err error) {
	t.Helper()
	cmd := worker(t, task, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	events := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		event, subject, _ := strings.Cut(lines.Text(), " ")
		switch event {
		case "asks":
			l.asked = append(l.asked, subject)
		case "answers":
			l.answered = append(l.answered, subject)
		case "acknowledges":
			l.acknowledged = append(l.acknowledged, subject)
		}
		if events++; events == kill {
			l.killed = true
			_ = cmd.Process.Kill()
		}
	}
	err = cmd.Wait()
	l.stderr = stderr.String()
	return l, err
}

// recorded are the keys in the whole lines of a store's two files, read without
// the store's own code, and how many bytes stand behind the last of them.
func recorded(t *testing.T, name string) (keys map[string]int, torn int) {
	t.Helper()
	keys = map[string]int{}
	for _, file := range []string{name, rejectsOf(name)} {
		content, err := os.ReadFile(file)
		if !errors.Is(err, os.ErrNotExist) {
			require.NoError(t, err)
		}
		for line := range bytes.Lines(content) {
			var d mind.Dialogue
			if line[len(line)-1] != '\n' {
				torn += len(line)
			} else if bytes.IndexByte(line, 0) < 0 { // Else a hole that a test has made.
				require.NoError(t, d.UnmarshalJSON(line), "%s", line)
				require.Equal(t, file != name, d.Reject != "", "kept and rejected stand apart")
				keys[d.Key]++
			}
		}
	}
	return keys, torn
}

func rejectsOf(name string) string {
	base := strings.TrimSuffix(filepath.Base(name), ".jsonl")
	return filepath.Join(filepath.Dir(name), "."+base+".mind", "rejected.jsonl")
}

// TestKillsLoseNothing kills a run again and again, after a number of events
// that is drawn anew each time, until it has got through; damages the tail as a
// power cut would now and then; and looks at every record and every request.
// MIND_KILLS sets the kills.
func TestKillsLoseNothing(t *testing.T) {
	const units = 250
	kills, want := 0, 200
	if n := os.Getenv("MIND_KILLS"); n != "" {
		var err error
		want, err = strconv.Atoi(n)
		require.NoError(t, err)
	} else if testing.Short() {
		want = 30
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))

	var all, requests, again, unsynced, most, damages, tornTails, inOpen int
	for kills < want {
		name := filepath.Join(t.TempDir(), "out.jsonl")
		asked := map[string]int{}
		open := map[string]bool{} // In flight at some kill, or received and not yet on the disk.
		for over := false; !over; {
			before, torn := recorded(t, name)
			if torn > 0 {
				tornTails++
			}
			if len(before) > 0 && r.IntN(4) == 0 {
				damage(t, r, name)
				damages++
			}
			// Many early ones, which hit the opening and its repairs.
			kill := 1 + r.IntN(1+r.IntN(60))
			l, err := live(t, kill, "run", name, fmt.Sprint(units))
			if over = err == nil; !over {
				require.Error(t, err)
				require.True(t, l.killed, "%v: %s", err, l.stderr)
				kills++
			}
			if len(l.asked) == 0 {
				inOpen++
			}
			after, _ := recorded(t, name)
			for key := range before {
				require.Contains(t, after, key, "a record is lost")
			}
			for _, key := range l.acknowledged {
				require.Contains(t, after, key, "it was acknowledged")
			}
			for _, key := range l.asked {
				if asked[key]++; asked[key] > 1 {
					require.True(t, open[key], "only what was in flight at a kill is asked for again")
					again++
				}
				require.NotContains(t, before, key, "it is on the disk")
			}
			inFlight := 0
			for _, key := range l.asked {
				if open[key] = after[key] == 0; open[key] {
					inFlight++
				}
			}
			for _, key := range l.answered {
				if after[key] == 0 {
					unsynced++
				}
			}
			require.LessOrEqual(t, inFlight, 3*workerConcurrency, "in flight, in the queue or in the writer's hands")
			most = max(most, inFlight)
			requests += len(l.asked)
		}
		after, torn := recorded(t, name)
		require.Zero(t, torn)
		require.Len(t, after, units, "a record for each unit")
		for key, n := range after {
			require.Equal(t, 1, n, "%s is there twice", key)
		}
		require.Len(t, asked, units)
		all += units
		l, err := live(t, 0, "run", name, fmt.Sprint(units))
		require.NoError(t, err, l.stderr)
		require.Empty(t, l.asked, "a finished run sends no request at all")
	}
	require.Equal(t, all+again, requests)
	t.Logf("%d kills, %d of them before the first request; %d units, %d requests, %d asked again (%.2f a kill, at most %d, of %d in flight), of which %d answers were received and not on the disk yet; %d torn tails and %d more made; 0 lost, 0 doubled",
		kills, inOpen, all, requests, again, float64(again)/float64(kills), most, workerConcurrency, unsynced, tornTails, damages)
}

// damage adds to a store's file what a kill or a power cut may leave behind its
// last record.
func damage(t *testing.T, r *rand.Rand, name string) {
	t.Helper()
	if r.IntN(3) == 0 {
		name = rejectsOf(name)
	}
	content, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	require.NoError(t, err)
	if len(content) == 0 || content[len(content)-1] != '\n' {
		return // There is a tail already.
	}
	line := bytes.Replace(content[:bytes.IndexByte(content, '\n')+1], []byte(`"id":`), []byte(`"id":9`), 1)
	hole := bytes.Clone(line)
	clear(hole[len(hole)/3 : len(hole)/2])
	var tail []byte
	switch r.IntN(4) {
	case 0:
		tail = line[:1+r.IntN(len(line)-3)]
	case 1:
		tail = make([]byte, 1+r.IntN(5000))
	case 2:
		tail = append(line[:r.IntN(len(line)-3)], make([]byte, 100)...)
	case 3:
		tail = append(hole, hole[:r.IntN(len(hole))]...)
	}
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.Write(tail)
	require.NoError(t, errors.Join(err, f.Close()))
}

// TestKillsDuringRepair kills a process while it takes the holes of a power cut
// out of a file: when so many bytes of the new file are written. Nothing whole
// is lost, and the next process does the repair.
func TestKillsDuringRepair(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.jsonl")
	s, err := mind.OpenStore(name)
	require.NoError(t, err)
	var long mind.Documents
	for _, d := range problems(1, 100) {
		d.Text = strings.Repeat(d.Text, 1000)
		long = append(long, d)
	}
	chunker := mind.ChunkerFunc(func(text string) iter.Seq[string] { return slices.Values([]string{text}) })
	require.NoError(t, pipeline(t, long, &asked{}, s, mind.WithChunker(chunker)).Run(t.Context()))
	require.NoError(t, s.Close())
	whole, err := os.ReadFile(name)
	require.NoError(t, err)

	line := bytes.Clone(whole[:bytes.IndexByte(whole, '\n')+1])
	clear(line[9:30])
	half := bytes.IndexByte(whole[len(whole)/2:], '\n') + 1 + len(whole)/2
	damaged := slices.Concat(whole[:half], line, whole[half:], line, whole[:50])
	spare := filepath.Join(filepath.Dir(rejectsOf(name)), "mended")

	const kills = 12
	unfinished := 0
	for n := range kills {
		require.NoError(t, os.WriteFile(name, damaged, 0o666))
		cmd := worker(t, "mend", name)
		require.NoError(t, cmd.Start())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = cmd.Wait() }()
		for over := false; !over; {
			select {
			case <-ended:
				over = true
			default:
				info, err := os.Stat(spare)
				over = err == nil && info.Size() >= int64(n*len(whole)/kills)
			}
		}
		_ = cmd.Process.Kill()
		<-ended

		keys, torn := recorded(t, name)
		require.Len(t, keys, 100)
		if torn > 0 || fileSize(t, name) != len(whole) {
			unfinished++
		}
		l, err := live(t, 0, "mend", name)
		require.NoError(t, err, l.stderr)
		after, err := os.ReadFile(name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(whole, after), "kill %d", n)
		require.NoFileExists(t, spare)
	}
	require.Positive(t, unfinished, "kills that came before the end")
	t.Logf("%d of %d repairs were killed before their end", unfinished, kills)
}

func fileSize(t *testing.T, name string) int {
	info, err := os.Stat(name)
	require.NoError(t, err)
	return int(info.Size())
}

// TestPanicInUserCodeEndsTheProcess: no recover hides it, and what was
// acknowledged before is there for the next run.
func TestPanicInUserCodeEndsTheProcess(t *testing.T) {
	for _, who := range []string{"Source", "Generator", "Filter"} {
		t.Run(who, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "out.jsonl")
			l, err := live(t, 0, "panic", name, "100", who)
			require.Error(t, err)
			require.Contains(t, l.stderr, "panic: user code broke in "+who)
			held, _ := recorded(t, name)
			for _, key := range l.acknowledged {
				require.Contains(t, held, key)
			}
			again, err := live(t, 0, "run", name, "100")
			require.NoError(t, err, again.stderr)
			require.Len(t, again.asked, 100-len(held))
			held, torn := recorded(t, name)
			require.Zero(t, torn)
			require.Len(t, held, 100)
		})
	}
}

// TestSecondProcessIsRefused, with the number of the first, for as long as that
// one lives.
func TestSecondProcessIsRefused(t *testing.T) {
	name := filepath.Join(t.TempDir(), "out.jsonl")
	for _, end := range []string{"closes", "is killed"} {
		t.Run(end, func(t *testing.T) {
			first := worker(t, "hold", name)
			in, err := first.StdinPipe()
			require.NoError(t, err)
			out, err := first.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, first.Start())
			_, err = bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)

			_, err = mind.OpenStore(name)
			require.ErrorContains(t, err, fmt.Sprintf("another run (process %d)", first.Process.Pid))
			require.ErrorContains(t, err, name)
			l, err := live(t, 0, "run", name, "10")
			require.Error(t, err)
			require.Contains(t, l.stderr, fmt.Sprintf("another run (process %d)", first.Process.Pid))
			require.Empty(t, l.asked)

			if end == "closes" {
				require.NoError(t, in.Close())
				require.NoError(t, first.Wait())
			} else {
				require.NoError(t, first.Process.Kill())
				require.Error(t, first.Wait())
			}
			s, err := mind.OpenStore(name)
			require.NoError(t, err)
			require.NoError(t, s.Close())
		})
	}
}
