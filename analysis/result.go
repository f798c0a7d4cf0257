package analysis

import "iosweep/journal"

// A result is what came of one cell in one round: of one trial, or of as many as were
// tried. The last one counts; those before it are attempts that failed.
type result struct {
	*journal.Trial     // the last attempt
	at             int // where that stands in the journal, from 0
	session        int // the one that it was measured in, from 0
	// before are the attempts before it, but for those that are void: they were
	// no fault of the cell's.
	before []*journal.Trial
}

// failed returns the attempt for which the result counts as failed; nil if it does not.
// A trial that was killed or crashed may be made good by another. One that did its
// work wrongly may not: work that goes wrong now and then may be fast for that
// very reason.
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

// failure says why the result has failed; empty if it has not.
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

// undone reports whether the round is still to be done: the machine would not let it.
func (r *result) undone() bool { return r.Void && r.failed() == nil }

// good reports whether estimates are made from the result.
func (r *result) good() bool {
	return r.Phase == journal.Measured && !r.Void && r.Measurement != nil && r.failed() == nil
}

// setResults gives each cell its results, in the order in which they were first tried, and
// of them the good trials.
func (d *Data) setResults() {
	type place struct {
		cell, round int
		measured    bool
	}
	known := make(map[place]int, len(d.Trials)) // index into the results of the cell
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

// Failures returns the numbers of the measured trials of a cell that count as failed.
func (s *Summary) Failures() (numbers []int) {
	for i := range s.results {
		if t := s.results[i].failed(); t != nil && t.Phase == journal.Measured {
			numbers = append(numbers, t.Trial)
		}
	}
	return numbers
}
