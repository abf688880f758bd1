package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/org/mind"
)

func TestPipedProgressIsALineEveryTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		finished := make(chan struct{})
		start := time.Now()
		stats := func() mind.Stats {
			elapsed := time.Since(start)
			return mind.Stats{Units: 100, Kept: int(elapsed.Seconds()), Requests: 1, Read: 1, Size: 1, Asking: elapsed}
		}
		var g errgroup.Group
		g.Go(func() error { lines(&out)(stats, finished); return nil })
		time.Sleep(25 * time.Second)
		close(finished)
		require.NoError(t, g.Wait())
		require.Equal(t, "10/100  1.0/s  1m30s left  0 tokens  0 rejected\n20/100  1.0/s  1m20s left  0 tokens  0 rejected\n", out.String())
	})
}

func TestProgressLine(t *testing.T) {
	for _, test := range []struct {
		name  string
		stats mind.Stats
		want  string
	}{
		{"reading", mind.Stats{Read: 30, Size: 60}, "reading: 50 %"},
		{"reading what has no size", mind.Stats{Documents: 7}, "reading: 7 documents"},
		{"half of the input drawn", mind.Stats{Units: 50, Kept: 25, Requests: 40, Read: 30, Size: 60, Asking: 5 * time.Second}, "25/~100  5.0/s  15s left  0 tokens  0 rejected"},
		{"all drawn", mind.Stats{Units: 50, Kept: 20, Rejected: 4, Failed: 1, Requests: 40, Read: 60, Size: 60, Asking: 5 * time.Second, Usage: mind.Usage{PromptTokens: 10_000, CompletionTokens: 2345}}, "25/50  5.0/s  5s left  12.3k tokens  4 rejected  1 failed"},
		{"held are no progress", mind.Stats{Units: 50, Held: 30, Kept: 10, Requests: 40, Read: 60, Size: 60, Asking: 10 * time.Second}, "10/20  1.0/s  10s left  0 tokens  0 rejected  30 held"},
		{"a server with faults", mind.Stats{Units: 50, Kept: 20, Requests: 40, Busy: 3, Errors: 4, Slots: 16, InFlight: 12, Read: 60, Size: 60, Asking: 5 * time.Second}, "20/50  4.0/s  8s left  0 tokens  0 rejected  12/16 in flight  3 busy  4 errors"},
		{"no size", mind.Stats{Units: 50, Kept: 2, Requests: 40, Asking: 2 * time.Minute}, "2 done  1.0/min  0 tokens  0 rejected"},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, line(test.stats))
		})
	}
}

func TestAServerThatDoesNotAnswerIsToldOnce(t *testing.T) {
	down := mind.Stats{Units: 10, Requests: 4, Errors: 4, Last: errors.New("connection refused")}
	well := mind.Stats{Units: 10, Kept: 1, Requests: 5, Errors: 4, Last: errors.New("connection refused")}
	var quiet silence
	require.Empty(t, quiet.trouble(mind.Stats{Units: 10, Requests: 4}))
	require.Empty(t, quiet.trouble(well), "one of many errors")
	require.Contains(t, quiet.trouble(down), "connection refused")
	require.Empty(t, quiet.trouble(down))

	synctest.Test(t, func(t *testing.T) {
		for name, watch := range map[string]func(io.Writer) func(func() mind.Stats, <-chan struct{}){
			"piped":    lines,
			"terminal": func(w io.Writer) func(func() mind.Stats, <-chan struct{}) { return newScreen(w).watch },
		} {
			var out bytes.Buffer
			finished := make(chan struct{})
			var g errgroup.Group
			g.Go(func() error { watch(&out)(func() mind.Stats { return down }, finished); return nil })
			time.Sleep(5 * time.Second)
			close(finished)
			require.NoError(t, g.Wait())
			require.Equal(t, 1, strings.Count(out.String(), "connection refused\n"), name)
		}
	})
}

func TestTheBarStandsUnderWhatIsWritten(t *testing.T) {
	var out bytes.Buffer
	s := newScreen(&out)
	s.draw(mind.Stats{Units: 10, Kept: 5, Requests: 5, Read: 1, Size: 1})
	require.Contains(t, out.String(), "5/10")
	n := out.Len()
	_, err := s.Write([]byte("a note\n"))
	require.NoError(t, err)
	require.Regexp(t, `^(\r|\x1b\[2K| )*a note\n$`, out.String()[n:])
}

func TestALineFitsItsTerminal(t *testing.T) {
	const line = "110/~3000  92/s  32s left  48.1k tokens  4 rejected"
	for room, want := range map[int]string{
		80: line, 51: line, 50: "110/~3000  92/s  32s left  48.1k tokens", 20: "110/~3000  92/s", 9: "110/~3000", 8: "", -3: "",
	} {
		require.Equal(t, want, fit(line, room), room)
	}
	var out bytes.Buffer // Taken for 80 columns.
	s := newScreen(&out)
	s.draw(mind.Stats{Units: 1_000_000, Kept: 123_456, Rejected: 123_456, Failed: 123_456, Held: 123_456, Requests: 5, Read: 1, Size: 2, Asking: time.Second})
	for frame := range strings.SplitSeq(out.String(), "\r") {
		frame, _, _ = strings.Cut(frame, "\b")
		require.LessOrEqual(t, utf8.RuneCountInString(frame), 80, "%q", frame)
	}
}

func TestShort(t *testing.T) {
	for n, want := range map[int]string{0: "0", 950: "950", 9999: "9999", 12345: "12.3k", 4_560_000: "4.56M", 7_000_000_000: "7.00G"} {
		require.Equal(t, want, short(n))
	}
}
