package mind

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"time"
	"unicode"
)

// What the zero fields of a Client mean.
const (
	clientTemperature = 1.0 // The MIND paper's, as is top_p.
	clientTopP        = 0.9
	clientMaxTokens   = 4096
	clientTimeout     = 10 * time.Minute
	clientMaxBody     = 16 << 20
)

// A Client is a [Generator] that asks a model behind a chat-completions API:
// Zhipu GLM, OpenAI, vLLM, SGLang, llama.cpp, Ollama and whatever speaks the
// same. It is used by pointer, its fields must not change once it is in use,
// and it may be copied.
//
// Generate makes one attempt. Every sampling parameter is sent, because a
// server may have defaults of its own for those that are not. An answer
// without text (a filter on the server's side, or a budget spent on reasoning)
// is an answer: it was paid for, and the pipeline's filters reject it by name.
//
// The key is sent to the host of BaseURL and to no other, redirects included.
// It stands in no error, and no fmt verb and no JSON encoder shows it; a key
// of under four bytes ("x") is taken for a placeholder.
type Client struct {
	// BaseURL is where the API begins, as in http://localhost:8000/v1; with
	// /chat/completions at its end it is understood too. A query is kept.
	// No default.
	BaseURL string

	// Key is sent as "Authorization: Bearer KEY". Default: none is sent.
	Key string `json:"-"`

	// Model is the model's name as the server knows it. No default.
	Model string

	// MaxTokens is the most tokens that an answer may have. It is sent as
	// max_completion_tokens to api.openai.com, whose newer models refuse
	// max_tokens, and as max_tokens to every other server, because some of
	// them ignore the newer name without a word. Default: 4096.
	MaxTokens int

	// Temperature of the sampling. Default, nil: 1.0.
	Temperature *float64

	// TopP is the share of the probability that is sampled from. Default,
	// nil: 0.9.
	TopP *float64

	// Timeout is how long one attempt may take from the connection to the last
	// byte; then it is tried again. Default: 10 minutes.
	Timeout time.Duration

	// MaxBody is the most bytes of an answer's body that are read; a longer
	// one is tried again. Default: 16 MiB.
	MaxBody int64

	// Extra is laid over the body of the request; a nil value leaves that
	// parameter out. {"temperature": nil, "top_p": nil} suits models that
	// refuse both, {"thinking": {"type": "disabled"}} a GLM that would think.
	// Default: nothing.
	Extra map[string]any

	// HTTP sends the requests; of its fields CheckRedirect is not used.
	// Default: one that all clients share, which keeps a connection for each
	// request in flight and follows the proxy of the environment.
	HTTP *http.Client
}

// Zhipu is a Client for the GLM models of Zhipu AI, with a key of the form
// id.secret and the model glm-4-flash, which is free and does not think. The
// same from abroad: BaseURL https://api.z.ai/api/paas/v4.
func Zhipu(key string) *Client {
	return &Client{BaseURL: "https://open.bigmodel.cn/api/paas/v4", Key: key, Model: "glm-4-flash"}
}

// OpenAI is a Client for OpenAI's own API and its model gpt-6-luna, the
// cheapest of late 2026. Extra asks that model not to reason, which costs
// tokens that nobody sees and makes it refuse a temperature: set Extra to nil
// for a model that does not know reasoning_effort. For another server fill in
// a Client of its own.
func OpenAI(key string) *Client {
	return &Client{BaseURL: "https://api.openai.com/v1", Key: key, Model: "gpt-6-luna", Extra: map[string]any{"reasoning_effort": "none"}}
}

// AnswerTokens is the most tokens that an answer may have, as it is sent; 0 where
// Extra leaves that out.
func (c *Client) AnswerTokens() int {
	most := cmp.Or(c.MaxTokens, clientMaxTokens)
	for _, name := range []string{"max_completion_tokens", "max_tokens"} {
		switch n := c.Extra[name].(type) {
		case int:
			return n
		case int64:
			return int(n)
		case float64: // As encoding/json reads it.
			return int(n)
		case nil:
			if _, leftOut := c.Extra[name]; leftOut {
				most = 0 // Unless it has the other name.
			}
		}
	}
	return most
}

// Format prints the fields without the key.
func (c Client) Format(f fmt.State, verb rune) {
	type plain Client
	if c.Key != "" {
		c.Key = hiddenKey
	}
	if u, err := url.Parse(c.BaseURL); err == nil {
		c.BaseURL = bareURL(u)
	}
	fmt.Fprintf(f, fmt.FormatString(f, verb), plain(c))
}

