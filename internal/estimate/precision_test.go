package estimate

import (
	"math/rand/v2"
	"testing"
)

func isPrecise(baseline, cell []float64, most float64) bool {
	return StoppingRule{Width: most}.IsRatioPrecise(baseline, cell)
}

func isMeanPrecise(trials []float64, most float64) bool {
	return StoppingRule{Width: most}.IsMeanPrecise(trials)
}

func TestPreciseNeedsExtraRounds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		b, c := noisy(random, 60, 1, 0.05, 0.3)
		const most = 0.1
		met := 0 // the first round with a narrow interval
		for n := 1; n <= len(c); n++ {
			w := Width(Compare(b[:n], c[:n]))
			narrow := w.OK && w.X <= most
			if met == 0 && narrow && n >= minRounds {
				met = n
			}
			plain := narrow && w.X*maxDeviationFactor(n) <= most
			want := narrow && met > 0 && n >= met+extraRounds || plain
			if got := isPrecise(b[:n], c[:n], most); got != want {
				t.Fatalf("%d rounds, %v wide, narrow since %d: %v", n, w, met, got)
			}
		}
		if met == 0 {
			t.Error("no interval was narrow, so the test shows nothing")
		}
	}
}

// TestPreciseStopsAtOnceWithoutScatter checks that the first rounds are enough if the
// times barely scatter, but not if they only agree by chance.
func TestPreciseStopsAtOnceWithoutScatter(t *testing.T) {
	steady, base := []float64{2, 2.0001, 1.9999, 2.0001, 2}, []float64{2, 2, 2, 2, 2}
	if !isPrecise(base, steady, 0.02) || !isMeanPrecise(steady, 0.02) {
		t.Error("five rounds with a hundredth of the allowed scatter are not precise")
	}
	agreeing := []float64{2, 2.004, 1.996, 2.004, 2}
	if w := Width(Compare(base, agreeing)); !w.OK || w.X > 0.02 {
		t.Fatalf("the width is %v, so the test shows nothing", w)
	}
	if isPrecise(base, agreeing, 0.02) || isMeanPrecise(agreeing, 0.02) {
		t.Error("five rounds that may agree by chance are precise")
	}
	if isPrecise(base[:1], steady[:1], 1) || isMeanPrecise(steady[:1], 1) || isPrecise(nil, nil, 1) {
		t.Error("a sample without an interval is precise")
	}
}

func TestMeanIsPrecise(t *testing.T) {
	numbers := []float64{9, 11, 9, 11, 9, 11, 9, 11, 9, 11, 9, 11}
	s := Describe(numbers)
	wide := (s.CI.High - s.CI.Low) / s.Mean.X
	first := Describe(numbers[:6])
	if wide >= (first.CI.High-first.CI.Low)/first.Mean.X {
		t.Fatal("the interval did not become narrower")
	}
	if isMeanPrecise(numbers, 0.999*wide) {
		t.Error("an interval that is too wide is precise")
	}
	if isMeanPrecise(numbers, 1.001*wide) {
		t.Error("an interval that has only now become narrow is precise")
	}
	if !isMeanPrecise(numbers, 1.001*(first.CI.High-first.CI.Low)/first.Mean.X) {
		t.Error("an interval that has long been narrow is not precise")
	}
}

func TestWidthIsUndefinedWithoutInterval(t *testing.T) {
	for name, r := range map[string]Ratio{
		"no pair":  {},
		"one pair": Compare([]float64{3}, []float64{1}),
		"open":     Compare([]float64{3, 3}, []float64{1, 5}),
	} {
		if w := Width(r); w.OK {
			t.Errorf("%s: %v wide", name, w)
		}
	}
	near(t, "width", Width(Ratio{Value: Of(4), CI: Interval{Low: 3, High: 5, OK: true}}), 0.5, 15)
}

// TestPredictRounds compares predictions after ten rounds with the rounds that were
// needed, over many experiments.
func TestPredictRounds(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	const experiments, most = 100, 0.06
	var predicted, needed int
	for range experiments {
		b, c := noisy(random, 400, 1, 0.05, 0)
		predicted += PredictRounds(b[:10], c[:10], most)
		n := 10
		for n < len(c) && !isPrecise(b[:n], c[:n], most) {
			n++
		}
		needed += n
	}
	if ratio := float64(predicted) / float64(needed); ratio < 0.8 || ratio > 1.5 {
		t.Errorf("predicted %d rounds, needed %d", predicted, needed)
	}
	if PredictRounds([]float64{1}, []float64{1}, most) != 0 {
		t.Error("one pair gives a prediction")
	}
	same := []float64{1, 1, 1, 1}
	if got := PredictRounds(same, same, most); got != len(same) {
		t.Errorf("the prediction for equal trials is %d rounds", got)
	}
}
