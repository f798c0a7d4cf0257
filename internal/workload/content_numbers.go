package workload

import (
	"bytes"
	"math"
	"math/rand/v2"
	"sort"
	"strconv"
)

// rows is text with integers: line r of item i contains seed+i+r+c for the columns c = 0, 1,
// ..., joined by commas. Lines are joined by a newline, and there is none at the end. The
// tutorials of docs/reproducing.md write this content.
type rows struct {
	seed          int64
	lines, values int
}

var (
	_ Content = rows{}
	_ Ranged  = rows{}
)

func (c rows) Append(dst []byte, item int) ([]byte, error) {
	first, last := c.seed+int64(item), 0 // last is the position of the last line
	for line := range c.lines {
		value := 0
		if line > 0 {
			before := len(dst)
			dst = append(dst, '\n')
			if c.values > 1 { // copy the numbers of the last line except the first
				value = c.values - 1
				dst = append(dst, dst[last+bytes.IndexByte(dst[last:], ',')+1:before]...)
			}
			last = before + 1
		} else {
			last = len(dst)
		}
		for ; value < c.values; value++ {
			if value > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendInt(dst, first+int64(line)+int64(value), 10)
		}
	}
	return dst, nil
}

func (c rows) Stream(item int) Stream { return c.from(c.seed + int64(item)) }

// from returns the stream of the item whose first value is first.
func (c rows) from(first int64) *numberStream {
	return &numberStream{lines: c.lines, values: c.values, slides: c.values > 1, next: func(dst []byte, line, value int) []byte {
		return strconv.AppendInt(dst, first+int64(line)+int64(value), 10)
	}}
}

// AppendRange finds the number at which the range begins from the sizes of the numbers before it.
func (c rows) AppendRange(dst []byte, item int, offset, n int64) ([]byte, error) {
	first := c.seed + int64(item)
	line := sort.Search(c.lines, func(line int) bool { return rows{first, line + 1, c.values}.Size(0) > offset })
	if line == c.lines || n <= 0 {
		return dst, nil
	}
	s := c.from(first)
	s.line = line
	if line > 0 {
		offset -= rows{first, line, c.values}.Size(0) + 1 // -1 at the newline
	}
	first += int64(line)
	s.value = sort.Search(c.values-1, func(value int) bool { return rows{first, 1, value + 1}.Size(0) > offset })
	if s.value > 0 {
		offset -= rows{first, 1, s.value}.Size(0)
	} else if line > 0 {
		offset++
	}
	s.skip(int(offset))
	return s.Append(dst, int(n))
}

// random is text with decimals in [0,1), formatted like rows. A number is written as Python's
// repr writes it, which is the shortest form that reads back as the same double. So archives
// reach the same compression ratio as the published archives.
type random struct {
	seed          int64
	lines, values int
}

var _ Content = random{}

func (c random) Append(dst []byte, item int) ([]byte, error) {
	return c.Stream(item).Append(dst, math.MaxInt)
}

func (c random) Stream(item int) Stream {
	source := rand.New(rand.NewPCG(uint64(c.seed), uint64(item)))
	return &numberStream{lines: c.lines, values: c.values, next: func(dst []byte, _, _ int) []byte {
		return appendDecimal(dst, source.Float64())
	}}
}

// appendDecimal appends x, which is in [0,1), in the format of Python's repr. Go's 'g' format
// has the same digits, the same two digits in the exponent, and the same limit for the
// exponent form (below 1e-4). It only omits ".0" after a whole number.
func appendDecimal(dst []byte, x float64) []byte {
	if x == 0 {
		return append(dst, "0.0"...)
	}
	return strconv.AppendFloat(dst, x, 'g', -1, 64)
}
