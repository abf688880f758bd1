package mind

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"
)

// A cell is a value of a row, or its absence, with the levels that say where in
// lists and optional groups it stands.
type cell struct {
	scalar
	rep, def int
}

var (
	errLongRow = fmt.Errorf("the row is longer than %d MiB", longestRow>>20)
	errLevels  = errors.New("columns that belong together differ in how many values they have: the file is broken; fetch or write it again")
)

// appendJSON appends what a node is in a row, of which cells has those of each
// column, to be used up. It returns errLevels where the cells are of no row, and
// else what is wrong with a value.
func (n *node) appendJSON(dst []byte, cells [][]cell) ([]byte, error) {
	first, err := peekCell(cells, n.columns[0])
	if err != nil {
		return dst, err
	}
	there := first.def >= n.maxDef
	if !n.repeated && n.shape != shapeList && n.shape != shapeMap {
		if there {
			return n.appendOne(dst, cells)
		}
		return append(dst, null...), n.drop(cells)
	}
	opens, closes := byte('['), byte(']')
	if n.shape == shapeMap && !n.repeated {
		opens, closes = '{', '}'
	}
	switch {
	case there:
	case n.optional && first.def < n.maxDef-1: // The list itself is missing,
		return append(dst, null...), n.drop(cells)
	default: // or is there and empty.
		return append(dst, opens, closes), n.drop(cells)
	}
	dst = append(dst, opens)
	for i := 0; ; i++ {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = n.appendElement(dst, cells); err != nil {
			return dst, err
		}
		if rest := cells[n.columns[0]]; len(rest) == 0 || rest[0].rep < n.maxRep {
			return append(dst, closes), nil
		}
	}
}

// appendElement appends an element of a list or map.
func (n *node) appendElement(dst []byte, cells [][]cell) ([]byte, error) {
	switch {
	case n.repeated:
		return n.appendOne(dst, cells)
	case n.shape == shapeList:
		return n.fields[0].appendJSON(dst, cells)
	}
	key, err := n.fields[0].appendJSON(nil, cells)
	if err != nil {
		return dst, err
	}
	if key[0] == '"' {
		dst = append(dst, key...)
	} else { // In JSON it must be a string.
		dst = appendQuoted(dst, key)
	}
	return n.fields[1].appendJSON(append(dst, ':'), cells)
}

// appendOne appends a leaf or group that is there.
func (n *node) appendOne(dst []byte, cells [][]cell) ([]byte, error) {
	if n.shape == shapeLeaf {
		c, err := peekCell(cells, n.column)
		if err != nil {
			return dst, err
		}
		cells[n.column] = cells[n.column][1:]
		return n.leaf.appendJSON(dst, c.scalar)
	}
	begin := len(dst)
	for _, f := range n.fields {
		if !f.wanted {
			continue
		}
		dst = append(appendQuoted(append(dst, ','), f.member), ':')
		var err error
		if dst, err = f.appendJSON(dst, cells); err != nil {
			return dst, err
		}
	}
	dst[begin] = '{' // In place of the first comma.
	return append(dst, '}'), nil
}

// drop uses up a cell of each column: that of an absence.
func (n *node) drop(cells [][]cell) error {
	for _, c := range n.columns {
		if _, err := peekCell(cells, c); err != nil {
			return err
		}
		cells[c] = cells[c][1:]
	}
	return nil
}

func peekCell(cells [][]cell, column int) (cell, error) {
	if len(cells[column]) == 0 {
		return cell{}, errLevels
	}
	return cells[column][0], nil
}

// isText tells of a leaf whose values are texts. Bytes without a type are ones
// that old writers wrote.
func (l *leaf) isText() bool {
	if l.physical != format.ByteArray {
		return false
	}
	switch l.element.LogicalType.Value.(type) {
	case *format.JsonType, *format.BsonType, *format.DecimalType:
		return false
	}
	c := l.element.ConvertedType
	return !c.Valid || c.V == deprecated.UTF8 || c.V == deprecated.Enum
}

