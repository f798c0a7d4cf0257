package analysis

import (
	"fmt"
	"math"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// Marks returns one mark for each of JudgedTrials.
func (s *Summary) Marks() []estimate.Mark { return estimate.Marks(s.Judged.Values(s.Good)) }

// trialsToWarn is the minimum number of good trials for a warning about far outliers.
// With normally distributed, undisturbed times, one cell in seven has a far outlier among
// five trials, and one in thirty among ten.
const trialsToWarn = 10

// minDistance is the smallest difference from the median, as a fraction, for a warning about an
// outlier. A smaller one changes no conclusion, and times of three digits do not always show it.
const minDistance = 0.01

// outlierWarning counts the trials that are far from the other trials of their cell.
func outlierWarning(d *Data) string {
	trials, cells := 0, 0
	var farthest *journal.Trial
	var usual, distance float64
	for _, s := range d.byNode() {
		if s.Judged.FarOutliers == 0 || s.Judged.N < trialsToWarn {
			continue
		}
		before, judged := trials, s.JudgedTrials()
		for i, mark := range s.Marks() {
			t := judged[i]
			// The distance is a factor, so that twice and half the time are equally far.
			away := math.Abs(math.Log(d.Judge.Value(t) / s.Judged.Median.X))
			if mark != estimate.Far || away < math.Log1p(minDistance) {
				continue
			}
			trials++
			if farthest == nil || away > distance {
				farthest, usual, distance = t, s.Judged.Median.X, away
			}
		}
		if trials > before {
			cells++
		}
	}
	if trials == 0 {
		return ""
	}
	verb, whose := "are far outliers", "their cell"
	if trials == 1 {
		verb, whose = "is a far outlier", "its cell"
	}
	return fmt.Sprintf("%s of %s %s, more than 3 interquartile ranges beyond the middle half of %s; the farthest is trial %d, of %s, with %s%s where the median is %s. Outliers are kept in every estimate: they move the mean more than the median.",
		format.Count(trials, "trial"), format.Count(cells, "cell"), verb, whose, farthest.Trial, d.Run.Cells[farthest.Cell].Name,
		d.Judge.with(), d.Judge.Text(estimate.Of(d.Judge.Value(farthest))), d.Judge.Text(estimate.Of(usual)))
}

// ValuesIn returns the values of a figure of the good trials of a cell, in a unit.
func (s *Summary) ValuesIn(f Figure, u format.Unit) []float64 {
	list := f.Values(s.Good)
	for i := range list {
		list[i] /= u.Size
	}
	return list
}
