package mind

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// largestPage is the largest page that is read. Writers end pages at some
	// megabytes, DuckDB at 100: what claims more is broken, or a bomb.
	largestPage = 256 << 20
	// mostValues is how many values a page may have: nulls cost no byte.
	mostValues = 1 << 24
	// largestHeader of a page may have its least and greatest text in it.
	largestHeader = 32 << 20
)

// errNotRead marks an error of what may be right, but is not read here.
var errNotRead = errors.New("not read")

func tooLarge(size int) error {
	return fmt.Errorf("a page of %d MiB, where %d are the most that is read", size>>20, largestPage>>20)
}

// A column reads the values of one leaf column in one row group, a page at a
// time.
type column struct {
	*leaf
	index    int // Of it in the file.
	in       io.ReaderAt
	at, end  int64 // Where the next page begins, and where there is none.
	most     int64 // Where the pages of the file end.
	codec    format.CompressionCodec
	expected int64 // How many values the footer says there are.
	seen     int64
	advance  func(n int64) // Told of the bytes read.
	unpack   unpacker
	packed   []byte // The page as it is in the file.
	dict     values
	hasDict  bool
	reps     []uint8 // Of the page; none where the column does not repeat.
	defs     []uint8 // Of the page; none where all values are there.
	i, n     int     // The next value of the page, and how many it has, nulls too.
	present  int     // The next one that is no null.
	page     values
	indexes  []uint32 // Into dict, instead of page.
	byIndex  bool
	texts    bool // The values of the page, or of all of the dictionary, are UTF-8.
	unpacked []byte
	header   []byte
}

// more tells whether there is a value, and reads the page that it is in.
func (c *column) more() (bool, error) {
	for c.i == c.n {
		if c.at >= c.end {
			if c.seen < c.expected {
				return false, fmt.Errorf("column %s: it ends after %d of %d values: the file is broken; fetch or write it again", c.name(), c.seen, c.expected)
			}
			return false, nil
		}
		if err := c.read(); err != nil {
			if !errors.Is(err, errNotRead) {
				err = fmt.Errorf("%w: the file is broken; fetch or write it again", err)
			}
			return false, fmt.Errorf("column %s: page at byte %d: %w", c.name(), c.at, err)
		}
	}
	return true, nil
}

// next returns the next value and its levels. It must have been asked for with
// more.
func (c *column) next() (s scalar, rep, def int) {
	if c.reps != nil {
		rep = int(c.reps[c.i])
	}
	def = c.maxDef
	if c.defs != nil {
		def = int(c.defs[c.i])
	}
	c.i++
	if def == c.maxDef {
		if c.byIndex {
			s = c.dict.at(int(c.indexes[c.present]))
		} else {
			s = c.page.at(c.present)
		}
		c.present++
	}
	return s, rep, def
}

// begins tells whether the next value begins a row.
func (c *column) begins() bool { return c.reps == nil || c.reps[c.i] == 0 }

// read reads a page: the dictionary, or one of values.
func (c *column) read() (err error) {
	defer func() { // The decoders of third parties are not proof against all bytes.
		if r := recover(); r != nil {
			err = fmt.Errorf("the decoder failed with: %v", r)
		}
	}()
	h, size, err := c.readHeader()
	if err != nil {
		return err
	}
	begin, length := c.at+int64(size), int64(h.CompressedPageSize)
	if length < 0 || length > c.most-begin {
		return fmt.Errorf("a page of %d bytes where the file has %d", length, c.most-begin)
	}
	if length > largestPage || h.UncompressedPageSize < 0 || h.UncompressedPageSize > largestPage {
		return tooLarge(int(max(length, int64(uint32(h.UncompressedPageSize)))))
	}
	if h.Type == format.DataPage || h.Type == format.DataPageV2 || h.Type == format.DictionaryPage {
		c.packed = sized(c.packed, int(length))
		if err := readFull(c.in, c.packed, begin); err != nil {
			return err
		}
		if h.CRC != 0 && crc32.ChecksumIEEE(c.packed) != uint32(h.CRC) {
			return errors.New("its checksum is wrong")
		}
	}
	switch h.Type {
	case format.DataPage:
		err = c.readV1(h)
	case format.DataPageV2:
		err = c.readV2(h)
	case format.DictionaryPage:
		err = c.readDictionary(h)
	}
	if err != nil {
		return err
	}
	if c.codec != format.Uncompressed && len(c.packed) > largestScratch {
		c.packed = nil // DuckDB's pages have up to 100 MB: few come after one.
	}
	c.seen += int64(c.n - c.i)
	c.at = begin + length
	c.advance(int64(size) + length)
	return nil
}

