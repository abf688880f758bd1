package mind_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
	"github.com/stretchr/testify/require"
)

const testKey = "0123abcd.s3cr3tS3cr3t"

// outcomes of an attempt, as Pipeline tells them apart.
func outcome(err error) string {
	busy, isBusy := errors.AsType[*mind.BusyError](err)
	switch {
	case err == nil:
		return "answer"
	case errors.Is(err, mind.ErrStop):
		return "stop"
	case errors.Is(err, mind.ErrSkip):
		return "skip"
	case isBusy:
		return fmt.Sprint("busy ", busy.Wait)
	}
	return "again"
}

// faulty is a client of a server with one fault, in memory.
func faulty(f mindtest.Fault) (*mind.Client, *mindtest.Server) {
	s := &mindtest.Server{Model: "fake"}
	s.SetFaults(f)
	return &mind.Client{BaseURL: "http://host/v1", Key: testKey, Model: "m", HTTP: s.Client()}, s
}

func openAIError(code, kind string) string {
	return fmt.Sprintf(`{"error":{"message":"It says %s.","type":%q,"param":null,"code":%s}}`, testKey, kind, code)
}

func zhipuError(code string) string {
	return fmt.Sprintf(`{"error":{"code":%q,"message":"余额 %s"}}`, code, testKey)
}

func vllmError(code int, kind string) string {
	return fmt.Sprintf(`{"error":{"message":"The key is %s","type":%q,"param":null,"code":%d}}`, testKey, kind, code)
}

func oldVLLMError(code int, kind string) string {
	return fmt.Sprintf(`{"object":"error","message":"The key is %s","type":%q,"param":null,"code":%d}`, testKey, kind, code)
}

const answerJSON = `{"choices":[{"message":{"content":%s},"finish_reason":%s}]}`

