package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/org/mind"
)

// A job is what the flags and the environment ask for.
type job struct {
	*flags
	answerer
	out   string
	store *store
	src   *sampled
	opts  []mind.Option
	notes []string // What to know before it starts.
}

func newJob(f *flags, env environment) (j *job, err error) {
	j = &job{flags: f}
	styles, err := f.styleList()
	if err != nil {
		return nil, err
	}
	filters, err := f.filterList()
	if err != nil {
		return nil, err
	}
	if j.answerer, err = newAnswerer(f, env); err != nil {
		return nil, err
	}
	if j.src, err = f.source(); err != nil {
		return nil, err
	}
	if j.out, err = f.output(j.offline); err != nil {
		return nil, err
	}
	s, err := mind.OpenStore(j.out)
	if err != nil {
		return nil, err
	}
	j.store = &store{Store: s}
	j.opts = []mind.Option{
		mind.WithStyles(styles...),
		mind.WithFilters(filters...),
		mind.WithChunker(mind.TokenChunker{Max: f.tokens}),
		mind.WithSamples(f.samples),
		mind.WithConcurrency(f.concurrency),
		mind.WithLimits(mind.Limits{RPM: f.rpm, TPM: f.tpm, Tokens: f.budget}),
		mind.WithGrace(grace),
	}
	j.notes = append(j.notes, fmt.Sprintf("asking %s, writing to %s", j.who, j.out))
	if j.offline {
		j.notes = append(j.notes, j.whyOffline(env))
	}
	if s := split(j.out); s != "" {
		j.notes = append(j.notes, fmt.Sprintf("warning: loaders of data sets take a file named %s for the split %q of its folder, and do not train on it; name another with -out", j.out, s))
	}
	return j, nil
}

// pipeline wires the job; log is where it tells what it skips and retries.
func (j *job) pipeline(log io.Writer) (*mind.Pipeline, error) {
	p, err := mind.New(j.src, j.generator, j.store, append(j.opts, mind.WithLogger(j.newLogger(log)))...)
	if err != nil {
		return nil, usageError{err}
	}
	return p, nil
}

// plan prints what run would do.
func (j *job) plan(stdout io.Writer, stderr *os.File) error {
	p, err := j.pipeline(stderr)
	if err != nil {
		return err
	}
	stats, err := p.Plan(context.Background())
	if err == nil {
		err = j.checkRead(stats)
	}
	if err != nil {
		return err
	}
	row(stdout, "fields", "", j.src.files.Fields())
	j.printPlan(stdout, stats)
	return nil
}

// grace is how long requests in flight may go on after an interrupt.
const grace = 25 * time.Second

var errInterrupted = errors.New("interrupted; run the same command again to go on")

// run has the dialogues made.
//
// The goroutines, each waited for:
//
//	run     the pipeline
//	watch   shows the progress
//	obey    listens to signals
func (j *job) run(stdout io.Writer, stderr *os.File) error {
	var notes io.Writer = stderr
	watch := lines(stderr)
	if j.quiet {
		watch = func(func() mind.Stats, <-chan struct{}) {}
	} else if isTerminal(stderr) {
		s := newScreen(stderr)
		notes, watch = s, s.watch
	}
	p, err := j.pipeline(notes)
	if err != nil {
		return err
	}
	if !j.quiet {
		fmt.Fprintln(stderr, strings.Join(j.notes, "\n"))
		j.src.tell = func(fields string) { fmt.Fprintln(notes, "reading "+fields) }
	}

	lean(j.concurrency)
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	signals := make(chan os.Signal, 2)
	// It is never stopped: the second half of a doubled signal may come after the
	// end of the run, and would kill the process before it has said how it ended.
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	var aides errgroup.Group
	finished := make(chan struct{})
	aides.Go(func() error { watch(p.Stats, finished); return nil })
	end := func() {
		fmt.Fprintln(notes, "basic:", errInterrupted)
		os.Exit(130)
	}
	aides.Go(func() error { obey(signals, stop, end, notes, p.Stats, finished); return nil })
	err = p.Run(ctx)
	close(finished)
	_ = aides.Wait()

	stats := p.Stats()
	if !j.quiet && stats.Documents > 0 {
		j.printSummary(stdout, stats, err == nil)
	}
	if err == nil {
		err = j.checkRead(stats)
	}
	return err
}

// lean has garbage collected sooner where thousands of requests are in flight:
// what waits for an answer is most of the heap then, and as much again as garbage
// is more than a small machine has. It costs a tenth of the CPU time; GOGC in the
// environment goes before it.
func lean(concurrency int) {
	const thousands, percent = 1024, 40
	if concurrency >= thousands && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// twice is how close two signals are one: timeout(1) and some schedulers signal
// a process and then its whole group, which nobody means as a second one.
const twice = 100 * time.Millisecond

// obey stops the run at the first signal, and ends the process at the second:
// at any moment the store can do with that.
func obey(signals <-chan os.Signal, stop context.CancelCauseFunc, end func(), w io.Writer, stats func() mind.Stats, finished <-chan struct{}) {
	var first time.Time
	for {
		select {
		case <-finished:
			return
		case <-signals:
		}
		switch {
		case first.IsZero():
			first = time.Now()
			stop(errInterrupted)
			if n := stats().InFlight; n > 0 {
				fmt.Fprintf(w, "interrupted: up to %v for the %d requests in flight to finish; once more ends at once\n", grace, n)
			}
		case time.Since(first) > twice:
			end()
			return
		}
	}
}

// checkRead tells of an input in which there is nothing: a run over it is no
// success that anybody meant.
func (j *job) checkRead(s mind.Stats) error {
	if s.Documents > 0 {
		return nil
	}
	in := strings.Join(j.in, ", ")
	if s.Skipped > 0 {
		return fmt.Errorf("%s: all %d rows were skipped, the last because of this: %w", in, s.Skipped, s.Last)
	}
	return fmt.Errorf("%s: there is no problem in it; name another input with -in", in)
}
