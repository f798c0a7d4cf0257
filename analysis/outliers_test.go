package analysis

import (
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
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

// alarm matches the figures of the warnings about drift and about outliers.
var alarm = regexp.MustCompile(`drifted by (\S+) from .* interval (\S+) to (\S+)\):|, with (\S+ \S+) where the median is (\S+ \S+)\. Outliers`)

// TestAlarmsAreVisible checks that a warning about a drift or an outlier has figures that show it.
// No drift is printed as 0.0%, and no outlier as its median.
func TestAlarmsAreVisible(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	log := analysistest.Log(12, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: steadyTimes(12)})
	size := func() float64 { return math.Pow(10, -17*random.Float64()) }
	drifts, outliers := 0, 0
	for range 2000 {
		noise, drift, far, unit := size(), size(), size(), math.Pow(10, 3-9*random.Float64())
		for i := range log.Trials {
			seconds := unit * (1 + noise*random.NormFloat64()/4 + drift*float64(i)/11)
			log.Trials[i].Measurement = &journal.Measurement{Seconds: math.Abs(seconds)}
		}
		log.Trials[random.IntN(12)].Measurement.Seconds *= 1 + far
		d := New(log)
		seconds := SecondsOf(d.Summaries[0].Good)
		for _, w := range d.Warnings {
			switch m := alarm.FindStringSubmatch(w); {
			case m == nil:
				t.Fatalf("unexpected warning %q", w)
			case m[1] != "":
				drifts++
				for _, figure := range m[1:4] {
					if strings.Trim(figure, "+-0.%") == "" {
						t.Errorf("%v: %s", seconds, w)
					}
				}
			default:
				outliers++
				if m[4] == m[5] {
					t.Errorf("%v: %s", seconds, w)
				}
			}
		}
	}
	if drifts == 0 || outliers == 0 {
		t.Errorf("%d warnings about drifts and %d about outliers, so the test shows nothing", drifts, outliers)
	}
}

// TestEqualTimesGiveNoAlarm checks times that differ only by their rounding.
func TestEqualTimesGiveNoAlarm(t *testing.T) {
	for _, seconds := range []float64{0.01, 0.001, 63.4} {
		times := slices.Repeat([]float64{seconds}, 12)
		for i := range times {
			times[i] += seconds * 1e-15 * float64(i)
		}
		times[11] *= 1 + 1e-10
		d := New(analysistest.Log(12, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: times}))
		if s := d.Summaries[0].Seconds; len(d.Warnings) > 0 || s.Outliers+s.FarOutliers > 0 {
			t.Errorf("%v: %d outliers, warnings %q", seconds, s.Outliers+s.FarOutliers, d.Warnings)
		}
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
