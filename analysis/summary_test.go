package analysis

import (
	"math"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"iosweep/analysis/analysistest"
	"iosweep/internal/estimate"
	"iosweep/journal"
)

func TestStatusOfEveryKindOfCell(t *testing.T) {
	d := New(analysistest.Typical())
	for i, want := range []struct {
		status       Status
		trials, bad  int
		reason, stop string
		verdict      estimate.Verdict
	}{
		0:  {StatusOK, 5, 0, "", "repeats", ""}, // a baseline has no verdict
		1:  {StatusOK, 5, 0, "", "repeats", estimate.Faster},
		3:  {StatusFailed, 5, 1, "file-00017.csv: 0 bytes, 48,000 wanted", "repeats", ""},
		5:  {StatusOK, 5, 0, "", "repeats", estimate.Inconclusive},
		6:  {StatusSkipped, 0, 0, "io_uring is switched off: kernel.io_uring_disabled is 2", "", ""},
		7:  {StatusIncomplete, 3, 0, "3 of 5 trials; the budget was spent", "budget", estimate.Slower},
		10: {StatusIncomplete, 1, 0, "1 of 5 trials; the budget was spent", "budget", ""},
	} {
		if want.status == "" {
			continue
		}
		s := d.Summaries[i]
		if s.Status != want.status || s.Trials != want.trials || s.Failed != want.bad || s.Reason != want.reason || s.StopReason != want.stop || s.Verdict != want.verdict {
			t.Errorf("cell %d is %s, %d trials, %d failed, %q, stopped by %q, %q; want %+v", i, s.Status, s.Trials, s.Failed, s.Reason, s.StopReason, s.Verdict, want)
		}
	}
}

func TestEveryFailedStatusIsAFailure(t *testing.T) {
	for _, status := range []journal.Status{journal.Failed, journal.Timeout, journal.Crashed} {
		log := analysistest.Log(2, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{1, 2}})
		log.Trials[1].Status = status
		s := New(log).Summaries[0]
		if s.Status != StatusFailed || s.Reason != string(status) || s.Failed != 1 || s.Seconds.N != 1 || s.Seconds.Mean != estimate.Of(1) {
			t.Errorf("%s: %s because of %q, from %d good trials", status, s.Status, s.Reason, s.Seconds.N)
		}
	}
}

func TestEstimatesExcludeWarmUps(t *testing.T) {
	log := analysistest.Log(2, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{100, 2, 4}})
	log.Trials = append(log.Trials, analysistest.Trial(log, 0, 3, analysistest.Cell{Seconds: []float64{100, 2, 4}}))
	log.Trials[0].Phase = journal.Warmup
	log.Trials[1].Round, log.Trials[2].Round = 1, 2
	if s := New(log).Summaries[0]; s.Trials != 2 || s.Seconds.Mean != estimate.Of(3) || s.Status != StatusOK {
		t.Errorf("%d trials, mean %v, %s", s.Trials, s.Seconds.Mean, s.Status)
	}
	log.Trials[0].Status, log.Trials[0].Error = journal.Failed, "no space"
	log.Trials = log.Trials[:1]
	if s := New(log).Summaries[0]; s.Status != StatusIncomplete || s.Reason != "0 of 2 trials; warm-up: no space" {
		t.Errorf("%s because of %q", s.Status, s.Reason)
	}
}

func TestSpeedUpIsPairedByRound(t *testing.T) {
	// The third round of the cell failed, so the same round of the baseline, which is
	// very slow, must not count. Trials may be in any order.
	log := analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8, 12, 1000}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2, 3, 0}},
	)
	log.Trials[0], log.Trials[2] = log.Trials[2], log.Trials[0]
	s := New(log).Summaries[1]
	if s.Speedup.Pairs != 2 || s.Speedup.Value != estimate.Of(4) {
		t.Errorf("speed-up %v from %d pairs, want 4 from 2", s.Speedup.Value, s.Speedup.Pairs)
	}
	if s.Efficiency != estimate.Of(1) {
		t.Errorf("efficiency %v of 4 workers on 8 cpus, want 1", s.Efficiency)
	}
	log.Run.Cells[0].Concurrency = 2
	if e := New(log).Summaries[1].Efficiency; e.OK {
		t.Errorf("efficiency %v against a baseline of 2 workers", e)
	}
	log.Run.Cells[0].Concurrency = 1
	log.Run.Machine.CPUs = 2
	if e := New(log).Summaries[1].Efficiency; e != estimate.Of(2) {
		t.Errorf("efficiency %v of 4 workers on 2 cpus, want 2", e)
	}
	log.Run.Cells[1].Concurrency = 0
	if e := New(log).Summaries[1].Efficiency; e.OK {
		t.Errorf("efficiency %v of an unknown number of workers", e)
	}
}