// TestEveryFaultHasOneOutcome is the client's whole contract towards servers.
func TestEveryFaultHasOneOutcome(t *testing.T) {
	type fault = mindtest.Fault
	rows := []struct {
		name  string
		fault fault
		want  string
		says  string // A part of the message.
	}{
		{"openai 400", fault{Status: 400, Body: openAIError("null", "invalid_request_error")}, "skip", "400 invalid_request_error: It says"},
		{"openai context", fault{Status: 400, Body: openAIError(`"context_length_exceeded"`, "invalid_request_error")}, "skip", "400 context_length_exceeded: "},
		{"openai content filter", fault{Status: 400, Body: openAIError(`"content_filter"`, "invalid_request_error")}, "skip", ""},
		{"openai parameter", fault{Status: 400, Body: openAIError(`"unsupported_value"`, "invalid_request_error")}, "stop", "leave it out"},
		{"openai 401", fault{Status: 401, Body: openAIError(`"invalid_api_key"`, "invalid_request_error")}, "stop", "http://host/v1/chat/completions: 401 invalid_api_key: It says [key].; check the key"},
		{"openai 403", fault{Status: 403, Body: openAIError("null", "x")}, "stop", "check what the key may use"},
		{"openai 404 model", fault{Status: 404, Body: openAIError(`"model_not_found"`, "x")}, "stop", "check the names of model and server (Model and BaseURL, -model and -base-url)"},
		{"openai 403 model", fault{Status: 403, Body: openAIError(`"model_not_found"`, "x")}, "stop", "check the names of model and server"},
		{"openai 408", fault{Status: 408}, "again", "408"},
		{"openai 409", fault{Status: 409}, "again", "409"},
		{"openai 429", fault{Status: 429, Body: openAIError(`"rate_limit_exceeded"`, "tokens")}, "busy 0s", "429 rate_limit_exceeded"},
		{"openai 429 quota", fault{Status: 429, Body: openAIError(`"insufficient_quota"`, "insufficient_quota")}, "stop", "top up the account"},
		{"openai 429 quota as type", fault{Status: 429, Body: openAIError("null", "insufficient_quota")}, "stop", "top up the account"},
		{"openai 429 for ever", fault{Status: 429, Body: `{"error":{"message":"Request too large for m: Limit 1, Requested 2","type":"tokens","code":"rate_limit_exceeded"}}`}, "skip", "too large"},
		{"openai 500", fault{Status: 500, Body: openAIError("null", "server_error")}, "again", "500 server_error"},
		{"openai 503", fault{Status: 503, Body: openAIError("null", "service_unavailable")}, "busy 0s", ""},

		{"openrouter moderation", fault{Status: 403, Body: `{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"…"}}}`}, "skip", "403: Your input was flagged"},
		{"dashscope arrears as 400", fault{Status: 400, Body: openAIError(`"Arrearage"`, "Arrearage")}, "stop", "top up the account"},
		{"moonshot arrears as 429", fault{Status: 429, Body: openAIError("null", "exceeded_current_quota_error")}, "stop", "top up the account"},

		{"402", fault{Status: 402, Body: openAIError("null", "unknown_error")}, "stop", "top up the account"},
		{"echo of the secret half", fault{Status: 401, Body: `{"error":"no s3cr3tS3cr3t here"}`}, "stop", "401: no [key] here; check the key"},
		{"405", fault{Status: 405, Body: `{"detail":"Method Not Allowed"}`}, "stop", "405: Method Not Allowed; check the names of model and server (Model and BaseURL, -model and -base-url)"},
		{"407", fault{Status: 407}, "stop", "proxy"},
		{"413", fault{Status: 413}, "skip", "413"},
		{"418", fault{Status: 418}, "again", "418"},
		{"502 without a body", fault{Status: 502, Body: " "}, "again", "502: Bad Gateway"},
		{"504", fault{Status: 504}, "again", ""},
		{"529", fault{Status: 529}, "busy 0s", ""},
		{"599", fault{Status: 599}, "again", ""},

		{"seconds", fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}}, "busy 7s", ""},
		{"milliseconds first", fault{Status: 429, Header: http.Header{"Retry-After": {"7"}, "retry-after-ms": {"250"}}}, "busy 250ms", ""},
		{"date by the server's clock", fault{Status: 503, Header: http.Header{"Date": {"Tue, 01 Jan 2030 00:00:00 GMT"}, "Retry-After": {"Tue, 01 Jan 2030 00:00:09 GMT"}}}, "busy 9s", ""},
		{"date long past", fault{Status: 503, Header: http.Header{"Retry-After": {"Fri, 01 Jan 1999 00:00:09 GMT"}}}, "busy 0s", ""},
		{"a year", fault{Status: 429, Header: http.Header{"Retry-After": {"31536000"}}}, "busy 10m0s", ""},

		{"vllm 400", fault{Status: 400, Body: vllmError(400, "BadRequestError")}, "skip", "400 BadRequestError: The key is"},
		{"vllm temperature", fault{Status: 400, Body: `{"error":{"message":"no","type":"x","param":"temperature","code":400}}`}, "skip", "400 x: no; check temperature, top_p and max_tokens"},
		{"vllm 401", fault{Status: 401, Body: `{"error":"Unauthorized"}`}, "stop", "401: Unauthorized; check the key"},
		{"vllm 404", fault{Status: 404, Body: vllmError(404, "NotFoundError")}, "stop", "404 NotFoundError"},
		{"vllm 500", fault{Status: 500, Body: vllmError(500, "InternalServerError")}, "again", ""},
		{"vllm 503", fault{Status: 503, Body: vllmError(503, "ServiceUnavailableError")}, "busy 0s", ""},
		{"old vllm 400", fault{Status: 400, Body: oldVLLMError(400, "BadRequestError")}, "skip", "400 BadRequestError: The key is"},
		{"old vllm 404", fault{Status: 404, Body: oldVLLMError(404, "NotFoundError")}, "stop", ""},
		{"wrong path", fault{Status: 404, Body: `{"detail":"Not Found"}`}, "stop", "404: Not Found; check the names of model and server (Model and BaseURL, -model and -base-url)"},
		{"validation", fault{Status: 422, Body: `{"detail":[{"loc":["body"],"msg":"field required"}]}`}, "skip", "field required"},

		{"200 with an error", fault{Body: openAIError("null", "server_error")}, "again", "200 server_error"},
		{"200 with a numeric 429", fault{Body: vllmError(429, "x")}, "busy 0s", ""},
		{"200 with a numeric 401", fault{Body: vllmError(401, "x")}, "stop", "check the key"},
		{"200 with arrears", fault{Body: zhipuError("1113")}, "stop", "200 1113: 余额 [key]; top up the account"},
		{"200 with an error in the choice", fault{Body: `{"choices":[{"error":{"code":502,"message":"upstream"},"message":{"content":"half"}}]}`}, "again", "upstream"},
		{"200 with code and msg", fault{Body: `{"code":500,"msg":"404 NOT_FOUND","success":false}`}, "again", "404 NOT_FOUND"},
		{"200 without choices", fault{Body: `{"choices":[]}`}, "again", "no choices"},
		{"200 without a message", fault{Body: `{"choices":[{}]}`}, "again", "no choices"},
		{"200 with an array", fault{Body: `[]`}, "again", ""},
		{"200 without a body", fault{Body: "\n"}, "again", "cut off or no JSON"},
		{"200 cut off", fault{Body: `{"choices":[{"message":{"content":"half of`}, "again", "cut off or no JSON"},
		{"200 text", fault{Body: "upstream connect error"}, "again", "cut off or no JSON"},
		{"200 page", fault{Body: "\n<!doctype html><TITLE>Sign\nin</TITLE>"}, "again", "200 with an HTML page instead of an answer: Sign in; check BaseURL (-base-url)"},
		{"502 page", fault{Status: 502, Body: "<html><head><title>502 Bad Gateway</title></head>"}, "again", "502: 502 Bad Gateway"},
		{"503 page", fault{Status: 503, Body: "<html>"}, "busy 0s", "503: HTML page"},

		{"content null", fault{Body: fmt.Sprintf(answerJSON, "null", `"stop"`)}, "answer", ""},
		{"content missing", fault{Body: `{"choices":[{"message":{"role":"assistant","refusal":"no"},"finish_reason":"stop"}]}`}, "answer", ""},
		{"content empty", fault{Empty: true}, "answer", ""},
		{"tool calls", fault{Body: `{"choices":[{"message":{"content":null,"tool_calls":[]},"finish_reason":"tool_calls"}]}`}, "answer", ""},
		{"finish length", fault{FinishReason: "length"}, "answer", ""},
		{"finish content_filter", fault{FinishReason: "content_filter"}, "answer", ""},
		{"finish sensitive", fault{FinishReason: "sensitive"}, "answer", ""},
		{"error empty", fault{Body: `{"error":"","choices":[{"message":{"content":"a"}}]}`}, "answer", ""},
		{"error an empty object", fault{Body: `{"error":{},"choices":[{"message":{"content":"a"},"error":{}}]}`}, "answer", ""},
		{"error false", fault{Body: `{"error":false,"choices":[{"message":{"content":"a"}}]}`}, "answer", ""},
		{"finish network_error", fault{FinishReason: "network_error"}, "again", "finish_reason network_error"},
		{"finish abort", fault{FinishReason: "abort"}, "again", "gave up midway"},

		{"cut before the answer", fault{Cut: mindtest.CutBefore}, "again", "EOF"},
		{"cut in the answer", fault{Cut: mindtest.CutInside}, "again", "unexpected EOF"},
		{"cut after the answer", fault{Cut: mindtest.CutAfter}, "answer", ""},
		{"endless", fault{Endless: true}, "again", "longer than 65536 bytes"},
		{"endless error", fault{Status: 401, Endless: true}, "stop", "check the key"},
		{"too late", fault{Wait: time.Hour}, "again", "no answer within 10m0s"},
		{"late", fault{Wait: 9 * time.Minute}, "answer", ""},
		{"redirect elsewhere", fault{Status: 307, Header: http.Header{"Location": {"https://other/v2/chat/completions?key=" + testKey}}}, "stop", "set BaseURL (-base-url) to https://other/v2"},
		{"redirect with the key", fault{Status: 307, Header: http.Header{"Location": {"https://other/" + testKey}}}, "stop", "set BaseURL (-base-url) to https://other/[key]"},
		{"redirect to a path", fault{Status: 301, Header: http.Header{"Location": {"/v2/chat/completions"}}}, "stop", "set BaseURL (-base-url) to http://host/v2"},
		{"redirect to nowhere", fault{Status: 302}, "stop", "check the names of model and server (Model and BaseURL, -model and -base-url)"},
	}
	for code, want := range map[string]string{
		"500": "again", "1000": "stop", "1001": "stop", "1002": "stop", "1003": "stop", "1004": "stop", "1005": "stop",
		"1110": "stop", "1111": "stop", "1112": "stop", "1113": "stop", "1120": "again", "1121": "stop",
		"1200": "again", "1210": "skip", "1211": "stop", "1213": "skip", "1214": "skip", "1220": "stop", "1230": "again", "1231": "again", "1234": "again",
		"1261": "skip", "1300": "skip", "1301": "skip", "1302": "busy 0s", "1303": "busy 0s", "1304": "stop", "1305": "busy 0s",
		"1308": "stop", "1309": "stop", "1310": "stop", "1311": "stop", "1312": "busy 0s", "1313": "busy 0s",
	} {
		for _, status := range []int{200, 400, 401, 429, 500} {
			row := rows[0]
			row.name, row.want, row.says = fmt.Sprintf("zhipu %s as %d", code, status), want, fmt.Sprintf("%d %s: 余额", status, code)
			row.fault = fault{Status: status, Body: zhipuError(code)}
			if code == "500" && status == 500 {
				row.says = "500: 余额"
			}
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := faulty(row.fault)
				c.MaxBody = 1 << 16
				got, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
				require.Equal(t, row.want, outcome(err), "%v", err)
				require.Equal(t, 1, s.Seen().Requests)
				if err == nil {
					return
				}
				require.Zero(t, got)
				for e := err; e != nil; e = errors.Unwrap(e) {
					require.NotContains(t, e.Error(), "s3cr3t")
					require.NotContains(t, fmt.Sprintf("%+v %#v", e, e), "s3cr3t")
				}
				require.Contains(t, err.Error(), row.says)
				require.True(t, strings.HasPrefix(err.Error(), "http://host/v1/chat/completions: "), err.Error())
				require.NotContains(t, err.Error(), "\n")
			})
		})
	}
}

