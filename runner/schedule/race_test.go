package schedule

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"iosweep/analysis"
	"iosweep/journal"
)

const raceCells = `
name: race
workload: {files: 2}
grid:
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: threads, workers: [2, 3, 4, 5, 6, 7]}
`

// A racer decides how the trials of a race end.
type racer func(round, cell, attempt int) (seconds float64, status journal.Status)

// steady returns a racer with these mean times and a spread of 1%. No trial fails.
func steady(seconds ...float64) racer {
	return func(round, cell, _ int) (float64, journal.Status) {
		random := rand.New(rand.NewPCG(uint64(round), uint64(cell)))
		return seconds[cell] * (1 + 0.01*random.NormFloat64()), journal.OK
	}
}

// run runs the trials that remain, as a run does, and adds them to the journal. It ends after a number of
// trials, as if it were killed.
func (truth racer) run(tr *Tracker, log *[]journal.Trial, most int) (changes []RaceChange) {
	for slot := range tr.Slots() {
		if tr.IsDone(slot) {
			continue
		}
		for tr.NeedsTrial(slot.Round, slot.Cell) && !tr.IsQuarantined(slot.Cell) {
			if len(*log) == most {
				return changes
			}
			round := tr.plan.Round(slot.Round)
			t := journal.Trial{Cell: slot.Cell, Phase: round.Phase, Round: round.Number, Attempt: tr.Attempts(slot) + 1}
			seconds, status := truth(slot.Round, slot.Cell, t.Attempt)
			if t.Status = status; status == journal.OK {
				t.Measurement = &journal.Measurement{Seconds: seconds}
			}
			*log = append(*log, t)
			tr.Record(slot.Round, slot.Cell, &t)
		}
		if c := tr.UpdateRace(slot.Cell); c != nil {
			changes = append(changes, *c)
		}
	}
	return changes
}

// rounds returns the number of measured rounds of each cell.
func roundsOfCells(log []journal.Trial, cells int) []int {
	last := make([]int, cells)
	for _, t := range log {
		if t.Phase == journal.Measured {
			last[t.Cell] = max(last[t.Cell], t.Round)
		}
	}
	return last
}

func racePlan(t *testing.T, trials string) *Plan {
	t.Helper()
	return NewPlan(parse(t, raceCells+"trials: {"+trials+"}\n"))
}

// TestRaceDropsAndEnds checks that a slow cell stops early, that the race ends when the others are known to
// be alike, and that a slow baseline stays to the end.
func TestRaceDropsAndEnds(t *testing.T) {
	var log []journal.Trial
	tr := NewTracker(racePlan(t, "repeats: {min: 5, max: 60, race: 3%}, warmup: 1"), none)
	changes := steady(3, 1, 1.001, 2, 2, 1.002, 1.5).run(tr, &log, math.MaxInt)
	got := roundsOfCells(log, 7)
	end := got[0]
	if end < 6 || end >= 60 || !slices.Equal([]int{end, end, end}, []int{got[1], got[2], got[5]}) {
		t.Errorf("rounds %v: want as many of the baseline as of the three best cells, and fewer than 60", got)
	}
	for _, slow := range []int{3, 4, 6} {
		if got[slow] < 5 || got[slow] >= end {
			t.Errorf("rounds %v: the slow cell %d was not dropped", got, slow)
		}
	}
	last := changes[len(changes)-1]
	if !last.Ended || last.Round != end || !slices.Equal(last.Left, []int{1, 2, 5}) || len(last.Cells) != 7 {
		t.Errorf("the last change is %+v", last)
	}
	for cell := range 7 {
		if n := tr.Remaining(cell); n != 0 {
			t.Errorf("%d trials of cell %d remain", n, cell)
		}
	}
}

// TestRaceWithoutBaseline checks a race in which a cell is skipped and the baseline is quarantined.
func TestRaceWithoutBaseline(t *testing.T) {
	var log []journal.Trial
	times := steady(0.5, 1, 2, 2, 2, 2, 2)
	tr := NewTracker(racePlan(t, "repeats: {min: 5, max: 60, race: 3%}, warmup: 0, quarantine: 2"), func(cell int) bool { return cell == 6 })
	racer(func(round, cell, attempt int) (float64, journal.Status) {
		if cell == 0 && round > 0 {
			return 0, journal.Failed
		}
		return times(round, cell, attempt)
	}).run(tr, &log, math.MaxInt)
	got := roundsOfCells(log, 7)
	if got[0] != 3 || got[6] != 0 || got[1] < 5 || got[1] >= 60 || got[1] != slices.Max(got) {
		t.Errorf("rounds %v: want 3 of the baseline, 0 of the skipped cell, and few of the others", got)
	}
}

