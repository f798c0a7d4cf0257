package estimate

import (
	"math"
	"math/rand/v2"
	"testing"
)

// law returns the rate of n workers by the Universal Scalability Law.
func law(lambda, sigma, kappa, n float64) float64 {
	return lambda * n / (1 + sigma*(n-1) + kappa*n*(n-1))
}

func TestSerialFractionByHand(t *testing.T) {
	for _, test := range []struct {
		speedup float64
		workers int
		want    float64
	}{
		{4, 4, 0},
		{1, 4, 1},
		{2, 4, 1.0 / 3}, // 1/(1/3 + 2/3/4) = 2
		{1 / (0.1 + 0.9/16), 16, 0.1},
		{8, 4, -1.0 / 6},
	} {
		if got := SerialFraction(Of(test.speedup), test.workers); !got.OK || math.Abs(got.X-test.want) > 1e-15 {
			t.Errorf("%v by %d workers: %v, want %v", test.speedup, test.workers, got, test.want)
		}
	}
	for _, undefined := range []Value{SerialFraction(Of(1), 1), SerialFraction(Value{}, 4), SerialFraction(Of(0), 4), SerialFraction(Of(2), 0)} {
		if undefined.OK {
			t.Errorf("%v is a serial fraction", undefined)
		}
	}
}

func TestFitRecoversTheLaw(t *testing.T) {
	workers := []float64{1, 2, 4, 8, 16, 32, 64}
	for _, test := range []struct{ lambda, sigma, kappa float64 }{
		{995.6, 0.0267, 0.000769},
		{3e-6, 0.3, 0.02},
		{7e9, 0, 0.001},
		{7e9, 0.05, 0},
		{1, 0, 0},
		{20, 1.5, 0.1},
	} {
		rates := make([]float64, len(workers))
		for i, n := range workers {
			rates[i] = law(test.lambda, test.sigma, test.kappa, n)
		}
		s := FitScaling(workers, rates)
		if !s.OK || math.Abs(s.Lambda/test.lambda-1) > 1e-9 || math.Abs(s.Sigma-test.sigma) > 1e-9 || math.Abs(s.Kappa-test.kappa) > 1e-9 || s.RMS > 1e-9 {
			t.Errorf("%+v: %+v", test, s)
		}
		// Rounding may give a tiny coherency where there is none.
		if want := math.Sqrt((1 - test.sigma) / test.kappa); test.kappa > 0 && test.sigma < 1 {
			near(t, "peak", s.Peak, want, 6)
		} else if test.sigma > 1 {
			near(t, "peak with contention above 1", s.Peak, 1, 15)
		} else if s.Peak.OK && s.Peak.X < 1e4 {
			t.Errorf("%+v has a peak at %v", test, s.Peak)
		}
	}
}

func TestScalingOfNoisyRates(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	workers := []float64{1, 1, 1, 2, 2, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32}
	rates := make([]float64, len(workers))
	for range 50 {
		for i, n := range workers {
			rates[i] = law(100, 0.1, 0.002, n) * math.Exp(0.02*random.NormFloat64())
		}
		s := FitScaling(workers, rates)
		if !s.OK || math.Abs(s.Lambda-100) > 5 || math.Abs(s.Sigma-0.1) > 0.04 || math.Abs(s.Kappa-0.002) > 0.001 {
			t.Errorf("%+v", s)
		}
		// With three parameters for 18 points, about √(15/18) of the noise remains.
		if s.RMS < 0.008 || s.RMS > 0.03 {
			t.Errorf("rates with 2%% noise have residuals of %v", s.RMS)
		}
		sum := 0.0
		for i, r := range s.Residuals {
			if want := rates[i]/law(s.Lambda, s.Sigma, s.Kappa, workers[i]) - 1; math.Abs(r-want) > 1e-12 {
				t.Fatalf("residual %v, want %v", r, want)
			}
			sum += r * r
		}
		near(t, "root mean square", Of(s.RMS), math.Sqrt(sum/18), 12)
		checkLeastSquares(t, workers, rates, s)
	}
}

