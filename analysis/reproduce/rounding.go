package reproduce

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"iosweep/journal"
)

// isAbout reports whether a figure is less precise than its digits, because a ~ stood before it.
func isAbout(f journal.Figure) bool { return f.Unit > 1.5*lastDigit(f) }

// lastDigit returns the unit of the last digit of a figure without regard to a ~.
func lastDigit(f journal.Figure) float64 { return min(f.Unit, math.Pow10(-decimalsOf(f.Value))) }

// An errorBound returns the distance by which a printed figure may differ from the true one.
type errorBound func(journal.Figure) float64

// roundedAt returns a bound of half a unit of the last digit. For the figures in about it is half
// a unit of the first digit, because a ~ stood before them.
func roundedAt(about ...journal.Figure) errorBound {
	return func(f journal.Figure) float64 {
		if slices.Contains(about, f) {
			return f.Unit / 2
		}
		return lastDigit(f) / 2
	}
}

// A quantity is a printed figure with the unit that follows it, such as " s".
type quantity struct {
	journal.Figure
	unit string
}

// quantities gives figures a unit.
func quantities(figures []journal.Figure, unit string) []quantity {
	list := make([]quantity, len(figures))
	for i, f := range figures {
		list[i] = quantity{f, unit}
	}
	return list
}

// agreement reports whether printed figures agree. If they agree only because a ~ allows for
// more than rounding, the condition says so. It is part of a sentence and begins with a
// semicolon.
func agreement(printed []quantity, agree func(errorBound) bool) (ok bool, condition string) {
	if agree(roundedAt()) {
		return true, ""
	}
	var about, alone []quantity
	var figures []journal.Figure
	for _, q := range printed {
		if !isAbout(q.Figure) || slices.Contains(about, q) {
			continue
		}
		about, figures = append(about, q), append(figures, q.Figure)
		if agree(roundedAt(q.Figure)) {
			alone = append(alone, q)
		}
	}
	switch {
	case len(alone) > 0:
		return true, "; the two agree only if " + meanings(alone, " or ")
	case agree(roundedAt(figures...)):
		return true, "; the two agree only if " + meanings(about, " and ")
	}
	return false, ""
}

// meanings returns a text such as "~10 s means 5 to 15 s".
func meanings(list []quantity, conjunction string) string {
	var texts []string
	for _, q := range list {
		half := q.Unit / 2
		end := func(x float64) string {
			return strconv.FormatFloat(max(0, x), 'f', max(decimalsOf(q.Value), decimalsOf(half)), 64)
		}
		texts = append(texts, printed(q.Figure)+q.unit+" means "+end(q.Value-half)+" to "+end(q.Value+half)+q.unit)
	}
	return strings.Join(texts, conjunction)
}
