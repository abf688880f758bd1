package mind

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFinishAcceptsOnlyWhatTheModelEnded(t *testing.T) {
	for _, tt := range []struct{ name, reason, reject string }{
		{"stop", "stop", ""},
		{"none", "", ""},
		{"length", "length", "finish: length"},
		{"content_filter", "content_filter", "finish: content_filter"},
		{"sensitive", "sensitive", "finish: sensitive"},
		{"unknown", "network_error", "finish: network_error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: "A: 1\nB: 2", FinishReason: tt.reason}.Filter(Finish)
			require.Equal(t, tt.reject, d.Reject)
		})
	}
}

func TestTokensCounts(t *testing.T) {
	words := func(n int) string { return strings.TrimSpace(strings.Repeat("one ", n)) }
	for _, tt := range []struct {
		name, text string
		n          int
		reject     string
	}{
		{"fewer", "Teacher: two and two are four, is it not?", 50, "tokens: 12, fewer than 50"},
		{"as many", words(50), 50, ""},
		{"one short", words(49), 50, "tokens: 49, fewer than 50"},
		{"no white space", strings.Repeat("二加二等于四。", 20), 50, ""},
		{"off", "x", 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Dialogue{Text: tt.text}.Filter(Tokens(tt.n))
			require.Equal(t, tt.reject, d.Reject)
		})
	}
}

func TestPaperFilters(t *testing.T) {
	var names []string
	for _, f := range PaperFilters() {
		names = append(names, f.Name)
	}
	require.Equal(t, []string{"finish", "clean", "tokens"}, names)
}

// upper and never stand for filters that edit and that object.
var (
	upper = Filter{"upper", func(d *Dialogue) error { d.Text = strings.ToUpper(d.Text); return nil }}
	never = Filter{"never", func(d *Dialogue) error { return errors.New("not this one") }}
)

func TestDialogueFilter(t *testing.T) {
	blank := Filter{"blank", func(d *Dialogue) error { d.Text = " \n"; return nil }}
	for _, tt := range []struct {
		name    string
		d       Dialogue
		filters []Filter
		want    Dialogue
	}{
		{"no filter", Dialogue{Text: "a"}, nil, Dialogue{Text: "a"}},
		{"an edit keeps the answer", Dialogue{Text: "a"}, []Filter{upper}, Dialogue{Text: "A", Raw: "a"}},
		{"no edit, no raw", Dialogue{Text: "A"}, []Filter{upper}, Dialogue{Text: "A"}},
		{"a rejected one keeps the answer", Dialogue{Text: "a"}, []Filter{upper, never}, Dialogue{Text: "A", Raw: "a", Reject: "never: not this one"}},
		{"the first that objects", Dialogue{Text: "a"}, []Filter{never, upper}, Dialogue{Text: "a", Reject: "never: not this one"}},
		{"from the answer as received", Dialogue{Text: "EDITED", Raw: "a", Reject: "old: reason"}, nil, Dialogue{Text: "a"}},
		{"again, with other filters", Dialogue{Text: "EDITED", Raw: "a"}, []Filter{upper}, Dialogue{Text: "A", Raw: "a"}},
		{"edited to nothing", Dialogue{Text: "", Raw: "a", Reject: "clean: empty"}, nil, Dialogue{Text: "a"}},
		{"refused stays", Dialogue{Reject: "refused: 400"}, []Filter{upper, never}, Dialogue{Reject: "refused: 400"}},
		{"an answer that was called refused", Dialogue{Text: "a", Reject: "refused: 400"}, nil, Dialogue{Text: "a"}},
		{"empty whatever the filters", Dialogue{Text: ""}, nil, Dialogue{Reject: "empty: no text"}},
		{"white space is empty", Dialogue{Text: " \n\t"}, []Filter{upper}, Dialogue{Text: " \n\t", Reject: "empty: no text"}},
		{"made empty", Dialogue{Text: "a"}, []Filter{blank}, Dialogue{Text: " \n", Raw: "a", Reject: "empty: no text"}},
		{"a filter's reason wins", Dialogue{Text: ""}, []Filter{Clean}, Dialogue{Reject: "clean: empty"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, tt.d.Filter(tt.filters...))
			require.Equal(t, tt.want, tt.want.Filter(tt.filters...), "a second time")
		})
	}
}

func TestFilterLeavesTheOriginal(t *testing.T) {
	d := Dialogue{ID: "7", Text: "a", Style: "debate", Metadata: map[string]string{"level": "1"}, Source: "s", FinishReason: "stop", Key: "k"}
	was := d
	got := d.Filter(upper, never)
	require.Equal(t, was, d)
	was.Text, was.Raw, was.Reject = "A", "a", "never: not this one"
	require.Equal(t, was, got, "nothing but Text, Raw and Reject changes")
}
