// Basic turns math problems into dialogues: the main job of package mind as one
// command. Without a key it runs offline, on problems of its own; -help lists
// everything else.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

func main() {
	os.Exit(run(os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

// run is the program; it returns its exit status.
func run(args []string, getenv func(string) string, stdout io.Writer, stderr *os.File) int {
	err := work(args, getenv, stdout, stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	fmt.Fprintln(stderr, "basic:", err)
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	if errors.Is(err, errInterrupted) {
		return 130
	}
	return 1
}

func work(args []string, getenv func(string) string, stdout io.Writer, stderr *os.File) error {
	f, err := parseFlags(args, stdout)
	if err != nil {
		return err
	}
	if f.showVersion {
		fmt.Fprintln(stdout, version())
		return nil
	}
	if f.given["refilter"] {
		return refilter(f, stdout, stderr)
	}
	env, err := readEnvironment(getenv)
	if err != nil {
		return err
	}
	j, err := newJob(f, env)
	if err != nil {
		return err
	}
	defer j.store.Close() // Every record is on disk before Run returns.
	if f.plan {
		return j.plan(stdout, stderr)
	}
	return j.run(stdout, stderr)
}

// version is what the program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return fmt.Sprintf("mind basic %s %s", info.Main.Version, info.GoVersion)
}