// readHeader returns the header of the page and its size in the file.
func (c *column) readHeader() (*format.PageHeader, int, error) {
	for look := 512; ; look *= 8 {
		look := int(min(int64(look), c.most-c.at))
		c.header = sized(c.header, look)
		if err := readFull(c.in, c.header, c.at); err != nil {
			return nil, 0, err
		}
		size, err := thriftSize(c.header)
		if errors.Is(err, errShort) && look < largestHeader && int64(look) < c.most-c.at {
			continue
		}
		if err != nil {
			return nil, 0, fmt.Errorf("its header: %w", err)
		}
		h := new(format.PageHeader)
		if err := thrift.Unmarshal(new(thrift.CompactProtocol), c.header[:size], h); err != nil {
			return nil, 0, fmt.Errorf("its header: %w", err)
		}
		return h, size, nil
	}
}

func (c *column) readDictionary(h *format.PageHeader) error {
	d := h.DictionaryPageHeader
	if !d.Valid || c.hasDict {
		return errors.New("a dictionary that should not be there")
	}
	// Into the memory of the last row group's, and not of the pages to come.
	b, err := c.unpack.unpack(c.dict.all, c.codec, c.packed, int(h.UncompressedPageSize))
	if err != nil {
		return err
	}
	if c.codec == format.Uncompressed {
		b = append(c.dict.all[:0], b...)
	}
	n, err := c.count(d.V.NumValues, 0)
	if err != nil {
		return err
	}
	if err := c.dict.decode(c.physical, format.Plain, b, n, c.size); err != nil {
		return err
	}
	c.hasDict, c.dict.texts = true, c.text && c.dict.areTexts()
	return nil
}

// count checks how many values a page says it has.
func (c *column) count(values, nulls int32) (int, error) {
	if values < 0 || values > mostValues || nulls < 0 || nulls > values {
		return 0, fmt.Errorf("a page of %d values and %d nulls", values, nulls)
	}
	return int(values), nil
}

func (c *column) readV1(h *format.PageHeader) error {
	if !h.DataPageHeader.Valid {
		return errors.New("the header of its values is missing")
	}
	d := h.DataPageHeader.V
	n, err := c.count(d.NumValues, 0)
	if err != nil {
		return err
	}
	b, err := c.unpackPage(c.packed, int(h.UncompressedPageSize), true)
	if err != nil {
		return err
	}
	levels := func(dst []uint8, encoding format.Encoding, most int) ([]uint8, error) {
		if most == 0 {
			return nil, nil
		}
		if encoding != format.RLE {
			return nil, marked{fmt.Errorf("levels in the encoding %v are not read: write the file anew", encoding), errNotRead}
		}
		if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
			return nil, errShort
		}
		end := 4 + binary.LittleEndian.Uint32(b)
		run := b[4:end]
		b = b[end:]
		return appendLevels(dst, run, n, most)
	}
	if c.reps, err = levels(c.reps, d.RepetitionLevelEncoding, c.maxRep); err != nil {
		return fmt.Errorf("repetition levels: %w", err)
	}
	if c.defs, err = levels(c.defs, d.DefinitionLevelEncoding, c.maxDef); err != nil {
		return fmt.Errorf("definition levels: %w", err)
	}
	return c.decode(d.Encoding, b, n)
}

