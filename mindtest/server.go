package mindtest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Server is a fake chat-completions server: an [http.Handler] that answers
// POSTs to …/chat/completions by rule, keeps count, and fails on request.
//
// Serve it from a socket with httptest.NewServer, or give its Client to
// mind.Client.HTTP: that needs no socket, and so works inside a bubble of
// testing/synctest, where Latency takes no time. Its fields must not change
// once it serves; faults can be switched on and off at any time. The zero
// value works.
type Server struct {
	Model string                     // The model it says it is. Default: the one asked for.
	Key   string                     // The key it wants to see; any other is a 401. Default: none is wanted.
	Reply func(prompt string) string // The answer to a user message. Default: a short talk, the same for the same prompt.
	Seed  uint64                     // Draws the requests that a Share of a fault hits. Default: 0.

	mu         sync.Mutex
	latency    time.Duration
	capacity   int
	retryAfter string
	faults     []*activeFault
	seen       Seen
}

// A Fault is something that goes wrong: which requests it hits, and what
// happens to them. The zero value hits every request and changes nothing.
type Fault struct {
	Prompt string  // Only requests whose user message contains it. Default: all.
	Share  float64 // Only this share of them, drawn from Seed, the prompt and how often it was asked. Default: all.
	Times  int     // Only the first so many of them. Default: no end.

	Wait         time.Duration    // It takes this much longer than Latency. Default: 0.
	Status       int              // The status instead of 200. Default: 200.
	Header       http.Header      // Added to the response's. Default: nothing.
	Body         string           // The body, as it is. Default: the answer; with a Status, an error in OpenAI's form.
	FinishReason string           // Instead of stop. Default: stop.
	Empty        bool             // The answer has no text. Default: false.
	Cut          Cut              // Where the connection breaks. Default: nowhere.
	Endless      bool             // White space follows the body for as long as it is read. Default: false.
	Do           http.HandlerFunc // Responds in the server's place, after Wait; what stands above is not used. Default: none.
}

// A Cut is a place where a connection breaks.
type Cut int

// Where the connection breaks.
const (
	CutNowhere Cut = iota
	CutBefore      // Nothing is answered.
	CutInside      // Half of the body is sent.
	CutAfter       // The whole body is sent.
)

// Seen is what a Server has seen so far.
type Seen struct {
	Requests int            // All, refused ones too.
	Answered int            // Those that were sent a whole answer: what a provider would bill.
	InFlight int            // Now; those beyond the capacity do not count.
	Peak     int            // The most in flight at a time.
	Statuses map[int]int    // Responses by status; 0 is a connection that broke before one, or a Do.
	Prompts  map[string]int // Requests by user message.
}

type activeFault struct {
	Fault
	hits int
}

// SetLatency makes every answer take d.
func (s *Server) SetLatency(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.latency = d
}

// SetCapacity has every request beyond n in flight refused with a 429, which
// bears the header Retry-After if retryAfter is not empty. n ≤ 0: no limit.
func (s *Server) SetCapacity(n int, retryAfter string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.capacity, s.retryAfter = n, retryAfter
}

// SetFaults replaces all faults; without an argument the server is well again.
// To each request the first one that hits it happens.
func (s *Server) SetFaults(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
	for _, f := range faults {
		s.faults = append(s.faults, &activeFault{Fault: f})
	}
}

// Seen returns the counts so far.
func (s *Server) Seen() Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	seen.Statuses, seen.Prompts = maps.Clone(seen.Statuses), maps.Clone(seen.Prompts)
	return seen
}

// Client is an HTTP client whose every request goes to s, in memory.
func (s *Server) Client() *http.Client { return &http.Client{Transport: RoundTripper(s)} }

// ServeHTTP serves one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // The client left.
	}
	var asked struct {
		Model    string
		Messages []struct{ Role, Content string }
	}
	jsonErr := json.Unmarshal(body, &asked)
	system, prompt := 0, ""
	for _, m := range asked.Messages {
		if m.Role == "user" {
			prompt = m.Content
		} else {
			system += len(m.Content)
		}
	}
	fault, wait, room := s.admit(prompt)
	status, left := 0, false
	leave := func(answered bool) {
		if !left {
			left = true
			s.leave(status, answered, room)
		}
	}
	defer leave(false)

	refuse := func(code int, kind, message string) {
		status = code
		writeChatError(w, code, kind, message)
	}
	switch {
	case !strings.HasSuffix(r.URL.Path, "/chat/completions"):
		refuse(http.StatusNotFound, "not_found_error", "no route "+r.URL.Path)
		return
	case r.Method != http.MethodPost:
		refuse(http.StatusMethodNotAllowed, "invalid_request_error", "only POST is served")
		return
	case s.Key != "" && r.Header.Get("Authorization") != "Bearer "+s.Key:
		refuse(http.StatusUnauthorized, "invalid_api_key", "incorrect API key provided")
		return
	case jsonErr != nil || len(asked.Messages) == 0:
		refuse(http.StatusBadRequest, "invalid_request_error", "body must be JSON with messages")
		return
	}

	if wait > 0 {
		select {
		case <-time.After(wait):
		case <-r.Context().Done():
			panic(http.ErrAbortHandler)
		}
	}
	if fault.Do != nil {
		fault.Do(w, r)
		return
	}
	if fault.Cut == CutBefore {
		panic(http.ErrAbortHandler)
	}
	status = http.StatusOK
	if fault.Status != 0 {
		status = fault.Status
	}
	out := []byte(fault.Body)
	if fault.Body == "" && status != http.StatusOK {
		out = chatErrorBody(strings.ReplaceAll(strings.ToLower(http.StatusText(status)), " ", "_"), "it was told to fail")
	} else if fault.Body == "" {
		out = s.completion(asked.Model, prompt, system, fault)
	}
	w.Header().Set("Content-Type", "application/json")
	for name, values := range fault.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if !fault.Endless {
		w.Header().Set("Content-Length", strconv.Itoa(len(out)))
	}
	if !fault.Endless {
		// Before the client has its answer, or its next request might come while
		// this one still takes up room.
		leave(status == http.StatusOK && fault.Body == "" && fault.Cut != CutInside)
	}
	w.WriteHeader(status)
	half := len(out)
	if fault.Cut == CutInside {
		half /= 2
	}
	_, err = w.Write(out[:half])
	_ = http.NewResponseController(w).Flush() // What cannot flush sends it all the same.
	for fault.Endless && err == nil && r.Context().Err() == nil {
		_, err = w.Write([]byte(strings.Repeat(" ", 4096)))
	}
	if fault.Cut != CutNowhere {
		panic(http.ErrAbortHandler)
	}
}

