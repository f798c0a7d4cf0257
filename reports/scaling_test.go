package reports

import (
	"math"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// lawful is the time of 5,000 files by a law of scaling.
func lawful(lambda, sigma, kappa, n float64) float64 {
	return 5000 / (lambda * n / (1 + sigma*(n-1) + kappa*n*(n-1)))
}

// sweepLog has two sweeps that follow a law, up to a little noise, one over too few
// numbers of workers, and one whose sixth point failed.
func sweepLog() *journal.Log {
	cells := []analysistest.Cell{{Levels: "operation=write strategy=sequential", Seconds: []float64{50, 50.5, 49.5}}}
	add := func(strategy, workers string, seconds ...float64) {
		cells = append(cells, analysistest.Cell{Levels: "operation=write strategy=" + strategy + " workers=" + workers, Seconds: seconds})
	}
	for i, workers := range []string{"16", "1", "2", "4", "8", "32"} {
		var n float64
		for _, c := range workers {
			n = 10*n + float64(c-'0')
		}
		noise := 1 + 0.004*float64(i%3-1)
		a, b := noise*lawful(100, 0.05, 0.002, n), noise*lawful(120, 0.2, 0, n)
		add("threads", workers, a, a, a)
		add("processes", workers, b, 1.01*b, 0.99*b)
		if workers != "32" {
			add("async", workers, a, a, a)
			add("pipeline", workers, a, a, a)
		} else {
			add("pipeline", workers, a, 0, a)
		}
	}
	return analysistest.Log(3, cells...)
}

func TestSweepsAreFitted(t *testing.T) {
	d := New(sweepLog())
	if len(d.Sweeps) != 2 {
		t.Fatalf("%d sweeps, want those of threads and processes", len(d.Sweeps))
	}
	for i, want := range []struct {
		strategy             string
		lambda, sigma, kappa float64
		peak                 bool
	}{{"threads", 100, 0.05, 0.002, true}, {"processes", 120, 0.2, 0, false}} {
		s := d.Sweeps[i]
		if got := s.Cells[0].Cell.Levels["strategy"]; got != want.strategy {
			t.Errorf("sweep %d is of %s", i, got)
		}
		if !slices.Equal(s.Workers, []float64{1, 2, 4, 8, 16, 32}) {
			t.Errorf("%s: workers %v", want.strategy, s.Workers)
		}
		f := s.Fit
		if math.Abs(f.Lambda/want.lambda-1) > 0.02 || math.Abs(f.Sigma-want.sigma) > 0.01 || math.Abs(f.Kappa-want.kappa) > 0.0005 {
			t.Errorf("%s: λ %g, σ %g, κ %g", want.strategy, f.Lambda, f.Sigma, f.Kappa)
		}
		if want.peak && (!f.Peak.OK || math.Abs(f.Peak.X-math.Sqrt(0.95/0.002)) > 3) {
			t.Errorf("%s: the peak is at %v", want.strategy, f.Peak)
		}
		for k, n := range s.Workers {
			if residual := s.Cells[k].FilesPerSecond.X/s.rate(n) - 1; math.Abs(residual-f.Residuals[k]) > 1e-9 {
				t.Errorf("%s: the residual of %g workers is %g, the fit says %g", want.strategy, n, residual, f.Residuals[k])
			}
		}
		if slices.IndexFunc(f.Residuals, func(r float64) bool { return r == s.worst() }) < 0 || math.Abs(s.worst()) < f.RMS {
			t.Errorf("%s: the largest residual is %g of %v", want.strategy, s.worst(), f.Residuals)
		}
	}
}

// TestScalingIsReportedWhereThereIsAny: the file and the section are there with a
// sweep, and else are not.
func TestScalingIsReportedWhereThereIsAny(t *testing.T) {
	for name, test := range map[string]struct {
		log  *journal.Log
		want bool
	}{"a sweep": {sweepLog(), true}, "none": {analysistest.Typical(), false}} {
		d := New(test.log)
		if got := slices.Contains(d.reports(), Report(scalingCSV{})); got != test.want {
			t.Errorf("%s: scaling.csv %v", name, got)
		}
		if got := strings.Contains(markdownOf(t, d), "\n## Scaling\n"); got != test.want {
			t.Errorf("%s: the section %v", name, got)
		}
	}
}

func TestAPeakBeyondWhatWasMeasuredIsNotGiven(t *testing.T) {
	d := New(sweepLog())
	s := d.Sweeps[0]
	if got := peakText(s); got != "22" {
		t.Errorf("the peak is %q", got)
	}
	s.Workers = []float64{1, 16}
	if got := peakText(s); got != "beyond 16" {
		t.Errorf("the peak is %q", got)
	}
	if got := peakText(d.Sweeps[1]); got != "none" && !strings.HasPrefix(got, "beyond") {
		t.Errorf("without coherency the peak is %q", got)
	}
}

// TestTheFitIsDrawnThroughItsPoints: at each number of workers the curve is the fitted
// rate over that of the baseline, and it ends where the sweep does.
func TestTheFitIsDrawnThroughItsPoints(t *testing.T) {
	d := New(sweepLog())
	base := d.Groups()[0].Baseline
	l := lineChart{x: "workers", fits: d.Sweeps, baselineRate: base.FilesPerSecond}
	along, up := spread([]string{"1", "2", "4", "8", "16", "32"}), scale{min: 0, max: 1000}
	cells := d.Sweeps[0].Cells
	lines := l.fitsOf(cells, along, up)
	if len(lines) != 1 {
		t.Fatalf("%d curves", len(lines))
	}
	first, last := lines[0].XYs[0], lines[0].XYs[len(lines[0].XYs)-1]
	if first.X != along.at("1") || math.Abs(last.X-along.at("32")) > 1e-9 {
		t.Errorf("the curve goes from %v to %v", first.X, last.X)
	}
	want := cells[5].Speedup.Value.X / (1 + d.Sweeps[0].Fit.Residuals[5])
	if math.Abs(last.Y/want-1) > 0.001 {
		t.Errorf("at 32 workers the curve is at %g, want %g", last.Y, want)
	}
	if l.fitsOf(d.Sweeps[1].Cells[3:], along, up) != nil {
		t.Error("a curve is drawn for a line that has not its first point")
	}
}