func TestHolmCountsTheCellsOfOneTable(t *testing.T) {
	d := New(analysistest.Typical())
	// The table of write has five judged cells, the table of append one.
	smallest := d.Summaries[2]
	if got, want := smallest.Adjusted.X, 5*smallest.Speedup.P.X; math.Abs(got-want) > 1e-12 {
		t.Errorf("the smallest p of write is %v, want five times the unadjusted p: %v", got, want)
	}
	if alone := d.Summaries[9]; alone.Adjusted != alone.Speedup.P {
		t.Errorf("a single p %v was adjusted to %v", alone.Speedup.P, alone.Adjusted)
	}
	if failed := d.Summaries[3]; failed.Adjusted.OK || failed.Verdict != "" || !failed.Speedup.Value.OK {
		t.Errorf("a failed cell has a verdict: %+v", failed.Speedup)
	}
}

func TestNoVerdictAgainstFailedBaseline(t *testing.T) {
	log := analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8, 0, 8}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2, 2, 2}},
	)
	d := New(log)
	if s := d.Summaries[1]; s.Verdict != "" || s.Speedup.Value != estimate.Of(4) {
		t.Errorf("speed-up %v, verdict %q; want 4 and none", s.Speedup.Value, s.Verdict)
	}
	wantWarning(t, d, "The baseline write/strategy=sequential is failed (file-00017.csv: 0 bytes, 48,000 wanted): speed-ups against it rest on 2 good trials.")
}

func TestRatesAreTotalWorkOverTotalTime(t *testing.T) {
	log := analysistest.Log(2, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{1, 4}})
	s := New(log).Summaries[0]
	if s.FilesPerSecond != estimate.Of(2000) || s.BytesPerSecond != estimate.Of(96e6) {
		t.Errorf("%v files/s and %v bytes/s", s.FilesPerSecond, s.BytesPerSecond)
	}
	log.Trials[0].Measurement.SumRSS, log.Trials[1].Measurement.SumRSS = new(int64(70<<20)), nil
	if sum := New(log).Summaries[0].SumRSS; sum != estimate.Of(70<<20) {
		t.Errorf("the memory of all processes is %v, want the 70 MiB of the only trial that has it", sum)
	}
	log.Trials[0].Measurement.SumRSS = nil
	if sum := New(log).Summaries[0].SumRSS; sum.OK {
		t.Errorf("the memory of all processes is %v, but no trial has it", sum)
	}
	if s.User != estimate.Of(1.25) || s.System != estimate.Of(0.625) || s.MaxRSS != estimate.Of(50<<20) {
		t.Errorf("user %v, system %v, memory %v", s.User, s.System, s.MaxRSS)
	}
}

func encode(t *testing.T, milliseconds ...int64) string {
	t.Helper()
	h := hdrhistogram.New(1, int64(time.Hour), 3)
	for _, ms := range milliseconds {
		if err := h.RecordValue(ms * 1e6); err != nil {
			t.Fatal(err)
		}
	}
	encoded, err := h.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

func TestLatenciesAreMergedNotAveraged(t *testing.T) {
	log := analysistest.Log(3, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{1, 1, 1}})
	longest := 0.5
	log.Trials[0].Measurement.Latency = encode(t, 1, 1, 1, 1, 1, 1, 1, 1)
	log.Trials[1].Measurement.Latency = encode(t, 100, 500)
	log.Trials[1].Measurement.LatencyMax = &longest
	log.Trials[2].Measurement.Latency = "AAAA"
	d := New(log)
	l := d.Summaries[0].Latency
	if math.Abs(l.P50.X-0.001) > 1e-6 || math.Abs(l.P99.X-0.5) > 1e-3 || l.Max != estimate.Of(0.5) {
		t.Errorf("p50 %v, p99 %v, max %v; want 1 ms and 500 ms", l.P50, l.P99, l.Max)
	}
	wantWarning(t, d, "The latencies of 1 trial could not be read and are left out.")
	if l := New(analysistest.Typical()).Summaries[7].Latency; l != (Latency{}) {
		t.Errorf("a contender has latencies: %+v", l)
	}
}

func wantWarning(t *testing.T, d *Data, want string) {
	t.Helper()
	for _, w := range d.Warnings {
		if w == want {
			return
		}
	}
	t.Errorf("no warning %q among %q", want, d.Warnings)
}

func TestWarnings(t *testing.T) {
	log := analysistest.Log(5, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{10, 11, 12, 13, 14}})
	log.Torn = 17
	log.Trials[3].Measurement.Noise = "steal 12%"
	d := New(log)
	wantWarning(t, d, "The last line of the journal, of 17 bytes, was not written completely and is not counted.")
	wantWarning(t, d, "The machine was not quiet in 1 of 5 measured trials; the first is trial 4: steal 12%.")
	wantWarning(t, d, "The baseline write/strategy=sequential drifted by +33.3% from its first round to its last (95% interval +33.3% to +33.3%): the machine changed during the run. Speed-ups are paired by round, absolute times are not.")
	if quiet := New(analysistest.Log(3, analysistest.Cell{Levels: "operation=write", Seconds: []float64{5, 5, 5}})); len(quiet.Warnings) > 0 {
		t.Errorf("a quiet run has warnings: %q", quiet.Warnings)
	}
}
