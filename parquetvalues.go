package mind

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go/format"
)

// Values of parquet are decoded here and not by parquet-go, whose decoders take
// the counts and lengths in a file for true: some broken bytes make them ask for
// gigabytes, and that cannot be recovered from as their panics can. These check
// each count against the page that they read, and strings stay where they are.

// A scalar is one value of a leaf column: bytes for the types made of bytes,
// else bits, which are those of a float or of an integer with its sign.
type scalar struct {
	bytes []byte
	bits  uint64
}

// values are those of a page, without its nulls, or of a dictionary: bits, or
// bytes that lie one after the other. A slice for each of these would take six
// times the memory of its end, and the collector would go through them.
type values struct {
	bits  []uint64
	all   []byte
	ends  []uint32 // In all; the first is where they begin.
	gap   int      // How many bytes of all stand before each.
	texts bool     // They are bytes, and all of them UTF-8.
}

func (v *values) len() int { return max(len(v.ends)-1, 0) + len(v.bits) }

func (v *values) at(i int) (s scalar) {
	if v.ends == nil {
		return scalar{bits: v.bits[i]}
	}
	end := v.ends[i+1]
	return scalar{bytes: v.all[int(v.ends[i])+v.gap : end : end]}
}

// clear leaves no values, and their memory to the next ones.
func (v *values) clear() { v.bits, v.ends = v.bits[:0], v.ends[:0] }

// areTexts tells whether they are UTF-8.
func (v *values) areTexts() bool {
	for i := range v.len() {
		if !utf8.Valid(v.at(i).bytes) {
			return false
		}
	}
	return true
}

var errShort = errors.New("it ends too early")

// decode decodes n values of type t from b; size is the length of those with a
// fixed one. The memory of v is used again. Bytes are those of b, as a rule.
func (v *values) decode(t format.Type, encoding format.Encoding, b []byte, n, size int) (err error) {
	isBytes := t == format.ByteArray || t == format.FixedLenByteArray || t == format.Int96
	v.clear()
	if v.all, v.gap, v.texts = b, 0, false; isBytes {
		v.ends = append(v.ends, 0)
	}
	switch {
	case encoding == format.Plain && t == format.ByteArray:
		return v.plainBytes(b, n)
	case encoding == format.Plain && t == format.Boolean:
		v.bits, _, err = appendBits(v.bits, b, n, 1)
		return err
	case encoding == format.Plain && isBytes:
		return v.fixedBytes(b, n, size)
	case encoding == format.Plain:
		return v.numbers(t, b, n)
	case encoding == format.RLE && t == format.Boolean:
		if len(b) < 4 {
			return errShort
		}
		v.bits, err = appendRuns(v.bits, b[4:], n, 1)
		return err
	case encoding == format.DeltaBinaryPacked && (t == format.Int32 || t == format.Int64):
		if v.bits, _, err = appendDeltas(v.bits, b, n); t == format.Int32 {
			for i, x := range v.bits {
				v.bits[i] = uint64(int64(int32(x)))
			}
		}
		return err
	case encoding == format.DeltaLengthByteArray && t == format.ByteArray:
		return v.lengthBytes(b, n)
	case encoding == format.DeltaByteArray && (t == format.ByteArray || t == format.FixedLenByteArray):
		return v.deltaBytes(b, n)
	case encoding == format.ByteStreamSplit && t != format.ByteArray && t != format.Boolean && t != format.Int96:
		return v.split(t, b, n, size)
	}
	return marked{fmt.Errorf("the encoding %v of %v is not read: write it with another (PLAIN is always right)", encoding, t), errNotRead}
}

func (v *values) plainBytes(b []byte, n int) error {
	v.gap = 4 // The length.
	if len(b)/v.gap < n {
		return errShort
	}
	v.ends = slices.Grow(v.ends, n)
	end := 0
	for range n {
		if len(b)-end < v.gap {
			return errShort
		}
		size := binary.LittleEndian.Uint32(b[end:])
		if end += v.gap; uint64(size) > uint64(len(b)-end) {
			return errShort
		}
		end += int(size)
		v.ends = append(v.ends, uint32(end))
	}
	return nil
}

func (v *values) fixedBytes(b []byte, n, size int) error {
	if len(b)/size < n {
		return errShort
	}
	v.all = b
	for i := range n {
		v.ends = append(v.ends, uint32((i+1)*size))
	}
	return nil
}

func (v *values) numbers(t format.Type, b []byte, n int) error {
	if len(b)/width(t) < n {
		return errShort
	}
	for i := range n {
		switch t {
		case format.Int32:
			v.bits = append(v.bits, uint64(int64(int32(binary.LittleEndian.Uint32(b[4*i:])))))
		case format.Float:
			v.bits = append(v.bits, uint64(binary.LittleEndian.Uint32(b[4*i:])))
		default:
			v.bits = append(v.bits, binary.LittleEndian.Uint64(b[8*i:]))
		}
	}
	return nil
}

// width is the length in bytes of a number.
func width(t format.Type) int {
	if t == format.Int32 || t == format.Float {
		return 4
	}
	return 8
}

// lengthBytes decodes byte arrays whose lengths stand first.
func (v *values) lengthBytes(b []byte, n int) (err error) {
	if v.ends, v.all, err = appendDeltas(v.ends, b, n); err != nil {
		return err
	}
	end := uint64(0)
	for i, size := range v.ends[1:] {
		if end += uint64(size); end > uint64(len(v.all)) {
			return errShort
		}
		v.ends[i+1] = uint32(end)
	}
	return nil
}