// TestFailureRevives checks that cells race again if the only one that had beaten them fails, and that they
// make up for the rounds that they have missed. Cell 2 varies by far too much to beat another one.
func TestFailureRevives(t *testing.T) {
	var log []journal.Trial
	tr := NewTracker(racePlan(t, "repeats: {min: 5, max: 30, race: 0.1%}, warmup: 0, order: listed"), none)
	changes := racer(func(round, cell, _ int) (float64, journal.Status) {
		switch {
		case cell == 1 && round == 15:
			return 0, journal.Failed
		case cell == 2:
			return []float64{0.7, 1.5}[round%2], journal.OK
		}
		return []float64{1.5, 1, 0, 1.1, 1.1, 1.1, 1.1}[cell], journal.OK
	}).run(tr, &log, math.MaxInt)
	var revived []int
	for _, c := range changes {
		revived = append(revived, c.Revived...)
	}
	if !slices.Equal(revived, []int{3, 4, 5, 6}) {
		t.Errorf("the cells %v came back, want all that the failed one had beaten", revived)
	}
	var rounds []int
	for _, trial := range log {
		if trial.Cell == 3 {
			rounds = append(rounds, trial.Round)
		}
	}
	for i, round := range rounds {
		if round != i+1 {
			t.Fatalf("cell 3 ran in the rounds %v, want all in order", rounds)
		}
	}
	if len(rounds) != 30 {
		t.Errorf("cell 3 ran in %d rounds, want all 30: nothing beats it now", len(rounds))
	}
}

// TestRaceResumes checks that a run that is killed after each trial has the same trials in the same order as
// one that is not. Trials fail at random.
func TestRaceResumes(t *testing.T) {
	for seed := range uint64(12) {
		plan := racePlan(t, "repeats: {min: 5, max: 25, race: 4%}, warmup: 1, retries: 1, quarantine: 2")
		times := steady(1.1, 1, 1.05, 1.3, 1, 1.2, 1.02)
		truth := racer(func(round, cell, attempt int) (float64, journal.Status) {
			random := rand.New(rand.NewPCG(seed, uint64(round*1000+cell*10+attempt)))
			switch x := random.Float64(); {
			case x < 0.03 && cell%2 == 1:
				return 0, journal.Crashed
			case x < 0.10:
				return 0, journal.Failed
			}
			return times(round, cell, attempt)
		})
		var whole []journal.Trial
		truth.run(NewTracker(plan, none), &whole, math.MaxInt)
		for killed := range len(whole) + 1 {
			log := slices.Clone(whole[:killed])
			tr := NewTracker(plan, none)
			tr.Replay(&journal.Log{Trials: log}, func(cell int) int { return cell })
			tr.UpdateAllPrecise()
			truth.run(tr, &log, math.MaxInt)
			if a, b := describeTrials(log), describeTrials(whole); !slices.Equal(a, b) {
				i := 0
				for i < min(len(a), len(b)) && a[i] == b[i] {
					i++
				}
				t.Fatalf("seed %d, killed after %d of %d trials: trial %d is %v, want %v", seed, killed, len(whole), i, a[i:min(i+3, len(a))], b[i:min(i+3, len(b))])
			}
		}
	}
}

func describeTrials(log []journal.Trial) (list []string) {
	for _, t := range log {
		list = append(list, fmt.Sprintf("%s %d of cell %d, attempt %d: %s", t.Phase, t.Round, t.Cell, t.Attempt, t.Status))
	}
	return list
}

