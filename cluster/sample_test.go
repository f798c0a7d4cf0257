package cluster

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
	"iosweep/runner/schedule"
)

// parse parses an experiment.
func parse(t testing.TB, source string) *schedule.Plan {
	t.Helper()
	e, err := experiments.Parse([]byte(source), experiments.Options{File: "test.yaml", Catalogue: catalogue.New(), CPUs: 4, MaxTrials: 1 << 40})
	if err != nil {
		t.Fatal(err)
	}
	return schedule.NewPlan(e)
}

// gridOf returns an experiment with this number of tables, each with a baseline and other cells.
func gridOf(tables, cells, repeats int) string {
	var files, workers []string
	for i := range tables {
		files = append(files, fmt.Sprint(i+1))
	}
	for i := range cells - 1 {
		workers = append(workers, fmt.Sprint(i+2))
	}
	return fmt.Sprintf(`name: grid
workload: {lines: 1}
grid:
  - {operation: write, strategy: sequential, files: [%s]}
  - {operation: write, strategy: threads, files: [%[1]s], workers: [%[2]s]}
trials: {repeats: %[3]d, warmup: 1}
`, strings.Join(files, ", "), strings.Join(workers, ", "), repeats)
}

// header returns the header of a plan.
func header(plan *schedule.Plan, source string) journal.Run {
	e := plan.Experiment
	run := journal.Run{
		Version: journal.FormatVersion, ID: "20260102-030405-0a1b2c3d", PlanHash: plan.Hash, Name: e.Name, Iosweep: "test",
		Repeats: e.Trials.Repeats, Warmup: e.Trials.Warmup, Order: string(e.Trials.Order), Seed: e.Trials.Seed,
		Machine: journal.Machine{CPUs: 4}, Origin: journal.Origin{Source: source, Dir: "/"},
	}
	for i, c := range e.Cells {
		levels := map[string]string{}
		for axis, level := range e.FactorsOf(c) {
			levels[axis] = level
		}
		run.Cells = append(run.Cells, journal.Cell{Name: c.String(), Levels: levels, Baseline: e.Baseline[i], Files: 1, Bytes: 100})
	}
	return run
}

// freeze makes a sweep in a temporary directory.
func freeze(t testing.TB, source string, shardTime time.Duration, seconds []float64) (*Sweep, *schedule.Plan) {
	t.Helper()
	plan := parse(t, source)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "program") // copying a test binary takes time
	if err := os.WriteFile(link, []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := Freeze(t.TempDir(), link, Plan{Run: header(plan, source), Here: "/", Shards: Cut(plan, seconds, shardTime)})
	if err != nil {
		t.Fatal(err)
	}
	return s, plan
}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// A fake writes the journal of an attempt, as a node would.
type fake struct {
	*Sweep
	plan   *schedule.Plan
	shard  int
	node   string
	host   string // default: node
	start  time.Time
	seed   uint64 // of the times
	rounds int    // the number of rounds before it dies; 0: all
	cut    int    // bytes that are cut off from the end
	change func(*journal.Log)
}

