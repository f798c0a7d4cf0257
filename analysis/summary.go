package analysis

import (
	"cmp"
	"slices"

	"github.com/HdrHistogram/hdrhistogram-go"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A Status says how far a cell got.
type Status string

// The statuses of a cell.
const (
	StatusOK         Status = "ok"
	StatusFailed     Status = "failed"     // at least one measured trial did
	StatusSkipped    Status = "skipped"    // never run, for the reason given
	StatusIncomplete Status = "incomplete" // fewer measured trials than planned
)

// A Summary is what all trials of one cell say together. Estimates come from
// the measured trials that ended well; times are in seconds, sizes in bytes.
type Summary struct {
	Index int // into Run.Cells
	Cell  journal.Cell

	Trials int // rounds in which it was measured, well or badly, however often it was tried
	Failed int // those of them that failed
	Status Status
	// Reason is why the cell is not ok: its first error, or why it was skipped.
	Reason string
	// ExpectedFailures counts the good trials in which the work was not done, as the
	// experiment expects of the cell; Finding is what came out in the first.
	ExpectedFailures int
	Finding          string
	// StopReason says why there are no more trials: "repeats" if there are all; "ci"
	// or "max" where repeats adapt, for the width that was reached or was not.
	StopReason string

	Seconds estimate.Sample
	// Speedup is against the cell called Baseline, over the rounds in which
	// both ended well. The baseline's own is 1, without interval or p value.
	Baseline string
	Speedup  estimate.Ratio
	Adjusted estimate.Value // Speedup.P, adjusted over the cells of the group
	Verdict  estimate.Verdict
	// Efficiency is the speed-up per worker that a cpu can be found for; undefined
	// unless the baseline is one worker's.
	Efficiency estimate.Value

	// Rates are total work over total time; undefined where it was not done.
	FilesPerSecond estimate.Value
	BytesPerSecond estimate.Value

	User, System estimate.Value // means
	MaxRSS       estimate.Value // of the worst trial
	Latency      Latency
	Blocked      estimate.Value // mean; only where work goes on in the background
	Corrupt      estimate.Value // mean per trial; only where corruption is a result

	Details

	// Good are the trials that estimates are made from.
	Good    []*journal.Trial
	results []result // of all rounds that were tried

	quarantined bool   // it gets no more trials: it failed too often in a row
	leftAlone   string // or for this reason
	Precise     bool   // it gets no more trials: repeats adapt, and it has enough
}

// IsBaseline reports whether the cell is what others are compared with.
func (s *Summary) IsBaseline() bool { return s.Index == s.Cell.Baseline }

// summarise makes the summaries, and counts the trials whose latencies could
// not be read.
func (d *Data) summarise() (unread int) {
	d.Summaries = make([]Summary, len(d.Run.Cells))
	for i, cell := range d.Run.Cells {
		d.Summaries[i] = Summary{Index: i, Cell: cell}
	}
	for _, n := range d.Resumptions() {
		d.begins = append(d.begins, n.After)
	}
	d.setResults()
	d.telling = slices.DeleteFunc(Varying(d.Factors, d.Cells()), func(name string) bool { return !IsShared(name) })
	d.Tables = d.groups()
	d.setQuarantined()
	d.setPrecise()
	end := d.ending()
	for _, s := range d.Cells() {
		s.setStatus(&d.Run, end)
		unread += s.setEstimates()
	}
	d.setSpeedups()
	d.withholdVerdicts()
	return unread
}

// setEstimates computes all that needs no other cell.
func (s *Summary) setEstimates() (unread int) {
	trials := s.Good
	var files, bytes, total float64
	for _, t := range trials {
		m := t.Measurement
		if m.Finding != "" {
			s.ExpectedFailures++
			s.Finding = cmp.Or(s.Finding, m.Finding)
		}
		if m.MaxRSS != nil && float64(*m.MaxRSS) > s.MaxRSS.X {
			s.MaxRSS = estimate.Of(float64(*m.MaxRSS))
		}
		files += float64(m.Files)
		bytes += float64(m.Bytes)
		total += m.Seconds
	}
	s.Seconds = estimate.Describe(SecondsOf(trials))
	type m = *journal.Measurement
	s.User = mean(trials, func(m m) *float64 { return m.User })
	s.System = mean(trials, func(m m) *float64 { return m.System })
	s.Blocked = mean(trials, func(m m) *float64 { return m.Blocked })
	s.Corrupt = mean(trials, func(m m) *float64 { return AsFloat(m.CorruptItems) })
	s.Details = detailsOf(trials)
	if s.IsBaseline() {
		s.Drift = driftOf(trials)
	}
	if s.ExpectedFailures == 0 {
		s.FilesPerSecond = estimate.Of(files / total) // 0/0 is undefined
		s.BytesPerSecond = estimate.Of(bytes / total)
	}
	s.Latency, unread = mergedLatency(trials)
	return unread
}

// WithSeconds is a copy of a summary that describes these times alone.
func (s *Summary) WithSeconds(list []float64) *Summary {
	described := *s
	described.Seconds = estimate.Describe(list)
	return &described
}

// Latency is how long one item took, in seconds, over all trials of a cell. A
// contender has none: nobody sees its items.
type Latency struct{ P50, P99, Max estimate.Value }

// mergedLatency adds up the histograms of the trials, as quantiles of quantiles
// would mean nothing; unread counts the histograms that are damaged.
func mergedLatency(trials []*journal.Trial) (l Latency, unread int) {
	var all *hdrhistogram.Histogram
	for _, t := range trials {
		m := t.Measurement
		// A histogram rounds its maximum up; the trial noted it as it was.
		if m.LatencyMax != nil && *m.LatencyMax > l.Max.X {
			l.Max = estimate.Of(*m.LatencyMax)
		}
		if m.Latency == "" {
			continue
		}
		h, err := hdrhistogram.Decode([]byte(m.Latency))
		switch {
		case err != nil:
			unread++
		case all == nil:
			all = h
		case all.Merge(h) > 0:
			unread++
		}
	}
	if all != nil && all.TotalCount() > 0 {
		l.P50 = estimate.Of(float64(all.ValueAtQuantile(50)) / 1e9)
		l.P99 = estimate.Of(float64(all.ValueAtQuantile(99)) / 1e9)
	}
	return l, unread
}

// Details are what a sceptical reader asks of a cell beside the rest of its Summary: what
// its trials had in common, and what else went on in the machine.
type Details struct {
	// Serial is the part of the work that seems not to have been shared out;
	// undefined where efficiency is, and for one worker.
	Serial Value
	// Drift is the trend of a baseline over its rounds; undefined for all other cells.
	Drift estimate.Trend
	Noisy int // good trials beside which something else ran

	// Means over the good trials that have the figure.
	Startup, CachedFraction, Stored, StealFraction, Others, Throttled Value
	PressureCPU, PressureIO, PressureMemory                           Value
}

// detailsOf are those that follow from the good trials of a cell.
func detailsOf(trials []*journal.Trial) Details {
	type m = *journal.Measurement
	details := Details{
		Startup:        mean(trials, func(m m) *float64 { return m.Startup }),
		CachedFraction: mean(trials, func(m m) *float64 { return m.CachedFraction }),
		Stored:         mean(trials, func(m m) *float64 { return AsFloat(m.Stored) }),
		StealFraction:  mean(trials, func(m m) *float64 { return m.StealFraction }),
		Others:         mean(trials, func(m m) *float64 { return m.Others }),
		Throttled:      mean(trials, func(m m) *float64 { return m.Throttled }),
		PressureCPU:    mean(trials, func(m m) *float64 { return m.PressureCPU }),
		PressureIO:     mean(trials, func(m m) *float64 { return m.PressureIO }),
		PressureMemory: mean(trials, func(m m) *float64 { return m.PressureMemory }),
	}
	for _, t := range trials {
		if t.Measurement.Noise != "" {
			details.Noisy++
		}
	}
	return details
}

// driftOf is how the times of a cell changed from its first round to its last.
func driftOf(trials []*journal.Trial) estimate.Trend {
	rounds := make([]float64, len(trials))
	for i, t := range trials {
		rounds[i] = float64(t.Round)
	}
	return estimate.TrendOf(rounds, SecondsOf(trials))
}

// mean returns the mean of a figure over the trials that have it.
func mean(trials []*journal.Trial, figure func(*journal.Measurement) *float64) Value {
	var list []float64
	for _, t := range trials {
		if x := figure(t.Measurement); x != nil {
			list = append(list, *x)
		}
	}
	return estimate.Mean(list)
}

// AsFloat is a whole number that may be unknown as another that may be.
func AsFloat[T ~int | ~int64](n *T) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}
