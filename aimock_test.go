package mind_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/org/mind"
)

// aimock starts a third-party chat server and returns its URL. It is installed
// by npm into the user's cache, and so only where MIND_AIMOCK is set.
func aimock(t *testing.T) string {
	t.Helper()
	if os.Getenv("MIND_AIMOCK") == "" {
		t.Skip("MIND_AIMOCK is not set: no soak against a third-party server (npm @copilotkit/aimock)")
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "mind-aimock")
	cli := filepath.Join(folder, "node_modules", "@copilotkit", "aimock", "dist", "cli.js")
	if _, err := os.Stat(cli); err != nil {
		if out, err := exec.Command("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, "@copilotkit/aimock@1.43.0").CombinedOutput(); err != nil {
			t.Skipf("aimock cannot be installed here: %v: %s", err, out)
		}
	}
	fixtures := filepath.Join(t.TempDir(), "fixtures.json")
	answer := strings.Repeat(`Teacher: What is next?\nStudent: One more.\n`, 10)
	require.NoError(t, os.WriteFile(fixtures, []byte(`{"fixtures":[{"match":{},"response":{"content":"`+answer+`","usage":{"prompt_tokens":10,"completion_tokens":100,"total_tokens":110}}}]}`), 0o666))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, _ := net.SplitHostPort(free.Addr().String())
	require.NoError(t, free.Close())
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, "node", cli, "-h", "127.0.0.1", "-p", port, "-f", fixtures, "--log-level", "silent", "--journal-max", "0")
	require.NoError(t, server.Start())
	t.Cleanup(func() { cancel(); _ = server.Wait() })
	url := "http://127.0.0.1:" + port
	require.Eventually(t, func() bool {
		resp, err := http.Get(url + "/__aimock/health")
		return err == nil && resp.Body.Close() == nil && resp.StatusCode == 200
	}, time.Minute, 50*time.Millisecond)
	return url
}

// TestAimockAudit runs against a server that is not ours and that misbehaves
// for a while, and reads its journal as an independent audit: each piece was
// answered once, and nothing was asked for after its answer.
func TestAimockAudit(t *testing.T) {
	url := aimock(t)
	chaos := func(rates string) {
		req, err := http.NewRequest(http.MethodPost, url+"/__aimock/chaos", strings.NewReader(rates))
		require.NoError(t, err)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, 200, resp.StatusCode)
	}
	const units = 4000
	phases := map[int64]string{
		200:  `{"rateLimitRate":0.2,"latencyMs":20}`,
		1000: `{"rateLimitRate":0,"dropRate":0.1,"malformedRate":0.05,"disconnectRate":0.05,"latencyMs":5}`,
		2000: `{"rateLimitRate":0,"dropRate":0,"malformedRate":0,"disconnectRate":0,"latencyMs":0}`,
		3000: `{"rateLimitRate":0.5}`,
		3500: `{"rateLimitRate":0}`,
	}
	client := &mind.Client{BaseURL: url + "/v1", Model: "m"}
	var attempts atomic.Int64
	gen := mind.GeneratorFunc(func(ctx context.Context, r mind.Request) (mind.Response, error) {
		if rates, ok := phases[attempts.Add(1)]; ok {
			chaos(rates)
		}
		return client.Generate(ctx, r)
	})
	name := filepath.Join(t.TempDir(), "out.jsonl")
	store, err := mind.OpenStore(name)
	require.NoError(t, err)
	defer store.Close()
	p, err := mind.New(problems(1, units), gen, store, mind.WithConcurrency(64), mind.WithAttempts(30))
	require.NoError(t, err)
	require.NoError(t, p.Run(t.Context()))
	s := p.Stats()
	require.Equal(t, units, s.Kept)

	resp, err := http.Get(url + "/__aimock/journal")
	require.NoError(t, err)
	defer resp.Body.Close()
	var journal []struct {
		Body struct {
			Messages []struct{ Content string }
		}
		Response struct {
			Status int
			Chaos  string `json:"chaosAction"`
		}
	}
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&journal))
	answered, kinds := map[string]int{}, map[string]int{}
	for _, e := range journal {
		prompt := e.Body.Messages[0].Content
		require.Zero(t, answered[prompt], "asked for after its answer: %s", prompt)
		kinds[fmt.Sprint(e.Response.Status, e.Response.Chaos)]++
		if e.Response.Status == 200 && e.Response.Chaos == "" {
			answered[prompt]++
		}
	}
	t.Logf("%d requests: %v; %v", len(journal), kinds, s.Elapsed)
	require.Len(t, answered, units)
	require.Equal(t, s.Requests, len(journal))
	require.Greater(t, s.Requests, units+50, "the chaos was there")

	require.NoError(t, p.Run(t.Context()))
	require.Equal(t, units, p.Stats().Held)
	require.EqualValues(t, s.Requests, attempts.Load(), "a finished run sends no request at all")
}
