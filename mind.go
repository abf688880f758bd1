// Package mind turns math texts into multi-turn dialogues with any chat model,
// to pretrain language models on: the method of the MIND paper
// (arXiv:2410.12881), built so that nothing that was paid for is lost and
// nothing is paid for twice.
//
//	Source ──▶ Document ──▶ Chunker ──▶ Chunk × Style × sample ──▶ Request
//	Files, Sample           TokenChunker      the unit: one Key       │
//	                                                                  ▼
//	Sink ◀── Dialogue ◀── Filters ◀── Response ◀─────────────── Generator
//	Store                 Finish, Clean, Tokens              Client, Balance
//
// A [Document] is cut into [Chunk]s. Each chunk is asked for once per [Style]
// and sample: that is a unit, and its Key names the dialogue for ever. A
// [Pipeline] draws the units that the [Sink] does not hold yet, asks the
// [Generator] with bounded concurrency, checks each answer with its [Filter]s
// and writes one [Dialogue] a unit, kept or rejected. The sink is the only
// memory: a run that was killed is completed by running it again.
//
// What holds, after any kill and a rerun that returns nil:
//
//   - every unit has exactly one record, and no line is torn;
//   - every answer that Run received is kept, also one that a filter rejects,
//     but for those that a kill found in flight or on their way to the disk;
//   - units drawn = held + kept + rejected + failed + pending, at any time;
//   - memory is flat: the units in flight and in back-off, which are bounded,
//     and 20 to 28 bytes a finished one;
//   - no network but the endpoint that the user named;
//   - same input, same seed: the same units.
//
// Implementations of the four interfaces need no goroutine, no lock and no
// retry of their own: Pipeline does all of that. Package mindtest has a
// generator that needs no network, a sink in memory and a fake chat server.
package mind

import (
	"context"
	"errors"
	"iter"
	"time"
)

// A Document is a text to hold dialogues about. (ID, IntID, Text) is its
// identity: a document whose text changes is another document.
type Document struct {
	ID    string            // Copied to the output; may be empty or repeated. Default: a hash of Text, in the record only.
	IntID bool              // ID was an integer in the input and is written as one. Default: a string.
	Text  string            // The whole text, UTF-8.
	Meta  map[string]string // Copied to the output as metadata (level, type, url, …): the same keys for every document of a source. Default: none.
}

// A Chunk is a piece of a document, short enough for one dialogue.
type Chunk struct {
	Doc   Document
	Index int    // From 0.
	Count int    // Chunks of this document.
	Text  string // The piece. The pieces of a document joined are its text, if the chunker is lossless.
}

// A Request asks for one dialogue.
type Request struct {
	Key    string // Names the dialogue: 40 of [0-9a-v-]. It never changes for the same unit and prompt.
	Chunk  Chunk
	Style  string // The style's name.
	Sample int    // From 0: which of the dialogues asked for with this prompt.
	System string // The system message; empty: none.
	Prompt string // The user message.
}

// A Response is a model's answer.
type Response struct {
	Text         string // The answer alone: a client drops reasoning that comes in a field of its own.
	Model        string // The model that answered, as it calls itself.
	FinishReason string // stop, length, content_filter, …; empty means stop.
	Usage        Usage
}

// Usage counts tokens as the server billed them; zero where it did not say.
type Usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}

// A Source yields documents. [Files] reads them from files, [Documents] holds
// them in memory, and [Sample] draws some of another source.
//
// Pipeline calls Documents once in Run and once in Plan, from one goroutine,
// and may stop the iteration early. An error for which errors.Is(err, ErrSkip)
// holds concerns one document, which is counted as skipped; any other error
// ends the run. The documents and their order should be the same each time. What
// was yielded must not be changed afterwards, Meta included: it is in use until
// its dialogues are written.
//
// A source may have a method Progress() (read, size int64), in any unit, that
// says how much of it has been read; size 0 means unknown. It is called
// concurrently with the iteration.
type Source interface {
	Documents(ctx context.Context) iter.Seq2[Document, error]
}

