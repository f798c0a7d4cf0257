package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"iosweep/internal/estimate"
	"iosweep/internal/units"
)

// Undefined is the text for an undefined value.
const Undefined = "–"

// A Unit is a unit with its size in base units.
type Unit = units.Unit

// TimeUnits are the units of a time, the largest first.
var TimeUnits = []Unit{{Name: "s", Size: 1}, {Name: "ms", Size: 1e-3}, {Name: "µs", Size: 1e-6}, {Name: "ns", Size: 1e-9}}

// UnitFor returns the largest unit in which x is at least 1, or the smallest unit.
func UnitFor(x float64, units []Unit) Unit {
	for _, u := range units {
		if math.Abs(x) >= u.Size {
			return u
		}
	}
	return units[len(units)-1]
}

// Seconds returns a text such as "63.4 s" or "45.6 ms".
func Seconds(v estimate.Value) string {
	if !v.OK {
		return Undefined
	}
	u := UnitFor(v.X, TimeUnits)
	return Digits(v.X/u.Size, 3) + " " + u.Name
}

// Bytes returns a text such as "229 MiB".
func Bytes(v estimate.Value) string {
	if !v.OK {
		return Undefined
	}
	return units.Bytes(v.X)
}

// ByteRate returns a text such as "229 MiB/s".
func ByteRate(v estimate.Value) string {
	if !v.OK {
		return Undefined
	}
	return units.Bytes(v.X) + "/s"
}

// ExactBytes returns a size as in an experiment file, such as "16KiB", "10MB" or "11B".
func ExactBytes(n int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"KB", 1e3}} {
		if n >= unit.size && n%unit.size == 0 {
			return strconv.FormatInt(n/unit.size, 10) + unit.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}

// FileRate returns a text such as "12,345/s".
func FileRate(v estimate.Value) string {
	if !v.OK {
		return Undefined
	}
	if v.X < 1000 || v.X >= 1e15 { // the latter may not fit into an integer
		return Digits(v.X, 3) + "/s"
	}
	return Thousands(int64(math.Round(v.X))) + "/s"
}

// Times returns a text such as "4.81×".
func Times(v estimate.Value) string {
	if !v.OK {
		return Undefined
	}
	return Digits(v.X, 3) + "×"
}

// Percent returns a text such as "60%".
func Percent(v estimate.Value) string {
	if !v.OK {
		return Undefined
	}
	return Digits(100*v.X, 2) + "%"
}

// SignedPercent returns a change such as "+4.1%". It has one decimal, or as many as its first digit
// needs.
func SignedPercent(x float64) string {
	return fmt.Sprintf("%+.*f%%", max(1, Decimals(100*x, 1)), 100*x)
}

// MeanSeconds returns a text such as "63.4 ± 0.2 s". The mean has three digits, or as many as the
// width of its interval justifies. If the interval has no lower end, the text shows its upper end,
// as in "63.4 (open–203) s". If it has no width, because all values are equal, the text has none.
func MeanSeconds(s estimate.Sample) string {
	if !s.Mean.OK || !s.CI.OK {
		return Seconds(s.Mean)
	}
	u := UnitFor(s.Mean.X, TimeUnits)
	return MeanInUnit(s, u) + " " + u.Name
}

// MeanBytes is like MeanSeconds for sizes: it returns a text such as "1.70 ± 0.02 MiB".
func MeanBytes(s estimate.Sample) string {
	if !s.CI.OK || s.CI.Low == s.CI.High {
		return Bytes(s.Mean)
	}
	u := UnitFor(s.Mean.X, units.ByteUnits)
	return MeanInUnit(s, u) + " " + u.Name
}

// MeanInUnit is like MeanSeconds, in a given unit that the text does not name.
func MeanInUnit(s estimate.Sample, u Unit) string {
	switch {
	case !s.Mean.OK:
		return Undefined
	case !s.CI.OK || s.CI.Low == s.CI.High:
		return Digits(s.Mean.X/u.Size, 3)
	case s.CI.LowOpen:
		return Digits(s.Mean.X/u.Size, 3) + " (" + TimesInterval(s.CI.In(u.Size)) + ")"
	}
	mean, half := s.Mean.X/u.Size, (s.CI.High-s.CI.Low)/2/u.Size
	places := max(Decimals(mean, 3), min(Decimals(half, 1), Decimals(mean, 6)))
	return strconv.FormatFloat(mean, 'f', places, 64) + " ± " + strconv.FormatFloat(half, 'f', places, 64)
}

// TimesInterval returns a text such as "4.52–5.13", or "open" if the trials do not bound the
// interval. If it has no lower end, the text is "open–5.13".
func TimesInterval(i estimate.Interval) string {
	switch {
	case i.Open:
		return "open"
	case !i.OK:
		return Undefined
	case i.LowOpen:
		return "open–" + Digits(i.High, 3)
	}
	places := max(Decimals(i.Low, 3), min(Decimals(i.High-i.Low, 1), 4))
	places = min(places, max(4, Decimals(i.High, 3)))
	return strconv.FormatFloat(i.Low, 'f', places, 64) + "–" + strconv.FormatFloat(i.High, 'f', places, 64)
}

// Digits rounds x to n significant digits, as units.Digits does.
func Digits(x float64, n int) string { return units.Digits(x, n) }

// Average returns the text of a mean of whole numbers.
func Average(x float64) string {
	if x == 0 {
		return "0"
	}
	if x >= 1000 {
		return Thousands(int64(math.Round(x)))
	}
	return Digits(x, 3)
}

// Decimals returns the number of decimals that x needs for n significant digits.
func Decimals(x float64, n int) int { return units.Decimals(x, n) }

// Thousands groups digits by commas.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count returns a text such as "1 trial", "5,000 files" or "2 directories".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if stem, ok := strings.CutSuffix(what, "ry"); ok {
		what = stem + "rie"
	}
	return fmt.Sprintf("%s %ss", Thousands(int64(n)), what)
}

// Moment returns a text such as "14 March 2025 at 08:30 UTC".
func Moment(t time.Time) string { return t.Format("2 January 2006 at 15:04 MST") }

// SecondsInterval returns a text such as "1.20 to 1.35 s".
func SecondsInterval(i estimate.Interval) string { return intervalIn(i, TimeUnits) }

// BytesInterval returns a text such as "1.20 to 1.35 MiB".
func BytesInterval(i estimate.Interval) string { return intervalIn(i, units.ByteUnits) }

func intervalIn(i estimate.Interval, list []Unit) string {
	if !i.OK {
		return Undefined
	}
	u := UnitFor(i.High, list)
	return Digits(i.Low/u.Size, 3) + " to " + Digits(i.High/u.Size, 3) + " " + u.Name
}

// Probability returns a text such as "0.0310". It returns "< 0.0001" for very small values, not 0.
func Probability(p estimate.Value) string {
	switch {
	case !p.OK:
		return Undefined
	case p.X < 0.0001:
		return "< 0.0001"
	}
	return strconv.FormatFloat(p.X, 'f', 4, 64)
}

// TrimRate trims the unit from the text of FileRate: it returns a text such as "12,345".
func TrimRate(v estimate.Value) string {
	text := FileRate(v)
	if !v.OK {
		return text
	}
	return text[:len(text)-len("/s")]
}

// Roughly formats an estimated duration.
func Roughly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return max(d, time.Second).Round(time.Second).String()
	case d < time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return strings.TrimSuffix(d.Round(10*time.Minute).String(), "0s")
}
