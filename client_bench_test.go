package mind_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/org/mind"
)

// BenchmarkClient compares the client with the least that a user would write:
// net/http with connections enough, a body and an answer of three fields.
func BenchmarkClient(b *testing.B) {
	answer := []byte(`{"id":"x","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"` +
		strings.Repeat(`Teacher: what is $x^2$?\nStudent: \"four\".\n`, 100) + `"},"finish_reason":"stop"}],"usage":{"prompt_tokens":500,"completion_tokens":1000}}`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(answer)
	}))
	defer server.Close()
	r := mind.Request{Prompt: strings.Repeat("Let x be a number. ", 100)}
	b.Run("bare", func(b *testing.B) {
		type message struct{ Role, Content string }
		transport := &http.Transport{MaxIdleConnsPerHost: 1024}
		defer transport.CloseIdleConnections()
		c := &http.Client{Transport: transport}
		b.ReportAllocs()
		b.SetParallelism(128)
		b.RunParallel(func(pb *testing.PB) {
			var buf bytes.Buffer
			for pb.Next() {
				body, err := json.Marshal(map[string]any{"model": "m", "temperature": 1, "messages": []message{{"user", r.Prompt}}})
				if err != nil {
					b.Fatal(err)
				}
				resp, err := c.Post(server.URL+"/chat/completions", "application/json", bytes.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				buf.Reset()
				_, err = buf.ReadFrom(resp.Body)
				_ = resp.Body.Close()
				if err != nil {
					b.Fatal(err)
				}
				var a struct {
					Model   string
					Choices []struct{ Message message }
				}
				if err := json.Unmarshal(buf.Bytes(), &a); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
	b.Run("client", func(b *testing.B) {
		c := &mind.Client{BaseURL: server.URL, Key: "k", Model: "m"}
		b.ReportAllocs()
		b.SetParallelism(128)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := c.Generate(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}
