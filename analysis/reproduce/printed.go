package reproduce

import (
	"math"
	"strconv"
	"strings"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// printed returns a figure as it was printed. It keeps a final zero, and puts a ~ before
// a figure that is less precise than its digits.
func printed(f journal.Figure) string {
	text := strconv.FormatFloat(f.Value, 'f', placesOf(f), 64)
	if isAbout(f) {
		text = "~" + text
	}
	return text
}

// placesOf returns the number of decimals of a printed figure.
func placesOf(f journal.Figure) int {
	places := decimalsOf(f.Value)
	if f.Unit > 0 && f.Unit < 1 {
		places = max(places, int(math.Round(-math.Log10(f.Unit))))
	}
	return min(9, places)
}

// decimalsOf returns the number of decimals that a number needs.
func decimalsOf(x float64) int {
	_, decimals, _ := strings.Cut(strconv.FormatFloat(x, 'f', -1, 64), ".")
	return len(decimals)
}

// PrintedFactor returns the speed-up of a row as it was printed. If the row has only
// seconds, PrintedFactor computes the speed-up and returns two decimals. If the row has
// neither, it returns the claim.
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

// rangeText returns a text such as 2.96× or 2.50 to 3.00×.
func rangeText(r estimate.Interval) string {
	if r.Low == r.High {
		return factor(r.Low)
	}
	return strings.TrimSuffix(factor(r.Low), "×") + " to " + factor(r.High)
}

// factor formats a factor with two decimals, as most published factors have, or with more
// digits if it is small.
func factor(x float64) string {
	if math.Abs(x) < 0.1 {
		return format.Times(estimate.Of(x))
	}
	return strconv.FormatFloat(x, 'f', 2, 64) + "×"
}

// PrintedTime returns the time of a row as it was printed: its mean, or the mean of its
// runs with one digit more than the runs have.
func PrintedTime(m *Method) string {
	switch {
	case m.Printed.Mean != nil:
		return printed(*m.Printed.Mean) + " s"
	case len(m.Printed.Runs) == 1:
		return printed(m.Printed.Runs[0]) + " s"
	case !m.RunsMean.OK:
		return format.Undefined
	}
	return strconv.FormatFloat(m.RunsMean.X, 'f', maxPlaces(m.Printed.Runs)+1, 64) + " s"
}

// maxPlaces returns the maximum number of decimals of the figures.
func maxPlaces(figures []journal.Figure) int {
	places := 0
	for _, f := range figures {
		places = max(places, placesOf(f))
	}
	return places
}