// A Chunker cuts a text into pieces. [TokenChunker] cuts by tokens.
//
// It must be deterministic, for the index of a chunk is part of its identity,
// and safe for concurrent use. Pieces of white space alone are not asked for.
type Chunker interface {
	Chunks(text string) iter.Seq[string]
}

// A Generator answers a request, with a language model as a rule. [Client] asks
// one behind an API, [Balance] spreads requests over several generators, and
// mindtest.Offline needs no model.
//
// Generate makes one attempt and must not try again by itself. It is called
// concurrently, must return soon after ctx is done, and must not keep the
// request. Its error tells what to do:
//
//   - one for which errors.Is(err, ErrSkip) holds: not this request; it is
//     recorded as rejected, "refused: …", and never asked again;
//   - errors.Is(err, ErrStop): all further work is pointless (a wrong key, an
//     empty account); the run stops;
//   - a [*BusyError]: slow down; it costs no attempt;
//   - any other: it is tried again, up to [WithAttempts] times.
//
// A generator may have a method AnswerTokens() int, the most tokens that an
// answer may have: Plan reckons with it while the sink has no better figure.
type Generator interface {
	Generate(ctx context.Context, r Request) (Response, error)
}

// A Sink holds dialogues, kept and rejected. [Store] is one in a file,
// mindtest.Memory one in memory.
//
// No two methods are called at the same time in one Run. Run and Plan call
// Keys once, before the first Write.
//
// A sink may have a method Accepts(Document) error, which is called for each
// document before anything is asked about it: an error ends the run before an
// answer is paid for that Write would have to refuse. It alone may be called at
// the same time as Write. And it may have a method
// AnswerTokens() int, the mean over the answers that it holds, for Plan.
type Sink interface {
	// Keys yields the Key of every dialogue held, kept or rejected.
	Keys(ctx context.Context) iter.Seq2[string, error]

	// Write adds ds, in that order. It returns nil when all of ds survive a
	// crash of the machine. ds has no key that Keys yielded and none that was
	// written before; those with a Reject are rejected. It must not keep ds.
	// After an error the run stops and writes nothing more.
	Write(ctx context.Context, ds []Dialogue) error
}

// SourceFunc makes a Source of a function.
type SourceFunc func(ctx context.Context) iter.Seq2[Document, error]

// Documents calls f.
func (f SourceFunc) Documents(ctx context.Context) iter.Seq2[Document, error] { return f(ctx) }

// ChunkerFunc makes a Chunker of a function.
type ChunkerFunc func(text string) iter.Seq[string]

// Chunks calls f.
func (f ChunkerFunc) Chunks(text string) iter.Seq[string] { return f(text) }

// GeneratorFunc makes a Generator of a function.
type GeneratorFunc func(ctx context.Context, r Request) (Response, error)

// Generate calls f.
func (f GeneratorFunc) Generate(ctx context.Context, r Request) (Response, error) { return f(ctx, r) }

// Documents is a Source in memory.
type Documents []Document

// Documents yields the elements in their order.
func (ds Documents) Documents(ctx context.Context) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for _, d := range ds {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// ErrSkip marks an error that concerns one document (from a Source) or one
// request (from a Generator): the rest goes on. Wrap it with the reason.
var ErrSkip = errors.New("skipped")

// ErrStop marks an error of a Generator after which all further requests are
// pointless: the run stops at once. Wrap it with what is to be done.
var ErrStop = errors.New("stopped")

// A BusyError tells that the server has no room for this request now. Pipeline
// sends less, waits and tries again; it costs no attempt.
type BusyError struct {
	Wait time.Duration // How long the server asked to wait. Default: the pipeline's own back-off.
	Err  error         // What it said.
}

// Error returns what the server said.
func (e *BusyError) Error() string {
	if e.Err == nil {
		return "server is busy"
	}
	return e.Err.Error()
}

// Unwrap returns e.Err.
func (e *BusyError) Unwrap() error { return e.Err }

// marked is an error that is one of our sentinels for errors.Is and reads as
// its own message alone: the sentinel's word would only be in a reader's way.
type marked struct {
	error
	mark error
}

func (m marked) Is(target error) bool { return target == m.mark }

func (m marked) Unwrap() error { return m.error }