func (c *column) readV2(h *format.PageHeader) error {
	if !h.DataPageHeaderV2.Valid {
		return errors.New("the header of its values is missing")
	}
	d := h.DataPageHeaderV2.V
	n, err := c.count(d.NumValues, d.NumNulls)
	if err != nil {
		return err
	}
	reps, defs := int64(d.RepetitionLevelsByteLength), int64(d.DefinitionLevelsByteLength)
	if reps < 0 || defs < 0 || reps+defs > int64(len(c.packed)) || reps+defs > int64(h.UncompressedPageSize) {
		return errShort
	}
	c.reps, err = appendLevels(c.reps, c.packed[:reps], n, c.maxRep)
	if err != nil {
		return fmt.Errorf("repetition levels: %w", err)
	}
	c.defs, err = appendLevels(c.defs, c.packed[reps:reps+defs], n, c.maxDef)
	if err != nil {
		return fmt.Errorf("definition levels: %w", err)
	}
	b, err := c.unpackPage(c.packed[reps+defs:], int(int64(h.UncompressedPageSize)-reps-defs), !d.IsCompressed.Valid || d.IsCompressed.V)
	if err != nil {
		return err
	}
	return c.decode(d.Encoding, b, n)
}

// appendLevels returns n levels, nil if all are 0.
func appendLevels(dst []uint8, b []byte, n, most int) ([]uint8, error) {
	if most == 0 {
		return nil, nil
	}
	dst, err := appendRuns(dst[:0], b, n, bitsFor(most))
	if err != nil {
		return nil, err
	}
	for _, level := range dst {
		if int(level) > most {
			return nil, fmt.Errorf("a level of %d where the most is %d", level, most)
		}
	}
	if dst == nil {
		dst = []uint8{} // No values, but levels.
	}
	return dst, nil
}

// unpackPage decompresses what is to be decompressed of a page. Where a row may
// go on in the next page, this one's memory is left to it.
func (c *column) unpackPage(packed []byte, size int, isPacked bool) ([]byte, error) {
	codec := c.codec
	if !isPacked || size == 0 && len(packed) == 0 {
		codec = format.Uncompressed
	}
	if c.maxRep > 0 {
		c.unpacked = nil
	}
	b, err := c.unpack.unpack(c.unpacked, codec, packed, size)
	switch {
	case err != nil:
		return nil, err
	case codec != format.Uncompressed:
		c.unpacked = b
	case c.maxRep > 0:
		c.packed = nil
	}
	return b, nil
}

// decode decodes the values of a page of n, nulls too.
func (c *column) decode(encoding format.Encoding, b []byte, n int) error {
	present := n
	if c.defs != nil {
		present = 0
		for _, d := range c.defs {
			if int(d) == c.maxDef {
				present++
			}
		}
	}
	const plainDictionary = 2 // What old writers call it.
	c.byIndex = encoding == plainDictionary || encoding == format.RLEDictionary
	if c.byIndex {
		if err := c.decodeIndexes(b, present); err != nil {
			return err
		}
		c.texts = c.dict.texts
	} else {
		if err := c.page.decode(c.physical, encoding, b, present, c.size); err != nil {
			return err
		}
		c.texts = c.text && c.page.areTexts()
	}
	c.i, c.n, c.present = 0, n, 0
	return nil
}

func (c *column) decodeIndexes(b []byte, n int) (err error) {
	c.indexes = c.indexes[:0]
	if n == 0 { // All are null.
		return nil
	}
	if len(b) == 0 {
		return errShort
	}
	if b[0] > 32 {
		return fmt.Errorf("indexes of %d bits", b[0])
	}
	if c.indexes, err = appendRuns(c.indexes, b[1:], n, int(b[0])); err != nil {
		return err
	}
	for _, i := range c.indexes {
		if int(i) >= c.dict.len() {
			return fmt.Errorf("value %d of a dictionary of %d", i, c.dict.len())
		}
	}
	return nil
}

// sized is b with this length, in new memory if there is too little, or much
// too much.
func sized(b []byte, size int) []byte {
	if cap(b) < size || cap(b) > largestScratch && cap(b)/4 > size {
		return make([]byte, size)
	}
	return b[:size]
}

// readFull reads all of b.
func readFull(in io.ReaderAt, b []byte, at int64) error {
	n, err := in.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return err
}
