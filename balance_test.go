package mind_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/org/mind"
	"github.com/org/mind/mindtest"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// three is a Balance over three fake servers.
func three() (mind.Generator, [3]*mindtest.Server) {
	var servers [3]*mindtest.Server
	var gens []mind.Generator
	for i := range servers {
		servers[i] = &mindtest.Server{Model: fmt.Sprint("server ", i)}
		gens = append(gens, &mind.Client{BaseURL: fmt.Sprintf("http://host%d/v1", i), Model: "m", MaxTokens: 12 - i, HTTP: servers[i].Client()})
	}
	return mind.Balance(gens...), servers
}

// requestsOf are the requests for some chunks, chunk by chunk.
func requestsOf(chunks, styles int) (rs []mind.Request) {
	for c := range chunks {
		for s := range styles {
			text := fmt.Sprint("chunk ", c)
			rs = append(rs, mind.Request{Chunk: mind.Chunk{Text: text}, Prompt: fmt.Sprint(text, " style ", s)})
		}
	}
	return rs
}

// generateAll is a small pipeline: n at a time, and what fails is tried again.
// It returns how many errors came through.
func generateAll(t *testing.T, g mind.Generator, n int, rs []mind.Request) (failed int) {
	var group errgroup.Group
	group.SetLimit(n)
	var mu sync.Mutex
	for _, r := range rs {
		group.Go(func() error {
			for {
				resp, err := g.Generate(t.Context(), r)
				if err == nil && resp.Text == "" {
					return errors.New("an answer without text")
				}
				if err == nil || errors.Is(err, mind.ErrStop) {
					return err
				}
				mu.Lock()
				failed++
				mu.Unlock()
				wait := time.Second
				if busy, ok := errors.AsType[*mind.BusyError](err); ok {
					wait = max(wait, busy.Wait)
				}
				time.Sleep(wait)
			}
		})
	}
	require.NoError(t, group.Wait())
	return failed
}

func answeredBy(servers [3]*mindtest.Server) (n [3]int) {
	for i, s := range servers {
		n[i] = s.Seen().Answered
	}
	return n
}

// TestBalanceLosesNothing: one of three endpoints is slow, one dies and comes
// back.
func TestBalanceLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, servers := three()
		servers[0].SetLatency(time.Second)
		servers[1].SetLatency(3 * time.Second)
		servers[2].SetLatency(time.Second)

		rs := requestsOf(1800, 1)
		require.Zero(t, generateAll(t, g, 48, rs[:600]), "all are well")
		well := answeredBy(servers)
		require.Equal(t, 600, well[0]+well[1]+well[2])
		require.Less(t, 2*well[1], well[0], "the slow one answers less: %v", well)
		require.Less(t, 2*well[1], well[2], "the slow one answers less: %v", well)

		servers[2].SetFaults(mindtest.Fault{Cut: mindtest.CutBefore})
		asked := servers[2].Seen().Requests
		start := time.Now()
		require.Zero(t, generateAll(t, g, 48, rs[600:1200]), "the others step in")
		require.Equal(t, well[2], answeredBy(servers)[2])
		took := time.Since(start)
		require.Less(t, servers[2].Seen().Requests-asked, 20+int(took.Seconds()), "a dead endpoint is asked now and then, in %v", took)

		servers[2].SetFaults()
		require.Zero(t, generateAll(t, g, 48, rs[1200:]), "it is back")
		end := answeredBy(servers)
		require.Equal(t, 1800, end[0]+end[1]+end[2])
		require.Greater(t, end[2]-well[2], 100, "the one that came back has its share again: %v", end)
		for _, s := range servers {
			require.Zero(t, s.Seen().InFlight)
		}
	})
}

func TestStylesOfAChunkGoToOneEndpoint(t *testing.T) {
	g, servers := three()
	home := map[string]int{}
	share := [3]int{}
	for _, r := range requestsOf(300, 7) {
		before := answeredBy(servers)
		_, err := g.Generate(t.Context(), r)
		require.NoError(t, err)
		for i, n := range answeredBy(servers) {
			if n == before[i] {
				continue
			}
			if h, ok := home[r.Chunk.Text]; ok {
				require.Equal(t, h, i)
			}
			home[r.Chunk.Text] = i
			share[i]++
		}
	}
	for _, n := range share {
		require.InDelta(t, 700, n, 150, "%v", share)
	}

	// When one goes, only its own chunks move.
	servers[1].SetFaults(mindtest.Fault{Status: 401})
	for _, r := range requestsOf(300, 1) {
		resp, err := g.Generate(t.Context(), r)
		require.NoError(t, err)
		if h := home[r.Chunk.Text]; h != 1 {
			require.Equal(t, fmt.Sprint("server ", h), resp.Model)
		}
	}
}

func TestLoadIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, servers := three()
		for _, s := range servers {
			s.SetLatency(time.Second)
		}
		require.Zero(t, generateAll(t, g, 60, requestsOf(1, 60)), "all of one chunk")
		most := 0
		for _, s := range servers {
			most = max(most, s.Seen().Peak)
		}
		require.Equal(t, int(math.Ceil(1.25*60/3)), most)
	})
}

func TestBusyComesThroughOnlyWhenAllAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, servers := three()
		busy := func(seconds string) mindtest.Fault {
			return mindtest.Fault{Status: 429, Header: http.Header{"Retry-After": {seconds}}}
		}
		servers[0].SetFaults(busy("30"))
		servers[1].SetFaults(busy("20"))
		require.Zero(t, generateAll(t, g, 1, requestsOf(100, 1)))
		require.Equal(t, 1, servers[0].Seen().Requests, "it sits out its wait")
		require.Equal(t, 1, servers[1].Seen().Requests, "it sits out its wait")

		time.Sleep(5 * time.Second)
		servers[2].SetFaults(busy("25"))
		for range 3 {
			_, err := g.Generate(t.Context(), mind.Request{Prompt: "p"})
			require.Equal(t, "busy 15s", outcome(err), "until the first is back")
			require.ErrorContains(t, err, "all endpoints sit out or are full: http://host1/v1/chat/completions: 429")
		}
		require.Equal(t, 101, servers[2].Seen().Requests)
		for _, s := range servers {
			s.SetFaults()
		}
		time.Sleep(15 * time.Second)
		resp, err := g.Generate(t.Context(), mind.Request{Prompt: "p"})
		require.NoError(t, err)
		require.Equal(t, "server 1", resp.Model)
	})
}

// TestSitOutsDouble: without a wait of its own an endpoint is left alone for 1,
// 2, 4 … 60 seconds; a burst that fails together counts once, and a success
// ends it.
func TestSitOutsDouble(t *testing.T) {
	for name, fault := range map[string]mindtest.Fault{"busy": {Status: 429}, "failing": {Status: 500}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g, servers := three()
				for _, s := range servers[1:] {
					s.SetFaults(mindtest.Fault{Status: 401})
				}
				servers[0].SetLatency(time.Millisecond)
				gaps := func(n int) (gaps []int) {
					servers[0].SetFaults(fault)
					var burst errgroup.Group
					for _, r := range requestsOf(50, 1) {
						burst.Go(func() error {
							_, _ = g.Generate(t.Context(), r)
							return nil
						})
					}
					require.NoError(t, burst.Wait())
					last := time.Now()
					for asked := servers[0].Seen().Requests; len(gaps) < n; time.Sleep(100 * time.Millisecond) {
						_, err := g.Generate(t.Context(), mind.Request{Prompt: "p"})
						require.Error(t, err)
						if servers[0].Seen().Requests > asked {
							asked = servers[0].Seen().Requests
							gaps = append(gaps, int(time.Since(last).Round(time.Second).Seconds()))
							last = time.Now()
						}
					}
					return gaps
				}
				require.Equal(t, []int{1, 2, 4, 8, 16, 32, 60, 60}, gaps(8))

				servers[0].SetFaults()
				time.Sleep(time.Minute)
				for range 2 {
					_, err := g.Generate(t.Context(), mind.Request{Prompt: "p"})
					require.NoError(t, err)
				}
				require.Equal(t, []int{1, 2}, gaps(2))
			})
		})
	}
}

func TestLongestWaitCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := mind.GeneratorFunc(func(_ context.Context, r mind.Request) (mind.Response, error) {
			if r.Prompt == "long" {
				time.Sleep(time.Second)
				return mind.Response{}, &mind.BusyError{Wait: time.Minute}
			}
			time.Sleep(2 * time.Second)
			return mind.Response{}, &mind.BusyError{Wait: time.Second}
		})
		stopped := mind.GeneratorFunc(func(context.Context, mind.Request) (mind.Response, error) {
			return mind.Response{}, mind.ErrStop
		})
		g := mind.Balance(busy, stopped)
		want := map[string]string{"long": "busy 1m0s", "short": "busy 59s"}
		var both errgroup.Group
		for prompt, want := range want {
			both.Go(func() error {
				_, err := g.Generate(t.Context(), mind.Request{Prompt: prompt})
				if got := outcome(err); got != want {
					return fmt.Errorf("%s: %s, want %s", prompt, got, want)
				}
				return nil
			})
		}
		require.NoError(t, both.Wait())
	})
}

