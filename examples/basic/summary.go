package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/org/mind"
)

// row prints one line of a table: a name, a number, a remark.
func row(w io.Writer, name string, n any, remark string) {
	fmt.Fprintf(w, "%s\n", strings.TrimRight(fmt.Sprintf("%-10s %9v   %s", name, n, remark), " "))
}

// printPlan says what a run would do and cost.
func (j *job) printPlan(w io.Writer, s mind.Stats) {
	answers := fmt.Sprint(s.AnswerTokens)
	if s.AnswerTokens == 0 && s.Pending > 0 {
		answers = "unknown"
	}
	row(w, "documents", s.Documents, skipped(s))
	row(w, "units", s.Units, "documents × chunks × styles × samples")
	row(w, "held", s.Held, "in "+j.out+" already")
	row(w, "pending", s.Pending, "to be asked of "+j.who)
	row(w, "tokens", s.PromptTokens, "in prompts, by our own count")
	row(w, "", answers, "in answers, at the mean of those held, else the most that is allowed")
	if s.Pending == 0 {
		fmt.Fprintln(w, "\nNothing is left to ask for.")
		return
	}
	fmt.Fprintln(w, "\nNothing was sent. Without -plan the same command does it.")
}

// printSummary says how a run went, where things are and what to do next.
func (j *job) printSummary(w io.Writer, s mind.Stats, complete bool) {
	row(w, "documents", s.Documents, skipped(s))
	row(w, "units", s.Units, "")
	row(w, "held", s.Held, "")
	row(w, "kept", s.Kept, "")
	row(w, "rejected", s.Rejected, reasons(s.Rejects))
	row(w, "failed", s.Failed, "")
	row(w, "pending", s.Pending, "")
	row(w, "tokens", s.Usage.PromptTokens+s.Usage.CompletionTokens, fmt.Sprintf("%d in prompts, %d in answers", s.Usage.PromptTokens, s.Usage.CompletionTokens))
	row(w, "requests", s.Requests, triedAgain(s))
	row(w, "slots", s.Slots, fmt.Sprintf("requests at a time at the end, %d at most", j.concurrency))
	row(w, "time", s.Elapsed.Round(10*time.Millisecond), rates(s))
	fmt.Fprintln(w)
	if s.Kept+s.Held > 0 {
		fmt.Fprintf(w, "dialogues  %s\n", j.out)
	}
	if _, err := os.Stat(j.store.Rejects()); err == nil {
		fmt.Fprintf(w, "rejects    %s\n", j.store.Rejects())
	}
	if others := j.store.held - s.Held; complete && others > 0 {
		fmt.Fprintf(w, "\n%s also holds %d dialogues that are not of this selection: an input that has grown is\nsampled anew, and other styles or another sample are other dialogues. They stay.\n", j.out, others)
	}
	if complete && s.Kept+s.Held > 0 {
		j.printNext(w)
	}
}

// triedAgain is a remark on requests that were sent again.
func triedAgain(s mind.Stats) string {
	if s.Busy+s.Errors == 0 {
		return ""
	}
	return fmt.Sprintf("%d busy signals, %d errors", s.Busy, s.Errors)
}

// rates is a remark on how fast it went.
func rates(s mind.Stats) string {
	units, tokens := s.Rate()
	if units == 0 {
		return ""
	}
	if tokens == 0 { // The server did not say.
		return perTime(units)
	}
	return fmt.Sprintf("%s, %s tokens/s", perTime(units), short(int(tokens)))
}

// skipped is a remark on rows that were no problems.
func skipped(s mind.Stats) string {
	if s.Skipped == 0 {
		return ""
	}
	return fmt.Sprintf("and %d rows skipped", s.Skipped)
}

// reasons lists the rejected by the word that says why, the most frequent first.
func reasons(rejects map[string]int) string {
	names := slices.SortedFunc(maps.Keys(rejects), func(a, b string) int {
		if d := rejects[b] - rejects[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, rejects[name])
	}
	return strings.Join(names, ", ")
}

// printNext shows a dialogue of the offline generator, because whoever is here
// for the first time wonders what it is that was made, and says what comes next.
func (j *job) printNext(w io.Writer) {
	if !j.offline {
		fmt.Fprintf(w, "\nTo read one: head -n 1 %s | jq -r .text\n", j.out)
		return
	}
	for d, err := range mind.Dialogues(j.out) {
		if err != nil || d.Reject != "" {
			break
		}
		fmt.Fprintf(w, "\nThe first one, as text:\n\n%s\n", excerpt(d.Text, 6, 100))
		break
	}
	fmt.Fprint(w, `
These are made by rule, to show the work; to train on, ask a model:
  ZHIPUAI_API_KEY=… or OPENAI_API_KEY=… in the environment or in a file .env, or
  -base-url http://localhost:8000/v1 -model NAME for a server of your own.
-plan says beforehand what it costs.
`)
}

// excerpt is the beginning of a text, so many lines of so many characters.
func excerpt(text string, lines, width int) string {
	var b strings.Builder
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if lines--; lines < 0 {
			b.WriteString("  …\n")
			break
		}
		if r := []rune(line); len(r) > width {
			line = string(r[:width-1]) + "…"
		}
		b.WriteString("  " + line + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
