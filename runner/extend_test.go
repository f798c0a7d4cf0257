package runner

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// someGrid is a random experiment: any part of one and the same grid, in any order.
func someGrid(random *rand.Rand) string {
	some := func(levels ...string) string {
		random.Shuffle(len(levels), func(i, k int) { levels[i], levels[k] = levels[k], levels[i] })
		return strings.Join(levels[:1+random.IntN(len(levels))], ", ")
	}
	return fmt.Sprintf(`
name: some
workload: {files: %d}
grid:
  - {operation: [%s], strategy: sequential}
  - {operation: write, strategy: sequential}
  - {operation: write, strategy: [%s], workers: [%s], chunk_size: [%s]}
  - {operation: copy, strategy: [sequential, cp]}
trials: {repeats: %d, warmup: %d, seed: %d}
commands:
  cp: {operation: copy, run: [cp, %s, '{input}/.', '{output}']}
`, 3+random.IntN(2), some("write", "read", "zip"), some("threads", "async", "processes"), some("1", "2", "4"), some("1", "auto"),
		1+random.IntN(3), random.IntN(2), random.IntN(2), some("-r", "-a"))
}

// TestAnExtendedPlanKeepsWhatIsUnchanged: whatever an edit does to a grid, cells that
// are in both keep their trials, those that are new are run in every round, those
// that are gone keep what they have, and every baseline is the one that it was named.
func TestAnExtendedPlanKeepsWhatIsUnchanged(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() {
		seeds = 30
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 0))
		source, edited := someGrid(random), someGrid(random)
		before, after := outlined(t, source), outlined(t, edited)
		past := somePast(random, before)
		c := schedule.MapCells(&past.Run, after.run)
		tr := schedule.NewTracker(after.plan, func(int) bool { return false })
		tr.Replay(past, func(cell int) int { return c.CellOf[cell] })

		if len(c.Merged) < len(past.Run.Cells) {
			t.Fatalf("seed %d: cells are gone from the journal", seed)
		}
		for i, old := range past.Run.Cells {
			now := slices.IndexFunc(after.run.Cells, func(cell journal.Cell) bool { return identity(after.run, cell) == identity(&past.Run, old) })
			if c.Merged[i].Name != old.Name || c.Merged[i].Retired != (now < 0) {
				t.Fatalf("seed %d: cell %d was %s and is %+v; it is cell %d of the plan", seed, i, old.Name, c.Merged[i], now)
			}
			if now >= 0 && c.Index[now] != i {
				t.Fatalf("seed %d: %s is at %d in the journal, and its records at %d", seed, old.Name, c.Index[now], i)
			}
		}
		done := map[string]bool{}
		for _, trial := range past.Trials {
			cell := past.Run.Cells[trial.Cell]
			done[fmt.Sprint(identity(&past.Run, cell), trial.Phase, trial.Round)] = true
		}
		for i, cell := range after.run.Cells {
			for k := range after.plan.Rounds {
				round := after.plan.Round(k)
				has := done[fmt.Sprint(identity(after.run, cell), round.Phase, round.Number)]
				if tr.NeedsTrial(k, i) == has {
					t.Fatalf("seed %d: %s in %s %d: done %v, wanted %v", seed, cell.Name, round.Phase, round.Number, has, tr.NeedsTrial(k, i))
				}
			}
			at := c.Merged[c.Index[i]]
			if want := after.run.Cells[cell.Baseline]; identity(after.run, c.Merged[at.Baseline]) != identity(after.run, want) {
				t.Fatalf("seed %d: the baseline of %s is %s, want %s", seed, cell.Name, c.Merged[at.Baseline].Name, want.Name)
			}
		}
		same := past.Run.PlanHash == after.run.PlanHash
		if list := schedule.Changes(&past.Run, after.run); (len(list) == 0) != same {
			t.Fatalf("seed %d: the plans are the same: %v; the changes are %q", seed, same, list)
		}
	}
}

// identity is all that makes a cell what it is, in words.
func identity(run *journal.Run, c journal.Cell) string {
	at := slices.IndexFunc(run.Commands, func(cmd journal.Command) bool { return cmd.Name == c.Levels["strategy"] })
	if at < 0 {
		return fmt.Sprint(c.Levels)
	}
	return fmt.Sprint(c.Levels, run.Commands[at].Run) // not by what the code goes by
}

type outlinedPlan struct {
	plan *schedule.Plan
	run  *journal.Run
}

func outlined(t *testing.T, source string) outlinedPlan {
	t.Helper()
	e, err := experiments.Parse([]byte(source), experiments.Options{File: "some.yaml", Catalogue: catalogue.New(), CPUs: 2})
	if err != nil {
		t.Fatalf("%v in%s", err, source)
	}
	plan := schedule.NewPlan(e)
	run, err := planHeader(plan, preflight.PlannedCells(plan.Experiment), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return outlinedPlan{plan, &run}
}

// somePast is a run of a plan that did some of its trials.
func somePast(random *rand.Rand, p outlinedPlan) *journal.Log {
	log := &journal.Log{Run: *p.run}
	for n := range p.plan.Rounds {
		round := p.plan.Round(n)
		for _, cell := range p.plan.Order(n) {
			if random.IntN(3) > 0 {
				log.Trials = append(log.Trials, journal.Trial{Cell: cell, Phase: round.Phase, Round: round.Number, Attempt: 1, Status: journal.OK})
			}
		}
	}
	return log
}

// TestAnExtendedRunIsReadAgain: however often a plan is edited, and edited back, the
// journal that comes of it is one.
func TestAnExtendedRunIsReadAgain(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		sources := []string{someGrid(random), someGrid(random)}
		dir := t.TempDir()
		w, err := journal.Create(filepath.Join(dir, journal.FileName))
		if err != nil {
			t.Fatal(err)
		}
		past := journal.Run{}
		for n := range 5 {
			planned := *outlined(t, sources[n%2]).run
			planned.ID = "r1"
			planned.Cells = schedule.MapCells(&past, &planned).Merged
			entries := []journal.Entry{{Note: &journal.Note{At: time.Unix(int64(n), 0), Kind: journal.NoteResumed}}, {Run: &planned}}
			if n == 0 {
				entries = entries[1:]
			}
			for _, e := range entries {
				if err := w.Append(e); err != nil {
					t.Fatalf("seed %d, edit %d: %v", seed, n, err)
				}
			}
			past = planned
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if log, err := journal.ReadDir(dir); err != nil || len(log.Replaced) != 4 {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}
