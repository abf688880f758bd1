package mind

// A pairer counts the tokens of one piece of text, of any length, in time that
// grows with it and in memory that does not.
//
// Byte-pair encoding is defined by joints, the lowest first; done so it needs a
// heap, or time that grows with the square. But its result is known by its
// seams: tokens are the encoding of their bytes if and only if each two
// neighbours are (vocabulary.apart). So tokens are laid from left to right, the
// longest first, and taken back where none fits behind them. GitHub's bpe crate
// has the idea and the proof.
type pairer struct {
	laid []uint32 // The tokens laid last.
	dead []uint64 // A bit for each place from base on: no token begins there.
	// seams remembers what vocabulary.apart said of two tokens, each at the one
	// place that they give: in text without spaces half of the time is in asking.
	seams []uint64
}

// newPairer has room for places bytes. Of a longer piece it can take back what
// was laid in the last half of them.
func newPairer(places int) pairer {
	return pairer{make([]uint32, 0, places), make([]uint64, (places+512)/64), make([]uint64, 1<<seamBits)}
}

// countPairs is the number of tokens of s, or false if more would have to be taken
// back than p has room for; no text is known that needs more than a few.
func countPairs[T string | []byte](p *pairer, v *vocabulary, s T) (tokens int, ok bool) {
	next, size := longest(v, s, 0)
	if size == len(s) {
		return 1, true
	}
	clear(p.dead[:min(len(p.dead), len(s)/64+1)])
	laid := p.laid[:0]
	first, forgotten := 0, 0 // Where laid begins, and the tokens before it.
	base := 0                // Where dead begins.
	for at := 0; ; {
		end := at + size
		place := uint(end - base)
		switch {
		case p.dead[place/64]>>(place%64)&1 == 0 && (len(laid) == 0 || p.apart(v, laid[len(laid)-1], next)):
			laid = append(laid, next)
			if at = end; at == len(s) {
				return forgotten + len(laid), true
			}
			next, size = longest(v, s, at)
			if at-base < cap(laid) {
				continue
			}
			n := 0 // The last is kept, for the next must fit behind it.
			for ; first < at-cap(laid)/2 && n < len(laid)-1; n++ {
				first += int(v.tokens[laid[n]].size)
			}
			laid = laid[:copy(laid, laid[n:])]
			forgotten += n
			words := (first - base) / 64
			clear(p.dead[copy(p.dead, p.dead[words:]):])
			base += 64 * words
		case v.tokens[next].shorter != none:
			next = v.tokens[next].shorter
			size = int(v.tokens[next].size)
		case len(laid) == 1 && forgotten > 0:
			return 0, false
		default:
			place = uint(at - base)
			p.dead[place/64] |= 1 << (place % 64)
			next = laid[len(laid)-1]
			laid = laid[:len(laid)-1]
			size = int(v.tokens[next].size)
			at -= size
		}
	}
}

const seamBits = 13

// apart is vocabulary.apart, remembered.
func (p *pairer) apart(v *vocabulary, left, right uint32) bool {
	key := uint64(left)<<tokenBits | uint64(right)
	// The word 0 says of the tokens 0 and 0 what is so: that they are joined.
	s := &p.seams[key*0x9e3779b97f4a7c15>>(64-seamBits)]
	if *s>>1 != key {
		*s = key << 1
		if v.apart(left, right, none) {
			*s |= 1
		}
	}
	return *s&1 != 0
}
