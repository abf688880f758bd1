package mind

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
)

// A Key is base32hex(unit) + "-" + base32hex(recipe): 26 + 1 + 13 characters.
// What goes into the two hashes never changes (TestKeysNeverChange), because a
// changed key would buy everything again.
const (
	unitLen   = 26
	recipeLen = 13
	keyLen    = unitLen + 1 + recipeLen
)

var keyEncoding = base32.HexEncoding.WithPadding(base32.NoPadding)

// documentHash identifies a document by its id and its text.
func documentHash(d Document) [32]byte {
	return hash(string(jsonID(d.ID, d.IntID)), d.Text)
}

// unitHash identifies what there is one dialogue for.
func unitHash(document [32]byte, chunk int, style string, sample int) (unit [16]byte) {
	h := hash(string(document[:]), strconv.Itoa(chunk), style, strconv.Itoa(sample))
	return [16]byte(h[:16])
}

// recipeHash identifies what is sent.
func recipeHash(system, prompt string) (recipe [8]byte) {
	h := hash(system, prompt)
	return [8]byte(h[:8])
}

// hash is sha256 over parts that are each preceded by their length in bytes,
// as 8 bytes big-endian, so that no two lists of parts have the same input.
func hash(parts ...string) (sum [32]byte) {
	h := sha256.New()
	var b [512]byte // Not []byte(p): a text is long, and would be copied whole.
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(b[:0], uint64(len(p))))
		for len(p) > 0 {
			n := copy(b[:], p)
			h.Write(b[:n])
			p = p[n:]
		}
	}
	h.Sum(sum[:0])
	return sum
}

// makeKey is the Key of a unit and its recipe: lower case, no padding.
func makeKey(unit [16]byte, recipe [8]byte) string {
	b := make([]byte, keyLen)
	keyEncoding.Encode(b[:unitLen], unit[:])
	b[unitLen] = '-'
	keyEncoding.Encode(b[unitLen+1:], recipe[:])
	for i, c := range b {
		if 'A' <= c && c <= 'V' {
			b[i] = c + ('a' - 'A')
		}
	}
	return string(b)
}

// parseKey is the inverse of makeKey.
func parseKey(key string) (unit [16]byte, recipe [8]byte, err error) {
	var b [keyLen]byte
	ok := len(key) == keyLen && key[unitLen] == '-'
	for i := 0; ok && i < keyLen; i++ {
		c := key[i]
		ok = '0' <= c && c <= '9' || 'a' <= c && c <= 'v' || i == unitLen
		if c >= 'a' {
			c -= 'a' - 'A'
		}
		b[i] = c
	}
	if ok {
		_, err1 := keyEncoding.Decode(unit[:], b[:unitLen])
		_, err2 := keyEncoding.Decode(recipe[:], b[unitLen+1:])
		ok = err1 == nil && err2 == nil
	}
	if !ok {
		return unit, recipe, fmt.Errorf("%.50q is not the key of a dialogue (40 of [0-9a-v-])", key)
	}
	return unit, recipe, nil
}

// textID is the id that a record has where its document has none.
func textID(text string) string {
	h := hash(text)
	return hex.EncodeToString(h[:8])
}
