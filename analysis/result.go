package analysis

import "iosweep/journal"

// A result is the outcome of one cell in one round, after one or more attempts. The last
// attempt counts in every estimate; the attempts before it failed.
type result struct {
	*journal.Trial     // the last attempt
	at             int // index of that trial in the journal, from 0
	session        int // session in which it was measured, from 0
	// before contains the earlier attempts, except for void ones, which were not the
	// fault of the cell.
	before []*journal.Trial
}

// failed returns the attempt that makes the result count as failed, or nil. A repeated
// trial may replace a trial that was killed or crashed. It does not excuse a trial that
// failed verification: work that is sometimes wrong may be fast for that reason.
func (r *result) failed() *journal.Trial {
	for _, attempt := range r.before {
		if attempt.FailedVerification() {
			return attempt
		}
	}
	if r.Status != journal.OK && !r.Void {
		return r.Trial
	}
	return nil
}

// failure returns the reason why the result failed, or "".
func (r *result) failure() string {
	switch attempt := r.failed(); attempt {
	case nil:
		return ""
	case r.Trial:
		return errorOf(attempt)
	default:
		return "an attempt failed and was repeated: " + errorOf(attempt)
	}
}

// good reports whether estimates use the result, because its last attempt succeeded. An earlier
// attempt with a wrong outcome makes the cell fail, but does not remove the last one.
func (r *result) good() bool {
	return r.Phase == journal.Measured && r.Status == journal.OK && r.Measurement != nil
}

// setResults sets the results of each cell, in the order of their first attempts, and the
// good trials among them.
func (d *Data) setResults() {
	type place struct {
		cell, round int
		measured    bool
	}
	known := make(map[place]int, len(d.Trials)) // index in the results of the cell
	for i := range d.Trials {
		t := &d.Trials[i]
		where := place{t.Cell, t.Round, t.Phase == journal.Measured}
		s := &d.Summaries[t.Cell]
		k, again := known[where]
		if !again {
			known[where] = len(s.results)
			s.results = append(s.results, result{Trial: t, at: i, session: d.session(i)})
			continue
		}
		r := &s.results[k]
		if !r.Void {
			r.before = append(r.before, r.Trial)
		}
		r.Trial, r.at, r.session = t, i, d.session(i)
	}
	for _, s := range d.Cells() {
		for i := range s.results {
			if s.results[i].good() {
				s.Good = append(s.Good, s.results[i].Trial)
			}
		}
	}
}

// Failures returns the numbers of the failed measured trials of a cell.
func (s *Summary) Failures() (numbers []int) {
	for i := range s.results {
		if t := s.results[i].failed(); t != nil && t.Phase == journal.Measured {
			numbers = append(numbers, t.Trial)
		}
	}
	return numbers
}

// UnexpectedSuccesses counts the measured trials whose program succeeded, although the
// experiment expects it to fail.
func (s *Summary) UnexpectedSuccesses() (n int) {
	for i := range s.results {
		if t := s.results[i].failed(); t != nil && t.Phase == journal.Measured && t.SucceededUnexpectedly() {
			n++
		}
	}
	return n
}
