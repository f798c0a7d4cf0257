package analysis

import (
	"math"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

// tailed returns a run of a baseline and a cell. Both take a second in each round, and have these p99
// latencies in ms. A latency of 0 stands for a trial without a latency, as a contender has. The max latency
// is twice the p99 latency.
func tailed(baseline, cell []float64) *journal.Log {
	seconds := make([]float64, len(baseline))
	for i := range seconds {
		seconds[i] = 1
	}
	log := analysistest.Log(len(seconds),
		analysistest.Cell{Levels: "operation=copy strategy=sequential", Seconds: seconds},
		analysistest.Cell{Levels: "operation=copy strategy=threads workers=4", Seconds: seconds},
	)
	for i := range log.Trials {
		t := &log.Trials[i]
		ms := [][]float64{baseline, cell}[t.Cell][t.Round-1]
		t.Measurement.LatencyP99, t.Measurement.LatencyMax = new(ms/1000), new(ms/500)
		if ms == 0 {
			t.Measurement.LatencyP99, t.Measurement.LatencyMax, t.Measurement.Latency = nil, nil, ""
		}
	}
	return log
}

// TestTails checks that a tail has the mean, the interval, the speed-up and the verdict of its trials,
// and that another figure is judged.
func TestTails(t *testing.T) {
	base, cell := []float64{8, 9, 8, 9, 8.5}, []float64{4, 4.5, 4, 4.4, 4.2}
	d := New(tailed(base, cell))
	s := d.Summaries[1]
	want := estimate.Compare(base, cell)
	for i, scale := range []float64{1e-3, 2e-3} {
		tail := s.Tails[i]
		if math.Abs(tail.Mean.X-4.22*scale) > 1e-12 || !tail.CI.OK || tail.CI.Low >= tail.Mean.X {
			t.Errorf("%s: mean %v, interval %v", tail.Key(), tail.Mean, tail.CI)
		}
		if got := tail.Speedup; math.Abs(got.Value.X-want.Value.X) > 1e-9 || math.Abs(got.CI.Low-want.CI.Low) > 1e-9 || got.Pairs != 5 {
			t.Errorf("%s: speed-up %v, want %v", tail.Key(), got, want)
		}
		if tail.Verdict != Faster || math.Abs(tail.Adjusted.X-want.P.X) > 1e-9 {
			t.Errorf("%s: %s, p %v", tail.Key(), tail.Verdict, tail.Adjusted)
		}
	}
	if s.Verdict != Equivalent || !s.Judged.IsTime() {
		t.Errorf("the verdict on %s is %s", s.Judged.Name(), s.Verdict)
	}
	if b := d.Summaries[0].Tails[0]; b.Verdict != "" || b.Speedup.CI.OK || b.Speedup.Value != estimate.Of(1) {
		t.Errorf("the baseline has %v and the verdict %q", b.Speedup, b.Verdict)
	}
}

// TestJudgedTail checks that speed-ups, verdicts and sentences are about the tail that is judged.
func TestJudgedTail(t *testing.T) {
	log := tailed([]float64{8, 9, 8, 9, 8.5}, []float64{4, 4.5, 4, 4.4, 4.2})
	log.Run.Judge = journal.LatencyP99
	d := New(log)
	s := d.Summaries[1]
	if s.Verdict != Faster || s.Efficiency.OK || s.Judged.Sample != s.Tails[0].Sample || s.Speedup != s.Tails[0].Speedup {
		t.Errorf("judged %s of %v: %s", s.Judged.Name(), s.Judged.Mean, s.Verdict)
	}
	text := strings.Join(d.Overview.Sentences, "\n")
	for _, want := range []string{"Verdicts on the p99 latency of 1 cell", "best by p99 latency: threads (2.01×)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
	if got := s.Judged.MeanText(); got != "4.22 ± 0.28 ms" {
		t.Errorf("mean %s", got)
	}
}

// TestTailsAreMissing checks that a trial without a latency is left out of the tails. A cell may have none,
// and a metric of the same name is another figure.
func TestTailsAreMissing(t *testing.T) {
	d := New(tailed([]float64{8, 9, 8, 0, 8.5}, []float64{4, 4, 0, 4, 4}))
	if tail := d.Summaries[1].Tails[0]; tail.N != 4 || tail.Speedup.Pairs != 3 || tail.Verdict != Faster {
		t.Errorf("%d trials, %d pairs, %s", tail.N, tail.Speedup.Pairs, tail.Verdict)
	}
	none := []float64{0, 0, 0}
	d = New(tailed([]float64{8, 9, 8}, none))
	if s := d.Summaries[1]; s.HasTails() || s.Tails[0].Mean.OK || s.Tails[0].Verdict != "" || !d.Summaries[0].HasTails() {
		t.Errorf("a cell without latency has %v", s.Tails[0])
	}
	metric := journal.Metric{Name: journal.LatencyP99, Stdout: "(.+)", Unit: "ms", Better: journal.BetterLower}
	d = New(analysistest.Judge(tailed([]float64{1, 1, 1}, []float64{2, 2, 2}), metric, []float64{9, 8, 9}, []float64{3, 3, 3}))
	if s := d.Summaries[1]; s.Judged.IsTail() || s.Judged.Mean.X != 3 || s.Tails[0].Mean.X != 0.002 {
		t.Errorf("judged %v, the tail is %v", s.Judged.Mean, s.Tails[0].Mean)
	}
	if figures := Figures(&d.Run); len(figures) != 3 || figures[1].IsTail() || figures[2].Key() != journal.LatencyMax {
		t.Errorf("the figures are %v", figures)
	}
}

// TestFasterWithSlowItems checks the sentence about a cell that is faster, but whose slowest items are slower.
func TestFasterWithSlowItems(t *testing.T) {
	log := tailed([]float64{4, 4.5, 4, 4.4, 4.2}, []float64{8, 9, 8, 9, 8.5})
	for i := range log.Trials {
		if trial := &log.Trials[i]; trial.Cell == 1 {
			trial.Measurement.Seconds = 0.5 + 0.01*float64(trial.Round%2)
		}
	}
	text := strings.Join(New(log).Overview.Sentences, "\n")
	if want := "Faster than the baseline, but with a longer p99 latency: threads (speed-up of it: 0.496×)."; !strings.Contains(text, want) {
		t.Errorf("no %q in\n%s", want, text)
	}
	log.Run.Judge = journal.LatencyMax
	if text := strings.Join(New(log).Overview.Sentences, "\n"); strings.Contains(text, "longer") {
		t.Errorf("a run that is judged by a tail says\n%s", text)
	}
}
