package schedule

import "time"

// Forecast guesses how long trials will take, from start to settling, by what
// the last one of the same cell took, or else all trials on average; and how many
// there will be. The sum over what is left is kept up to date rather than made anew,
// because a plan may have a million trials.
type Forecast struct {
	last []time.Duration // by cell; 0: none yet
	left []int           // by cell: trials to come

	known   time.Duration // what is left of cells that have been seen
	unknown int           // trials left of cells that have not
	sum     time.Duration
	count   int

	Done, Pending int // trials in all
}

// NewForecast is about what is left of a plan; a cell that an earlier process of the
// run has measured is taken to take as long again.
func NewForecast(l *Ledger) *Forecast {
	f := emptyForecast(len(l.skipped))
	for cell, skipped := range l.skipped {
		if !skipped {
			f.Expect(cell, l.Expected(cell))
			for round := range l.results {
				if l.isTried(round, cell) {
					f.Done++
				}
			}
		}
		if s := l.latest(cell); s > 0 {
			f.guess(cell, time.Duration(s*float64(time.Second)))
		}
	}
	return f
}

func emptyForecast(cells int) *Forecast {
	return &Forecast{last: make([]time.Duration, cells), left: make([]int, cells)}
}

// Expect takes down how many trials of a cell are to come.
func (f *Forecast) Expect(cell, n int) {
	more := n - f.left[cell]
	if d := f.last[cell]; d > 0 {
		f.known += time.Duration(more) * d
	} else {
		f.unknown += more
	}
	f.left[cell] = n
	f.Pending += more
}

// Record books a trial of a cell that took so long.
func (f *Forecast) Record(cell int, took time.Duration) {
	left := f.left[cell]
	if f.last[cell] > 0 {
		f.known -= time.Duration(left) * f.last[cell]
	} else {
		f.unknown -= left
	}
	left = max(0, left-1)
	f.Pending += left - f.left[cell]
	f.left[cell] = left
	f.last[cell] = max(took, 1)
	f.known += time.Duration(left) * f.last[cell]
	f.Done++
	f.sum += took
	f.count++
}

// guess takes what is known of a cell before any trial of it.
func (f *Forecast) guess(cell int, took time.Duration) {
	f.unknown -= f.left[cell]
	f.last[cell] = max(took, 1)
	f.known += time.Duration(f.left[cell]) * f.last[cell]
}

// Trial is the guess for one trial of a cell; 0 while nothing is known.
func (f *Forecast) Trial(cell int) time.Duration {
	if d := f.last[cell]; d > 0 {
		return d
	}
	return f.mean()
}

func (f *Forecast) mean() time.Duration {
	if f.count == 0 {
		return 0
	}
	return f.sum / time.Duration(f.count)
}

// Remaining is the guess for all that is left; 0 while nothing is known.
func (f *Forecast) Remaining() time.Duration {
	return f.known + time.Duration(f.unknown)*f.mean()
}