// TestRaceForecast checks that the expected number of trials goes down as the race shows the differences.
func TestRaceForecast(t *testing.T) {
	var log []journal.Trial
	tr := NewTracker(racePlan(t, "repeats: {min: 5, max: 60, race: 1%}, warmup: 0"), none)
	if n := tr.ExpectedTrials(3); n != 60 {
		t.Errorf("before the first trial %d are expected, want all 60", n)
	}
	steady(3, 1, 1.001, 2, 2, 1.002, 1.5).run(tr, &log, 7*4)
	if slow, best := tr.ExpectedTrials(3), tr.ExpectedTrials(1); slow > 5 || best <= slow || best > 50 {
		t.Errorf("after 4 rounds %d trials of a slow cell and %d of the best are expected", slow, best)
	}
}

// TestHigherMetricRaces checks that cells race for the highest value of a metric for which higher is better.
func TestHigherMetricRaces(t *testing.T) {
	plan := NewPlan(parse(t, `
name: race
workload: {files: 2}
grid: {operation: write, strategy: [a, b]}
baseline: {strategy: a}
commands:
  a: {operation: write, run: [a]}
  b: {operation: write, run: [b]}
metrics: {rate: {stdout: '(\d+)', better: higher}}
judge: rate
trials: {repeats: {min: 5, max: 60, race: 3%}, warmup: 0}
`))
	tr := NewTracker(plan, none)
	for round := range 60 {
		for cell := range 2 {
			if tr.NeedsTrial(round, cell) {
				rate := float64(100+100*cell) + float64(round%3)
				tr.Record(round, cell, &journal.Trial{Phase: journal.Measured, Round: round + 1, Attempt: 1, Status: journal.OK, Measurement: &journal.Measurement{Seconds: 1, Metrics: map[string]float64{"rate": rate}}})
				if c := tr.UpdateRace(cell); c != nil && c.Ended {
					if !slices.Equal(c.Left, []int{1}) {
						t.Errorf("the cells %v are left, want the one with the higher rate", c.Left)
					}
					return
				}
			}
		}
	}
	t.Error("the race did not end")
}

// TestRaceWithoutCell checks that a race ends, and decides as a resumed run does, if a cell gets no more trials from
// a warm-up on.
func TestRaceWithoutCell(t *testing.T) {
	times := steady(1, 1, 1, 1, 1, 1, 1)
	failing := racer(func(round, cell, attempt int) (float64, journal.Status) {
		if cell == 3 && round == 0 {
			return 0, journal.Failed
		}
		return times(round, cell, attempt)
	})
	for _, test := range []struct {
		name    string
		truth   racer
		exclude bool
	}{{"quarantined", failing, false}, {"excluded", times, true}} {
		var log []journal.Trial
		tr := NewTracker(racePlan(t, "repeats: {min: 5, max: 60, race: 5%}, warmup: 1, quarantine: 1"), none)
		test.truth.run(tr, &log, 7)
		if test.exclude {
			tr.Exclude(3)
		}
		test.truth.run(tr, &log, math.MaxInt)
		if got := roundsOfCells(log, 7); got[3] != 0 || got[0] < 5 || got[0] >= 60 {
			t.Errorf("%s: rounds %v, want none of cell 3, and few of the others", test.name, got)
		}
		r, _ := tr.raceOf(0)
		resumed := NewTracker(tr.plan, none)
		resumed.Replay(&journal.Log{Trials: log}, func(cell int) int { return cell })
		if test.exclude {
			resumed.Exclude(3)
		}
		resumed.UpdateAllPrecise()
		if again, _ := resumed.raceOf(0); again.Ended != r.Ended || !slices.Equal(again.Dropped, r.Dropped) {
			t.Errorf("%s: a resumed run decides %v, %d; want %v, %d", test.name, again.Dropped, again.Ended, r.Dropped, r.Ended)
		}
	}
}

// TestSkipDecidesOnce checks that skipped cells cost no decision each, and that they take no part in the next one.
func TestSkipDecidesOnce(t *testing.T) {
	var log []journal.Trial
	plan := racePlan(t, "repeats: {min: 5, max: 60, race: 1%}, warmup: 0")
	steady(1, 0.5, 0.9, 2, 1, 1, 1).run(NewTracker(plan, none), &log, 7*12)
	replay := func(skipped func(int) bool) *Tracker {
		tr := NewTracker(plan, skipped)
		tr.Replay(&journal.Log{Trials: log}, func(cell int) int { return cell })
		tr.UpdateAllPrecise()
		return tr
	}
	tr, want := replay(none), replay(func(cell int) bool { return cell == 1 || cell == 6 })
	for _, cell := range []int{1, 6} {
		tr.Skip(cell)
		if tr.races != nil {
			t.Errorf("the race has decided after cell %d was skipped", cell)
		}
	}
	got, _ := tr.raceOf(0)
	if w, _ := want.raceOf(0); !slices.Equal(got.cells, w.cells) || !slices.Equal(got.Dropped, w.Dropped) || got.Rounds != w.Rounds {
		t.Errorf("the cells %v, dropped after %v of %d; want %v, %v of %d", got.cells, got.Dropped, got.Rounds, w.cells, w.Dropped, w.Rounds)
	}
}