// Generate makes one attempt to have r answered.
func (c *Client) Generate(ctx context.Context, r Request) (Response, error) {
	u, err := c.endpoint()
	if err != nil {
		return Response{}, marked{c.scrubbed(err), ErrStop}
	}
	body, err := c.body(u, r)
	if err != nil {
		return Response{}, marked{fmt.Errorf("%s: %w", bareURL(u), c.scrubbed(err)), ErrStop}
	}
	attempt, cancel := context.WithTimeout(ctx, cmp.Or(c.Timeout, clientTimeout))
	defer cancel()
	req, err := http.NewRequestWithContext(attempt, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return Response{}, marked{fmt.Errorf("%s: %w", bareURL(u), c.scrubbed(err)), ErrStop}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "github.com/org/mind")
	if key := strings.TrimSpace(c.Key); key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := c.http().Do(req)
	if err != nil {
		return Response{}, c.broken(ctx, attempt, u, err)
	}
	defer resp.Body.Close()

	buf := clientBodies.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= 1<<20 { // One giant must not stay in the pool for ever.
			clientBodies.Put(buf)
		}
	}()
	buf.Reset()
	most := cmp.Or(c.MaxBody, clientMaxBody)
	if resp.StatusCode/100 != 2 {
		// Whatever the body does, the status says enough.
		_, _ = buf.ReadFrom(io.LimitReader(resp.Body, min(most, 64<<10)))
		return Response{}, c.refused(u, resp, buf.Bytes())
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, most+1))
	runtime.Gosched() // Lets the connection be given back: a request that finds none idle dials another.
	switch {
	case n > most:
		return Response{}, fmt.Errorf("%s: answer is longer than %d bytes", bareURL(u), most)
	case err != nil:
		return Response{}, c.broken(ctx, attempt, u, err)
	}
	return c.answer(u, resp, buf.Bytes())
}

// clientBodies are buffers for answers: what is kept of one is copied out of it.
var clientBodies = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 8<<10)) }}

// clientTransport is shared by every Client that has none of its own. The
// default transport keeps two idle connections a host and dials anew for most
// requests when hundreds are in flight.
var clientTransport = sync.OnceValue(func() http.RoundTripper {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 30 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 1 << 14,
		ReadBufferSize:      1 << 10,
		IdleConnTimeout:     90 * time.Second,
		// An HTTP/2 connection that died without a word would hold all of its
		// requests until they time out.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 30 * time.Second, PingTimeout: 30 * time.Second},
	}
})

// http is the HTTP client to use: one that follows no redirect, because the
// next host would be sent the key.
func (c *Client) http() *http.Client {
	var h http.Client
	if c.HTTP != nil {
		h = *c.HTTP
	} else {
		h.Transport = clientTransport()
	}
	h.CheckRedirect = stayHere
	return &h
}

