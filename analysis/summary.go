package analysis

import (
	"cmp"
	"slices"
	"sync/atomic"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/parallel"
	"iosweep/journal"
)

// A Status describes the progress of a cell.
type Status string

// The statuses of a cell.
const (
	StatusOK         Status = "ok"
	StatusXFail      Status = "xfail"      // all trials are complete, and at least one failed as the experiment expects
	StatusFailed     Status = "failed"     // at least one measured trial failed unexpectedly
	StatusSkipped    Status = "skipped"    // never run; Reason contains the cause
	StatusIncomplete Status = "incomplete" // fewer measured trials than planned
)

// A Summary combines all trials of one cell. Estimates use the good measured trials.
// Times are in seconds, sizes in bytes.
type Summary struct {
	// Unverified is set if the operation has no check of the work itself.
	Unverified bool
	Index      int // index in Run.Cells
	Cell       journal.Cell

	Trials int // measured rounds, good or failed; attempts do not count separately
	Failed int // failed rounds among them
	Status Status
	// Reason explains a status other than ok: the first error, the first expected
	// failure, or the reason for skipping.
	Reason string
	// ExpectedFailures counts the good trials that failed to do the work, as the
	// experiment expects. Finding is the failure of the first of them.
	ExpectedFailures int
	Finding          string
	// StopReason is the reason why there are no more trials. It is "repeats" if all are
	// complete. With adaptive repeats it is "ci" if the requested width was reached, and
	// "max" if it was not. In a race it is "dropped" if another cell is better, and "race" if the
	// race has ended.
	StopReason string

	Seconds estimate.Sample
	// Judged are the estimates of the figure that is judged. It is Seconds, or one of the metrics.
	Judged  Estimates
	metrics []Estimates // of all metrics of the run
	// Speedup is relative to the cell named Baseline, over the rounds in which both are
	// good. The baseline's own speed-up is 1, without interval or p value.
	Baseline string
	Speedup  estimate.Ratio
	Adjusted estimate.Value // Speedup.P, adjusted over the cells of the table; see families
	Verdict  estimate.Verdict
	// OpenReason names the rule that makes the verdict inconclusive, with its figures.
	OpenReason string
	// Standing is the place of the cell in its table.
	Standing estimate.Standing
	Control  bool // the cell is the control of `iosweep ab`, which no gate is about
	// Efficiency is the speed-up divided by the number of workers, or by the number of
	// cpus if there are fewer. It is undefined unless the baseline has one worker.
	Efficiency estimate.Value

	// Rates are total work divided by total time. They are undefined if the work was not
	// done.
	FilesPerSecond estimate.Value
	BytesPerSecond estimate.Value

	User, System estimate.Value // means
	// MaxRSS is the memory of the largest process, and SumRSS the sum over all processes.
	// Both are the maximum over the trials, and undefined if no trial has the figure.
	MaxRSS, SumRSS estimate.Value
	Latency        Latency
	Tails          [len(tails)]Tail // the 99th percentile and the maximum of the latency in a trial
	Blocked        estimate.Value   // mean; only for strategies that work in the background
	Corrupt        estimate.Value   // mean per trial; only where corruption is a measured result

	// BoundBy is the resource that limits the cell.
	BoundBy Bound
	// Ceiling is the limit of the machine that the cell comes closest to.
	Ceiling Ceiling

	Details

	// Good are the trials that estimates use.
	Good    []*journal.Trial
	results []result // of all rounds with at least one attempt

	// quarantined is set if a note reports that the cell gets no more trials.
	// quarantineCause is the cause in that note. It is empty for the usual cause: the
	// cell failed too often in a row.
	quarantined     bool
	quarantineCause string
	lifted          bool // the run was resumed with --retry-failed since, so the cell gets trials again
	// Precise is set if repeats are adaptive and the cell gets no more trials, because it
	// has enough.
	Precise bool
	// raced is set if the cells of the run race, and raceStop if that gives the cell no more trials.
	raced    bool
	raceStop string
}

// JudgedTrials returns the good trials that have the judged figure.
func (s *Summary) JudgedTrials() []*journal.Trial { return s.Judged.Having(s.Good) }

// IsBaseline reports whether the cell is a baseline.
func (s *Summary) IsBaseline() bool { return s.Index == s.Cell.Baseline }

// summarise sets the summaries. It returns the number of trials with an unreadable
// latency histogram.
func (d *Data) summarise() (unread int) {
	d.Summaries = make([]Summary, len(d.Run.Cells))
	for i, cell := range d.Run.Cells {
		d.Summaries[i] = Summary{Index: i, Cell: cell}
	}
	for _, n := range d.Resumptions() {
		d.sessionStarts = append(d.sessionStarts, n.After)
	}
	d.setResults()
	d.sharedFactors = slices.DeleteFunc(Varying(d.Factors, d.Cells()), func(name string) bool {
		// A contender is often compared with a baseline in the same interpreter.
		return !IsShared(name) && name != experiments.Python.String()
	})
	d.Tables = d.tables()
	d.setQuarantined()
	d.setPrecise()
	end := d.ending()
	interpreters := indexInterpreters(d.Interpreters)
	programs := programFinder{&d.Run, map[string][]string{}}
	unread = d.setAllEstimates()
	for _, s := range d.Cells() {
		s.InterpreterStartup = interpreters.startup(&s.Cell)
		s.Programs = programs.text(&s.Cell)
		s.setStatus(&d.Run, end)
		s.BoundBy, s.Ceiling = d.boundBy(s), d.ceilingOf(s)
	}
	d.setSpeedups()
	d.withholdVerdicts()
	d.setOpenReasons()
	for i := range d.Tables {
		d.Tables[i].setStandings()
	}
	return unread
}

