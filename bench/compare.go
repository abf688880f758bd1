package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A figure is what one process did.
type figure struct {
	rows  int
	wall  time.Duration
	cpu   time.Duration
	rss   int64 // Bytes, at the most; 0 where the system does not say.
	first time.Duration
	seen
}

func (f figure) speed() float64 { return float64(f.rows) / f.wall.Seconds() }

// ideal is the share of what the server could have answered from the moment with
// all slots in use, and how long the climb there took.
func (f figure) ideal(latency time.Duration) (share, climb string) {
	if latency == 0 || f.Rounds == 0 {
		return "-", "-"
	}
	return fmt.Sprintf("%.3f", float64(f.Rounds)*latency.Seconds()/time.Duration(f.Took).Seconds()), fmt.Sprint(time.Duration(f.Full - f.First).Round(10 * time.Millisecond))
}

// cpuRow is CPU time for 1,000 rows.
func (f figure) cpuRow() time.Duration { return f.cpu * 1000 / time.Duration(f.rows) }

// measure runs one command against a server of its own.
func measure(self string, latency time.Duration, workers, rows int, command func(url string) *exec.Cmd) (f figure, err error) {
	server := exec.Command(self, "-serve", latency.String(), "-workers", strconv.Itoa(workers))
	out, err := server.StdoutPipe()
	if err != nil {
		return f, err
	}
	if err := server.Start(); err != nil {
		return f, err
	}
	defer func() { _ = server.Process.Kill(); _ = server.Wait() }()
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return f, err
	}
	url := "http://" + strings.TrimSpace(address)

	c := command(url)
	c.Stderr = os.Stderr
	start := time.Now()
	if err := c.Run(); err != nil {
		return f, fmt.Errorf("%v: %w", c, err)
	}
	f = figure{rows: rows, wall: time.Since(start), cpu: c.ProcessState.UserTime() + c.ProcessState.SystemTime(), rss: maxRSS(c.ProcessState)}
	resp, err := http.Get(url + "/seen")
	if err != nil {
		return f, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&f.seen); err != nil {
		return f, err
	}
	f.first = time.Unix(0, f.First).Sub(start)
	return f, nil
}

// compare prints the table.
func compare(long bool) error {
	folder, err := os.MkdirTemp("", "mind-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	program, self, err := built(folder)
	if err != nil {
		return err
	}
	type load struct {
		name    string
		latency time.Duration
		workers int
		rounds  int // Rows a worker.
	}
	loads := []load{
		{"0 ms, 256 in flight", 0, 256, 240},
		{"1 s, 256 in flight", time.Second, 256, 20},
	}
	if long {
		loads = append(loads, load{"1 s, 4,096 in flight", time.Second, 4096, 20})
	}
	fmt.Println("| load | | rows/s | of ideal, all slots in use | climb there | CPU for 1,000 rows | peak memory | connections | in flight | first request |\n|-|-|-|-|-|-|-|-|-|-|")
	for _, l := range loads {
		rows := l.workers * l.rounds
		in := filepath.Join(folder, "in.jsonl")
		if err := writeInput(in, rows); err != nil {
			return err
		}
		var both [2]figure
		for i, name := range []string{"bare loop", "mind"} {
			out := filepath.Join(folder, fmt.Sprintf("%v-%d-%d.jsonl", l.latency, l.workers, i))
			both[i], err = measure(self, l.latency, l.workers, rows, func(url string) *exec.Cmd {
				if i == 0 {
					return exec.Command(self, "-bare", url, "-in", in, "-out", out, "-workers", strconv.Itoa(l.workers))
				}
				return exec.Command(program, programArgs(url, in, out, l.workers)...)
			})
			if err != nil {
				return err
			}
			f := both[i]
			share, climb := f.ideal(l.latency)
			fmt.Printf("| %s | %s | %.0f | %s | %s | %v | %d MB | %d | %d | %v |\n", l.name, name, f.speed(), share, climb,
				f.cpuRow().Round(time.Millisecond), f.rss>>20, f.Connections, f.Peak, f.first.Round(time.Millisecond))
			if i == 1 {
				fmt.Printf("| | **ratio** | %.2f | | | %.2f | %.2f | | | |\n", f.speed()/both[0].speed(), float64(f.cpu)/float64(both[0].cpu), float64(f.rss)/float64(max(both[0].rss, 1)))
			}
		}
	}
	if long {
		return finished(folder, program, self)
	}
	return nil
}

// finished measures how long the program takes to find that nothing is to be
// done, beside what it cannot do without: reading the store once, and a plan of
// the same input.
func finished(folder, program, self string) error {
	const rows = 1_000_000
	in, out := filepath.Join(folder, "in.jsonl"), filepath.Join(folder, "finished.jsonl")
	if err := writeInput(in, rows); err != nil {
		return err
	}
	const workers = 1024
	run := func(extra ...string) (figure, error) {
		return measure(self, 0, workers, rows, func(url string) *exec.Cmd {
			return exec.Command(program, append(programArgs(url, in, out, workers), extra...)...)
		})
	}
	plan, err := run("-plan")
	if err != nil {
		return err
	}
	if _, err := run(); err != nil {
		return err
	}
	again, err := run()
	if err != nil {
		return err
	}
	start := time.Now()
	size, err := readFile(out)
	if err != nil {
		return err
	}
	read := time.Since(start)
	fmt.Printf("\nA finished store of %d lines (%d MB): found complete in %v, in %d MB, %d requests sent; its file read once %v, a plan against an empty store %v: ratio %.2f\n",
		rows, size>>20, again.wall.Round(time.Millisecond), again.rss>>20, again.Requests, read.Round(time.Millisecond), plan.wall.Round(time.Millisecond), again.wall.Seconds()/(read+plan.wall).Seconds())
	return nil
}

func readFile(name string) (size int64, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	buf := make([]byte, 1<<20)
	for {
		n, err := f.Read(buf)
		size += int64(n)
		if err != nil {
			return size, nil // io.EOF; what cannot be read is no part of the figure.
		}
	}
}