func stayHere(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// endpoint is the URL that requests go to.
func (c *Client) endpoint() (*url.URL, error) {
	if c.BaseURL == "" {
		return nil, errors.New("client without a BaseURL: set it to where the API begins, as in http://localhost:8000/v1")
	}
	u, err := url.Parse(strings.TrimSpace(c.BaseURL))
	if err != nil {
		// The reason alone: the rest of a url.Error is the URL, password included.
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err
		}
		return nil, fmt.Errorf("BaseURL is no URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("BaseURL must begin with http:// or https:// and a host, as in http://localhost:8000/v1")
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/chat/completions")
	u.Path, u.RawPath, u.Fragment = path+"/chat/completions", "", ""
	return u, nil
}

// body is what is sent. It refuses parameters that no server can take, before
// any server is asked.
func (c *Client) body(u *url.URL, r Request) ([]byte, error) {
	temperature, topP := clientTemperature, clientTopP
	if c.Temperature != nil {
		temperature = *c.Temperature
	}
	if c.TopP != nil {
		topP = *c.TopP
	}
	_, modelInExtra := c.Extra["model"]
	switch {
	case c.Model == "" && !modelInExtra:
		return nil, errors.New("client without a Model: name one that the server has")
	case !(temperature >= 0) || math.IsInf(temperature, 0):
		return nil, fmt.Errorf("temperature %v: must be 0 or more", temperature)
	case !(topP >= 0 && topP <= 1):
		return nil, fmt.Errorf("top_p %v: must be from 0 to 1", topP)
	case c.MaxTokens < 0:
		return nil, fmt.Errorf("max_tokens %d: must be 1 or more", c.MaxTokens)
	case c.Timeout < 0:
		return nil, fmt.Errorf("timeout %v: must not be negative", c.Timeout)
	case c.MaxBody < 0 || c.MaxBody == math.MaxInt64:
		return nil, fmt.Errorf("MaxBody %d: must be a number of bytes", c.MaxBody)
	case c.Extra["stream"] == true:
		return nil, errors.New("stream: answers are read whole; take it out of Extra")
	case strings.ContainsFunc(strings.TrimSpace(c.Key), unicode.IsControl):
		return nil, errors.New("key with a line break or another control character in it: check the key")
	}
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	messages := []message{{"user", r.Prompt}}
	if r.System != "" {
		messages = []message{{"system", r.System}, {"user", r.Prompt}}
	}
	maxTokens := "max_tokens"
	if u.Hostname() == "api.openai.com" {
		maxTokens = "max_completion_tokens"
	}
	params := map[string]any{
		"model":       c.Model,
		"messages":    messages,
		"temperature": temperature,
		"top_p":       topP,
		maxTokens:     cmp.Or(c.MaxTokens, clientMaxTokens),
		"stream":      false,
	}
	maps.Copy(params, c.Extra)
	maps.DeleteFunc(params, func(_ string, v any) bool { return v == nil })
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(params); err != nil {
		return nil, fmt.Errorf("body of the request: %w; look at Extra", err)
	}
	return b.Bytes(), nil
}

// answer reads the body of a response that says it is one. What it needs is
// found in place: encoding/json goes over an answer twice to decode it, which
// is a tenth of all that a run does.
func (c *Client) answer(u *url.URL, resp *http.Response, body []byte) (Response, error) {
	if !json.Valid(body) {
		if looksHTML(body) {
			return Response{}, c.failure(u, verdict{hint: "check BaseURL (-base-url)"}, 0, "%d with an HTML page instead of an answer: %s",
				resp.StatusCode, c.quote(htmlTitle(body)))
		}
		err := json.Unmarshal(body, new(any)) // To hear why.
		return Response{}, c.failure(u, verdict{}, 0, "answer of %d bytes is cut off or no JSON: %v", len(body), err)
	}
	a := value{b: bytes.TrimSpace(body)}.members()
	first := find(a, "choices.0").members()
	failed := named(a, "error")
	if noError[string(failed.b)] {
		failed = named(first, "error") // OpenRouter: the model failed midway.
	}
	message := named(first, "message")
	if !noError[string(failed.b)] || message.isNull() {
		return Response{}, c.refused(u, resp, body) // It has a code, or else counts as malformed.
	}
	reason := textIn(first, "finish_reason")
	switch reason {
	case "network_error", "error", "abort": // Zhipu, OpenRouter, SGLang: not the model's doing.
		return Response{}, c.failure(u, verdict{}, 0, "the server gave up midway: finish_reason %s", reason)
	case "eos", "eos_token": // Together and older TGI name the token that ended it.
		reason = "stop"
	}
	var usage Usage
	if v := named(a, "usage"); v.exists() {
		_ = json.Unmarshal(v.b, &usage) // A count that is a string is no reason to lose an answer.
	}
	return Response{
		Text:         contentText(named(message.members(), "content")),
		Model:        cmp.Or(textIn(a, "model"), c.Model),
		FinishReason: reason,
		Usage:        Usage{max(usage.PromptTokens, 0), max(usage.CompletionTokens, 0)},
	}, nil
}

// textIn is the string of this name, "" where there is none.
func textIn(members []member, name string) string {
	if v := named(members, name); v.isString() {
		return validUTF8(asText(v))
	}
	return ""
}

// noError are the values of an "error" that tell of none: gateways send it
// always, beside a good answer.
var noError = map[string]bool{"": true, "null": true, `""`: true, "{}": true, "false": true}

// contentText is the text of a message's content: a string, null, or a list of
// parts. Of those only the ones of type text count: others hold reasoning.
func contentText(content value) string {
	if content.isString() {
		// In its own place, which is used for nothing else any more: it is the
		// longest text of all.
		return validUTF8(string(appendString(content.b[:0], content.b)))
	}
	var parts []any
	if content.exists() {
		_ = json.Unmarshal(content.b, &parts) // What is no list has no parts.
	}
	var b strings.Builder
	for _, part := range parts {
		if p, ok := part.(map[string]any); ok && p["type"] == "text" {
			text, _ := p["text"].(string)
			b.WriteString(text)
		}
	}
	return b.String()
}
