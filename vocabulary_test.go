package mind

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryTokenIsMadeOfTwoLowerOnes(t *testing.T) {
	for _, e := range []Encoding{O200k, CL100k} {
		v := vocabularies[e]()
		for id, want := range tokensOf(e) {
			id := uint32(id)
			require.Equal(t, want, string(v.bytesOf(id)))
			token, size := longest(v, want, 0)
			require.Equal(t, id, token)
			require.Len(t, want, size)
			left, right := v.split(id)
			if len(want) == 1 {
				require.Equal(t, [2]uint32{id, id}, [2]uint32{left, right})
				continue
			}
			require.Less(t, max(left, right), id, "%q", want)
			require.Equal(t, want, string(v.bytesOf(left))+string(v.bytesOf(right)))
		}
	}
}

// The hot path takes a single byte for one token.
func TestBytesAreTheLowestTokens(t *testing.T) {
	for _, e := range []Encoding{O200k, CL100k} {
		for id, token := range tokensOf(e)[:256] {
			require.Len(t, token, 1, "token %d", id)
		}
	}
}

func TestAVocabularyIsSmall(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	v := loadVocabulary(O200k.String())
	runtime.ReadMemStats(&after)
	mb := float64(after.TotalAlloc-before.TotalAlloc) / (1 << 20)
	require.Less(t, mb, 25.0, "MB, garbage included")
	runtime.KeepAlive(v)
	t.Logf("%.1f MB", mb)
}

func TestLongestIsTheLongestToken(t *testing.T) {
	v := vocabularies[O200k]()
	known := map[string]bool{}
	for _, token := range tokensOf(O200k) {
		known[token] = true
	}
	for i, h := range hostileTexts(300) {
		for at := range h.text {
			want := ""
			for end := at + 1; end <= min(at+128, len(h.text)); end++ {
				if known[h.text[at:end]] {
					want = h.text[at:end]
				}
			}
			token, size := longest(v, h.text, at)
			require.Equal(t, want, string(v.bytesOf(token)), fmt.Sprint(i, at))
			require.Len(t, want, size)
		}
	}
}