// isJSON tells of a leaf whose values are JSON themselves.
func (l *leaf) isJSON() bool {
	if _, is := l.element.LogicalType.Value.(*format.JsonType); is {
		return true
	}
	c := l.element.ConvertedType
	return c.Valid && c.V == deprecated.Json
}

// checkText says where a text is none.
func (l *leaf) checkText(b []byte) error {
	if i := notUTF8(b); i >= 0 {
		return fmt.Errorf("field %s is not UTF-8 at byte %d", l.name(), i)
	}
	return nil
}

// appendJSON appends a value, as DuckDB writes it.
func (l *leaf) appendJSON(dst []byte, s scalar) ([]byte, error) {
	if l.isText() {
		return appendQuoted(dst, s.bytes), l.checkText(s.bytes)
	}
	if l.isJSON() {
		return appendRawJSON(dst, s.bytes), nil
	}
	switch t := l.element.LogicalType.Value.(type) {
	case *format.UUIDType:
		if len(s.bytes) == 16 {
			u := hex.EncodeToString(s.bytes)
			return fmt.Appendf(dst, `"%s-%s-%s-%s-%s"`, u[:8], u[8:12], u[12:16], u[16:20], u[20:]), nil
		}
	case *format.Float16Type:
		if len(s.bytes) == 2 {
			return appendFloat(dst, float16(binary.LittleEndian.Uint16(s.bytes)), 32), nil
		}
	case *format.DecimalType:
		return l.appendDecimal(dst, s, int(t.Scale)), nil
	case *format.DateType:
		return appendTime(dst, time.Unix(int64(s.bits)*86400, 0), "2006-01-02"), nil
	case *format.TimeType:
		return appendTime(dst, time.Unix(0, int64(s.bits)*tick(t.Unit)), "15:04:05.999999999"+zone(t.IsAdjustedToUTC)), nil
	case *format.TimestampType:
		return appendTimestamp(dst, int64(s.bits), tick(t.Unit), zone(t.IsAdjustedToUTC)), nil
	case *format.IntType:
		if !t.IsSigned {
			return appendUint(dst, s.bits, int(t.BitWidth)), nil
		}
	}
	if c := l.element.ConvertedType; c.Valid {
		switch c.V {
		case deprecated.Decimal:
			return l.appendDecimal(dst, s, int(l.element.Scale.V)), nil
		case deprecated.Date:
			return appendTime(dst, time.Unix(int64(s.bits)*86400, 0), "2006-01-02"), nil
		case deprecated.TimeMillis:
			return appendTime(dst, time.Unix(0, int64(s.bits)*1e6), "15:04:05.999999999"), nil
		case deprecated.TimeMicros:
			return appendTime(dst, time.Unix(0, int64(s.bits)*1e3), "15:04:05.999999999"), nil
		case deprecated.TimestampMillis:
			return appendTimestamp(dst, int64(s.bits), 1e6, ""), nil
		case deprecated.TimestampMicros:
			return appendTimestamp(dst, int64(s.bits), 1e3, ""), nil
		case deprecated.Uint8:
			return appendUint(dst, s.bits, 8), nil
		case deprecated.Uint16:
			return appendUint(dst, s.bits, 16), nil
		case deprecated.Uint32:
			return appendUint(dst, s.bits, 32), nil
		case deprecated.Uint64:
			return appendUint(dst, s.bits, 64), nil
		}
	}
	switch l.physical {
	case format.Boolean:
		return strconv.AppendBool(dst, s.bits == 1), nil
	case format.Int32, format.Int64:
		return strconv.AppendInt(dst, int64(s.bits), 10), nil
	case format.Float:
		return appendFloat(dst, float64(math.Float32frombits(uint32(s.bits))), 64), nil
	case format.Double:
		return appendFloat(dst, math.Float64frombits(s.bits), 64), nil
	case format.Int96:
		// Nanoseconds of a Julian day: what timestamps were, once.
		const julian = 2440588 // 1970-01-01
		nanos, day := int64(binary.LittleEndian.Uint64(s.bytes)), int64(binary.LittleEndian.Uint32(s.bytes[8:]))
		return appendTime(dst, time.Unix((day-julian)*86400, nanos), "2006-01-02 15:04:05.999999999"), nil
	}
	return appendBytes(dst, s.bytes), nil
}