func TestAnswerIsReadWhole(t *testing.T) {
	tests := []struct {
		name, body string
		want       mind.Response
	}{
		{"all of it", `{"model":"glm","choices":[{"message":{"content":"a <b> \n c","reasoning_content":"hm","reasoning":"hm"},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":5}}`,
			mind.Response{Text: "a <b> \n c", Model: "glm", FinishReason: "length", Usage: mind.Usage{PromptTokens: 3, CompletionTokens: 5}}},
		{"nothing but text", `{"choices":[{"message":{"content":"a"}}]}`, mind.Response{Text: "a", Model: "m"}},
		{"finish eos", fmt.Sprintf(answerJSON, `"a"`, `"eos"`), mind.Response{Text: "a", Model: "m", FinishReason: "stop"}},
		{"finish null", fmt.Sprintf(answerJSON, `"a"`, "null"), mind.Response{Text: "a", Model: "m"}},
		{"error null", `{"error":null,"choices":[{"message":{"content":"a"},"error":null}]}`, mind.Response{Text: "a", Model: "m"}},
		{"parts", fmt.Sprintf(answerJSON, `[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"reasoning","text":"hm"},{"type":"text","text":"a"},{"type":"text","text":"b"}]`, `""`), mind.Response{Text: "ab", Model: "m"}},
		{"strange usage", `{"choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":"3","completion_tokens":-5},"model":7}`, mind.Response{Text: "a", Model: "m"}},
		{"two choices", `{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}`, mind.Response{Text: "a", Model: "m"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := faulty(mindtest.Fault{Body: tt.body})
			got, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

// TestBodyIsSentAsDocumented pins what each constructor sends, byte for byte.
func TestBodyIsSentAsDocumented(t *testing.T) {
	custom := &mind.Client{BaseURL: " http://host:8000/v1/chat/completions/?v=1#f ", Model: "m", MaxTokens: 7, Temperature: new(0.0), TopP: new(1.0),
		Extra: map[string]any{"seed": 1, "stream": nil, "thinking": map[string]string{"type": "disabled"}}}
	renamed := &mind.Client{BaseURL: "http://host/v1/", Key: " k \n", Extra: map[string]any{"model": nil, "max_tokens": nil, "max_completion_tokens": 9, "temperature": nil, "top_p": nil}}
	tests := []struct {
		name           string
		client         *mind.Client
		url, key, body string
		answerTokens   int
	}{
		{"zhipu", mind.Zhipu(testKey), "https://open.bigmodel.cn/api/paas/v4/chat/completions", "Bearer " + testKey,
			`{"max_tokens":4096,"messages":[{"role":"system","content":"s"},{"role":"user","content":"1 < 2 & \"x\""}],"model":"glm-4-flash","stream":false,"temperature":1,"top_p":0.9}`, 4096},
		{"openai", mind.OpenAI("sk"), "https://api.openai.com/v1/chat/completions", "Bearer sk",
			`{"max_completion_tokens":4096,"messages":[{"role":"system","content":"s"},{"role":"user","content":"1 < 2 & \"x\""}],"model":"gpt-6-luna","reasoning_effort":"none","stream":false,"temperature":1,"top_p":0.9}`, 4096},
		{"custom", custom, "http://host:8000/v1/chat/completions?v=1", "",
			`{"max_tokens":7,"messages":[{"role":"system","content":"s"},{"role":"user","content":"1 < 2 & \"x\""}],"model":"m","seed":1,"temperature":0,"thinking":{"type":"disabled"},"top_p":1}`, 7},
		{"renamed", renamed, "http://host/v1/chat/completions", "Bearer k",
			`{"max_completion_tokens":9,"messages":[{"role":"system","content":"s"},{"role":"user","content":"1 < 2 & \"x\""}],"stream":false}`, 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var sent *http.Request
			var body []byte
			tt.client.HTTP = &http.Client{Transport: mindtest.RoundTripper(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				sent = r
				body, _ = io.ReadAll(r.Body)
				fmt.Fprintf(w, answerJSON, `"a"`, "null")
			}))}
			_, err := tt.client.Generate(t.Context(), mind.Request{System: "s", Prompt: `1 < 2 & "x"`})
			require.NoError(t, err)
			require.Equal(t, tt.body+"\n", string(body))
			require.Equal(t, tt.url, sent.URL.String())
			require.Equal(t, tt.key, sent.Header.Get("Authorization"))
			require.Equal(t, "application/json", sent.Header.Get("Content-Type"))
			require.Equal(t, tt.answerTokens, tt.client.AnswerTokens())

			_, err = tt.client.Generate(t.Context(), mind.Request{Prompt: "p"})
			require.NoError(t, err)
			require.Contains(t, string(body), `"messages":[{"role":"user","content":"p"}]`)
		})
	}
}

func TestWrongSettingsAskNoServer(t *testing.T) {
	tests := []struct {
		name string
		set  func(*mind.Client)
		want string
	}{
		{"temperature NaN", func(c *mind.Client) { c.Temperature = new(math.NaN()) }, "http://host/v1/chat/completions: temperature NaN: must be 0 or more"},
		{"temperature infinite", func(c *mind.Client) { c.Temperature = new(math.Inf(1)) }, "temperature +Inf"},
		{"temperature negative", func(c *mind.Client) { c.Temperature = new(-1.0) }, "temperature -1"},
		{"top_p", func(c *mind.Client) { c.TopP = new(1.1) }, "top_p 1.1: must be from 0 to 1"},
		{"max_tokens", func(c *mind.Client) { c.MaxTokens = -1 }, "max_tokens -1"},
		{"timeout", func(c *mind.Client) { c.Timeout = -1 }, "timeout -1ns"},
		{"max body", func(c *mind.Client) { c.MaxBody = -1 }, "MaxBody -1"},
		{"stream", func(c *mind.Client) { c.Extra = map[string]any{"stream": true} }, "answers are read whole"},
		{"extra", func(c *mind.Client) { c.Extra = map[string]any{"f": func() {}} }, "look at Extra"},
		{"no model", func(c *mind.Client) { c.Model = "" }, "without a Model"},
		{"key of two lines", func(c *mind.Client) { c.Key = "s3cr3t\ns3cr3t" }, "check the key"},
		{"no URL", func(c *mind.Client) { c.BaseURL = "" }, "client without a BaseURL"},
		{"no scheme", func(c *mind.Client) { c.BaseURL = "localhost:8000/v1" }, "must begin with http:// or https://"},
		{"no host", func(c *mind.Client) { c.BaseURL = "http:///v1" }, "must begin with http:// or https://"},
		{"bad URL", func(c *mind.Client) { c.BaseURL = "http://me:s3cr3t@host:port/v1" }, `BaseURL is no URL: invalid port ":port" after host`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, s := faulty(mindtest.Fault{})
			tt.set(c)
			_, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
			require.Equal(t, "stop", outcome(err))
			require.ErrorContains(t, err, tt.want)
			require.NotContains(t, err.Error(), "s3cr3t")
			require.Zero(t, s.Seen().Requests)
		})
	}
}

