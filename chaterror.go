package mind

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// chatClass is what to do about an error of a chat-completions server.
type chatClass int

const (
	tryAgain chatClass = iota // Also for all that no table names: it writes nothing and costs little.
	slowDown                  // A BusyError.
	skipThis                  // ErrSkip: a record for ever, so only where it is certain.
	stopAll                   // ErrStop.
)

// A verdict is a class, and for the user what to do about it.
type verdict struct {
	class chatClass
	hint  string
}

var (
	checkKey    = verdict{stopAll, "check the key"}
	checkRight  = verdict{stopAll, "check what the key may use"}
	checkName   = verdict{stopAll, "check the names of model and server (Model and BaseURL, -model and -base-url)"}
	checkProxy  = verdict{stopAll, "check the proxy of the environment"}
	payFirst    = verdict{stopAll, "top up the account, then run again"}
	askSupport  = verdict{stopAll, "the account is locked: ask the provider"}
	usedUp      = verdict{stopAll, "the quota is used up: run again when it is renewed"}
	leaveOut    = verdict{stopAll, `change that parameter, or leave it out: Extra with {"its_name": nil}, -extra '{"its_name":null}'`}
	checkParams = verdict{skipThis, "check temperature, top_p and max_tokens (and Extra)"}
	busyNow     = verdict{class: slowDown}
	refusedThis = verdict{class: skipThis}
	passing     = verdict{class: tryAgain}
)

// byStatus is the verdict on an HTTP status; one that is absent is passing.
var byStatus = map[int]verdict{
	401: checkKey,
	402: payFirst,
	403: checkRight,
	404: checkName, 405: checkName, 410: checkName,
	407: checkProxy,

	429: busyNow, 503: busyNow, 529: busyNow,

	400: refusedThis, 413: refusedThis, 422: refusedThis,
}

// byCode is the verdict on the code, or else the type, of an error. It goes
// before that on the status: an empty account comes as a 429, and so does a
// daily quota, where waiting is pointless. Codes of four digits are Zhipu's.
var byCode = map[string]verdict{
	"invalid_api_key":              checkKey,
	"account_deactivated":          askSupport,
	"model_not_found":              checkName,
	"insufficient_quota":           payFirst,
	"insufficient_balance":         payFirst,
	"billing_not_active":           payFirst,
	"billing_hard_limit_reached":   payFirst,
	"Arrearage":                    payFirst, // DashScope, as a 400.
	"exceeded_current_quota_error": payFirst, // Moonshot, as a 429.
	"context_length_exceeded":      refusedThis,
	"content_filter":               refusedThis,
	"content_policy_violation":     refusedThis,

	// The same for every request. As refusals of one they would turn a whole
	// input into rejects.
	"unsupported_parameter": leaveOut,
	"unsupported_value":     leaveOut,
	"unknown_parameter":     leaveOut,

	"1000": checkKey, "1001": checkKey, "1002": checkKey, "1003": checkKey, "1004": checkKey, "1005": checkKey, "1111": checkKey,
	"1220": checkRight, "1311": checkRight,
	"1211": checkName, "1221": checkName, "1222": checkName,
	"1110": askSupport, "1112": askSupport, "1121": askSupport,
	"1113": payFirst, "1309": payFirst,
	"1304": usedUp, "1308": usedUp, "1310": usedUp, // A day's, a period's, a week's or month's.

	"1302": busyNow,                  // Too many at once.
	"1303": busyNow,                  // Too many a minute.
	"1305": busyNow, "1312": busyNow, // Overload.
	"1313": busyNow, // Throttled for unfair use.

	"1210": checkParams, "1212": checkParams, "1213": checkParams, "1214": checkParams, "1215": checkParams,
	"1261": refusedThis,                      // The prompt is too long.
	"1300": refusedThis, "1301": refusedThis, // Sensitive content.

	"1120": passing, "1200": passing, "1230": passing, "1231": passing, "1234": passing,
}

// judge is the verdict on an error with this status and this body.
func judge(status int, e chatError) verdict {
	// A request that is larger than the whole allowance of a minute: OpenAI
	// says 429, and waiting would never end.
	if strings.HasPrefix(e.message, "Request too large") {
		return refusedThis
	}
	if e.flagged {
		return refusedThis // OpenRouter: a 403, as for a wrong key, but about this text alone.
	}
	for _, name := range []string{e.code, e.kind} {
		if v, ok := byCode[name]; ok {
			return v
		}
	}
	// vLLM repeats the status as the code, also where the status is 200, and so
	// does Zhipu with its code 500.
	if n, err := strconv.Atoi(e.code); err == nil && n >= 400 && n < 600 {
		status = n
	}
	v := byStatus[status]
	switch e.param {
	case "temperature", "top_p", "max_tokens", "max_completion_tokens", "reasoning_effort":
		if v.class == skipThis {
			v.hint = checkParams.hint
		}
	}
	return v
}

// A chatError is an error as servers write it in a body.
type chatError struct {
	code, kind, param, message string // kind is its type.
	flagged                    bool   // A moderator's metadata is with it.
}

// parseChatError reads {"error": {"code", "type", "param", "message"}} with a
// code that is a string (OpenAI, Zhipu), a number (vLLM) or null, the same
// without the envelope (older vLLM), and error, detail, message or msg as a
// string (proxies, gateways). What is none of these is taken as text.
func parseChatError(body []byte) (e chatError) {
	var m map[string]any
	if json.Unmarshal(body, &m) != nil {
		if looksHTML(body) {
			return chatError{message: htmlTitle(body)}
		}
		return chatError{message: string(body)}
	}
	if inner, ok := m["error"].(map[string]any); ok {
		m = inner
	} else if choices, ok := m["choices"].([]any); ok && len(choices) > 0 {
		if first, ok := choices[0].(map[string]any); ok {
			if inner, ok := first["error"].(map[string]any); ok {
				m = inner
			}
		}
	}
	metadata, _ := m["metadata"].(map[string]any)
	return chatError{
		flagged: metadata["flagged_input"] != nil,
		code:    jsonText(m["code"]),
		kind:    jsonText(m["type"]),
		param:   jsonText(m["param"]),
		message: cmp.Or(jsonText(m["message"]), jsonText(m["msg"]), jsonText(m["error"]), jsonText(m["detail"])),
	}
}

