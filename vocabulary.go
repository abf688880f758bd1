package mind

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"math/bits"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/pkoukk/tiktoken-go-loader/assets"
)

// A vocabulary is the tokens of an encoding. A token is its rank: of all
// neighbours that make a token, byte-pair encoding joins first those that make
// the lowest.
type vocabulary struct {
	text   []byte // The tokens, one after the other.
	tokens []token
	// parts are the two tokens that a token is made of (vocabulary.split): left
	// and right, found when first asked for, which takes half of the time to load
	// off those who ask for few. 0: not asked for yet.
	parts []atomic.Uint64

	// The trie of the tokens. Two bytes are looked up at once; from there on an
	// edge is a word in an open-addressed table.
	bytes  [256]uint32     // The token that a byte is.
	starts [1 << 16]uint64 // Of two bytes, the node and its token: an edge without a key.
	edges  []uint64
}

// A token is what is known of one.
type token struct {
	begin, size uint32 // It is text[begin:begin+size]; of 128 bytes at most.
	node        uint32 // Its place in the trie.
	shorter     uint32 // The longest token that it begins with, or none.
}

// An edge is, from the top, 27 bits of key (the node above, the byte), the node
// and the token that it is, or none: o200k_base has 199,998 tokens with 421,660
// beginnings.
const (
	tokenBits = 18
	nodeBits  = 19
	none      = 1<<tokenBits - 1
)

// loadVocabulary reads an embedded vocabulary: a token in base64 and its rank a
// line, in the order of ranks. That it cannot be read is a fault of the build.
func loadVocabulary(name string) *vocabulary {
	file, err := assets.Assets.ReadFile(name + ".tiktoken")
	if err != nil {
		panic(err)
	}
	n := bytes.Count(file, []byte("\n"))
	v := &vocabulary{
		text:   make([]byte, 0, len(file)/2),
		tokens: make([]token, 0, n),
		parts:  make([]atomic.Uint64, n),
		edges:  make([]uint64, 1<<bits.Len(uint(4*n))),
	}
	for line := range bytes.Lines(file) {
		encoded, rank, _ := bytes.Cut(bytes.TrimSpace(line), []byte(" "))
		if r, err := strconv.Atoi(string(rank)); err != nil || r != len(v.tokens) {
			panic(name + ": a rank is out of order")
		}
		begin := len(v.text)
		if v.text, err = base64.StdEncoding.AppendDecode(v.text, encoded); err != nil {
			panic(err)
		}
		v.tokens = append(v.tokens, token{begin: uint32(begin), size: uint32(len(v.text) - begin)})
	}
	v.grow()
	return v
}

// grow builds the trie. In the order of their bytes, each token only adds nodes
// to the path of the one before it, and what is added together lies together
// (home): in the order of ranks it takes four times as long.
func (v *vocabulary) grow() {
	type step struct{ node, token uint32 }
	var path [129]step // To the token before: each node, with its token or that of the nearest above.
	path[0].token = none
	nodes := uint32(256) // The bytes are nodes 1 to 256.
	var b, before [128]byte
	size := 0
	for _, p := range v.sorted() {
		t := &v.tokens[p.token]
		binary.BigEndian.PutUint64(b[:], p.bytes)
		if p.size > 8 {
			copy(b[8:], v.text[t.begin+8:t.begin+p.size])
		}
		depth := 0
		for depth < size && before[depth] == b[depth] {
			depth++
		}
		for size = int(p.size); depth < size; depth++ {
			above := path[depth]
			s, made := step{nodes + 1, above.token}, uint64(none)
			if depth+1 == size {
				s.token, made = p.token, uint64(p.token)
			}
			before[depth] = b[depth]
			switch depth {
			case 0:
				s.node = uint32(b[0]) + 1
				v.bytes[b[0]] = p.token
			case 1:
				nodes++
				v.starts[int(b[0])<<8|int(b[1])] = uint64(s.node)<<tokenBits | made
			default:
				nodes++
				key, at := v.home(above.node, b[depth])
				for v.edges[at] != 0 {
					at = (at + 1) & (len(v.edges) - 1)
				}
				v.edges[at] = key<<(nodeBits+tokenBits) | uint64(s.node)<<tokenBits | made
			}
			path[depth+1] = s
		}
		t.node = path[size].node
		t.shorter = path[size-1].token
	}
}

// A prefix is the first eight bytes of a token.
type prefix struct {
	bytes       uint64
	token, size uint32
}

