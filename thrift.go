package mind

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// thriftSize returns how long the struct is that b begins with, in the compact
// protocol that parquet describes itself in. It checks all counts against the
// bytes there are: decoders make room for what is claimed before they read it.
// Where b is too short, the error is errShort.
func thriftSize(b []byte) (int, error) {
	t := thriftScan{b: b}
	if err := t.structure(0); err != nil {
		return 0, err
	}
	return t.i, nil
}

type thriftScan struct {
	b []byte
	i int
}

// The types of the compact protocol.
const (
	thriftStop = iota
	thriftTrue
	thriftFalse
	thriftByte
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
	thriftUUID
)

func (t *thriftScan) structure(depth int) error {
	// Nothing in parquet is nested deeper than this.
	if depth > 32 {
		return errors.New("structs within structs without end")
	}
	for {
		header, err := t.byte()
		if err != nil || header&15 == thriftStop {
			return err
		}
		if header>>4 == 0 { // The field's number follows.
			if _, err := t.varint(); err != nil {
				return err
			}
		}
		if err := t.value(header&15, false, depth); err != nil {
			return err
		}
	}
}

// value goes over a value; a boolean in a list is a byte.
func (t *thriftScan) value(kind byte, inList bool, depth int) error {
	switch kind {
	case thriftTrue, thriftFalse:
		if inList {
			return t.skip(1)
		}
		return nil
	case thriftByte:
		return t.skip(1)
	case thriftI16, thriftI32, thriftI64:
		_, err := t.varint()
		return err
	case thriftDouble:
		return t.skip(8)
	case thriftUUID:
		return t.skip(16)
	case thriftBinary:
		n, err := t.varint()
		if err != nil {
			return err
		}
		return t.skip(n)
	case thriftList, thriftSet:
		header, err := t.byte()
		if err != nil {
			return err
		}
		n := uint64(header >> 4)
		if n == 15 {
			if n, err = t.varint(); err != nil {
				return err
			}
		}
		return t.elements(n, depth, header&15)
	case thriftMap:
		n, err := t.varint()
		if err != nil || n == 0 {
			return err
		}
		kinds, err := t.byte()
		if err != nil {
			return err
		}
		return t.elements(n, depth, kinds>>4, kinds&15)
	case thriftStruct:
		return t.structure(depth + 1)
	}
	return fmt.Errorf("type %d, which is none", kind)
}

// elements goes over n elements of a list, or pairs of a map. An element is a
// byte at least, so that no count goes beyond the bytes there are.
func (t *thriftScan) elements(n uint64, depth int, kinds ...byte) error {
	for range n {
		for _, kind := range kinds {
			if err := t.value(kind, true, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *thriftScan) byte() (byte, error) {
	if t.i == len(t.b) {
		return 0, errShort
	}
	t.i++
	return t.b[t.i-1], nil
}

func (t *thriftScan) varint() (uint64, error) {
	x, n := binary.Uvarint(t.b[t.i:])
	switch {
	case n < 0:
		return 0, errors.New("a number that is too long")
	case n == 0:
		return 0, errShort
	}
	t.i += n
	return x, nil
}

func (t *thriftScan) skip(n uint64) error {
	if n > uint64(len(t.b)-t.i) {
		return errShort
	}
	t.i += int(n)
	return nil
}