// setAllEstimates computes the estimates of all cells on all processors: the latency histograms of
// 100,000 trials take half of the time of an analysis.
func (d *Data) setAllEstimates() (unread int) {
	cells, metrics := d.Cells(), MetricsOf(&d.Run)
	var count atomic.Int64
	_ = parallel.Do(len(cells), func(i int) error {
		count.Add(int64(cells[i].setEstimates(metrics, d.Judge)))
		return nil
	})
	return int(count.Load())
}

// setEstimates computes the estimates that depend on no other cell.
func (s *Summary) setEstimates(metrics []Figure, judge Figure) (unread int) {
	trials := s.Good
	var files, bytes, total float64
	for _, t := range trials {
		m := t.Measurement
		if m.Finding != "" {
			s.ExpectedFailures++
			s.Finding = cmp.Or(s.Finding, m.Finding)
		}
		s.MaxRSS = higher(s.MaxRSS, m.MaxRSS)
		s.SumRSS = higher(s.SumRSS, m.SumRSS)
		files += float64(m.Files)
		bytes += float64(m.Bytes)
		total += m.Seconds
	}
	s.Seconds = s.describe(SecondsOf(trials))
	s.setFigures(metrics, judge)
	type m = *journal.Measurement
	s.User = mean(trials, func(m m) *float64 { return m.User })
	s.System = mean(trials, func(m m) *float64 { return m.System })
	s.Blocked = mean(trials, func(m m) *float64 { return m.Blocked })
	s.Corrupt = mean(trials, func(m m) *float64 { return AsFloat(m.CorruptItems) })
	s.Details = detailsOf(trials)
	if s.IsBaseline() {
		s.Drift = s.driftOf(trials)
	}
	if s.ExpectedFailures == 0 && (files > 0 || bytes > 0) { // an operation may have no items
		s.FilesPerSecond = estimate.Of(files / total) // 0/0 is undefined
		s.BytesPerSecond = estimate.Of(bytes / total)
	}
	s.Latency, unread = mergedLatency(trials)
	return unread
}

// setFigures computes the estimates of all figures but the time, and then chooses the judged one.
func (s *Summary) setFigures(metrics []Figure, judge Figure) {
	for _, f := range metrics {
		s.metrics = append(s.metrics, s.estimate(f, s.Good))
	}
	s.setTails()
	s.Judged = s.Estimates(judge)
}

// higher returns the higher of two amounts. Zero bytes of memory mean that the amount is
// unknown.
func higher(v estimate.Value, n *int64) estimate.Value {
	if n != nil && float64(*n) > v.X {
		return estimate.Of(float64(*n))
	}
	return v
}

// WithTrials returns a copy of a summary whose Seconds and Judged describe only these trials.
func (s *Summary) WithTrials(trials []*journal.Trial) *Summary {
	described := *s
	described.Seconds = s.describe(SecondsOf(trials))
	described.Judged = s.estimate(s.Judged.Figure, trials)
	return &described
}

// Details contains further figures of a cell, for readers who doubt its estimates:
// properties of its trials, and other activity on the machine.
type Details struct {
	// Serial is the part of the work that seems not to run in parallel. It is undefined
	// if efficiency is undefined, and for one worker.
	Serial Value
	// Drift is the trend of a baseline over its rounds; undefined for other cells.
	Drift estimate.Trend
	Noisy int // good trials during which the machine was not quiet
	// Programs are the programs that the contender starts, with versions and checksums.
	Programs string
	// InterpreterStartup is the measured start of the Python interpreter of a contender.
	InterpreterStartup Value

	// Means over the good trials that have the figure.
	Startup, CachedFraction, Stored, StealFraction, Others, Throttled Value
	PressureCPU, PressureIO, PressureMemory                           Value

	Limits
}

// detailsOf returns the details that follow from the good trials of a cell.
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
		Limits:         limitsOf(trials),
	}
	for _, t := range trials {
		if t.Measurement.Noise != "" {
			details.Noisy++
		}
	}
	return details
}

// driftOf returns the trend of a cell's judged values over its rounds. It is undefined over several nodes,
// because it would show the difference between them.
func (s *Summary) driftOf(trials []*journal.Trial) estimate.Trend {
	if !isOfOneNode(trials) {
		return estimate.Trend{}
	}
	trials = s.Judged.Having(trials)
	rounds := make([]float64, len(trials))
	for i, t := range trials {
		rounds[i] = float64(t.Round)
	}
	return estimate.TrendOf(rounds, s.Judged.Values(trials))
}

// A Drift is the trend of the good trials of a cell over its rounds. The line of the trend leads from
// First to Last, as parts of the mean.
type Drift struct {
	estimate.Trend
	First, Last float64
}

// DriftLine returns the trend of a cell's judged values over its rounds, with the ends of its line.
func (s *Summary) DriftLine() Drift {
	trials := s.JudgedTrials()
	d := Drift{Trend: s.driftOf(trials)}
	if n := len(trials); d.Change.OK {
		sum := 0
		for _, t := range trials {
			sum += t.Round
		}
		first, last := float64(trials[0].Round), float64(trials[n-1].Round)
		middle := (float64(sum)/float64(n) - first) / (last - first)
		d.First, d.Last = 1-d.Change.X*middle, 1+d.Change.X*(1-middle)
	}
	return d
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

// AsFloat converts an optional integer to an optional float.
func AsFloat[T ~int | ~int64](n *T) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}
