package mind

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mathSpans are all spans of text, in the order of their ends.
func mathSpans(text string) (spans []span) {
	r := newSpanner(text, 0)
	for {
		s, ok := r.next(len(text))
		if !ok {
			return spans
		}
		spans = append(spans, s)
	}
}

func TestMathSpans(t *testing.T) {
	for text, want := range map[string][]string{
		`a $x$ b $$y$$ c \(z\) d \[w\] e`: {`$x$`, `$$y$$`, `\(z\)`, `\[w\]`},
		"it costs $5 and $10 more":        nil,
		"it costs $5 and $$x$$ more":      {"$$x$$"},
		`\$5 and $x\$y$`:                  {`$x\$y$`},
		"$open\n\n$x$":                    {"$x$"},
		"$a\n\nb$":                        nil,
		`\(a` + "\n \t\n" + `b\)`:         nil,
		"$a\nb$":                          {"$a\nb$"},
		"$x$$y$":                          {"$x$", "$y$"},
		`$$a \text{ if $x$}$$`:            {"$x$", `$$a \text{ if $x$}$$`},
		`\begin{a}\begin{b}$x$\end{b}` + "\n\n" + `\end{a}.`: {`$x$`, `\begin{b}$x$\end{b}`, `\begin{a}\begin{b}$x$\end{b}` + "\n\n" + `\end{a}`},
		`\begin{a}\begin{b}$x$\end{a}`:                       {`$x$`, `\begin{a}\begin{b}$x$\end{a}`},
		`\begin{a}\end{b}\end{a}`:                            {`\begin{a}\end{b}\end{a}`},
		`$5 \begin{a}x$\end{a}`:                              {`\begin{a}x$\end{a}`},
		`\[\begin{a}x\end{a}\]`:                              {`\begin{a}x\end{a}`, `\[\begin{a}x\end{a}\]`},
		"```\nx = $1\n\ny\n``` $z$":                          {"```\nx = $1\n\ny\n```", "$z$"},
		"``` $z$":                                            {"$z$"},
		`\\(a) and \(b\)`:                                    {`\(b\)`},
		"$x$ and $y":                                         {"$x$"},
		`$`:                                                  nil,
		`\`:                                                  nil,
		`\begin{open}`:                                       nil,
		`\end{x}`:                                            nil,
	} {
		var got []string
		for _, s := range mathSpans(text) {
			got = append(got, text[s.from:s.to])
		}
		require.Equal(t, want, got, text)
	}
}

// Of two spans that overlap, one is inside the other, whatever the text is.
func TestSpansAreNested(t *testing.T) {
	for _, h := range hostileTexts(2_000) {
		var open []span
		spans := mathSpans(h.text)
		for _, s := range spans {
			for len(open) > 0 && open[len(open)-1].from >= s.from {
				open = open[:len(open)-1]
			}
			if len(open) > 0 {
				require.LessOrEqual(t, open[len(open)-1].to, s.from, h.name)
			}
			open = append(open, s)
		}
	}
	require.Len(t, mathSpans(strings.Repeat(`\begin{a}`, 100)+strings.Repeat(`\end{a}`, 100)), 32)
}
