// Package units formats sizes and counts in messages to people. Package format does this for
// values in reports: its counts have commas, and its sizes can be undefined.
package units

import (
	"fmt"
	"math"
)

// Size returns a text such as "1.3 MiB".
func Size(n int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= unit.size {
			size := float64(n) / float64(unit.size)
			return fmt.Sprintf("%.*f %s", max(0, 2-int(math.Log10(size))), size, unit.name)
		}
	}
	return fmt.Sprintf("%d B", n)
}

// Count returns a text such as "1 file" or "3 files".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
