package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// flags is what the command line says. Those that belong to a preset are filled
// in from it, unless they are given.
type flags struct {
	in, baseURLs                             list
	out, preset, styles, promptFile, filters string
	by, text, id, meta, provider, model      string
	refilter                                 string
	samples, tokens, n                       int
	maxTokens, concurrency, rpm, tpm, budget int
	seed                                     uint64
	temperature, topP                        *float64
	extra                                    object
	stringIDs, plan                          bool
	quiet, verbose, showVersion              bool

	given map[string]bool // by name
}

// A usageError is a mistake on the command line or in the environment, which
// running again does not cure: exit status 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func wrong(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

const (
	defaultIn  = "testdata/MATH.json"
	defaultOut = "MIND-MATH.jsonl"
	offlineOut = "MIND-MATH.offline.jsonl"
	defaultBy  = "level,type"
)

func parseFlags(args []string, help io.Writer) (*flags, error) {
	f := &flags{samples: 1, n: 3000, concurrency: 16, given: map[string]bool{}}
	fs := flag.NewFlagSet("basic", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // The mistake alone is printed, not two screens of help under it.

	fs.Var(&f.in, "in", "read problems from `PATH`: a file, a folder, a quoted pattern as in 'data/**/*.parquet', or - for standard input; JSON, JSONL, parquet, text or TeX, compressed with gzip or zstd or not; may repeat (default "+defaultIn+")")
	fs.StringVar(&f.out, "out", "", "write dialogues to `FILE`, one a line; what it holds is not asked for again (default "+defaultOut+"; offline: "+offlineOut+")")
	fs.StringVar(&f.preset, "preset", "seed", "`NAME` of a set of styles, chunk size and sampling: "+strings.Join(presetNames(), ", ")+"; flags that are given win")
	fs.StringVar(&f.styles, "styles", "", "comma-separated `NAMES` of styles (default: the preset's)")
	fs.StringVar(&f.promptFile, "prompt", "", "ask with the instruction in `FILE`: a style named after the file, alone or besides -styles")
	fs.Var(number{&f.samples, 1}, "samples", "ask for `N` dialogues with each prompt")
	fs.Var(number{&f.tokens, 8}, "tokens", "cut texts into chunks of at most `N` tokens (default: the preset's)")
	fs.StringVar(&f.filters, "filters", "paper", "`LIST` of filters that answers must pass, as in finish,clean,tokens=80,turns, or one of none, paper (finish,clean,tokens=50), standard (paper, and turns and the final answer) and strict (all)")
	fs.Var(number{&f.n, 0}, "n", "sample `N` problems; 0: all. A larger N keeps the picks of a smaller one; an input that has grown is sampled anew")
	fs.StringVar(&f.by, "by", defaultBy, "sample in proportion to these `FIELDS`, which are kept as metadata; those of the default that the input lacks are ignored")
	fs.Uint64Var(&f.seed, "seed", 42, "seed the sample with `N`")
	fs.StringVar(&f.text, "text", "", "comma-separated `FIELDS` that make up the text, dotted (default: found, as problem and solution, question and answer, or text)")
	fs.StringVar(&f.id, "id", "", "`FIELD` that is the id, dotted (default: id, unique_id or uuid; of a file that is one problem without an id: its path in the folder that is named)")
	fs.StringVar(&f.meta, "meta", "", "comma-separated `FIELDS` kept as metadata (default: those of level, type, subject, url that the first row of any file has)")
	fs.BoolVar(&f.stringIDs, "string-ids", false, "write ids as strings, also where they are integers")
	fs.StringVar(&f.provider, "provider", "", "offline, zhipu or openai, the `NAME` of who answers (default: by the key that is set in the environment or .env, none: offline)")
	fs.Var(&f.baseURLs, "base-url", "`URL` of an API that speaks chat completions, as in http://localhost:8000/v1; may repeat, to spread requests (default: the provider's)")
	fs.StringVar(&f.model, "model", "", "`NAME` of the model (default: the provider's)")
	fs.Var(fraction{&f.temperature, 2}, "temperature", "sampling `T`emperature (default: the preset's)")
	fs.Var(fraction{&f.topP, 1}, "top-p", "sample from the `SHARE` of the probability (default: the preset's)")
	fs.Var(&f.extra, "extra", "lay this `OBJECT` of JSON over the body of each request; null leaves a parameter out, as in {\"temperature\":null,\"top_p\":null} for models that refuse both")
	fs.Var(number{&f.maxTokens, 1}, "max-tokens", "an answer has at most `N` tokens (default: the preset's)")
	fs.Var(number{&f.concurrency, 1}, "concurrency", "at most `N` requests in flight; 1: one after the other")
	fs.Var(number{&f.rpm, 0}, "rpm", "at most `N` requests a minute (default: no limit)")
	fs.Var(number{&f.tpm, 0}, "tpm", "at most `N` tokens a minute (default: no limit)")
	fs.Var(number{&f.budget, 0}, "budget", "spend at most this number of `TOKENS` in this run (default: no limit)")
	fs.BoolVar(&f.plan, "plan", false, "print what a run would do and cost, and send nothing")
	fs.StringVar(&f.refilter, "refilter", "", "read dialogues, kept and rejected, from the stored `FILE`, run -filters over them and write them to -out; asks nobody. With -plan it prints the table alone")
	fs.BoolVar(&f.quiet, "quiet", false, "print errors only")
	fs.BoolVar(&f.verbose, "v", false, "log what is retried and waited for")
	fs.BoolVar(&f.showVersion, "version", false, "print the version")

	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(help)
		fmt.Fprint(help, helpHead)
		fs.PrintDefaults()
		fmt.Fprint(help, helpTail)
		return nil, err
	case err != nil:
		return nil, wrong("%w; -help lists the flags", err)
	case fs.NArg() > 0:
		return nil, wrong("%q is no flag: inputs are named with -in, each with its own, and patterns in quotes, for a shell makes many names of one; -help lists the flags", fs.Arg(0))
	}
	fs.Visit(func(g *flag.Flag) { f.given[g.Name] = true })
	if !f.given["in"] {
		f.in = list{defaultIn}
	}
	if f.quiet && f.verbose {
		return nil, wrong("-quiet and -v contradict each other")
	}
	return f, f.fillIn()
}

