package estimate

import (
	"slices"

	"github.com/montanaflynn/stats"
)

// A Mark says how far a number lies from the middle half of its sample.
type Mark uint8

// The marks, after J. W. Tukey, Exploratory Data Analysis (1977).
const (
	Usual Mark = iota
	Mild       // beyond 1.5 interquartile ranges from the nearer quartile
	Far        // beyond 3
)

// Marks has one mark for each number. An outlier is something to look at and no
// reason to drop a number: what a slow trial shows, users will meet too.
func Marks(numbers []float64) []Mark {
	marks := make([]Mark, len(numbers))
	lower, upper := hinges(numbers)
	for i, x := range numbers {
		switch beyond := max(lower-x, x-upper); {
		case beyond > 3*(upper-lower):
			marks[i] = Far
		case beyond > 1.5*(upper-lower):
			marks[i] = Mild
		}
	}
	return marks
}

// hinges are the quartiles that Tukey drew his fences from: the medians of the
// lower and of the upper half, each with the middle number if there is one. Not
// stats.Quartile, whose halves leave it out: of five numbers that would draw the
// upper quartile halfway to the largest, and the largest could never be far. With
// hinges none of fewer than five numbers lies beyond a fence, wherever it lies.
func hinges(numbers []float64) (lower, upper float64) {
	if len(numbers) == 0 {
		return 0, 0
	}
	sorted := slices.Sorted(slices.Values(numbers))
	half := (len(sorted) + 1) / 2
	return computed(stats.Median(sorted[:half])).X, computed(stats.Median(sorted[len(sorted)-half:])).X
}
