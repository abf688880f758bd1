// Bench measures what the program costs beside the least that a user would
// write: a loop over net/http that reads rows, asks with N workers, appends
// answers, and resumes nothing. Both run as processes of their own against a
// server in a third one, on this machine, one after the other.
//
//	go run ./bench            # about a minute
//	go run ./bench -long      # and 4,096 in flight, and a store of 1,000,000 lines
//
// Read the ratios: the figures themselves are those of the machine.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

func main() {
	log.SetFlags(0)
	serve := flag.Duration("serve", -1, "be the server, with this latency")
	bare := flag.String("bare", "", "be the bare loop, against this `URL`")
	in := flag.String("in", "", "the bare loop's input")
	out := flag.String("out", "", "the bare loop's output")
	workers := flag.Int("workers", 256, "how many requests are in flight when all slots are in use")
	long := flag.Bool("long", false, "measure what takes minutes too")
	flag.Parse()
	var err error
	switch {
	case *serve >= 0:
		err = server(*serve, *workers)
	case *bare != "":
		err = bareLoop(*bare, *in, *out, *workers)
	default:
		err = compare(*long)
	}
	if err != nil {
		log.Fatal("bench: ", err)
	}
}

// answer is 4 KB of a dialogue.
var answer = strings.Repeat("Teacher: What is $12\\cdot 3$, and why?\nStudent: It is $36$, because $3\\cdot 10=30$ and $3\\cdot 2=6$.\n", 41)

// server answers each chat completion after a latency, and tells at /seen what
// it has seen. It does no more than it must, so that it is not what is measured.
func server(latency time.Duration, workers int) error {
	var requests, connections, full, atFull, peak, inFlight atomic.Int64
	arrivals := make([]atomic.Int64, 1<<21) // Of each request, in nanoseconds.
	body, err := json.Marshal(map[string]any{
		"model":   "bench",
		"choices": []any{map[string]any{"message": map[string]string{"role": "assistant", "content": answer}, "finish_reason": "stop"}},
		"usage":   map[string]int{"prompt_tokens": 600, "completion_tokens": 1400}, // About what they are.
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, r *http.Request) {
		nth, now := requests.Add(1), time.Now().UnixNano()
		if int(nth) <= len(arrivals) {
			arrivals[nth-1].Store(now)
		}
		n := inFlight.Add(1)
		if n >= int64(workers) && full.CompareAndSwap(0, now) {
			atFull.Store(nth)
		}
		for {
			p := peak.Load()
			if n <= p || peak.CompareAndSwap(p, n) {
				break
			}
		}
		defer inFlight.Add(-1)
		_, _ = io.Copy(io.Discard, r.Body)
		if latency > 0 {
			select {
			case <-time.After(latency):
			case <-r.Context().Done():
				return
			}
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	mux.HandleFunc("GET /seen", func(w http.ResponseWriter, _ *http.Request) {
		s := seen{Requests: requests.Load(), Connections: connections.Load() - 1, Peak: peak.Load(), First: arrivals[0].Load(), Full: full.Load()}
		if n := atFull.Load(); n > 0 && n <= int64(len(arrivals)) {
			s.Rounds = (min(s.Requests, int64(len(arrivals))) - n) / int64(workers)
			s.Took = arrivals[n+s.Rounds*int64(workers)-1].Load() - arrivals[n-1].Load()
		}
		_ = json.NewEncoder(w).Encode(s)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	s := &http.Server{Handler: mux, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}}
	return s.Serve(listener)
}

// seen is what the server has seen: connections without the one that asks, and
// the times of the first request and of that with which all slots were in use
// (0: none). From then on it counts whole rounds, a request a slot, and how long
// they took: the requests of a last one that is not full take as long as it.
type seen struct{ Requests, Connections, Peak, First, Full, Rounds, Took int64 }

// bareLoop is the least that a user would write.
func bareLoop(url, in, out string, workers int) error {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.MaxIdleConns = workers, workers
	client := &http.Client{Transport: transport}
	from, err := os.Open(in)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(out)
	if err != nil {
		return err
	}
	rows, lines := make(chan string), make(chan []byte, workers)
	group, ctx := errgroup.WithContext(context.Background())
	group.Go(func() error {
		defer close(rows)
		for scan := bufio.NewScanner(from); scan.Scan(); {
			var row struct{ Problem, Solution string }
			if err := json.Unmarshal(scan.Bytes(), &row); err != nil {
				return err
			}
			select {
			case rows <- "Problem:\n" + row.Problem + "\n\nSolution:\n" + row.Solution + "\n\nWrite a conversation between a teacher and a student.":
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	var asking errgroup.Group
	for range workers {
		asking.Go(func() error {
			for prompt := range rows {
				text, err := ask(client, url, prompt)
				if err != nil {
					return err
				}
				line, err := json.Marshal(map[string]string{"text": text})
				if err != nil {
					return err
				}
				lines <- append(line, '\n')
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(lines)
		return asking.Wait()
	})
	for line := range lines {
		if _, err := to.Write(line); err != nil {
			return err
		}
	}
	return errors.Join(group.Wait(), to.Close())
}

func ask(client *http.Client, url, prompt string) (string, error) {
	body, err := json.Marshal(map[string]any{"model": "bench", "temperature": 1, "messages": []any{map[string]string{"role": "user", "content": prompt}}})
	if err != nil {
		return "", err
	}
	resp, err := client.Post(url+"/v1/chat/completions", "application/json", strings.NewReader(string(body)))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	var a struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.Unmarshal(answer, &a); err != nil || len(a.Choices) == 0 {
		return "", fmt.Errorf("no answer: %s", answer)
	}
	return a.Choices[0].Message.Content, nil
}

// writeInput writes n problems of about 2 KB.
func writeInput(name string, n int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for i := range n {
		fmt.Fprintf(w, `{"id":%d,"problem":"What is $%d+1$? %s","solution":"It is $%d$.","level":"Level 1","type":"Algebra"}`+"\n", i, i, strings.Repeat("Show each step of your work. ", 60), i+1)
	}
	return errors.Join(w.Flush(), f.Close())
}

// built builds the program and this one, because go run's own process would be
// measured otherwise.
func built(folder string) (program, self string, err error) {
	program, self = filepath.Join(folder, "basic"), filepath.Join(folder, "bench")
	for to, from := range map[string]string{program: "github.com/org/mind/examples/basic", self: "github.com/org/mind/bench"} {
		if out, err := exec.Command("go", "build", "-o", to, from).CombinedOutput(); err != nil {
			return "", "", fmt.Errorf("go build %s: %w: %s", from, err, out)
		}
	}
	return program, self, nil
}

// programArgs are the program's for the job of the bare loop.
func programArgs(url, in, out string, workers int) []string {
	return []string{"-in", in, "-out", out, "-n", "0", "-base-url", url + "/v1", "-model", "bench", "-concurrency", strconv.Itoa(workers), "-quiet"}
}
