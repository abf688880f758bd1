package mind

import (
	"encoding/binary"
	"math/bits"
)

// done holds the units that need no request: those in the sink, and those that
// this run has drawn. Parts of the hashes are enough: with a billion units, the
// chance that any two share 12 bytes is 10⁻¹¹.
//
// It is a hash table of our own, because it is the one thing that grows with the
// input: it takes 20 to 28 bytes a unit at any size, and next to nothing more
// while it grows, where a Go map takes 20 to 39.
type done struct {
	units  int
	shards [256]shard // By the first byte of the unit: each grows by itself.
}

// A shard is a table with open addressing: a unit is in the first free slot from
// the one on where its hash points.
type shard struct {
	slots []slot // At most four of five are in use; zeros mean that a slot is free.
	used  int
}

// A slot is 12 bytes of a unit and 4 of its recipe.
type slot [16]byte

// put adds a unit, or gives it another recipe.
func (d *done) put(unit [16]byte, recipe [8]byte) {
	s := &d.shards[unit[0]]
	if 5*(s.used+1) > 4*len(s.slots) {
		s.grow()
	}
	at := s.find(unit)
	if *at == (slot{}) {
		s.used++
		d.units++
	}
	copy(at[:12], unit[:])
	copy(at[12:], recipe[:])
}

// recipe returns the beginning of a unit's recipe, and whether the unit is there.
func (d *done) recipe(unit [16]byte) (recipe [4]byte, ok bool) {
	s := &d.shards[unit[0]]
	if s.used == 0 {
		return recipe, false
	}
	at := s.find(unit)
	return [4]byte(at[12:]), *at != slot{}
}

// find returns the slot of a unit: where it is, or where it would be.
func (s *shard) find(unit [16]byte) *slot {
	hi, _ := bits.Mul64(binary.BigEndian.Uint64(unit[1:]), uint64(len(s.slots)))
	for i := int(hi); ; i++ {
		if i == len(s.slots) {
			i = 0
		}
		if at := &s.slots[i]; [12]byte(at[:12]) == [12]byte(unit[:12]) || *at == (slot{}) {
			return at
		}
	}
}

// grow makes room for two fifths more, which is as much as the bound on memory
// allows.
func (s *shard) grow() {
	old := s.slots
	s.slots = make([]slot, max(8, len(old)*7/5))
	for _, o := range old {
		if o != (slot{}) {
			*s.find([16]byte(o)) = o
		}
	}
}
