package schedule

import "time"

// Forecast guesses how long trials will take, from start to settling, by what
// the last one of the same cell took, or else all trials on average; and how many
// there will be.
type Forecast struct {
	Done    int             // trials so far
	last    []time.Duration // by cell; 0: none yet
	pending []int           // by cell: trials to come

	sum   time.Duration // of the trials of this process
	count int
}

// NewForecast is about what is left of a plan; a cell that an earlier process of the
// run has measured is taken to take as long again.
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

// SetPending takes down how many trials of a cell are to come.
func (f *Forecast) SetPending(cell, n int) { f.pending[cell] = n }

// Record books a trial of a cell that took so long.
func (f *Forecast) Record(cell int, took time.Duration) {
	f.pending[cell] = max(0, f.pending[cell]-1)
	f.last[cell] = max(took, 1)
	f.Done++
	f.sum += took
	f.count++
}

// Trial is the guess for one trial of a cell; 0 while nothing is known.
func (f *Forecast) Trial(cell int) time.Duration {
	if d := f.last[cell]; d > 0 || f.count == 0 {
		return d
	}
	return f.sum / time.Duration(f.count)
}

// Pending is how many trials are to come.
func (f *Forecast) Pending() (n int) {
	for _, left := range f.pending {
		n += left
	}
	return n
}

// Remaining is the guess for all that is left; 0 while nothing is known.
func (f *Forecast) Remaining() (sum time.Duration) {
	for cell, left := range f.pending {
		sum += time.Duration(left) * f.Trial(cell)
	}
	return sum
}