// admit counts a request in, if there is room for it. It says what goes wrong
// with it and how long it takes.
func (s *Server) admit(prompt string) (fault Fault, wait time.Duration, room bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen.Prompts == nil {
		s.seen.Prompts, s.seen.Statuses = map[string]int{}, map[int]int{}
	}
	nth := s.seen.Prompts[prompt]
	s.seen.Prompts[prompt]++
	s.seen.Requests++
	if s.capacity > 0 && s.seen.InFlight >= s.capacity {
		full := Fault{Status: http.StatusTooManyRequests, Body: string(chatErrorBody("rate_limit_exceeded", "too many requests in flight"))}
		if s.retryAfter != "" {
			full.Header = http.Header{"Retry-After": {s.retryAfter}}
		}
		return full, 0, false
	}
	s.seen.InFlight++
	s.seen.Peak = max(s.seen.Peak, s.seen.InFlight)
	for i, f := range s.faults {
		if !strings.Contains(prompt, f.Prompt) || f.Times > 0 && f.hits >= f.Times {
			continue
		}
		if f.Share > 0 && draw(s.Seed, i, prompt, nth) >= f.Share {
			continue
		}
		f.hits++
		return f.Fault, s.latency + f.Wait, true
	}
	return Fault{}, s.latency, true
}

// leave counts a request out.
func (s *Server) leave(status int, answered, room bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if room {
		s.seen.InFlight--
	}
	if answered {
		s.seen.Answered++
	}
	s.seen.Statuses[status]++
}

// completion is the answer as JSON. Tokens are counted as four bytes each.
func (s *Server) completion(model, prompt string, system int, f Fault) []byte {
	reply, finish := s.Reply, f.FinishReason
	if reply == nil {
		reply = shortTalk
	}
	if s.Model != "" {
		model = s.Model
	}
	if finish == "" {
		finish = "stop"
	}
	text := ""
	if !f.Empty {
		text = reply(prompt)
	}
	in, out := (system+len(prompt)+3)/4, (len(text)+3)/4
	type object = map[string]any
	b, _ := json.Marshal(object{ // Strings and numbers always have a JSON form.
		"id":      fmt.Sprintf("chatcmpl-%016x", uint64(draw(s.Seed, 0, prompt, 0)*(1<<53))),
		"object":  "chat.completion",
		"model":   model,
		"choices": []object{{"index": 0, "finish_reason": finish, "message": object{"role": "assistant", "content": text}}},
		"usage":   object{"prompt_tokens": in, "completion_tokens": out, "total_tokens": in + out},
	})
	return b
}

// shortTalk is a dialogue of some 90 tokens that is the same for the same
// prompt and as a rule another for another.
func shortTalk(prompt string) string {
	n := int(draw(0, 0, prompt, 0) * 1e9)
	return fmt.Sprintf(`Teacher: Let us read the problem together. What is it that we are asked to find?
Student: It asks for one number, and it gives us what we need to compute it.
Teacher: Good. Which step comes first, and why does it help?
Student: I would write the known values down, because then the unknown stands alone.
Teacher: And what do you get when you carry that out?
Student: I get %d. I checked it by putting it back into the problem.`, n)
}

// draw is a number from [0, 1) that depends on its arguments alone, so that the
// same requests fail in whatever order they come.
func draw(seed uint64, fault int, prompt string, nth int) float64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %d %d %s", seed, fault, nth, prompt)
	x := h.Sum64() // FNV mixes its last bytes badly into the high bits.
	x ^= x >> 32
	x *= 0x9e3779b97f4a7c15
	x ^= x >> 29
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 32
	return float64(x>>11) / (1 << 53)
}

func writeChatError(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(chatErrorBody(kind, message)) // A client that left needs no error.
}

// chatErrorBody is an error as OpenAI writes it.
func chatErrorBody(code, message string) []byte {
	b, _ := json.Marshal(map[string]any{"error": map[string]any{"message": message, "type": code, "param": nil, "code": code}})
	return b
}
