// Package units formats numbers, sizes and counts for people. Package format does this for the
// values of reports, which can be undefined, and its counts have commas.
package units

import (
	"fmt"
	"math"
	"strconv"
)

// A Unit is a unit with its size in base units.
type Unit struct {
	Name string
	Size float64
}

// ByteUnits are the units of a size, the largest first.
var ByteUnits = []Unit{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// Size returns a text such as "1.30 MiB" or "12 B".
func Size(n int64) string { return Bytes(float64(n)) }

// Bytes returns a text with three digits such as "1.30 MiB". A whole number below 1 KiB has no
// decimals. A mean or a rate may have some.
func Bytes(x float64) string {
	for _, unit := range ByteUnits[:len(ByteUnits)-1] {
		if math.Abs(x) >= unit.Size {
			return Digits(x/unit.Size, 3) + " " + unit.Name
		}
	}
	if x == math.Trunc(x) {
		return strconv.FormatFloat(x, 'f', 0, 64) + " B"
	}
	return Digits(x, 3) + " B"
}

// Digits rounds x to n significant digits. It never rounds digits before the decimal point. A very
// large or small number has an exponent.
func Digits(x float64, n int) string {
	if size := math.Abs(x); size >= 1e15 || size > 0 && size < 1e-9 {
		return strconv.FormatFloat(x, 'e', n-1, 64)
	}
	return strconv.FormatFloat(x, 'f', Decimals(x, n), 64)
}

// Decimals returns the number of decimals that x needs for n significant digits.
func Decimals(x float64, n int) int {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return n - 1
	}
	return min(9, max(0, n-1-int(math.Floor(math.Log10(math.Abs(x))))))
}

// Count returns a text such as "1 file" or "3 files".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
