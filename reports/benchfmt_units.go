package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"iosweep/analysis"
	"iosweep/journal"
)

// A benchmarkUnit is a figure of a trial as Go's benchmarks have it.
type benchmarkUnit struct {
	name string
	// better is whether "higher" or "lower" figures are; empty for the units that
	// everybody knows.
	better string
	of     func(*journal.Measurement) *float64
}

// benchmarkUnits are all of them, in the order of a line. benchstat knows "sec" for a
// time, and prints it in the unit that fits. Of times only that of the trial is in
// ns/op, as everybody expects: benchstat's reader takes 0 user-ns/op, which the kernel
// says of short trials, for another unit than 5 user-ns/op.
func benchmarkUnits() []benchmarkUnit {
	type m = *journal.Measurement
	return []benchmarkUnit{
		// Rounded to what was measured, before it was divided.
		{"ns/op", "", func(m m) *float64 { return new(math.Round(m.Seconds * 1e9)) }},
		{"MB/s", "", func(m m) *float64 { return rate(m, float64(m.Bytes)/1e6) }},
		{"files/s", "higher", func(m m) *float64 { return rate(m, float64(m.Files)) }},
		{"blocked-sec/op", "lower", func(m m) *float64 { return m.Blocked }},
		{"user-sec/op", "lower", func(m m) *float64 { return m.User }},
		{"sys-sec/op", "lower", func(m m) *float64 { return m.System }},
		{"p50-sec", "lower", func(m m) *float64 { return m.LatencyP50 }},
		{"p99-sec", "lower", func(m m) *float64 { return m.LatencyP99 }},
		{"peak-RSS-bytes", "lower", func(m m) *float64 { return analysis.AsFloat(m.MaxRSS) }},
		{"stored-B/op", "lower", func(m m) *float64 { return analysis.AsFloat(m.Stored) }},
		{"corrupt-items/op", "lower", func(m m) *float64 { return analysis.AsFloat(m.CorruptItems) }},
	}
}

// rate is work per second; there is none where no work was done, or in no time.
func rate(m *journal.Measurement, work float64) *float64 {
	if m.Finding != "" || work == 0 || m.Seconds <= 0 {
		return nil
	}
	return new(work / m.Seconds)
}

// valuesOf are the figures of a trial as its line has them.
func valuesOf(m *journal.Measurement, units []benchmarkUnit) string {
	var b strings.Builder
	for _, u := range units {
		if x := u.of(m); x != nil {
			b.WriteString(" " + strconv.FormatFloat(*x, 'f', -1, 64) + " " + u.name)
		}
	}
	return b.String()
}

// writeUnits says which figures are better, of the units that the lines have.
func writeUnits(out io.Writer, d *Content, units []benchmarkUnit) {
	fmt.Fprintln(out)
	for _, u := range units {
		if u.better != "" && d.hasUnit(u) {
			fmt.Fprintf(out, "Unit %s better=%s\n", u.name, u.better)
		}
	}
}

func (d *Content) hasUnit(u benchmarkUnit) bool {
	return slices.ContainsFunc(d.Cells(), func(s *analysis.Summary) bool {
		return slices.ContainsFunc(s.Good, func(t *journal.Trial) bool { return u.of(t.Measurement) != nil })
	})
}