const helpHead = `Basic turns math problems into dialogues, to train language models on.

  go run ./examples/basic                            no key, no network: a generator that works by rule
  ZHIPUAI_API_KEY=… go run ./examples/basic          glm-4-flash; OPENAI_API_KEY works too
  … -base-url http://localhost:8000/v1 -model NAME   a server of your own

`

const helpTail = `
Environment, also read from .env in the working folder: ZHIPUAI_API_KEY,
OPENAI_API_KEY, OPENAI_BASE_URL, and API_KEY if it has Zhipu's form id.secret
and stands in .env or -provider zhipu is given.

Exit status: 0 every dialogue asked for is there; 1 stopped, or some failed;
2 wrong flags; 130 interrupted. Run the same command again to go on.
`

// list is a flag that may repeat.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(s string) error {
	if s == "" {
		return errors.New("must not be empty")
	}
	*l = append(*l, s)
	return nil
}

// number is a flag that is at least least.
type number struct {
	to    *int
	least int
}

func (v number) String() string {
	if v.to == nil || *v.to == 0 {
		return ""
	}
	return strconv.Itoa(*v.to)
}

func (v number) Set(s string) (err error) {
	if *v.to, err = strconv.Atoi(s); err != nil {
		return errors.New("must be a whole number")
	}
	if *v.to < v.least {
		return fmt.Errorf("must be at least %d", v.least)
	}
	return nil
}

// fraction is a flag from 0 to most that knows whether it was given.
type fraction struct {
	to   **float64
	most float64
}

func (v fraction) String() string { return "" }

func (v fraction) Set(s string) error {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || !(x >= 0 && x <= v.most) {
		return fmt.Errorf("must be a number from 0 to %g", v.most)
	}
	*v.to = &x
	return nil
}

// object is a flag that is an object of JSON.
type object map[string]any

func (o *object) String() string { return "" }

func (o *object) Set(s string) error {
	if err := json.Unmarshal([]byte(s), (*map[string]any)(o)); err != nil || *o == nil {
		return errors.New(`must be an object of JSON, as in {"thinking":{"type":"disabled"}}`)
	}
	return nil
}

// fields splits a list of names; empty ones do not count.
func fields(s string) (names []string) {
	for name := range strings.SplitSeq(s, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
