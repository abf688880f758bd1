package mind

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// An Option configures New. The order of options does not matter.
type Option func(*settings)

// settings are what options set, with the defaults of New.
type settings struct {
	chunker     Chunker
	styles      []Style
	samples     int
	filters     []Filter
	concurrency int
	limits      Limits
	attempts    int
	grace       time.Duration
	log         *slog.Logger
}

func defaults() settings {
	return settings{
		chunker:     TokenChunker{Max: 500},
		styles:      []Style{SeedStyle()},
		samples:     1,
		filters:     PaperFilters(),
		concurrency: 16,
		attempts:    8,
		grace:       25 * time.Second,
		log:         slog.New(slog.DiscardHandler),
	}
}

// WithChunker sets what cuts documents. Default: TokenChunker{Max: 500}.
func WithChunker(c Chunker) Option { return func(s *settings) { s.chunker = c } }

// WithStyles sets the styles; each chunk is asked for in each of them. Names
// must differ. Default: SeedStyle.
func WithStyles(styles ...Style) Option {
	return func(s *settings) { s.styles = slices.Clone(styles) }
}

// WithSamples sets how many dialogues are asked for with each prompt. Default: 1.
func WithSamples(n int) Option { return func(s *settings) { s.samples = n } }

// WithFilters sets the filters, in their order; none turns them off. Default:
// PaperFilters.
func WithFilters(fs ...Filter) Option {
	return func(s *settings) { s.filters = slices.Clone(fs) }
}

// WithConcurrency sets the most requests in flight at a time. How many there
// are adapts to what the server takes. Default: 16.
func WithConcurrency(n int) Option { return func(s *settings) { s.concurrency = n } }

// WithLimits bounds what is sent. Default: no limits.
func WithLimits(l Limits) Option { return func(s *settings) { s.limits = l } }

// WithAttempts sets how often a request is tried before its unit counts as
// failed; busy signals do not count. Default: 8.
func WithAttempts(n int) Option { return func(s *settings) { s.attempts = n } }

// WithGrace sets how long requests in flight may go on when a run is told to
// stop. Default: 25 s, under the 30 s that Slurm and Kubernetes leave a process.
func WithGrace(d time.Duration) Option { return func(s *settings) { s.grace = d } }

// WithLogger sets where the run tells what it skips, retries and waits for.
// Prompts, answers and keys are never logged. Default: discarded.
func WithLogger(l *slog.Logger) Option { return func(s *settings) { s.log = l } }

// check returns everything that is wrong, as what to write instead.
func (s *settings) check() error {
	var errs []error
	wrong := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	wrong(s.chunker == nil, "mind: WithChunker(nil)")
	if c, ok := s.chunker.(interface{ check() error }); ok {
		if err := c.check(); err != nil {
			errs = append(errs, fmt.Errorf("mind: %w", err))
		}
	}
	wrong(len(s.styles) == 0, "mind: WithStyles needs a style")
	names := map[string]bool{}
	for _, style := range s.styles {
		wrong(style.Name == "", "mind: a style has no Name")
		wrong(names[style.Name], "mind: two styles are named %q, and so would have the same keys", style.Name)
		wrong(style.Prompt == nil && style.Instruction == "", "mind: style %q has neither Instruction nor Prompt", style.Name)
		names[style.Name] = true
	}
	for _, f := range s.filters {
		wrong(f.Name == "" || f.Check == nil, "mind: filter %q needs a Name and a Check", f.Name)
	}
	wrong(s.samples < 1, "mind: WithSamples(%d) must be at least 1", s.samples)
	wrong(s.concurrency < 1, "mind: WithConcurrency(%d) must be at least 1", s.concurrency)
	wrong(s.attempts < 1, "mind: WithAttempts(%d) must be at least 1", s.attempts)
	wrong(s.grace < 0, "mind: WithGrace(%v) must not be negative", s.grace)
	wrong(s.limits.RPM < 0 || s.limits.TPM < 0 || s.limits.Tokens < 0, "mind: WithLimits(%+v) must not be negative", s.limits)
	wrong(s.log == nil, "mind: WithLogger(nil)")
	return errors.Join(errs...)
}
