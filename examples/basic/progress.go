package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/org/mind"
)

// isTerminal tells whether a person watches f.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// lines shows how a run goes, until it is finished, as a line every ten seconds.
// It looks each second, for trouble must not wait so long.
func lines(w io.Writer) func(stats func() mind.Stats, finished <-chan struct{}) {
	return func(stats func() mind.Stats, finished <-chan struct{}) {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		var quiet silence
		for second := 1; ; second++ {
			select {
			case <-tick.C:
				st := stats()
				fmt.Fprint(w, quiet.trouble(st))
				if second%10 == 0 {
					fmt.Fprintln(w, line(st))
				}
			case <-finished:
				return
			}
		}
	}
}

// A screen is a terminal with a bar in its last line. What is written to it
// stands above the bar.
type screen struct {
	mu  sync.Mutex
	w   io.Writer
	bar *progressbar.ProgressBar
}

// The bar's own unit: done and total are in the text beside it, because the
// total is an estimate until the input has been read to its end.
const barParts = 1000

func newScreen(w io.Writer) *screen {
	return &screen{w: w, bar: progressbar.NewOptions(barParts,
		progressbar.OptionSetWriter(w),
		progressbar.OptionFullWidth(),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionUseANSICodes(runtime.GOOS != "windows"), // Its old consoles would print them.
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░", BarStart: " ", BarEnd: " "}),
	)}
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.bar.Clear() // An error of the terminal's shows in the write.
	return s.w.Write(b)
}

// watch draws the bar until the run is finished, and then takes it away: the
// summary says the same.
func (s *screen) watch(stats func() mind.Stats, finished <-chan struct{}) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var quiet silence
	for {
		select {
		case <-tick.C:
			st := stats()
			if note := quiet.trouble(st); note != "" {
				_, _ = io.WriteString(s, note)
			}
			s.draw(st)
		case <-finished:
			s.mu.Lock()
			defer s.mu.Unlock()
			_ = s.bar.Clear()
			return
		}
	}
}

func (s *screen) draw(st mind.Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bar.Describe(fit(line(st), s.width()-frame) + echo)
	done, total, _ := outcomes(st)
	if total > 0 {
		_ = s.bar.Set(min(done*barParts/total, barParts-1)) // The bar stops for good when it is full.
	}
}

// Beside what fit leaves there stand the percentage and a bar of a few blocks.
const frame = 20

// echo is where the terminal puts the ^C of an interrupt: at the end of a full
// line it would break it, and the bar would stay there.
const echo = "   \b\b\b"

// width is the terminal's now, for it may change.
func (s *screen) width() int {
	if f, ok := s.w.(*os.File); ok {
		return cmp.Or(columns(f), 80)
	}
	return 80
}

// fit leaves out the last parts of a line that has no room for them.
func fit(line string, room int) string {
	for len(line) > room {
		i := strings.LastIndex(line, "  ")
		if i < 0 {
			return ""
		}
		line = line[:i]
	}
	return line
}

// A silence is that of a server which has not answered yet.
type silence struct{ told bool }

// trouble is what to tell of it, once: as the server is asked again for minutes,
// nobody would know why nothing happens.
func (q *silence) trouble(s mind.Stats) string {
	if q.told || s.Busy+s.Errors == 0 || s.Kept+s.Rejected > 0 {
		return ""
	}
	q.told = true
	return fmt.Sprintf("no answer yet, trying again (-v tells each time): %v\n", s.Last)
}

// outcomes returns the units that got an outcome in this run and how many there
// will be: 0 if that cannot be known, exact if the input has been drawn.
func outcomes(s mind.Stats) (done, total int, exact bool) {
	done = s.Kept + s.Rejected + s.Failed
	if s.Size <= 0 || s.Read <= 0 || s.Units == 0 {
		return done, 0, false
	}
	drawn := min(float64(s.Read)/float64(s.Size), 1)
	// What is held mostly stands first, because an earlier run ended there.
	return done, max(int(math.Round(float64(s.Units)/drawn))-s.Held, done), drawn == 1
}

// line is what there is to say of a run, in one line.
func line(s mind.Stats) string {
	if s.Units == 0 {
		if s.Size > 0 {
			return fmt.Sprintf("reading: %d %%", 100*s.Read/s.Size)
		}
		return fmt.Sprintf("reading: %d documents", s.Documents)
	}
	done, total, exact := outcomes(s)
	var parts []string
	add := func(format string, args ...any) { parts = append(parts, fmt.Sprintf(format, args...)) }
	switch {
	case total == 0:
		add("%d done", done)
	case exact:
		add("%d/%d", done, total)
	default:
		add("%d/~%d", done, total)
	}
	if rate, _ := s.Rate(); rate > 0 {
		add("%s", perTime(rate))
		if total > 0 {
			add("%v left", time.Duration(float64(total-done)/rate*float64(time.Second)).Round(time.Second))
		}
	}
	add("%s tokens", short(s.Usage.PromptTokens+s.Usage.CompletionTokens))
	add("%d rejected", s.Rejected)
	if s.Failed > 0 {
		add("%d failed", s.Failed)
	}
	if s.Held > 0 {
		add("%d held", s.Held)
	}
	if s.Slots > 0 {
		add("%d/%d in flight", s.InFlight, s.Slots)
	}
	if s.Busy > 0 {
		add("%d busy", s.Busy)
	}
	if s.Errors > 0 {
		add("%d errors", s.Errors)
	}
	return strings.Join(parts, "  ")
}

// perTime is a rate as people say it.
func perTime(rate float64) string {
	switch {
	case rate >= 10:
		return fmt.Sprintf("%.0f/s", rate)
	case rate >= 1:
		return fmt.Sprintf("%.1f/s", rate)
	}
	return fmt.Sprintf("%.1f/min", rate*60)
}

// short is n with three digits or so: 950, 12.3k, 4.56M.
func short(n int) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.2fG", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.2fM", float64(n)/1e6)
	case n >= 1e4:
		return fmt.Sprintf("%.1fk", float64(n)/1e3)
	}
	return fmt.Sprint(n)
}
