package analysis

import (
	"fmt"
	"math"
	"slices"

	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// setRaces repeats the races of a run: package schedule decides by the same rule from the same trials. The
// notes of the journal record the decisions too, but the run may have been killed before a note, or trials
// may have been repeated since.
func (d *Data) setRaces() {
	for i := range d.Tables {
		g := &d.Tables[i]
		for _, s := range g.Cells {
			s.raced = true
		}
		racers := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool { return s.Cell.Skip != "" || s.Cell.Retired })
		if len(racers) == 0 {
			continue
		}
		g.race = d.race(racers)
		for i, s := range racers {
			switch {
			case g.race.Dropped[i] > 0 && !s.IsBaseline():
				s.raceStop = stopDropped
			case g.race.Ended > 0:
				s.raceStop = stopRace
			}
			s.Precise = s.raceStop != "" && s.count(&d.Run).inPlan >= min(d.Run.Adaptive.Min, d.Run.RepeatsOf(&s.Cell))
		}
	}
}

// race repeats the race of these cells, up to the first round of which a trial remains.
func (d *Data) race(racers []*Summary) *estimate.Race {
	r := estimate.NewRace(d.Run.Adaptive.Min, d.Run.Adaptive.Race, len(racers))
	rounds := make([]map[int]*result, len(racers))
	last := 0
	for i, s := range racers {
		rounds[i] = map[int]*result{}
		for k := range s.results {
			if t := &s.results[k]; t.Phase == journal.Measured && !t.Void {
				rounds[i][t.Round] = t
				last = max(last, t.Round)
			}
		}
		c := s.count(&d.Run)
		r.Sound[i] = c.failed == 0 && c.warmupError == "" && !s.quarantined && !slices.ContainsFunc(s.Good, isUnfit)
	}
	for round := 1; round <= last && r.Ended == 0; round++ {
		for i, s := range racers {
			done := rounds[i][round] != nil || r.Dropped[i] > 0 && !s.IsBaseline() || s.quarantined || round > d.Run.RepeatsOf(&s.Cell)
			if round == last && !done {
				return r // a trial of the last round remains
			}
			r.Logs[i] = append(r.Logs[i], d.judgedLog(rounds[i][round]))
		}
		r.Decide()
	}
	return r
}

// isUnfit reports whether the cell of a good trial cannot be the best: it failed as expected, or corrupted items.
func isUnfit(t *journal.Trial) bool {
	return t.Measurement.Finding != "" || t.Measurement.CorruptItems != nil && *t.Measurement.CorruptItems > 0
}

// judgedLog returns the logarithm of the judged figure of a result, so that lower is better. It is NaN if there is
// none.
func (d *Data) judgedLog(r *result) float64 {
	if r == nil || !r.good() {
		return math.NaN()
	}
	x, ok := d.Judge.Of(r.Measurement)
	switch {
	case !ok || !(x > 0):
		return math.NaN()
	case d.Judge.HigherIsBetter():
		return -math.Log(x)
	}
	return math.Log(x)
}

// describe returns the estimates of numbers of the cell. In a race the interval of the mean comes from the
// confidence sequence. The median has none, because its interval needs a number of trials that was fixed before.
func (s *Summary) describe(numbers []float64) Sample {
	sample := estimate.Describe(numbers)
	if s.raced {
		sample.CI, sample.MedianCI = estimate.SequenceMean(sample), Interval{}
	}
	return sample
}

// raceSentence describes the race of a table. It is empty without a race.
func (d *Data) raceSentence(g *Table) string {
	r := g.race
	if r == nil || len(r.Logs) < 2 || r.Rounds == 0 {
		return ""
	}
	trials, of := 0, 0
	for _, s := range g.Cells {
		if s.Cell.Skip == "" && !s.Cell.Retired {
			trials += s.Trials
			of += d.Run.RepeatsOf(&s.Cell)
		}
	}
	left := 0
	for _, round := range r.Dropped { // a beaten baseline gets further trials, but is not left
		if round == 0 {
			left++
		}
	}
	share := format.Percent(estimate.Of(float64(trials) / float64(of)))
	all := format.Count(of, "trial")
	if r.Ended > 0 {
		return fmt.Sprintf("Race: ended after %s with %d of %s left. It took %s of the %s that all rounds would take.", format.Count(r.Ended, "round"), left, format.Count(len(r.Logs), "cell"), share, all)
	}
	return fmt.Sprintf("Race: %d of %s are left after %s, which took %s of the %s of all rounds.", left, format.Count(len(r.Logs), "cell"), format.Count(r.Rounds, "round"), share, all)
}
