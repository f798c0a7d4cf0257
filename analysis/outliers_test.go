package analysis

import (
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
)

// steadyTimes returns n times that differ little, without outliers.
func steadyTimes(n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = 10 + 0.01*float64(i%5)
	}
	return list
}

func TestFarOutliersAreOneWarning(t *testing.T) {
	one, two := steadyTimes(12), steadyTimes(12)
	one[7], two[2], two[3] = 25, 2, 11
	log := analysistest.Log(12,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: one},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: two},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=8", Seconds: steadyTimes(12)},
	)
	d := New(log)
	wantWarning(t, d, "3 trials of 2 cells are far outliers, more than 3 interquartile ranges beyond the middle half of their cell; "+
		"the farthest is trial 8, of write/strategy=threads/workers=4, with 2.00 s where the median is 10.0 s. "+
		"Outliers are kept in every estimate: they move the mean more than the median.")
	if d.Summaries[0].Seconds.N != 12 || d.Summaries[0].Seconds.Max.X != 25 {
		t.Error("an outlier was dropped")
	}
}

// TestFewTrialsGiveNoOutlierWarning checks five trials: among five numbers chance alone
// produces far outliers.
func TestFewTrialsGiveNoOutlierWarning(t *testing.T) {
	d := New(analysistest.Log(5, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{10, 10.1, 10.2, 10.1, 30}}))
	if d.Summaries[0].Seconds.FarOutliers != 1 {
		t.Fatal("the sample has no far outlier")
	}
	if slices.ContainsFunc(d.Warnings, func(w string) bool { return strings.Contains(w, "outlier") }) {
		t.Errorf("warnings: %q", d.Warnings)
	}
}
