package estimate

import (
	"slices"
	"testing"
)

func TestHolmByHand(t *testing.T) {
	got := Holm([]Value{Of(0.01), Of(0.04), {}, Of(0.03), Of(0.005)})
	want := []float64{0.03, 0.06, -1, 0.06, 0.02}
	for i, v := range got {
		if want[i] < 0 {
			if v.OK {
				t.Errorf("an undefined p became %v", v)
			}
			continue
		}
		near(t, "p", v, want[i], 12)
	}
	if one := Holm([]Value{Of(0.9), Of(0.8)}); !slices.Equal(one, []Value{Of(1), Of(1)}) {
		t.Errorf("got %v, want no p above 1", one)
	}
}

func TestJudge(t *testing.T) {
	closed := func(low, high float64) Interval { return Interval{Low: low, High: high, OK: true} }
	small, large := Of(0.001), Of(0.2)
	for _, test := range []struct {
		name string
		ci   Interval
		p    Value
		want Verdict
	}{
		{"above 1", closed(1.5, 1.7), small, Faster},
		{"below 1", closed(0.5, 0.7), small, Slower},
		{"above 1, but the adjusted p is large", closed(1.5, 1.7), large, Inconclusive},
		{"above 1, p undefined", closed(1.5, 1.7), Value{}, Inconclusive},
		{"across 1", closed(0.9, 1.2), small, Inconclusive},
		{"within the margin", closed(0.985, 1.015), large, Equivalent},
		{"within the margin and above 1", closed(1.005, 1.015), small, Equivalent},
		{"partly within the margin", closed(1.01, 1.03), small, Faster},
		{"open", Interval{Open: true}, small, Inconclusive},
		{"below 1, without a lower end", Interval{High: 0.9, OK: true, LowOpen: true}, small, Slower},
		{"across 1, without a lower end", Interval{High: 1.1, OK: true, LowOpen: true}, small, Inconclusive},
		{"one pair", Interval{}, Value{}, ""},
	} {
		if got := Judge(Ratio{CI: test.ci}, test.p, Margin); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestTrend(t *testing.T) {
	rounds := []float64{1, 2, 3, 4, 5}
	rising := TrendOf(rounds, []float64{10, 11, 12, 13, 14})
	near(t, "change", rising.Change, 4.0/12, 12)
	if !rising.Drifts() {
		t.Errorf("a straight rise is no drift: %+v", rising)
	}
	if scatter := TrendOf(rounds, []float64{10, 12, 9, 13, 10}); !scatter.CI.OK || scatter.Drifts() {
		t.Errorf("scatter is a drift: %+v", scatter)
	}
	// Slope 0.5, residuals -1/6, 1/3, -1/6: the slope's standard error is
	// √(1/6)/√2, and t(0.975, 1) = 12.706204736.
	three := TrendOf([]float64{1, 2, 3}, []float64{1, 2, 2})
	near(t, "high", Of(three.CI.High), (0.5+12.706204736174698*0.28867513459481287)*2/(5.0/3), 9)
	// A drift must be so large that a report can show it.
	for change, want := range map[float64]bool{1e-16: false, 1e-9: false, 0.0009: false, 0.0011: true, -0.0011: true, -0.3: true} {
		numbers := make([]float64, len(rounds))
		for i := range numbers {
			numbers[i] = 0.001 * (1 + change*float64(i)/4)
		}
		if got := TrendOf(rounds, numbers); got.Drifts() != want {
			t.Errorf("a change of %v: %+v, drift %v", change, got, got.Drifts())
		}
	}
	if equal := TrendOf(rounds, []float64{0.01, 0.01, 0.01, 0.01, 0.01}); equal.Change != Of(0) || equal.CI != (Interval{OK: true}) {
		t.Errorf("equal numbers: %+v", equal)
	}
	if zero := TrendOf(rounds, make([]float64, 5)); zero.Change.OK || zero.CI.OK || zero.Drifts() {
		t.Errorf("times of 0: %+v", zero)
	}
	if two := TrendOf([]float64{1, 2}, []float64{1, 9}); two.Change.OK || two.Drifts() {
		t.Errorf("two rounds are a drift: %+v", two)
	}
}
