package mind

import (
	"bytes"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

// codecs are those that pages may be compressed with.
var codecs = []format.CompressionCodec{format.Uncompressed, format.Snappy, format.Gzip, format.Brotli, format.Zstd}

// An unpacker decompresses the pages of a column.
type unpacker struct {
	gzip *gzip.Reader
	zstd *zstd.Decoder
}

// unpack decompresses a page that must have this size then, into dst if it is
// large enough. A codec that is told less than it could give is stopped there.
func (u *unpacker) unpack(dst []byte, codec format.CompressionCodec, packed []byte, size int) (_ []byte, err error) {
	if codec != format.Uncompressed {
		dst = sized(dst, size)
	}
	var stream io.Reader
	switch codec {
	case format.Uncompressed:
		dst = packed
	case format.Snappy:
		if n, err := snappy.DecodedLen(packed); err != nil {
			return nil, fmt.Errorf("snappy: %w", err)
		} else if n == size {
			dst, err = snappy.Decode(dst, packed)
			if err != nil {
				return nil, fmt.Errorf("snappy: %w", err)
			}
		} else {
			dst = dst[:0]
		}
	case format.Zstd:
		if u.zstd == nil {
			u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(largestPage), zstd.WithDecodeAllCapLimit(true))
			if err != nil {
				return nil, err
			}
		}
		out, err := u.zstd.DecodeAll(packed, dst[:0:size])
		if err != nil {
			return nil, fmt.Errorf("zstd: %w", err)
		}
		dst = dst[:len(out)] // It stayed there.
	case format.Gzip:
		if u.gzip == nil {
			u.gzip = new(gzip.Reader)
		}
		if err := u.gzip.Reset(bytes.NewReader(packed)); err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		stream = u.gzip
	case format.Brotli:
		stream = brotli.NewReader(bytes.NewReader(packed))
	}
	if stream != nil {
		if _, err := io.ReadFull(stream, dst); err != nil {
			return nil, fmt.Errorf("%v: %w", codec, err)
		}
		var more [1]byte
		if n, err := stream.Read(more[:]); n > 0 || err != io.EOF {
			return nil, fmt.Errorf("%v: more than the %d bytes that it should be: %w", codec, size, err)
		}
	}
	if len(dst) != size {
		return nil, fmt.Errorf("%d bytes where there should be %d", len(dst), size)
	}
	return dst, nil
}
