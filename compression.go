package mind

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// largestWindow is the memory that a zstd file may ask for: what zstd itself
// allows without being told otherwise (--long=27).
const largestWindow = 128 << 20

// decompressed is the content of in, which may be compressed with gzip or zstd;
// the content says so, not the name. It is decompressed as it is read, so that
// a bomb eats time and no memory. head are its first bytes, again to be read.
func decompressed(in io.Reader) (out io.Reader, head []byte, err error) {
	in, head, err = peek(in)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case isGzip(head):
		z, err := gzip.NewReader(in) // It reads all members.
		if err != nil {
			return nil, nil, fmt.Errorf("gzip: %w", whole(err))
		}
		out = broken{z, "gzip"}
	case isZstd(head):
		// One at a time: it starts no goroutine then.
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(largestWindow))
		if err != nil {
			return nil, nil, fmt.Errorf("zstd: %w", err)
		}
		out = broken{z, "zstd"}
	default:
		return in, head, nil
	}
	if out, head, err = peek(out); err != nil {
		return nil, nil, err
	}
	switch {
	case isGzip(head) || isZstd(head):
		return nil, nil, errors.New("this is compressed twice; decompress it once")
	case isParquet(head):
		return nil, nil, errors.New("this is parquet in a compressed file; parquet is read from its end, so decompress it (it is compressed inside already)")
	}
	return out, head, nil
}

// peek returns the first bytes of in, and what reads them again and all else.
func peek(in io.Reader) (io.Reader, []byte, error) {
	head := make([]byte, longestMagic)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF { // A short file. One that is cut off wraps it.
		return nil, nil, err
	}
	return io.MultiReader(bytes.NewReader(head[:n]), in), head[:n], nil
}

// broken reads what is compressed, and says so where it cannot.
type broken struct {
	io.Reader
	how string
}

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%s: %w", b.how, whole(err))
	}
	return n, err
}

// whole says what an unexpected end means.
func whole(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return fmt.Errorf("the file is cut off (%w); fetch or write it again", io.ErrUnexpectedEOF)
	}
	return err
}
