package mind

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheFirstTokensAreJoined(t *testing.T) {
	for _, e := range []Encoding{O200k, CL100k} {
		require.False(t, vocabularies[e]().apart(0, 0, none))
	}
}

// A pairer with room for little gives the same as one with room for all, or says
// that it cannot.
func TestAPairerForgets(t *testing.T) {
	v := vocabularies[O200k]()
	for _, h := range hostileTexts(5_000) {
		t.Run(h.name, func(t *testing.T) {
			all := newPairer(len(h.text) + 1)
			want, ok := countPairs(&all, v, h.text)
			require.True(t, ok)
			for _, places := range []int{4, 32, 256, 2048} {
				p := newPairer(places)
				got, ok := countPairs(&p, v, h.text)
				if places >= 256 {
					require.True(t, ok, "%d places", places)
				}
				if ok {
					require.Equal(t, want, got, "%d places", places)
				}
			}
		})
	}
}

// What cannot be counted with little room is counted with more.
func TestACounterWithLittleRoom(t *testing.T) {
	c := O200k.counter()
	defer O200k.release(c)
	little := counter{splitter: c.splitter, vocabulary: c.vocabulary, pairer: newPairer(4)}
	for _, h := range hostileTexts(5_000) {
		require.Equal(t, c.count(h.text), little.count(h.text), h.name)
	}
}
