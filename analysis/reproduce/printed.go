package reproduce

import (
	"math"
	"strconv"
	"strings"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// printed is a figure as it was printed: with its last digit, though that be a
// zero, or with a ~ before it where less is known than its digits say.
func printed(f journal.Figure) string {
	text := strconv.FormatFloat(f.Value, 'f', placesOf(f), 64)
	if f.Unit > 1.5*math.Pow10(-shortest(f.Value)) {
		text = "~" + text
	}
	return text
}

// placesOf is how many decimals a figure was printed with.
func placesOf(f journal.Figure) int {
	places := shortest(f.Value)
	if f.Unit > 0 && f.Unit < 1 {
		places = max(places, int(math.Round(-math.Log10(f.Unit))))
	}
	return min(9, places)
}

// shortest is how many decimals a number needs.
func shortest(x float64) int {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	return len(decimals)
}

// PrintedFactor is the speed-up of a row as it was printed or, where only
// seconds were, to two decimals; where there are none, what it claims.
func PrintedFactor(m *Method) string {
	ends := m.Printed.Speedup
	switch {
	case m.IsBaseline || len(ends) == 0:
		if !m.Speedup.OK {
			return m.Claim
		}
		return rangeText(m.Speedup)
	case m.Speedup.Low == m.Speedup.High:
		return printed(ends[0]) + "×"
	}
	return printed(ends[0]) + " to " + printed(ends[len(ends)-1]) + "×"
}

// rangeText reads like 2.96× or 2.50 to 3.00×.
func rangeText(r estimate.Interval) string {
	if r.Low == r.High {
		return factor(r.Low)
	}
	return strings.TrimSuffix(factor(r.Low), "×") + " to " + factor(r.High)
}

// factor has two decimals, as published ones mostly do, or more digits if it is small.
func factor(x float64) string {
	if math.Abs(x) < 0.1 {
		return format.Times(estimate.Of(x))
	}
	return strconv.FormatFloat(x, 'f', 2, 64) + "×"
}

// PrintedTime is the time of a row as it was printed: its mean, or that of its
// runs with one digit more than they have.
func PrintedTime(m *Method) string {
	switch {
	case m.Printed.Mean != nil:
		return printed(*m.Printed.Mean) + " s"
	case len(m.Printed.Runs) == 1:
		return printed(m.Printed.Runs[0]) + " s"
	case !m.RunsMean.OK:
		return format.Undefined
	}
	return strconv.FormatFloat(m.RunsMean.X, 'f', finest(m.Printed.Runs)+1, 64) + " s"
}

// finest is the most decimals that any of the figures has.
func finest(figures []journal.Figure) int {
	places := 0
	for _, f := range figures {
		places = max(places, placesOf(f))
	}
	return places
}
