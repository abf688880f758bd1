package mind

import "time"

// Stats tells how a run goes, or what Plan has found. At any time
//
//	Units = Held + Kept + Rejected + Failed + Pending
type Stats struct {
	Documents int // Documents that the source yielded,
	Skipped   int // and those that it could not: rows with an error.

	Units    int            // Units drawn: document × chunk × style × sample.
	Held     int            // The sink had them, or they were drawn before in this run.
	Kept     int            // Written now, as good.
	Rejected int            // Written now, with the reason why not.
	Failed   int            // No answer after all attempts, and so no record: the next run asks again.
	Pending  int            // Drawn, without an outcome yet.
	Rejects  map[string]int // Rejected, by the word before the colon of the reason: a filter's name or "refused".

	Requests int   // Attempts.
	Busy     int   // Attempts that ended with a busy signal,
	Errors   int   // and those that ended with another error that is tried again.
	Last     error // The last of these errors.
	Usage    Usage // Tokens of all answers, as billed.

	Slots    int // Requests that may be in flight now,
	InFlight int // those that are,
	Parked   int // and units that wait to be asked for again.

	PromptTokens int // Plan only: tokens of all prompts of units that are not held, by O200k.
	AnswerTokens int // Plan only: tokens of their answers, as the mean of the sink's, else the most that is allowed; 0: unknown.

	Read, Size int64         // How much of the source has been read, in its own unit; Size 0: unknown.
	Elapsed    time.Duration // Since the start,
	Asking     time.Duration // and since the first request.
}

// Rate is how many units a second got an outcome, and how many tokens a second
// were paid for, since the first request: reading the sink and what is held is
// no measure of a server.
func (s Stats) Rate() (units, tokens float64) {
	if s.Asking <= 0 {
		return 0, 0
	}
	seconds := s.Asking.Seconds()
	return float64(s.Kept+s.Rejected+s.Failed) / seconds, float64(s.Usage.PromptTokens+s.Usage.CompletionTokens) / seconds
}