func TestCancelReturnsTheCause(t *testing.T) {
	for name, fault := range map[string]mindtest.Fault{"before the answer": {Wait: time.Hour}, "in the answer": {Endless: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := faulty(fault)
				c.MaxBody = 1 << 62
				cause := errors.New("enough")
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
				defer cancel()
				if fault.Endless { // Its writes take no time: stop it when it has begun.
					ctx, cancel := context.WithCancelCause(ctx)
					c.HTTP.Transport = cancelAfter{c.HTTP.Transport, func() { cancel(cause) }}
					_, err := c.Generate(ctx, mind.Request{Prompt: "p"})
					require.Equal(t, cause, err)
					return
				}
				_, err := c.Generate(ctx, mind.Request{Prompt: "p"})
				require.Equal(t, cause, err)
			})
		})
	}
}

// cancelAfter calls cancel when the header of a response is there.
type cancelAfter struct {
	http.RoundTripper
	cancel func()
}

func (t cancelAfter) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(r)
	t.cancel()
	return resp, err
}

func TestKeyIsNeverPrinted(t *testing.T) {
	c := mind.Zhipu(testKey)
	var b strings.Builder
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("x", "client", c, "value", *c, "inside", struct{ C *mind.Client }{c})
	}
	c.BaseURL = "https://me:s3cr3tS3cr3t@host/v1?key=" + testKey
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		fmt.Fprintf(&b, verb+verb+verb, c, *c, struct{ C mind.Client }{*c})
	}
	require.NotContains(t, b.String(), "s3cr3t")
	require.Contains(t, b.String(), "{BaseURL:https://host/v1 Key:[key] Model:glm-4-flash MaxTokens:0")
}

