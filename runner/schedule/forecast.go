package schedule

import "time"

// A Forecast estimates the number of pending trials and the time that they take, from
// preparation to cleaning up. The estimate for a cell is the time of its latest trial or, if
// it has none, the average of all trials.
type Forecast struct {
	Done    int             // completed slots
	last    []time.Duration // by cell: the time of its latest trial; 0: unknown
	pending []int           // by cell: expected number of further trials

	sum   time.Duration // time of the trials of this session
	count int           // number of trials of this session
}

// NewForecast returns a Forecast of the remaining trials of a plan. For a cell that an earlier
// session measured, it starts with the time of that measurement.
func NewForecast(tr *Tracker) *Forecast {
	f := emptyForecast(len(tr.skipped))
	for cell, skipped := range tr.skipped {
		f.last[cell] = time.Duration(tr.latestSeconds(cell) * float64(time.Second))
		if skipped {
			continue
		}
		f.SetPending(cell, tr.ExpectedTrials(cell))
		for round := range tr.results {
			if tr.result(round, cell).state != pending && !tr.NeedsTrial(round, cell) {
				f.Done++
			}
		}
	}
	return f
}

func emptyForecast(cells int) *Forecast {
	return &Forecast{last: make([]time.Duration, cells), pending: make([]int, cells)}
}

// SetPending sets the expected number of further trials of a cell.
func (f *Forecast) SetPending(cell, n int) { f.pending[cell] = n }

// Record adds the time of a trial of a cell.
func (f *Forecast) Record(cell int, took time.Duration) {
	f.pending[cell] = max(0, f.pending[cell]-1)
	f.last[cell] = max(took, 1)
	f.Done++
	f.sum += took
	f.count++
}

// Trial returns the estimated time of one trial of a cell, or 0 if it is unknown.
func (f *Forecast) Trial(cell int) time.Duration {
	if d := f.last[cell]; d > 0 || f.count == 0 {
		return d
	}
	return f.sum / time.Duration(f.count)
}

// IsComplete reports whether a trial of each pending cell has been measured before.
func (f *Forecast) IsComplete() bool {
	for cell, pending := range f.pending {
		if pending > 0 && f.last[cell] == 0 {
			return false
		}
	}
	return true
}

// Round returns the estimated time of one trial of each pending cell, or 0 if it is unknown.
func (f *Forecast) Round() (sum time.Duration) {
	for cell, pending := range f.pending {
		if pending > 0 {
			sum += f.Trial(cell)
		}
	}
	return sum
}

// Pending returns the number of pending trials.
func (f *Forecast) Pending() (n int) {
	for _, pending := range f.pending {
		n += pending
	}
	return n
}

// Remaining returns the estimated time of all pending trials, or 0 if it is unknown.
func (f *Forecast) Remaining() (sum time.Duration) {
	for cell, pending := range f.pending {
		sum += time.Duration(pending) * f.Trial(cell)
	}
	return sum
}
