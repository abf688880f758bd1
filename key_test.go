package mind

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeysNeverChange: who changes a key makes every user pay for everything
// again. The keys were computed by another program from the design's words.
func TestKeysNeverChange(t *testing.T) {
	for _, c := range []struct {
		name           string
		doc            Document
		chunk          int
		style          string
		sample         int
		system, prompt string
		key            string
	}{
		{"an integer id", Document{ID: "123", IntID: true, Text: "What is $1+1$?"}, 0, "debate", 0, "", "What is $1+1$?\n\nDebate it.", "ut8m8fpud9589i0bgpk6umuu8s-smne1mbtpnac4"},
		{"a string id", Document{ID: "123", Text: "What is $1+1$?"}, 0, "debate", 0, "", "What is $1+1$?\n\nDebate it.", "u01nou9t1cu1jktapvcs3kcnco-smne1mbtpnac4"},
		{"no id and no text", Document{}, 12, "two_students", 3, "Be brief.", "x", "dvrphre7nlg6l887sc78i41cvc-qne01dpnrcgj8"},
		{"an id with HTML and a line separator", Document{ID: "a<b>&é\u2028", Text: "Größe"}, 0, "s", 0, "", "p", "c2u8fcn2umn3q3cgsi4uo78tv0-rrl53kflpa6gu"},
	} {
		t.Run(c.name, func(t *testing.T) {
			key := makeKey(unitHash(documentHash(c.doc), c.chunk, c.style, c.sample), recipeHash(c.system, c.prompt))
			require.Equal(t, c.key, key)
			unit, recipe, err := parseKey(key)
			require.NoError(t, err)
			require.Equal(t, key, makeKey(unit, recipe))
		})
	}
}

func TestOnlyKeysAreKeys(t *testing.T) {
	good := makeKey([16]byte{1}, [8]byte{2})
	for _, bad := range []string{"", "x", good[1:], good + "0", "w" + good[1:], "A" + good[1:], good[:26] + "0" + good[27:], good[:30] + "\x00" + good[31:]} {
		_, _, err := parseKey(bad)
		require.Error(t, err, "%q", bad)
	}
}

// TestHashIsThatOfTheWhole: a text longer than what is hashed at a time is hashed
// as all of it at once is.
func TestHashIsThatOfTheWhole(t *testing.T) {
	text := strings.Repeat("0123456789abcdefghijklmnopqrstuvwxyz", 50)
	for n := range len(text) {
		var whole []byte
		for _, part := range []string{text[:n], "", text[n:]} {
			whole = append(binary.BigEndian.AppendUint64(whole, uint64(len(part))), part...)
		}
		require.Equal(t, sha256.Sum256(whole), hash(text[:n], "", text[n:]), n)
	}
}
