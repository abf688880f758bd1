package mindtest

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"

	"github.com/org/mind"
)

// Memory is a mind.Sink in memory, for tests and for programs that use the
// dialogues at once. The zero value is empty and ready. All of its methods are
// safe for concurrent use, so that it can be looked into while a run goes on;
// it must not be copied after its first use.
type Memory struct {
	mu        sync.Mutex
	held      map[string]bool // by Key
	dialogues []mind.Dialogue
}

// Keys yields the Key of every dialogue written so far, in the order of
// writing. Write may be called during the iteration, which does not see its
// dialogues.
func (m *Memory) Keys(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for _, d := range m.snapshot() {
			if !yield(d.Key, nil) {
				return
			}
		}
	}
}

// Write holds ds. A Key that it holds already, or that comes twice in ds, is an
// error, and nothing of ds is held then: a pipeline never writes one dialogue
// twice, so whoever does has lost count of what is done.
func (m *Memory) Write(ctx context.Context, ds []mind.Dialogue) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fresh := make(map[string]bool, len(ds))
	for _, d := range ds {
		if m.held[d.Key] || fresh[d.Key] {
			return fmt.Errorf("dialogue %s is written twice (document %q, chunk %d, style %q, sample %d)", d.Key, d.ID, d.Chunk, d.Style, d.Sample)
		}
		fresh[d.Key] = true
	}
	if m.held == nil {
		m.held = fresh
	} else {
		maps.Copy(m.held, fresh)
	}
	for _, d := range ds {
		d.Metadata = maps.Clone(d.Metadata) // It is the document's own map, which its source may use again.
		m.dialogues = append(m.dialogues, d)
	}
	return nil
}

// Dialogues returns every dialogue held, kept and rejected, in the order of
// writing. The slice is the caller's own.
func (m *Memory) Dialogues() []mind.Dialogue { return slices.Clone(m.snapshot()) }

// Kept returns the dialogues that no filter objected to, in the order of
// writing.
func (m *Memory) Kept() []mind.Dialogue {
	return slices.DeleteFunc(m.Dialogues(), func(d mind.Dialogue) bool { return d.Reject != "" })
}

// Rejected returns the dialogues with a Reject, in the order of writing.
func (m *Memory) Rejected() []mind.Dialogue {
	return slices.DeleteFunc(m.Dialogues(), func(d mind.Dialogue) bool { return d.Reject == "" })
}

// snapshot is what is held now. Nobody writes to its elements, for Write only
// appends.
func (m *Memory) snapshot() []mind.Dialogue {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dialogues
}