func TestKeyIsNotInTransportErrors(t *testing.T) {
	c := mind.Zhipu(testKey)
	c.BaseURL += "?key=" + testKey
	c.HTTP = &http.Client{Transport: failing{}}
	_, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
	require.EqualError(t, err, "https://open.bigmodel.cn/api/paas/v4/chat/completions: proxy saw [key]")
	for e := err; e != nil; e = errors.Unwrap(e) {
		require.NotContains(t, e.Error(), "s3cr3t")
	}
}

type failing struct{}

func (failing) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("proxy saw %s", strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
}

func TestForeignMessagesAreTamed(t *testing.T) {
	// The cut falls into the key.
	long := strings.Repeat("界", 95) + testKey + strings.Repeat("界", 1e4)
	b, err := json.Marshal(map[string]any{"error": "\x1b[2J\u202e" + long})
	require.NoError(t, err)
	c, _ := faulty(mindtest.Fault{Status: 500, Body: string(b)})
	_, err = c.Generate(t.Context(), mind.Request{Prompt: "p"})
	require.Equal(t, "again", outcome(err))
	require.Less(t, len(err.Error()), 400)
	require.True(t, utf8.ValidString(err.Error()))
	for _, bad := range []string{"\x1b", "\u202e", "\ufffd", "0123"} {
		require.NotContains(t, err.Error(), bad)
	}
}