// tick is what a time is counted in, in nanoseconds.
func tick(u format.TimeUnit) int64 {
	if u.Value == nil {
		return 1
	}
	return int64(u.Value.Duration())
}

func zone(isUTC bool) string {
	if isUTC {
		return "+00"
	}
	return ""
}

func appendTime(dst []byte, t time.Time, layout string) []byte {
	dst = append(dst, '"')
	return append(t.UTC().AppendFormat(dst, layout), '"')
}

// appendTimestamp appends a time since 1970, at one of the units, without
// overflow.
func appendTimestamp(dst []byte, n, unit int64, zone string) []byte {
	perSecond := int64(time.Second) / unit
	return appendTime(dst, time.Unix(n/perSecond, n%perSecond*unit), "2006-01-02 15:04:05.999999999"+zone)
}

func appendUint(dst []byte, bits uint64, width int) []byte {
	if width > 0 && width < 64 {
		bits &= 1<<width - 1
	}
	return strconv.AppendUint(dst, bits, 10)
}

// appendFloat appends a number as JSON has it; what is no number there is a
// string.
func appendFloat(dst []byte, x float64, size int) []byte {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Appendf(dst, "%q", strconv.FormatFloat(x, 'g', -1, size))
	}
	begin := len(dst)
	layout := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		layout = 'e'
	}
	dst = strconv.AppendFloat(dst, x, layout, -1, size)
	for _, c := range dst[begin:] {
		if c == '.' || c == 'e' {
			return dst
		}
	}
	return append(dst, ".0"...)
}

// float16 is a number of half precision.
func float16(bits uint16) float64 {
	sign, exp, frac := 1-2*float64(bits>>15), int(bits>>10&31), float64(bits&1023)
	switch exp {
	case 0:
		return sign * math.Ldexp(frac, -24)
	case 31:
		if frac != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+frac, exp-25)
}

// appendDecimal appends an integer with its point put in.
func (l *leaf) appendDecimal(dst []byte, s scalar, scale int) []byte {
	n := new(big.Int)
	if l.physical == format.Int32 || l.physical == format.Int64 {
		n.SetInt64(int64(s.bits))
	} else {
		n.SetBytes(s.bytes)
		if len(s.bytes) > 0 && s.bytes[0]&0x80 != 0 { // Two's complement.
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(s.bytes))))
		}
	}
	if n.Sign() < 0 {
		dst = append(dst, '-')
		n.Neg(n)
	}
	digits := n.String()
	if scale <= 0 || scale > 1000 {
		return append(dst, digits...)
	}
	for range scale + 1 - len(digits) {
		digits = "0" + digits
	}
	point := len(digits) - scale
	return append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
}

// appendRawJSON appends what should be JSON: as a string where it is none.
func appendRawJSON(dst, b []byte) []byte {
	if utf8.Valid(b) && json.Valid(b) {
		return append(dst, b...)
	}
	return appendBytes(dst, b)
}

// appendBytes appends bytes of which it is not known what they are.
func appendBytes(dst, b []byte) []byte {
	dst = append(dst, '"')
	for _, c := range b {
		if c < 0x20 || c >= 0x7f || c == '"' || c == '\\' || c == '\'' {
			dst = fmt.Appendf(dst, `\\x%02X`, c)
		} else {
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendQuoted appends a text as a string of JSON.
func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	done := 0
	for i, c := range text {
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, text[done:i]...)
		switch done = i + 1; c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		default:
			dst = fmt.Appendf(dst, `\u%04x`, c)
		}
	}
	return append(append(dst, text[done:]...), '"')
}
