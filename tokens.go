package mind

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"sync"

	"github.com/pkoukk/tiktoken-go"
	"github.com/pkoukk/tiktoken-go-loader/assets"
)

// An Encoding is a way to cut text into tokens. Its vocabulary is part of the
// program: nothing is fetched.
type Encoding int

const (
	O200k  Encoding = iota // o200k_base, of GPT-4o and later models. The default.
	CL100k                 // cl100k_base, of GPT-4 and GPT-3.5.
)

// String returns the encoding's name, o200k_base or cl100k_base.
func (e Encoding) String() string {
	switch e {
	case O200k:
		return "o200k_base"
	case CL100k:
		return "cl100k_base"
	}
	return fmt.Sprintf("Encoding(%d)", int(e))
}

// Count returns the number of tokens of text, which may hold anything: special
// tokens count as the text they are. It is safe for concurrent use. The first
// call builds the vocabulary.
func (e Encoding) Count(text string) int {
	if text == "" {
		return 0
	}
	bpe := o200k
	if e == CL100k {
		bpe = cl100k
	}
	return len(bpe().EncodeOrdinary(text))
}

// The patterns by which text is cut into words before these are cut into
// tokens, as OpenAI's tiktoken has them (openai_public.py).
const (
	o200kPattern = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?` +
		`|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?` +
		`|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	cl100kPattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

var (
	o200k  = sync.OnceValue(func() *tiktoken.Tiktoken { return loadVocabulary("o200k_base", o200kPattern) })
	cl100k = sync.OnceValue(func() *tiktoken.Tiktoken { return loadVocabulary("cl100k_base", cl100kPattern) })
)

// loadVocabulary reads an embedded vocabulary: a token in base64 and its rank a
// line. tiktoken's own GetEncoding is not used, because it would fetch it, and
// build it anew at each call. That it cannot be read is a fault of the build.
func loadVocabulary(name, pattern string) *tiktoken.Tiktoken {
	file, err := assets.Assets.ReadFile(name + ".tiktoken")
	if err != nil {
		panic(err)
	}
	ranks := make(map[string]int, bytes.Count(file, []byte("\n")))
	for line := range bytes.Lines(file) {
		token, rank, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
		text := make([]byte, base64.StdEncoding.DecodedLen(len(token)))
		n, err := base64.StdEncoding.Decode(text, token)
		if err != nil {
			panic(err)
		}
		if ranks[string(text[:n])], err = strconv.Atoi(string(rank)); err != nil {
			panic(err)
		}
	}
	bpe, err := tiktoken.NewCoreBPE(ranks, nil, pattern)
	if err != nil {
		panic(err)
	}
	return tiktoken.NewTiktoken(bpe, nil, nil)
}