// jsonText is a JSON value as a person would write it.
func jsonText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	b, _ := json.Marshal(v) // It was decoded from JSON.
	return string(b)
}

// refused is the error for a response that is no answer.
func (c *Client) refused(u *url.URL, resp *http.Response, body []byte) error {
	e := parseChatError(body)
	v := judge(resp.StatusCode, e)
	switch {
	case resp.StatusCode/100 == 3:
		e = chatError{message: "redirect, which is not followed, for it would take the key along"}
		v = checkName
		if to, err := resp.Location(); err == nil {
			v.hint = "set BaseURL (-base-url) to " + strings.TrimSuffix(bareURL(to), "/chat/completions")
		}
	case resp.StatusCode/100 == 2 && e == chatError{}:
		e.message = "answer has no choices"
	}
	name := cmp.Or(e.code, e.kind)
	if name == strconv.Itoa(resp.StatusCode) {
		name = e.kind
	}
	space := ""
	if name != "" {
		space = " "
	}
	return c.failure(u, v, retryAfter(resp.Header, time.Now()), "%d%s%s: %s", resp.StatusCode, space, c.quote(name),
		cmp.Or(c.quote(e.message), http.StatusText(resp.StatusCode)))
}

// broken is the error for an exchange that did not come to its end.
func (c *Client) broken(ctx, attempt context.Context, u *url.URL, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// The reason alone: a url.Error repeats the URL, query included.
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	err = c.scrubbed(err)
	_, badCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case attempt.Err() != nil:
		return fmt.Errorf("%s: no answer within %v", bareURL(u), cmp.Or(c.Timeout, clientTimeout))
	case errors.Is(err, http.ErrSchemeMismatch):
		return marked{fmt.Errorf("%s: %w; write http:// in BaseURL (-base-url)", bareURL(u), err), ErrStop}
	case badCertificate:
		return marked{fmt.Errorf("%s: %w; check BaseURL (-base-url), or give Client.HTTP the certificates to trust", bareURL(u), err), ErrStop}
	}
	return fmt.Errorf("%s: %w", bareURL(u), err)
}

// failure is an error of the verdict's class, with the URL before it and what
// to do behind it.
func (c *Client) failure(u *url.URL, v verdict, wait time.Duration, format string, args ...any) error {
	text := bareURL(u) + ": " + fmt.Sprintf(format, args...)
	if v.hint != "" {
		text += "; " + v.hint
	}
	err := errors.New(c.scrub(text))
	switch v.class {
	case slowDown:
		return &BusyError{Wait: wait, Err: err}
	case skipThis:
		return marked{err, ErrSkip}
	case stopAll:
		return marked{err, ErrStop}
	}
	return err
}

// hiddenKey stands where the key stood.
const hiddenKey = "[key]"

// scrub takes the key out of a text, and the secret half of id.secret: servers
// echo them.
func (c *Client) scrub(s string) string {
	key := strings.TrimSpace(c.Key)
	_, secret, _ := strings.Cut(key, ".")
	for _, k := range []string{c.Key, key, url.QueryEscape(key), secret} {
		if len(k) >= 4 {
			s = strings.ReplaceAll(s, k, hiddenKey)
		}
	}
	return s
}

// scrubbed is err, or if its text holds the key another without it.
func (c *Client) scrubbed(err error) error {
	if s := c.scrub(err.Error()); s != err.Error() {
		return errors.New(s)
	}
	return err
}

// bareURL is u without what may be secret in it: user, password and query.
func bareURL(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, Opaque: u.Opaque}).String()
}

// quote is a foreign text as a part of a message: without the key, one line,
// valid UTF-8, nothing that moves a terminal's cursor, at most 300 bytes.
func (c *Client) quote(s string) string {
	const most = 300
	s = c.scrub(s) // Before anything is cut, which would leave half a key.
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// looksHTML tells whether a body is a page, as proxies answer with.
func looksHTML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<"))
}

// htmlTitle is the title of a page: it mostly names what went wrong.
func htmlTitle(page []byte) string {
	if m := titleElement.FindSubmatch(page); m != nil {
		return string(m[1])
	}
	return "HTML page"
}

var titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// maxRetryAfter bounds what a server may ask to wait: to ask once in ten
// minutes hurts nobody, and a clock set wrong must not stop a run for days.
const maxRetryAfter = 10 * time.Minute

// retryAfter is how long a server asks to wait: retry-after-ms, or Retry-After
// as seconds or as a date; 0 where it does not say.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		return boundedWait(ms / 1000)
	}
	after := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(after, 64); err == nil {
		return boundedWait(s)
	}
	if date, err := http.ParseTime(after); err == nil {
		// By the server's own clock, if it shows it.
		if servers, err := http.ParseTime(h.Get("Date")); err == nil {
			now = servers
		}
		return boundedWait(date.Sub(now).Seconds())
	}
	return 0
}

// boundedWait is a number of seconds as a time from 0 to maxRetryAfter.
func boundedWait(seconds float64) time.Duration {
	if !(seconds > 0) { // NaN too.
		return 0
	}
	return time.Duration(math.Min(seconds, maxRetryAfter.Seconds()) * float64(time.Second))
}
