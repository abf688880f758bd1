package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
)

// refilter runs -filters over the dialogues of a store, kept and rejected, and
// writes them to another. It asks nobody and needs no key. What the other store
// holds is not written again, so that a run that was stopped goes on.
func refilter(f *flags, stdout io.Writer, stderr *os.File) error {
	if f.refilter == "" {
		return wrong("-refilter: name the store to read")
	}
	for name := range f.given {
		if !slices.Contains([]string{"refilter", "out", "filters", "plan", "quiet", "v"}, name) {
			return wrong("-refilter reads dialogues that are there and asks nobody: leave out -%s", name)
		}
	}
	filters, err := f.filterList()
	if err != nil {
		return err
	}
	r := &refiltering{in: f.refilter, filters: filters, before: map[string]int{}, after: map[string]int{}}
	offline := false
	var first mind.Dialogue
	for d, err := range mind.Dialogues(r.in) {
		if err != nil {
			return err
		}
		if first.Key == "" {
			first = d
		}
		if d.Model != "" { // A refused request has none.
			offline = d.Model == mindtest.OfflineModel
			break
		}
	}
	write := func([]mind.Dialogue) error { return nil }
	if !f.plan {
		if f.out == "" {
			return wrong("-refilter %s: name the file to write to with -out; it must be another", r.in)
		}
		if reads(r.in, f.out) {
			return wrong("-out %s: it is the store that is read (-refilter %s); name another file", f.out, r.in)
		}
		f.in = nil
		if r.out, err = f.output(offline); err != nil {
			return err
		}
		if err := sameMetadata(first, r.in, r.out); err != nil {
			return err
		}
		s, err := mind.OpenStore(r.out)
		if err != nil {
			return err
		}
		defer s.Close() // Every record is on disk before Write returns.
		if err := r.recall(s); err != nil {
			return err
		}
		r.rejects = s.Rejects()
		write = func(ds []mind.Dialogue) error { return s.Write(context.Background(), ds) }
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	start := time.Now()
	if err := r.run(ctx, write); err != nil {
		return err
	}
	if !f.quiet || f.plan {
		r.print(stdout, time.Since(start))
	}
	return nil
}

// sameMetadata refuses a store whose dialogues have other metadata than those of
// in: it has the keys of its first line for ever, and others would be lost.
func sameMetadata(first mind.Dialogue, in, out string) error {
	keys := func(d mind.Dialogue) string { return strings.Join(slices.Sorted(maps.Keys(d.Metadata)), ", ") }
	for d, err := range mind.Dialogues(out) {
		if err != nil || first.Key == "" {
			return nil // There is none yet, or OpenStore says what is wrong with it.
		}
		if keys(d) != keys(first) {
			return wrong("-out %s: its dialogues have other metadata (%s) than those of %s (%s), which would be lost; name another file",
				out, cmp.Or(keys(d), "none"), in, cmp.Or(keys(first), "none"))
		}
		break
	}
	return nil
}

// refiltering is what has become of the dialogues of a store.
type refiltering struct {
	in, out, rejects string
	filters          []mind.Filter
	held             map[[unitKey]byte]bool // In out when it began.

	read, known       int
	before, after     map[string]int // By the word before the colon of the reason, "" for the kept.
	lost, won, edited int
}

// unitKey is how much of a key names a unit.
const unitKey = 26

func (r *refiltering) recall(s *mind.Store) error {
	r.held = map[[unitKey]byte]bool{}
	for key, err := range s.Keys(context.Background()) {
		if err != nil {
			return err
		}
		r.held[[unitKey]byte([]byte(key))] = true
	}
	return nil
}

// run reads, filters and writes some dialogues at a time, in the order of the
// store.
func (r *refiltering) run(ctx context.Context, write func([]mind.Dialogue) error) error {
	const some = 1024
	batch := make([]mind.Dialogue, 0, some)
	flush := func() error {
		if ctx.Err() != nil {
			return errInterrupted
		}
		after := r.filter(batch)
		if err := write(after); err != nil {
			return err
		}
		r.count(batch, after)
		batch = batch[:0]
		return nil
	}
	for d, err := range mind.Dialogues(r.in) {
		if err != nil {
			return err
		}
		r.read++
		if r.held[[unitKey]byte([]byte(d.Key))] {
			r.known++
			continue
		}
		if batch = append(batch, d); len(batch) == some {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// filter is the batch as the filters leave it, by as many hands as there are.
func (r *refiltering) filter(batch []mind.Dialogue) []mind.Dialogue {
	after := make([]mind.Dialogue, len(batch))
	hands := runtime.GOMAXPROCS(0)
	var g errgroup.Group
	for hand := range hands {
		g.Go(func() error {
			for i := hand; i < len(batch); i += hands {
				after[i] = batch[i].Filter(r.filters...)
			}
			return nil
		})
	}
	_ = g.Wait()
	return after
}

func (r *refiltering) count(before, after []mind.Dialogue) {
	word := func(d mind.Dialogue) string {
		w, _, _ := strings.Cut(d.Reject, ":")
		return w
	}
	for i := range before {
		was, is := word(before[i]), word(after[i])
		r.before[was]++
		r.after[is]++
		switch {
		case was == "" && is != "":
			r.lost++
		case was != "" && is == "":
			r.won++
		}
		if before[i].Text != after[i].Text {
			r.edited++
		}
	}
}

// print is the table: what was kept and rejected, before and after, by reason.
func (r *refiltering) print(w io.Writer, took time.Duration) {
	line := func(name string, before, after int) { fmt.Fprintf(w, "%-14s %9d %9d\n", name, before, after) }
	fmt.Fprintf(w, "%-14s %9d   in %s\n", "dialogues", r.read, r.in)
	if r.known > 0 {
		fmt.Fprintf(w, "%-14s %9d   in %s already, as the filters of that time left it, and not counted below\n", "held", r.known, r.out)
	}
	fmt.Fprintf(w, "\n%-14s %9s %9s\n", "", "before", "after")
	line("kept", r.before[""], r.after[""])
	sum := func(m map[string]int) (n int) {
		for reason, k := range m {
			if reason != "" {
				n += k
			}
		}
		return n
	}
	line("rejected", sum(r.before), sum(r.after))
	all := maps.Clone(r.before)
	for reason, n := range r.after {
		all[reason] += n
	}
	for _, reason := range slices.Sorted(maps.Keys(all)) {
		if reason != "" {
			line("  "+reason, r.before[reason], r.after[reason])
		}
	}
	fmt.Fprintf(w, "\n%d that were kept are rejected, %d that were rejected are kept, %d have another text.\n", r.lost, r.won, r.edited)
	fmt.Fprintf(w, "It took %v, without a request.\n", took.Round(10*time.Millisecond))
	if r.out == "" {
		fmt.Fprintln(w, "\nNothing was written. Without -plan the same command with -out FILE does it.")
		return
	}
	fmt.Fprintf(w, "\ndialogues  %s\n", r.out)
	if sum(r.after) > 0 {
		fmt.Fprintf(w, "rejects    %s\n", r.rejects)
	}
}
