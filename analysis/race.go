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
	cells := d.Cells()
	for _, s := range cells {
		s.raced = true
	}
	racers := slices.DeleteFunc(cells, func(s *Summary) bool { return s.Cell.Skip != "" || s.Cell.Retired })
	baselines, parts := partition(racers, func(s *Summary) int { return d.Run.RacedWith(s.Index) })
	for _, b := range baselines {
		race := d.race(parts[b])
		for i, s := range parts[b] {
			switch {
			case race.Dropped[i] > 0 && s.Index != b:
				s.raceStop = stopDropped
			case race.Ended > 0:
				s.raceStop = stopRace
			}
			s.Precise = s.raceStop != "" && s.count(&d.Run).inPlan >= min(d.Run.Adaptive.Min, d.Run.RepeatsOf(&s.Cell))
		}
		for i := range d.Tables {
			g := &d.Tables[i]
			inTable := slices.DeleteFunc(slices.Clone(g.Cells), func(s *Summary) bool { return !slices.Contains(racers, s) })
			if slices.Equal(inTable, parts[b]) {
				g.race = race // with other baselines the cells of a table need not have raced together
			}
		}
	}
}

// race repeats the race of these cells, up to the first round of which a trial remains.
func (d *Data) race(racers []*Summary) *estimate.Race {
	r := estimate.NewRace(d.Run.Adaptive.Min, d.Run.Adaptive.Race, len(racers))
	rounds := make([]map[int]*result, len(racers))
	measured := map[int]bool{} // the rounds with a result
	last, retried := 0, d.retriedAfter()
	for i, s := range racers {
		rounds[i] = map[int]*result{}
		r.Sound[i] = !s.isOut()
		for k := range s.results {
			t := &s.results[k]
			switch {
			case t.Phase != journal.Measured && t.Round > d.Run.Warmup || t.Phase == journal.Measured && t.Round > d.Run.RepeatsOf(&s.Cell):
				continue // the plan no longer has the round
			case t.Phase == journal.Measured:
				rounds[i][t.Round], measured[t.Round] = t, true
				last = max(last, t.Round)
			}
			r.Sound[i] = r.Sound[i] && (t.failed() == nil || t.isPending(retried) && !t.isWrong()) && !(t.good() && isUnfit(t.Trial))
		}
	}
	isDone := func(i, round int) bool {
		s, t := racers[i], rounds[i][round]
		switch {
		case s.isOut() || round > d.Run.RepeatsOf(&s.Cell):
			return true
		case t != nil:
			return !t.isPending(retried)
		}
		// The rounds of a merged run were whole on some machine, where a limit may have ended a cell.
		return r.Dropped[i] > 0 && s.Index != d.Run.RacedWith(s.Index) || len(d.Run.Nodes) > 0 && measured[round]
	}
	for round := 1; round <= last && r.Ended == 0; round++ {
		for i := range racers {
			if !isDone(i, round) {
				return r
			}
		}
		for i := range racers {
			r.Logs[i] = append(r.Logs[i], d.judgedLog(rounds[i][round]))
		}
		r.Decide()
	}
	return r
}

// isOut reports whether a cell is quarantined, unless a resumption with --retry-failed has lifted that.
func (s *Summary) isOut() bool { return s.quarantined && !s.lifted }

// retriedAfter returns the number of trials before the last resumption with --retry-failed.
func (d *Data) retriedAfter() (trials int) {
	for _, n := range d.Notes {
		if n.RetryFailed {
			trials = n.After
		}
	}
	return trials
}

// isPending reports whether the round still has to run: the machine failed, or the result was one of the first
// trials and failed, which are repeated.
func (r *result) isPending(retried int) bool {
	return r.Void || r.Status != journal.OK && r.at < retried
}

// isWrong reports whether an attempt had a wrong outcome.
func (r *result) isWrong() bool {
	return !r.Void && r.FailedVerification() || slices.ContainsFunc(r.before, (*journal.Trial).FailedVerification)
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
	for i, round := range r.Dropped { // a beaten baseline gets further trials, but is not left
		if round == 0 && r.Sound[i] {
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