// sorted is the tokens in the order of their bytes.
func (v *vocabulary) sorted() []prefix {
	// First into buckets, by the first two bytes.
	prefixOf := func(id int) prefix {
		var b [8]byte
		t := v.tokens[id]
		copy(b[:], v.text[t.begin:t.begin+t.size])
		return prefix{binary.BigEndian.Uint64(b[:]), uint32(id), t.size}
	}
	var ends [1<<16 + 1]int
	for id := range v.tokens {
		ends[prefixOf(id).bytes>>48+1]++
	}
	for i := range ends[1:] {
		ends[i+1] += ends[i]
	}
	all := make([]prefix, len(v.tokens))
	for id := range v.tokens {
		p := prefixOf(id)
		at := &ends[p.bytes>>48]
		all[*at] = p
		*at++
	}
	begin := 0
	for _, end := range ends[:1<<16] {
		slices.SortFunc(all[begin:end], func(a, b prefix) int {
			if a.bytes != b.bytes {
				return cmp.Compare(a.bytes, b.bytes)
			}
			return bytes.Compare(v.bytesOf(a.token), v.bytesOf(b.token))
		})
		begin = end
	}
	return all
}

// bytesOf are the bytes of a token.
func (v *vocabulary) bytesOf(id uint32) []byte {
	t := &v.tokens[id]
	return v.text[t.begin : t.begin+t.size]
}

// home is the key of the edge from node by b, and the first place where it may
// be: near those of the nodes made just before.
func (v *vocabulary) home(node uint32, b byte) (key uint64, at int) {
	return uint64(node)<<8 | uint64(b), (int(node)*2 + int(b)*0x9e37>>6&1023) & (len(v.edges) - 1)
}

// follow is the edge from the node at the end of edge by b, or 0.
func (v *vocabulary) follow(edge uint64, b byte) uint64 {
	key, at := v.home(uint32(edge>>tokenBits&(1<<nodeBits-1)), b)
	for {
		if e := v.edges[at]; e == 0 || e>>(nodeBits+tokenBits) == key {
			return e
		}
		at = (at + 1) & (len(v.edges) - 1)
	}
}

// longest is the longest token that s[at:] begins with, and its size.
func longest[T string | []byte](v *vocabulary, s T, at int) (token uint32, size int) {
	token, size = v.bytes[s[at]], 1
	if at+1 == len(s) {
		return token, size
	}
	edge := v.starts[int(s[at])<<8|int(s[at+1])]
	for i := at + 2; edge != 0; i++ {
		if id := uint32(edge & none); id != none {
			token, size = id, i-at
		}
		if i == len(s) {
			break
		}
		edge = v.follow(edge, s[i])
	}
	return token, size
}

// joint is the token of the bytes of left and right, or none.
func (v *vocabulary) joint(left uint32, right []byte) uint32 {
	edge := uint64(v.tokens[left].node) << tokenBits
	if l := v.bytesOf(left); len(l) == 1 {
		edge = v.starts[int(l[0])<<8|int(right[0])]
		right = right[1:]
		if edge == 0 {
			return none
		}
	}
	for _, b := range right {
		if edge = v.follow(edge, b); edge == 0 {
			return none
		}
	}
	return uint32(edge & none)
}

// split is the two tokens that a token is made of: those that stand side by
// side before the last step of encoding it. Of a byte they are the byte, twice.
func (v *vocabulary) split(id uint32) (left, right uint32) {
	if p := v.parts[id].Load(); p != 0 {
		return uint32(p >> 32), uint32(p)
	}
	left, right = id, id
	b := v.bytesOf(id)
	for l := v.tokens[id].shorter; l != none; l = v.tokens[l].shorter {
		if l > id {
			continue
		}
		rest := b[v.tokens[l].size:]
		r := v.bytes[rest[0]]
		if len(rest) > 1 {
			r = v.joint(r, rest[1:])
		}
		if r < id && v.apart(l, r, id) {
			left, right = l, r
			break
		}
	}
	v.parts[id].Store(uint64(left)<<32 | uint64(right))
	return left, right
}

// apart tells whether encoding the bytes of left and right together gives left
// and right again. It undoes joints on both sides of the seam, the last first,
// and looks whether one over the seam would have come before: one that makes a
// token from limit on is too late.
func (v *vocabulary) apart(left, right, limit uint32) bool {
	for {
		if v.joint(left, v.bytesOf(right)) < limit {
			return false
		}
		// The bytes are the lowest tokens: if the higher is one, both are.
		if left > right {
			limit = left
			if _, left = v.split(left); left == limit {
				return true
			}
		} else {
			// Of two joints that make the same token the left one comes first.
			limit = right + 1
			if right, _ = v.split(right); right+1 == limit {
				return true
			}
		}
	}
}