// checkLeastSquares fails the test if an allowed law near the fitted one fits better.
func checkLeastSquares(t *testing.T, workers, rates []float64, s Scaling) {
	t.Helper()
	for _, change := range []float64{-1e-3, 1e-3} {
		for _, other := range [][3]float64{
			{s.Lambda * (1 + change), s.Sigma, s.Kappa},
			{s.Lambda, s.Sigma + change, s.Kappa},
			{s.Lambda, s.Sigma, s.Kappa + change/100},
			{s.Lambda * (1 + change), s.Sigma + change, s.Kappa},
			{s.Lambda * (1 + change), s.Sigma, s.Kappa + change/100},
		} {
			if other[1] < 0 || other[2] < 0 {
				continue
			}
			sum := 0.0
			for i, n := range workers {
				sum += math.Pow(rates[i]/law(other[0], other[1], other[2], n)-1, 2)
			}
			if rms := math.Sqrt(sum / float64(len(rates))); rms < s.RMS {
				t.Errorf("%v fits with %v, better than %+v", other, rms, s)
			}
		}
	}
}

// TestScalingAsPublished uses two examples of the package usl for R, by S. Möding. The
// first is artificial: its rates follow the law, to five digits. The second is the SPEC
// SDM91 result of a Sun SPARCcenter 2000. The published fit, by least squares of the
// absolute rates, is 90.0, 0.0277 and 0.000104, with a peak at 96.5 users. The measured
// peak is between 72 and 108.
func TestScalingAsPublished(t *testing.T) {
	s := FitScaling([]float64{1, 2, 4, 6, 8, 10}, []float64{1, 1.8868, 3.0769, 3.5294, 3.5398, 3.3557})
	near(t, "lambda", Of(s.Lambda), 1, 4)
	near(t, "sigma", Of(s.Sigma), 0.02, 2.5)
	near(t, "kappa", Of(s.Kappa), 0.02, 3)
	near(t, "peak", s.Peak, 7, 3)

	users := []float64{1, 18, 36, 72, 108, 144, 216}
	rates := []float64{64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775, 1702.2}
	sdm := FitScaling(users, rates)
	t.Logf("SDM91: %+v", sdm)
	checkLeastSquares(t, users, rates, sdm)
	if !sdm.OK || sdm.Lambda < 60 || sdm.Lambda > 90 || sdm.Sigma > 0.0277 || sdm.Kappa < 5e-5 || sdm.Kappa > 2e-4 {
		t.Errorf("%+v", sdm)
	}
	if sdm.Peak.X < 72 || sdm.Peak.X > 120 {
		t.Errorf("the peak is at %v", sdm.Peak)
	}
}

func TestScalingIsNeverNegative(t *testing.T) {
	workers := []float64{1, 2, 4, 8, 16, 32}
	for name, test := range map[string]struct {
		rate       func(n float64) float64
		sigma, top bool // the fit has contention, and a peak
	}{
		"more than linear":       {func(n float64) float64 { return math.Pow(n, 1.2) }, false, false},
		"linear, then contended": {func(n float64) float64 { return n / (1 + 1e-4*n*n*n) }, false, true},
		"contended, then linear": {func(n float64) float64 { return n / (1 + 0.3*math.Sqrt(n)) }, true, false},
	} {
		rates := make([]float64, len(workers))
		for i, n := range workers {
			rates[i] = test.rate(n)
		}
		s := FitScaling(workers, rates)
		if !s.OK || s.Sigma < 0 || s.Kappa < 0 || s.Sigma > 0 != test.sigma || s.Peak.OK != test.top {
			t.Errorf("%s: %+v", name, s)
		}
		checkLeastSquares(t, workers, rates, s)
	}
}

func TestScalingNeedsSixNumbersOfWorkers(t *testing.T) {
	five := []float64{1, 2, 4, 8, 16, 16, 1}
	for name, s := range map[string]Scaling{
		"five":        FitScaling(five, five),
		"a rate of 0": FitScaling([]float64{1, 2, 3, 4, 5, 6, 7}, []float64{1, 2, 3, 0, 5, 6, 7}),
		"no workers":  FitScaling([]float64{0, 1, 2, 3, 4, 5, 6}, []float64{1, 2, 3, 4, 5, 6, 7}),
		"nothing":     FitScaling(nil, nil),
		"not finite":  FitScaling([]float64{1, 2, 3, 4, 5, 6}, []float64{1, 2, 3, 4, math.Inf(1), 6}),
	} {
		if s.OK || s.Peak.OK || s.Residuals != nil {
			t.Errorf("%s: %+v", name, s)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("workers without rates were fitted")
		}
	}()
	FitScaling([]float64{1, 2}, []float64{1})
}