// The same over real sockets, for what a transport in memory cannot show.
func TestFaultsOverSockets(t *testing.T) {
	tests := []struct {
		name  string
		fault mindtest.Fault
		want  string
	}{
		{"well", mindtest.Fault{}, "answer"},
		{"cut before the answer", mindtest.Fault{Cut: mindtest.CutBefore}, "again"},
		{"cut in the answer", mindtest.Fault{Cut: mindtest.CutInside}, "again"},
		{"cut after the answer", mindtest.Fault{Cut: mindtest.CutAfter}, "answer"},
		{"endless", mindtest.Fault{Endless: true}, "again"},
		{"gzip", mindtest.Fault{Do: zipped(false)}, "answer"},
		{"gzip cut off", mindtest.Fault{Do: zipped(true)}, "again"},
		{"never", mindtest.Fault{Do: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}, "again"},
		{"chunked and cut", mindtest.Fault{Do: func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, answerJSON, `"a"`, "null")
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}}, "again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := &mindtest.Server{Key: testKey}
			server := httptest.NewServer(s)
			defer server.Close()
			c := &mind.Client{BaseURL: server.URL + "/v1", Key: testKey, Model: "m", MaxBody: 1 << 16}
			for range 3 { // The connection of a good answer is used again.
				_, err := c.Generate(t.Context(), mind.Request{Prompt: "warm up"})
				require.NoError(t, err)
			}
			s.SetFaults(tt.fault)
			if tt.name == "never" {
				c.Timeout = 50 * time.Millisecond
			}
			got, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
			require.Equal(t, tt.want, outcome(err), "%v", err)
			require.Equal(t, err == nil, got.Text != "")
			require.Equal(t, 1, s.Seen().Prompts["p"], "the transport must not try again by itself")
		})
	}
}