// write writes the journal and, if the attempt did not die, the file .done.
func (f fake) write(t testing.TB) *Attempt {
	t.Helper()
	shard := f.Shards[f.shard]
	a := f.NewAttempt(f.shard, fmt.Sprintf("%d_%d", 7+f.seed, f.shard), 0)
	earlier, from, err := f.Earlier(f.shard)
	if err != nil {
		t.Fatal(err)
	}
	done := map[int]bool{}
	for i := range earlier.Trials {
		done[earlier.Trials[i].Round] = true
	}
	run := f.Run
	run.Machine = journal.Machine{Host: f.host, OS: "linux", CPUs: 4}
	if f.host == "" {
		run.Machine.Host = f.node
	}
	run.StartedAt = f.start
	run.ID = fmt.Sprintf("attempt-%d-%s", f.shard, a.Name[len(a.Name)-8:])
	run.Attempt = &journal.Attempt{Shard: f.shard, Binary: f.Binary, Node: journal.Node{Name: f.node, Machine: run.Machine}}
	run.Cells = nil
	for _, cell := range shard.Cells {
		c := f.Run.Cells[cell]
		c.Baseline = slices.Index(shard.Cells, c.Baseline)
		run.Cells = append(run.Cells, c)
	}
	log := &journal.Log{Run: run}
	part := f.plan.Part(shard.Cells, shard.First, shard.Last)
	at, ran := f.start, 0
	for n := range part.Rounds {
		r := part.Round(n)
		if r.Phase == journal.Measured && done[r.Number] {
			continue
		}
		if ran++; f.rounds > 0 && ran > f.rounds {
			break
		}
		for _, cell := range part.Order(n) {
			m := secondsOf(shard.Cells[cell], r, f.seed)
			log.Trials = append(log.Trials, journal.Trial{
				Trial: len(log.Trials) + 1, Round: r.Number, Phase: r.Phase, Cell: cell, Name: run.Cells[cell].Name, Attempt: 1,
				Status: journal.OK, StartedAt: at, Measurement: &journal.Measurement{Seconds: m, Work: m, Files: 1, Bytes: 100},
			})
			at = at.Add(time.Duration(m * float64(time.Second)))
		}
	}
	if f.change != nil {
		f.change(log)
	}
	if f.rounds == 0 && f.cut == 0 {
		log.Notes = append(log.Notes, journal.Note{At: at, Kind: journal.NoteFinished, After: len(log.Trials)})
	}
	if err := journal.WriteFile(a.Journal(), log); err != nil {
		t.Fatal(err)
	}
	if f.cut > 0 {
		info, err := os.Stat(a.Journal())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(a.Journal(), info.Size()-int64(f.cut)); err != nil {
			t.Fatal(err)
		}
	}
	if f.rounds == 0 && f.cut == 0 {
		if err := a.Finish(from); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// secondsOf returns the time of a trial, which depends on its cell, its round and a seed alone.
func secondsOf(cell int, r schedule.Round, seed uint64) float64 {
	n := uint64(r.Number)
	if r.Phase == journal.Warmup {
		n += 1 << 20
	}
	return 0.5 + rand.New(rand.NewPCG(uint64(cell)<<32|n, seed)).Float64()
}

// expected returns the log of one machine that ran the whole plan with the times of a seed.
func expected(s *Sweep, plan *schedule.Plan, seed func(cell int, r schedule.Round) uint64) *journal.Log {
	log := &journal.Log{Run: s.Run}
	for n := range plan.Rounds {
		r := plan.Round(n)
		for _, cell := range plan.Order(n) {
			m := secondsOf(cell, r, seed(cell, r))
			log.Trials = append(log.Trials, journal.Trial{
				Trial: len(log.Trials) + 1, Round: r.Number, Phase: r.Phase, Cell: cell, Name: s.Run.Cells[cell].Name, Attempt: 1,
				Status: journal.OK, Measurement: &journal.Measurement{Seconds: m, Work: m, Files: 1, Bytes: 100},
			})
		}
	}
	return log
}

// sameTrials fails the test if two lists of trials differ in more than the place and time of their measurement.
func sameTrials(t testing.TB, got, want []journal.Trial) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d trials, want %d", len(got), len(want))
	}
	for i := range got {
		g, w := got[i], want[i]
		if g.Trial != w.Trial || g.Round != w.Round || g.Phase != w.Phase || g.Cell != w.Cell || g.Name != w.Name || g.Measurement.Seconds != w.Measurement.Seconds {
			t.Fatalf("trial %d is %s %d of cell %d with %v s, want %s %d of cell %d with %v s", i+1, g.Phase, g.Round, g.Cell, g.Measurement.Seconds, w.Phase, w.Round, w.Cell, w.Measurement.Seconds)
		}
	}
}
