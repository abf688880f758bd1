package mindtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/org/mind/mindtest"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// post asks with a prompt and returns the status and the body.
func post(ctx context.Context, c *http.Client, url, prompt string) (*http.Response, []byte, error) {
	body, err := json.Marshal(map[string]any{"model": "m", "messages": []map[string]string{{"role": "user", "content": prompt}}})
	if err != nil {
		return nil, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, b, err
}

// TestServerIsTheSameOverSocketsAndInMemory: a fault must look alike on both
// ways, or tests in memory would prove nothing.
func TestServerIsTheSameOverSocketsAndInMemory(t *testing.T) {
	tests := []struct {
		name  string
		fault mindtest.Fault
		want  string // Status and body, or that it breaks.
	}{
		{"well", mindtest.Fault{}, `200 {"choices":[{"finish_reason":"stop"`},
		{"finish", mindtest.Fault{FinishReason: "length"}, `200 {"choices":[{"finish_reason":"length"`},
		{"empty", mindtest.Fault{Empty: true}, `200 {"choices":[{"finish_reason":"stop","index":0,"message":{"content":""`},
		{"status", mindtest.Fault{Status: 503}, `503 {"error":{"code":"service_unavailable"`},
		{"body", mindtest.Fault{Body: "{"}, `200 {`},
		{"before", mindtest.Fault{Cut: mindtest.CutBefore}, "no response: EOF"},
		{"inside", mindtest.Fault{Cut: mindtest.CutInside}, "broken: unexpected EOF"},
		{"after", mindtest.Fault{Cut: mindtest.CutAfter}, `200 {"choices"`},
		{"do", mindtest.Fault{Do: func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }}, "200 hello"},
		{"too much", mindtest.Fault{Do: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			fmt.Fprint(w, "hello")
			fmt.Fprint(w, " world")
		}}, "200 hello"},
		{"silence", mindtest.Fault{Do: func(http.ResponseWriter, *http.Request) {}}, "200 "},
		{"large", mindtest.Fault{Body: strings.Repeat("x", 1<<20)}, "200 xxx"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &mindtest.Server{}
			s.SetFaults(tt.fault)
			socket := httptest.NewServer(s)
			defer socket.Close()
			for where, c := range map[string]*http.Client{"in memory": s.Client(), "over a socket": socket.Client()} {
				resp, body, err := post(t.Context(), c, socket.URL, "p")
				var got string
				switch {
				case resp == nil:
					got = "no response: " + strings.TrimPrefix(errors.Unwrap(err).Error(), "unexpected ")
				case err != nil:
					got = "broken: " + err.Error()
				default:
					got = fmt.Sprintf("%d %s", resp.StatusCode, body)
				}
				require.True(t, strings.HasPrefix(got, tt.want), "%s: %.100s", where, got)
				require.False(t, strings.HasSuffix(got, "world"), where)
			}
			require.Equal(t, 2, s.Seen().Prompts["p"])
			require.Zero(t, s.Seen().InFlight)
		})
	}
}

func TestServerRefusesWhatIsNoRequest(t *testing.T) {
	s := &mindtest.Server{Key: "k"}
	do := func(method, path, key, body string) int {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+key)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w.Code
	}
	good := `{"messages":[{"role":"user","content":"p"}]}`
	require.Equal(t, 404, do("POST", "/v1/completions", "k", good))
	require.Equal(t, 405, do("GET", "/v1/chat/completions", "k", good))
	require.Equal(t, 401, do("POST", "/v1/chat/completions", "", good))
	require.Equal(t, 400, do("POST", "/v1/chat/completions", "k", good[1:]))
	require.Equal(t, 400, do("POST", "/v1/chat/completions", "k", "{}"))
	require.Equal(t, 200, do("POST", "/v1/chat/completions", "k", good))
	require.Equal(t, map[int]int{200: 1, 400: 2, 401: 1, 404: 1, 405: 1}, s.Seen().Statuses)
	require.Equal(t, 1, s.Seen().Answered)
}

func TestCutAfterTheAnswerCutsTheConnection(t *testing.T) {
	s := &mindtest.Server{}
	s.SetFaults(mindtest.Fault{Cut: mindtest.CutAfter})
	w := httptest.NewRecorder()
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		s.ServeHTTP(w, httptest.NewRequest("POST", "/chat/completions", strings.NewReader(`{"messages":[{"role":"user","content":"p"}]}`)))
	})
	require.True(t, json.Valid(w.Body.Bytes()))
	require.Equal(t, 1, s.Seen().Answered)
}

func TestCapacityRefusesTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &mindtest.Server{}
		s.SetLatency(time.Second)
		s.SetCapacity(16, "2")
		var g errgroup.Group
		for i := range 50 {
			g.Go(func() error {
				resp, _, err := post(t.Context(), s.Client(), "http://host", fmt.Sprint(i))
				if err == nil && resp.StatusCode == 429 && resp.Header.Get("Retry-After") != "2" {
					return errors.New("no Retry-After")
				}
				return err
			})
		}
		require.NoError(t, g.Wait())
		seen := s.Seen()
		require.Equal(t, 50, seen.Requests)
		require.Equal(t, 16, seen.Answered)
		require.Equal(t, 16, seen.Peak)
		require.Equal(t, map[int]int{200: 16, 429: 34}, seen.Statuses)

		s.SetCapacity(0, "")
		_, _, err := post(t.Context(), s.Client(), "http://host", "again")
		require.NoError(t, err)
		require.Equal(t, 17, s.Seen().Answered)
	})
}

// TestFaultsAreTheSameInAnyOrder: which requests fail depends on what they ask,
// not on when they come.
func TestFaultsAreTheSameInAnyOrder(t *testing.T) {
	failed := func(seed uint64, from, to, step int) map[int]bool {
		s := &mindtest.Server{Seed: seed}
		s.SetFaults(mindtest.Fault{Share: 0.2, Status: 500})
		got := map[int]bool{}
		for i := from; i != to; i += step {
			resp, _, err := post(t.Context(), s.Client(), "http://host", fmt.Sprint(i))
			require.NoError(t, err)
			if resp.StatusCode == 500 {
				got[i] = true
			}
		}
		return got
	}
	up := failed(1, 0, 1000, 1)
	require.InDelta(t, 200, len(up), 40)
	require.Equal(t, up, failed(1, 999, -1, -1))
	require.NotEqual(t, up, failed(2, 0, 1000, 1))
}

func TestFaultsHitWhatTheyName(t *testing.T) {
	s := &mindtest.Server{}
	s.SetFaults(
		mindtest.Fault{Prompt: "bad", Times: 2, Status: 500},
		mindtest.Fault{Prompt: "bad", Times: 1, Status: 400},
	)
	var got []int
	for _, prompt := range []string{"good", "bad", "very bad", "bad", "bad"} {
		resp, _, err := post(t.Context(), s.Client(), "http://host", prompt)
		require.NoError(t, err)
		got = append(got, resp.StatusCode)
	}
	require.Equal(t, []int{200, 500, 500, 400, 200}, got)
}

func TestRoundTripperHonoursTheContext(t *testing.T) {
	for name, fault := range map[string]mindtest.Fault{
		"before the header": {Wait: time.Hour},
		"in the body": {Do: func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &mindtest.Server{}
				s.SetFaults(fault)
				cause := errors.New("enough")
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
				defer cancel()
				start := time.Now()
				_, _, err := post(ctx, s.Client(), "http://host", "p")
				require.ErrorIs(t, err, cause)
				require.Equal(t, time.Minute, time.Since(start))
				require.Zero(t, s.Seen().InFlight, "the handler has ended")
			})
		})
	}
}

func TestClosingTheBodyEndsTheHandler(t *testing.T) {
	for name, fault := range map[string]mindtest.Fault{
		"that writes": {Endless: true},
		"that waits": {Do: func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(make([]byte, 1<<16))
			w.Header().Set("Late", "too late")
			<-r.Context().Done()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &mindtest.Server{}
				s.SetFaults(fault)
				resp, err := s.Client().Post("http://host/chat/completions", "application/json", strings.NewReader(`{"messages":[{"role":"user","content":"p"}]}`))
				require.NoError(t, err)
				_, err = io.ReadFull(resp.Body, make([]byte, 1<<16))
				require.NoError(t, err)
				require.Equal(t, 1, s.Seen().InFlight)
				require.NoError(t, resp.Body.Close())
				require.Zero(t, s.Seen().InFlight)
				require.Empty(t, resp.Header.Get("Late"))
			})
		})
	}
}

// A server that refuses the first request, without a socket.
func ExampleServer() {
	server := &mindtest.Server{Reply: func(prompt string) string { return "Teacher: " + prompt }}
	server.SetFaults(mindtest.Fault{Times: 1, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}})
	for range 2 {
		resp, err := server.Client().Post("http://any/v1/chat/completions", "application/json",
			strings.NewReader(`{"model":"m","messages":[{"role":"user","content":"1 + 1?"}]}`))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(resp.Status)
		_ = resp.Body.Close()
	}
	fmt.Println(server.Seen().Prompts)
	// Output:
	// 429 Too Many Requests
	// 200 OK
	// map[1 + 1?:2]
}