// zipped answers as a server that compresses, whole or cut off.
func zipped(cut bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		fmt.Fprintf(z, answerJSON, `"a"`, "null")
		if cut {
			_ = z.Flush()
			return
		}
		_ = z.Close()
	}
}

func TestRedirectTakesNothingAlong(t *testing.T) {
	var other mindtest.Server
	elsewhere := httptest.NewServer(&other)
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		here := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/v1/chat/completions", status))
		c := &mind.Client{BaseURL: here.URL, Key: testKey, Model: "m", HTTP: &http.Client{}}
		_, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
		require.Equal(t, "stop", outcome(err))
		require.ErrorContains(t, err, "set BaseURL (-base-url) to "+elsewhere.URL+"/v1")
		here.Close()
	}
	require.Zero(t, other.Seen().Requests)
}

func TestWrongSchemeAndCertificateStop(t *testing.T) {
	var s mindtest.Server
	plain, secure := httptest.NewServer(&s), httptest.NewTLSServer(&s)
	defer plain.Close()
	defer secure.Close()
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	for base, want := range map[string]string{
		strings.Replace(plain.URL, "http:", "https:", 1): "write http:// in BaseURL (-base-url)",
		secure.URL: "the certificates to trust",
	} {
		_, err := (&mind.Client{BaseURL: base, Model: "m"}).Generate(t.Context(), mind.Request{Prompt: "p"})
		require.Equal(t, "stop", outcome(err), "%v", err)
		require.ErrorContains(t, err, want)
	}
	_, err := (&mind.Client{BaseURL: secure.URL, Model: "m", HTTP: secure.Client()}).Generate(t.Context(), mind.Request{Prompt: "p"})
	require.NoError(t, err)
}

