package schedule

import "time"

// Forecast guesses how long trials will take, from start to settling, by what
// the last one of the same cell took, or else all trials on average; and how many
// there will be.
type Forecast struct {
	Done int             // trials so far
	last []time.Duration // by cell; 0: none yet
	left []int           // by cell: trials to come

	sum   time.Duration // of the trials of this process
	count int
}

// NewForecast is about what is left of a plan; a cell that an earlier process of the
// run has measured is taken to take as long again.
func NewForecast(l *Ledger) *Forecast {
	f := emptyForecast(len(l.skipped))
	for cell, skipped := range l.skipped {
		f.last[cell] = time.Duration(l.latest(cell) * float64(time.Second))
		if skipped {
			continue
		}
		f.Expect(cell, l.Expected(cell))
		for round := range l.results {
			if l.result(round, cell).state != pending && !l.IsWanted(round, cell) {
				f.Done++
			}
		}
	}
	return f
}

func emptyForecast(cells int) *Forecast {
	return &Forecast{last: make([]time.Duration, cells), left: make([]int, cells)}
}

// Expect takes down how many trials of a cell are to come.
func (f *Forecast) Expect(cell, n int) { f.left[cell] = n }

// Record books a trial of a cell that took so long.
func (f *Forecast) Record(cell int, took time.Duration) {
	f.left[cell] = max(0, f.left[cell]-1)
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
	for _, left := range f.left {
		n += left
	}
	return n
}

// Remaining is the guess for all that is left; 0 while nothing is known.
func (f *Forecast) Remaining() (sum time.Duration) {
	for cell, left := range f.left {
		sum += time.Duration(left) * f.Trial(cell)
	}
	return sum
}
