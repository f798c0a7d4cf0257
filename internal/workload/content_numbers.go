package workload

import (
	"math/rand/v2"
	"strconv"
)

// rows is text with integers: line r of item i contains seed+i+r+c for the columns c = 0, 1,
// ..., joined by commas. Lines are joined by a newline, and there is none at the end. The
// tutorials of docs/reproducing.md write this content.
type rows struct {
	seed          int64
	lines, values int
}

var _ Content = rows{}

func (c rows) Append(dst []byte, item int) ([]byte, error) {
	first := c.seed + int64(item)
	for line := range c.lines {
		if line > 0 {
			dst = append(dst, '\n')
		}
		for value := range c.values {
			if value > 0 {
				dst = append(dst, ',')
			}
			dst = strconv.AppendInt(dst, first+int64(line)+int64(value), 10)
		}
	}
	return dst, nil
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
	source := rand.New(rand.NewPCG(uint64(c.seed), uint64(item)))
	for line := range c.lines {
		if line > 0 {
			dst = append(dst, '\n')
		}
		for value := range c.values {
			if value > 0 {
				dst = append(dst, ',')
			}
			dst = appendDecimal(dst, source.Float64())
		}
	}
	return dst, nil
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