// deltaBytes decodes byte arrays that begin as the one before them does.
func (v *values) deltaBytes(b []byte, n int) error {
	prefixes, b, err := appendDeltas[uint32](nil, b, n)
	if err != nil {
		return err
	}
	if err := v.lengthBytes(b, n); err != nil {
		return err
	}
	total, last := 0, 0
	for i, prefix := range prefixes {
		if uint64(prefix) > uint64(last) {
			return errors.New("a value takes more from the one before it than there is")
		}
		last = int(prefix) + len(v.at(i).bytes)
		// A page may repeat itself without end.
		if total += last; total > largestPage {
			return tooLarge(total)
		}
	}
	all := make([]byte, 0, total)
	begin, from := 0, 0 // Of the value before, and of the rest of this one.
	for i, prefix := range prefixes {
		before := all[begin:]
		begin = len(all)
		all = append(all, before[:prefix]...)
		end := int(v.ends[i+1])
		all = append(all, v.all[from:end]...)
		from = end
		v.ends[i+1] = uint32(len(all))
	}
	v.all = all
	return nil
}

// split decodes values whose first bytes stand together, then their second
// ones, and so on.
func (v *values) split(t format.Type, b []byte, n, size int) error {
	if t != format.FixedLenByteArray {
		size = width(t)
	}
	if len(b)/size < n {
		return errShort
	}
	joined := make([]byte, n*size)
	for i := range n {
		for k := range size {
			joined[i*size+k] = b[k*n+i]
		}
	}
	if t == format.FixedLenByteArray {
		return v.fixedBytes(joined, n, size)
	}
	return v.numbers(t, joined, n)
}

// appendRuns appends n numbers of width bits each, in runs: of one number, or of
// numbers packed.
func appendRuns[T uint8 | uint32 | uint64](dst []T, b []byte, n, width int) ([]T, error) {
	for end := len(dst) + n; len(dst) < end; {
		header, k := binary.Uvarint(b)
		if k <= 0 {
			return dst, errShort
		}
		b = b[k:]
		// More than is asked for may be there: packed ones come by eights.
		if count := header >> 1; header&1 == 1 {
			most := (end - len(dst) + 7) / 8
			var err error
			if dst, b, err = appendBits(dst, b, int(min(count, uint64(most)))*8, width); err != nil {
				return dst, err
			}
			if count > uint64(most) { // What follows is not asked for.
				b = nil
			}
			dst = dst[:min(end, len(dst))]
			if count == 0 {
				return dst, errors.New("an empty run")
			}
		} else {
			size := (width + 7) / 8
			if len(b) < size {
				return dst, errShort
			}
			if count == 0 {
				return dst, errors.New("an empty run")
			}
			var x uint64
			for i := range size {
				x |= uint64(b[i]) << (8 * i)
			}
			b = b[size:]
			for range min(count, uint64(end-len(dst))) {
				dst = append(dst, T(x))
			}
		}
	}
	return dst, nil
}

// appendBits appends n numbers of width bits each, and returns what comes after.
// Where they end in the middle of b's last byte, its rest is not used.
func appendBits[T uint8 | uint32 | uint64](dst []T, b []byte, n, width int) ([]T, []byte, error) {
	size := (n*width + 7) / 8
	if len(b) < size {
		return dst, b, errShort
	}
	dst = slices.Grow(dst, n)
	mask := uint64(1)<<width - 1 // All, for 64.
	for i := range n {
		at := i * width
		var x uint64
		if from := b[at/8:]; len(from) >= 8 {
			x = binary.LittleEndian.Uint64(from) >> (at % 8)
			if at%8+width > 64 {
				x |= uint64(from[8]) << (64 - at%8)
			}
		} else {
			for k := range from {
				x |= uint64(from[k]) << (8 * k)
			}
			x >>= at % 8
		}
		dst = append(dst, T(x&mask))
	}
	return dst, b[size:], nil
}

// appendDeltas appends n numbers of which the first is given, and of the others
// how they differ from the one before. It returns what comes after.
func appendDeltas[T uint32 | uint64](dst []T, b []byte, n int) ([]T, []byte, error) {
	var header [3]uint64
	for i := range header {
		x, k := binary.Uvarint(b)
		if k <= 0 {
			return dst, b, errShort
		}
		header[i], b = x, b[k:]
	}
	first, k := binary.Varint(b)
	if k <= 0 {
		return dst, b, errShort
	}
	b = b[k:]
	block, minis, count := header[0], header[1], header[2]
	if count != uint64(n) {
		return dst, b, fmt.Errorf("%d values where there should be %d", count, n)
	}
	if block == 0 || block > 1<<20 || minis == 0 || minis > block || block%minis != 0 || block/minis%8 != 0 {
		return dst, b, fmt.Errorf("blocks of %d values in %d parts", block, minis)
	}
	if n == 0 {
		return dst, b, nil
	}
	last := uint64(first)
	dst = append(dst, T(last))
	mini := int(block / minis)
	var deltas []uint64
	for left := n - 1; left > 0; {
		least, k := binary.Varint(b)
		if k <= 0 || len(b)-k < int(minis) {
			return dst, b, errShort
		}
		widths := b[k : k+int(minis)]
		b = b[k+int(minis):]
		for _, w := range widths {
			if left == 0 {
				break
			}
			if w > 64 {
				return dst, b, fmt.Errorf("numbers of %d bits", w)
			}
			var err error
			if deltas, b, err = appendBits(deltas[:0], b, mini, int(w)); err != nil {
				return dst, b, err
			}
			for _, d := range deltas[:min(left, mini)] {
				last += uint64(least) + d
				dst = append(dst, T(last))
			}
			left -= min(left, mini)
		}
	}
	return dst, b, nil
}

// bitsFor is how many bits numbers up to most need.
func bitsFor(most int) int { return bits.Len(uint(most)) }