// TestAnalysisDecidesAlike checks that package analysis repeats the decisions of a race from any journal: trials fail at
// random, are void, or are missing, as they are after a budget.
func TestAnalysisDecidesAlike(t *testing.T) {
	times := steady(1.1, 1, 1.01, 1.3, 1, 1.2, 1.02)
	dropped, ended, open, gaps := 0, 0, 0, 0
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 1))
		plan := racePlan(t, "repeats: {min: 5, max: 20, race: 4%}, warmup: 1, retries: 0, quarantine: 2")
		log := journal.Log{Run: journal.Run{Warmup: 1, Repeats: 20, Adaptive: &journal.Adaptive{Min: 5, Race: 0.04}}}
		for i, c := range plan.Experiment.Cells {
			log.Run.Cells = append(log.Run.Cells, journal.Cell{Name: c.String(), Baseline: plan.Experiment.Baseline[i]})
		}
		live := NewTracker(plan, none)
		from, merged := 2+random.IntN(20), seed%4 == 3 // the round from which trials are missing
		for round := range 1 + random.IntN(plan.Rounds) {
			for cell := range log.Run.Cells {
				if live.IsDone(Slot{Cell: cell, Round: round}) {
					continue
				}
				if round >= from && random.IntN(6) == 0 {
					gaps++
					continue
				}
				r := plan.Round(round)
				trial := journal.Trial{Trial: len(log.Trials) + 1, Cell: cell, Phase: r.Phase, Round: r.Number, Attempt: 1, Status: journal.OK}
				seconds, _ := times(round, cell, 1)
				switch x := random.Float64(); {
				case x < 0.01:
					trial.Status = journal.Failed
				case x < 0.012 && !merged:
					trial.Status, trial.Void = journal.Failed, true
				default:
					trial.Measurement = &journal.Measurement{Seconds: seconds}
				}
				log.Trials = append(log.Trials, trial)
				live.Record(round, cell, &trial)
				if live.IsQuarantined(cell) {
					log.Notes = append(log.Notes, journal.Note{Kind: journal.NoteQuarantined, Cell: &cell, After: len(log.Trials), Text: "x gets no more trials: it failed in 2 rounds in a row"})
				}
				live.UpdateRace(cell)
			}
		}
		tr := NewTracker(plan, none)
		tr.Replay(&log, func(cell int) int { return cell })
		if merged { // its rounds are whole, so those with a gap were closed
			tr.CloseMeasured()
			log.Run.Nodes = []journal.Node{{Name: "n"}}
		}
		tr.UpdateAllPrecise()
		d := analysis.New(&log)
		for cell := range log.Run.Cells {
			r, at := tr.raceOf(cell)
			s, want := &d.Summaries[cell], ""
			switch isBaseline := plan.Experiment.Baseline[cell] == cell; {
			case r.Dropped[at] > 0 && !isBaseline:
				want, dropped = "dropped", dropped+1
			case r.Ended > 0:
				want, ended = "race", ended+1
			default:
				open++
			}
			if s.StopReason == "quarantined" || s.Trials < 5 {
				continue
			}
			if got := s.StopReason; got != want && (want != "" || got == "dropped" || got == "race") {
				t.Fatalf("seed %d, merged %v, %d rounds: analysis says %q of cell %d, want %q: %v, ended %d", seed, merged, r.Rounds, got, cell, want, r.Dropped, r.Ended)
			}
		}
	}
	if dropped < 100 || ended < 100 || open < 100 || gaps < 100 {
		t.Errorf("%d cells dropped, %d of ended races, %d open, %d gaps: want many of each", dropped, ended, open, gaps)
	}
}