// TestFailuresNowAndThenSitOutNothing: a server that fails one time in ten is
// as good as any, and where all do the run must not stand still.
func TestFailuresNowAndThenSitOutNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, servers := three()
		for _, s := range servers {
			s.SetLatency(10 * time.Millisecond)
			s.SetFaults(mindtest.Fault{Share: 0.1, Status: 500})
			s.Seed = uint64(s.Model[len(s.Model)-1])
		}
		require.Less(t, generateAll(t, g, 1, requestsOf(300, 1)), 10, "both of two fail one time in a hundred")
	})
}

func TestFailingRequestGoesToOneOther(t *testing.T) {
	g, servers := three()
	for _, s := range servers {
		s.SetFaults(mindtest.Fault{Prompt: "poison", Status: 500}, mindtest.Fault{Prompt: "sensitive", Status: 400})
	}
	asked := func() (n int) {
		for _, s := range servers {
			n += s.Seen().Requests
		}
		return n
	}
	_, err := g.Generate(t.Context(), mind.Request{Prompt: "poison"})
	require.Equal(t, "again", outcome(err), "a failure costs an attempt, or a request that kills servers would be sent for ever")
	require.Equal(t, 2, asked())
	_, err = g.Generate(t.Context(), mind.Request{Prompt: "sensitive"})
	require.Equal(t, "skip", outcome(err))
	require.Equal(t, 3, asked(), "the fault is the request's own")

	for i, s := range servers {
		s.SetFaults(mindtest.Fault{Status: []int{500, 429, 429}[i]})
	}
	_, err = g.Generate(t.Context(), mind.Request{Prompt: "p"})
	require.Equal(t, "again", outcome(err), "as above, where the others are busy")
}

func TestStoppedEndpointIsOutForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, servers := three()
		servers[0].SetFaults(mindtest.Fault{Status: 401, Times: 1})
		require.Zero(t, generateAll(t, g, 1, requestsOf(50, 1)))
		time.Sleep(time.Hour)
		require.Zero(t, generateAll(t, g, 8, requestsOf(50, 1)))
		require.Equal(t, 1, servers[0].Seen().Requests)

		servers[1].SetFaults(mindtest.Fault{Status: 429})
		servers[2].SetFaults(mindtest.Fault{Status: 402})
		_, err := g.Generate(t.Context(), mind.Request{Prompt: "p"})
		require.Equal(t, "busy 1s", outcome(err), "one may come back")
		time.Sleep(time.Second)
		servers[1].SetFaults(mindtest.Fault{Status: 403})
		_, err = g.Generate(t.Context(), mind.Request{Prompt: "p"})
		require.Equal(t, "stop", outcome(err))
		require.ErrorContains(t, err, "all endpoints are out of use: http://host")
	})
}

func TestCancelIsNotTheEndpointsFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, servers := three()
		for _, s := range servers {
			s.SetLatency(time.Minute)
		}
		cause := errors.New("enough")
		for range 20 {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
			_, err := g.Generate(ctx, mind.Request{Prompt: "p"})
			require.Equal(t, cause, err)
			cancel()
		}
		resp, err := g.Generate(t.Context(), mind.Request{Prompt: "p"})
		require.NoError(t, err)
		home := resp.Model
		for _, s := range servers {
			if s.Model == home {
				require.Equal(t, 21, s.Seen().Requests, "it sat out nothing")
			}
		}

		asked := 0
		slow := mind.GeneratorFunc(func(ctx context.Context, _ mind.Request) (mind.Response, error) {
			asked++
			<-ctx.Done()
			return mind.Response{}, errors.New("as I like")
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = mind.Balance(slow, slow).Generate(ctx, mind.Request{})
		require.EqualError(t, err, "as I like")
		require.Equal(t, 1, asked)
	})
}

func TestBalanceOfFew(t *testing.T) {
	_, err := mind.Balance().Generate(t.Context(), mind.Request{})
	require.Equal(t, "stop", outcome(err))
	require.ErrorContains(t, err, "give Balance a generator")

	one := mind.Zhipu("k")
	require.Equal(t, one, mind.Balance(one))

	g, _ := three()
	require.Equal(t, 12, g.(interface{ AnswerTokens() int }).AnswerTokens())
}

// Three servers with one model behind one generator.
func ExampleBalance() {
	var gens []mind.Generator
	for _, host := range []string{"gpu1", "gpu2", "gpu3"} {
		server := &mindtest.Server{Reply: func(prompt string) string { return "Teacher: " + prompt }}
		gens = append(gens, &mind.Client{BaseURL: "http://" + host + ":8000/v1", Model: "qwen3-8b", HTTP: server.Client()})
	}
	answer, err := mind.Balance(gens...).Generate(context.Background(), mind.Request{Prompt: "What is 6 · 7?"})
	fmt.Println(answer.Text, err)
	// Output: Teacher: What is 6 · 7? <nil>
}
