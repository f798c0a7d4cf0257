package analysis

import (
	"math"
	"slices"
	"testing"

	"iosweep/analysis/analysistest"
)

func TestSweepsAreFitted(t *testing.T) {
	d := New(analysistest.Sweeps())
	if len(d.Sweeps) != 2 {
		t.Fatalf("%d sweeps, want one for threads and one for processes", len(d.Sweeps))
	}
	for i, want := range []struct {
		strategy             string
		lambda, sigma, kappa float64
		peak                 bool
	}{{"threads", 100, 0.05, 0.002, true}, {"processes", 120, 0.2, 0, false}} {
		s := d.Sweeps[i]
		if got := s.Cells[0].Cell.Levels["strategy"]; got != want.strategy {
			t.Errorf("sweep %d has the strategy %s", i, got)
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
			if residual := s.Cells[k].FilesPerSecond.X/s.Rate(n) - 1; math.Abs(residual-f.Residuals[k]) > 1e-9 {
				t.Errorf("%s: the residual at %g workers is %g, want %g", want.strategy, n, residual, f.Residuals[k])
			}
		}
		if slices.IndexFunc(f.Residuals, func(r float64) bool { return r == s.Worst() }) < 0 || math.Abs(s.Worst()) < f.RMS {
			t.Errorf("%s: the largest residual is %g of %v", want.strategy, s.Worst(), f.Residuals)
		}
	}
}
