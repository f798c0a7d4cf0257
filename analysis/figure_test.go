package analysis

import (
	"math"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// throughput is a metric of which more is better, and ratio one of which less is better.
var (
	throughput = journal.Metric{Name: "throughput", Stdout: "(.+)", Unit: "MB/s", Better: journal.BetterHigher}
	ratio      = journal.Metric{Name: "ratio", Stdout: "(.+)", Better: journal.BetterLower}
)

// judged returns a run of two cells that take a second each and print these values.
func judged(metric journal.Metric, baseline, cell []float64) *journal.Log {
	seconds := make([]float64, len(baseline))
	for i := range seconds {
		seconds[i] = 1
	}
	return analysistest.Judge(analysistest.Log(len(seconds),
		analysistest.Cell{Levels: "operation=copy strategy=save workers=1", Seconds: seconds},
		analysistest.Cell{Levels: "operation=copy strategy=save workers=4", Seconds: seconds},
	), metric, baseline, cell)
}

// TestSpeedUpOfMetric compares speed-ups with values computed by hand. For higher, the ratio is cell /
// baseline. The ends of the interval solve (c - r b)² = t² v(r). Here b and c are the means, and v(r)
// is the variance of the mean of c - r b. For three rounds t is 4.302652730.
//
// Example: b has 8, 10, 12 and c has 22, 20, 24. The variance of both means is 4/3, and their covariance
// is 2/3.
//
//	(22 - 10 r)² = 18.51282 (4/3 - 4/3 r + 4/3 r²)
//	75.31624 r² - 415.31624 r + 459.31624 = 0
func TestSpeedUpOfMetric(t *testing.T) {
	root := math.Sqrt(415.316240*415.316240 - 4*75.316240*459.316240)
	low, high := (415.316240-root)/(2*75.316240), (415.316240+root)/(2*75.316240)
	for _, test := range []struct {
		name           string
		metric         journal.Metric
		baseline, cell []float64
		want           float64
		low, high      float64
	}{
		{"higher", throughput, []float64{8, 10, 12}, []float64{22, 20, 24}, 2.2, low, high},
		{"lower", ratio, []float64{22, 20, 24}, []float64{8, 10, 12}, 2.2, low, high},
		{"exactly twice", throughput, []float64{8, 10, 12}, []float64{16, 20, 24}, 2, 2, 2},
		{"exactly half", ratio, []float64{8, 10, 12}, []float64{16, 20, 24}, 0.5, 0.5, 0.5},
	} {
		d := New(judged(test.metric, test.baseline, test.cell))
		s := d.Summaries[1]
		if got := s.Speedup; math.Abs(got.Value.X-test.want) > 1e-9 || math.Abs(got.CI.Low-test.low) > 1e-5 || math.Abs(got.CI.High-test.high) > 1e-5 {
			t.Errorf("%s: got %v, %v; want %v, %v to %v", test.name, got.Value, got.CI, test.want, test.low, test.high)
		}
		if s.Judged.Key() != test.metric.Name || s.Judged.N != 3 || s.Seconds.Mean != estimate.Of(1) || s.Efficiency.OK {
			t.Errorf("%s: judged %s of %d trials, mean time %v, efficiency %v", test.name, s.Judged.Key(), s.Judged.N, s.Seconds.Mean, s.Efficiency)
		}
	}
}

// TestVerdictOfMetric checks that the best cell is the one with the best metric, although it takes
// longer.
func TestVerdictOfMetric(t *testing.T) {
	base, cell := []float64{10, 11, 10, 11, 10}, []float64{30, 32, 31, 30, 32}
	for _, test := range []struct {
		metric  journal.Metric
		verdict Verdict
		best    int
		text    string
	}{
		{throughput, Faster, 1, "best by throughput: save, workers=4 (2.98×). No other cell is as good."},
		{ratio, Slower, 0, "best by ratio: save, workers=1 (the baseline, 10.4 ± 0.7). No other cell is as good."},
	} {
		log := judged(test.metric, base, cell)
		for i := range log.Trials {
			if log.Trials[i].Cell == 1 {
				log.Trials[i].Measurement.Seconds = 3
			}
		}
		d := New(log)
		if s := d.Summaries[1]; s.Verdict != test.verdict || d.Tables[0].Best() != &d.Summaries[test.best] {
			t.Errorf("%s: the verdict is %q and the best cell %s", test.metric.Name, s.Verdict, d.Tables[0].Best().Cell.Name)
		}
		if text := strings.Join(d.Overview.Sentences, " "); !strings.Contains(text, test.text) {
			t.Errorf("%s: the overview has no %q: %s", test.metric.Name, test.text, text)
		}
	}
}

// TestMetricOfSomeTrials checks a cell whose command failed as expected in a round, and printed nothing
// there.
func TestMetricOfSomeTrials(t *testing.T) {
	log := judged(throughput, []float64{10, 11, 12}, []float64{20, 22, 24})
	for i := range log.Trials {
		if m := log.Trials[i].Measurement; log.Trials[i].Cell == 1 && log.Trials[i].Round == 2 {
			m.Metrics, m.Finding = nil, "exit status 1"
		}
	}
	s := New(log).Summaries[1]
	if s.Judged.N != 2 || s.Seconds.N != 3 || s.Speedup.Pairs != 2 || s.Speedup.Value != estimate.Of(2) || s.Verdict != "" || len(s.Marks()) != 2 {
		t.Errorf("%d values of %d trials, %d pairs with %v, verdict %q, %d marks", s.Judged.N, s.Seconds.N, s.Speedup.Pairs, s.Speedup.Value, s.Verdict, len(s.Marks()))
	}
}

func TestWarningsAboutMetric(t *testing.T) {
	drifting, steady := make([]float64, 12), make([]float64, 12)
	for i := range drifting {
		drifting[i], steady[i] = 100+2*float64(i)+0.01*float64(i%3), 200+0.1*float64(i%4)
	}
	steady[5] = 100
	d := New(judged(throughput, drifting, steady))
	wantWarning(t, d, "The throughput of the baseline copy/strategy=save/workers=1 drifted by +19.8% from its first round to its last (95% interval +19.8% to +19.8%): the machine changed during the run. Speed-ups are paired by round, absolute values are not.")
	wantWarning(t, d, "1 trial of 1 cell is a far outlier, more than 3 interquartile ranges beyond the middle half of its cell; the farthest is trial 12, of copy/strategy=save/workers=4, with a throughput of 100 MB/s where the median is 200 MB/s. Outliers are kept in every estimate: they move the mean more than the median.")
}

func TestFigureTexts(t *testing.T) {
	sample := estimate.Describe([]float64{10, 11, 12})
	same := estimate.Describe([]float64{1895518, 1895518, 1895518})
	plain, archive := Figure{ratio}, Figure{journal.Metric{Name: "archive", Unit: "B", Better: journal.BetterLower}}
	for _, test := range []struct{ got, want string }{
		{Figure{}.Text(ValueOf(0.0123)), "12.3 ms"},
		{Figure{throughput}.Text(ValueOf(812.3)), "812 MB/s"},
		{Figure{throughput}.Text(Value{}), "–"},
		{Figure{throughput}.MeanText(sample), "11.0 ± 2.5 MB/s"},
		{plain.MeanText(sample), "11.0 ± 2.5"},
		{plain.MeanText(estimate.Describe([]float64{1e300, 1.1e300, 1.2e300})), "1.10e+300 ± 2.5e+299"},
		{plain.MeanText(estimate.Describe([]float64{-1e-12, -2e-12})), "-1.50e-12 ± 6.4e-12"},
		{plain.MeanText(estimate.Describe([]float64{0.125, 0.125})), "0.125"},
		{plain.MeanText(estimate.Describe([]float64{1e300, 1e300})), "1.00e+300"},
		{archive.MeanText(same), "1.81 MiB"},
		{archive.MeanText(estimate.Describe([]float64{10 << 10, 11 << 10, 12 << 10})), "11.0 ± 2.5 KiB"},
		{archive.MeanText(estimate.Describe([]float64{12, 12})), "12 B"},
		{archive.MeanText(Sample{}), "–"},
		{archive.Text(same.Median), "1.81 MiB"},
		{archive.IntervalText(Interval{Low: 1 << 20, High: 2 << 20, OK: true}), "1.00 to 2.00 MiB"},
		{archive.Label(archive.Unit(1895518)), "archive (MiB)"},
		{plain.IntervalText(Interval{Low: 1, High: 2, OK: true}), "1.00 to 2.00"},
		{Figure{throughput}.Label(Figure{throughput}.Unit(1e9)), "throughput (MB/s)"},
		{plain.MeanLabel(plain.Unit(1)), "mean ratio"},
		{Figure{}.Describe(), "seconds"},
		{Figure{throughput}.Describe(), "throughput (MB/s, higher is better)"},
		{plain.Describe(), "ratio (lower is better)"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}
