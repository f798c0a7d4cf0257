package runner

import (
	"slices"
	"time"
)

// forecast guesses how long trials will take, from start to settling, by what
// the last one of the same cell took, or else all trials on average. The sum
// over what is left is kept up to date rather than made anew, because a plan
// may have a million trials.
type forecast struct {
	last []time.Duration // by cell; 0: none yet
	left []int           // by cell: trials not done yet

	known   time.Duration // what is left of cells that have been seen
	unknown int           // trials left of cells that have not
	sum     time.Duration
	count   int
}

// newForecast is about the turns that are not over yet; a cell that an earlier
// process of the run has measured is taken to take as long again.
func (r *run) newForecast(turns []turn) *forecast {
	pending := slices.DeleteFunc(slices.Clone(turns), r.over)
	f := newForecast(len(r.Cells), pending)
	for cell := range r.Cells {
		if s := r.ledger.latest(cell); s > 0 {
			f.guess(cell, time.Duration(s*float64(time.Second)))
		}
	}
	return f
}

func newForecast(cells int, turns []turn) *forecast {
	f := &forecast{last: make([]time.Duration, cells), left: make([]int, cells), unknown: len(turns)}
	for _, t := range turns {
		f.left[t.cell]++
	}
	return f
}

// saw books a trial of a cell that took so long.
func (f *forecast) saw(cell int, took time.Duration) {
	left := f.left[cell]
	if f.last[cell] > 0 {
		f.known -= time.Duration(left) * f.last[cell]
	} else {
		f.unknown -= left
	}
	f.left[cell]--
	f.last[cell] = max(took, 1)
	f.known += time.Duration(left-1) * f.last[cell]
	f.sum += took
	f.count++
}

// guess takes what is known of a cell before any trial of it.
func (f *forecast) guess(cell int, took time.Duration) {
	f.unknown -= f.left[cell]
	f.last[cell] = max(took, 1)
	f.known += time.Duration(f.left[cell]) * f.last[cell]
}

// dropped forgets the trials that a cell still had.
func (f *forecast) dropped(cell int) {
	if d := f.last[cell]; d > 0 {
		f.known -= time.Duration(f.left[cell]) * d
	} else {
		f.unknown -= f.left[cell]
	}
	f.left[cell] = 0
}

// of is the guess for one trial of a cell; 0 while nothing is known.
func (f *forecast) of(cell int) time.Duration {
	if d := f.last[cell]; d > 0 {
		return d
	}
	return f.mean()
}

func (f *forecast) mean() time.Duration {
	if f.count == 0 {
		return 0
	}
	return f.sum / time.Duration(f.count)
}

// remaining is the guess for all that is left; 0 while nothing is known.
func (f *forecast) remaining() time.Duration {
	return f.known + time.Duration(f.unknown)*f.mean()
}
