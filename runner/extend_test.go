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

// randomGrid returns a random experiment, with a part of one fixed grid in any order.
func randomGrid(random *rand.Rand) string {
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

// TestExtendedPlanKeepsUnchangedCells edits grids in random ways. Cells of both grids must keep
// their trials, and new cells must run in every round. Removed cells must keep their records. Every
// cell must have its planned baseline.
func TestExtendedPlanKeepsUnchangedCells(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() {
		seeds = 30
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 0))
		source, edited := randomGrid(random), randomGrid(random)
		before, after := planOf(t, source), planOf(t, edited)
		previous := randomLog(random, before)
		c := schedule.MapCells(&previous.Run, after.run)
		tr := schedule.NewTracker(after.plan, func(int) bool { return false })
		tr.Replay(previous, func(cell int) int { return c.CellOf[cell] })

		if len(c.Merged) < len(previous.Run.Cells) {
			t.Fatalf("seed %d: the journal has lost cells", seed)
		}
		for i, old := range previous.Run.Cells {
			now := slices.IndexFunc(after.run.Cells, func(cell journal.Cell) bool { return identity(after.run, cell) == identity(&previous.Run, old) })
			if c.Merged[i].Name != old.Name || c.Merged[i].Retired != (now < 0) {
				t.Fatalf("seed %d: cell %d was %s and is %+v; it is cell %d of the plan", seed, i, old.Name, c.Merged[i], now)
			}
			if now >= 0 && c.Index[now] != i {
				t.Fatalf("seed %d: %s has the index %d in the journal, want %d as in its records", seed, old.Name, c.Index[now], i)
			}
		}
		done := map[string]bool{}
		for _, trial := range previous.Trials {
			cell := previous.Run.Cells[trial.Cell]
			done[fmt.Sprint(identity(&previous.Run, cell), trial.Phase, trial.Round)] = true
		}
		for i, cell := range after.run.Cells {
			for k := range after.plan.Rounds {
				round := after.plan.Round(k)
				has := done[fmt.Sprint(identity(after.run, cell), round.Phase, round.Number)]
				if tr.NeedsTrial(k, i) == has {
					t.Fatalf("seed %d: %s in %s round %d: has a trial %v, needs a trial %v", seed, cell.Name, round.Phase, round.Number, has, tr.NeedsTrial(k, i))
				}
			}
			at := c.Merged[c.Index[i]]
			if want := after.run.Cells[cell.Baseline]; identity(after.run, c.Merged[at.Baseline]) != identity(after.run, want) {
				t.Fatalf("seed %d: the baseline of %s is %s, want %s", seed, cell.Name, c.Merged[at.Baseline].Name, want.Name)
			}
		}
		same := previous.Run.PlanHash == after.run.PlanHash
		if list := schedule.Changes(&previous.Run, after.run); (len(list) == 0) != same {
			t.Fatalf("seed %d: the plans are equal: %v; the changes are %q", seed, same, list)
		}
	}
}

// identity returns a text that is equal for two cells exactly if they are the same cell.
func identity(run *journal.Run, c journal.Cell) string {
	at := slices.IndexFunc(run.Commands, func(cmd journal.Command) bool { return cmd.Name == c.Levels["strategy"] })
	if at < 0 {
		return fmt.Sprint(c.Levels)
	}
	return fmt.Sprint(c.Levels, run.Commands[at].Run) // unlike the code, which compares checksums
}

// A plannedRun is a plan with the header of its journal.
type plannedRun struct {
	plan *schedule.Plan
	run  *journal.Run
}

func planOf(t *testing.T, source string) plannedRun {
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
	return plannedRun{plan, &run}
}

// randomLog returns the journal of a run with a random part of its trials.
func randomLog(random *rand.Rand, p plannedRun) *journal.Log {
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

// TestExtendedJournalIsValid checks that a journal is valid after its plan was edited several
// times and changed back.
func TestExtendedJournalIsValid(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		sources := []string{randomGrid(random), randomGrid(random)}
		dir := t.TempDir()
		w, err := journal.Create(filepath.Join(dir, journal.FileName))
		if err != nil {
			t.Fatal(err)
		}
		previous := journal.Run{}
		for n := range 5 {
			planned := *planOf(t, sources[n%2]).run
			planned.ID = "r1"
			planned.Cells = schedule.MapCells(&previous, &planned).Merged
			entries := []journal.Entry{{Note: &journal.Note{At: time.Unix(int64(n), 0), Kind: journal.NoteResumed}}, {Run: &planned}}
			if n == 0 {
				entries = entries[1:]
			}
			for _, e := range entries {
				if err := w.Append(e); err != nil {
					t.Fatalf("seed %d, edit %d: %v", seed, n, err)
				}
			}
			previous = planned
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if log, err := journal.ReadDir(dir); err != nil || len(log.Replaced) != 4 {
			t.Fatalf("seed %d: the journal has %d replaced sources (%v), want 4", seed, len(log.Replaced), err)
		}
	}
}

// TestListedChanges checks that no list of changes ends without the number of the others.
func TestListedChanges(t *testing.T) {
	var changed []string
	for n := range 30 {
		changed = append(changed, fmt.Sprintf("+ cell %d", n+1))
	}
	for n, want := range map[int]string{1: "+ cell 1", 5: "; + cell 5", 6: "; + cell 5; and 1 more", 30: "; + cell 5; and 25 more"} {
		if got := firstChanges(changed[:n]); !strings.HasSuffix(got, want) {
			t.Errorf("%d changes in a note: got %q, want %q at the end", n, got, want)
		}
	}
	for n, want := range map[int]string{20: "\n  + cell 20", 21: "\n  + cell 20\n  and 1 more", 30: "\n  and 10 more"} {
		if got := (&ChangedError{changed[:n]}).Error(); !strings.HasSuffix(got, want) {
			t.Errorf("%d changes in an error: got %q, want %q at the end", n, got, want)
		}
	}
}

// TestNamedBlockSizeKeepsCells adds the axis block_size to a grid. The cell with its default is the cell
// that the grid had before.
func TestNamedBlockSizeKeepsCells(t *testing.T) {
	const source = `
name: blocks
workload: {files: 2, lines: 2}
grid: {operation: write, strategy: sequential%s}
`
	before, after := planOf(t, fmt.Sprintf(source, "")), planOf(t, fmt.Sprintf(source, ", block_size: [4KiB, auto]"))
	for _, c := range []schedule.CellMap{schedule.MapCells(before.run, after.run), schedule.MapCells(after.run, before.run)} {
		if kept := slices.DeleteFunc(slices.Clone(c.CellOf), func(cell int) bool { return cell < 0 }); len(c.Merged) != 2 || len(kept) < 1 {
			t.Errorf("got %d cells and the cells %v of the plan", len(c.Merged), c.CellOf)
		}
	}
}