func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		`{"model":"m","choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}`,
		`{"choices":[{"message":{"content":[{"type":"text","text":"a"}]}}]}`,
		openAIError("null", "x"), zhipuError("1113"), vllmError(400, "x"), oldVLLMError(500, "x"),
		`{"error":"x"}`, `{"detail":[1]}`, `<title>x</title>`, `{"choices":[{"error":{}}]}`, "\xff", "{\"model\":\"\xff\",\"choices\":[{\"message\":{\"content\":\"\xff\"}}]}", `{"error":{"message":"\u001b[1m\ud800"}}`,
	} {
		f.Add(200, []byte(s))
		f.Add(429, []byte(s))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 {
			return
		}
		c := &mind.Client{BaseURL: "http://host/v1", Key: testKey, Model: "m",
			HTTP: &http.Client{Transport: mindtest.RoundTripper(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(status)
				_, _ = w.Write(body)
			}))}}
		got, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
		if err != nil {
			require.Zero(t, got)
			require.True(t, utf8.ValidString(err.Error()))
			require.NotContains(t, err.Error(), "\n")
			require.NotContains(t, err.Error(), testKey)
			require.Less(t, len(err.Error()), 1200)
			return
		}
		require.Equal(t, 2, status/100)
		require.True(t, json.Valid(body))
		require.True(t, utf8.ValidString(got.Text+got.Model+got.FinishReason))
		require.True(t, got.Usage.PromptTokens >= 0 && got.Usage.CompletionTokens >= 0)
	})
}

// What a server has encoded is what is read.
func FuzzAnswerText(f *testing.F) {
	for _, s := range []string{"", "a\nb", `\frac{"1"}{2}\\`, "\\\"", "老师：<b>\u2028\U0001F600\x00", strings.Repeat("\\", 99)} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, text string, escapeHTML bool) {
		text = strings.ToValidUTF8(text, "")
		var body bytes.Buffer
		e := json.NewEncoder(&body)
		e.SetEscapeHTML(escapeHTML)
		message := map[string]any{"content": text, "reasoning_content": text, "role": "assistant"}
		require.NoError(t, e.Encode(map[string]any{"choices": []any{map[string]any{"finish_reason": text + "!", "message": message}}, "model": text + "!"}))
		c, _ := faulty(mindtest.Fault{Body: body.String()})
		got, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
		require.NoError(t, err)
		require.Equal(t, mind.Response{Text: text, Model: text + "!", FinishReason: text + "!"}, got)
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"", "1", "1.5", "-1", "NaN", "Inf", "1e300", "0x1p9", "Tue, 01 Jan 2030 00:00:09 GMT", "Tuesday, 01-Jan-30 00:00:09 GMT"} {
		f.Add(s, "", "")
		f.Add("", s, "")
		f.Add(s, "", "Tue, 01 Jan 2030 00:00:00 GMT")
	}
	f.Fuzz(func(t *testing.T, after, ms, date string) {
		c, _ := faulty(mindtest.Fault{Status: 429, Header: http.Header{"Retry-After": {after}, "Retry-After-Ms": {ms}, "Date": {date}}})
		_, err := c.Generate(t.Context(), mind.Request{Prompt: "p"})
		busy, ok := errors.AsType[*mind.BusyError](err)
		require.True(t, ok)
		require.True(t, busy.Wait >= 0 && busy.Wait <= 10*time.Minute, busy.Wait)
	})
}

// A model on a machine of one's own, here a fake one.
func ExampleClient() {
	server := &mindtest.Server{Reply: func(prompt string) string { return "Teacher: " + prompt }}
	client := &mind.Client{
		BaseURL:     "http://localhost:8000/v1",
		Model:       "qwen3-8b",
		Temperature: new(0.7),
		Extra:       map[string]any{"seed": 42},
		HTTP:        server.Client(),
	}
	answer, err := client.Generate(context.Background(), mind.Request{Prompt: "What is 6 · 7?"})
	fmt.Println(answer.Text, answer.Model, answer.FinishReason, err)
	// Output: Teacher: What is 6 · 7? qwen3-8b stop <nil>
}
