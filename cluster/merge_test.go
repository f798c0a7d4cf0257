package cluster

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"iosweep/journal"
	"iosweep/runner/schedule"
)

func constant(seed uint64) func(int, schedule.Round) uint64 {
	return func(int, schedule.Round) uint64 { return seed }
}

// TestCut divides a plan into tables, and long tables into rounds. Each trial is in one shard, apart from
// warm-ups.
func TestCut(t *testing.T) {
	plan := parse(t, gridOf(3, 4, 5))
	if got := Cut(plan, nil, time.Minute); len(got) != 3 || len(got[0].Cells) != 4 || got[0].First != 1 || got[0].Last != 5 {
		t.Fatalf("without a forecast: got %+v, want 3 tables of 4 cells", got)
	}
	seconds := make([]float64, 12)
	for i := range seconds {
		seconds[i] = 1
	}
	got := Cut(plan, seconds, 13*time.Second) // 24 s each, of which 4 s are the warm-up
	seen := map[[2]int]int{}
	for _, s := range got {
		for _, cell := range s.Cells {
			if b := plan.Experiment.Baseline[cell]; !strings.Contains(plan.Experiment.Cells[cell].String(), plan.Experiment.Cells[b].String()[strings.Index(plan.Experiment.Cells[b].String(), "files"):]) && cell != b {
				continue
			}
			for r := s.First; r <= s.Last; r++ {
				seen[[2]int{cell, r}]++
			}
		}
		if s.Seconds <= 0 || s.Seconds > 13 {
			t.Errorf("a shard takes %v s", s.Seconds)
		}
	}
	if len(got) != 9 {
		t.Errorf("got %d shards, want each of 3 tables in 3 parts", len(got))
	}
	for cell := range 12 {
		for r := 1; r <= 5; r++ {
			if seen[[2]int{cell, r}] != 1 {
				t.Errorf("cell %d is in round %d of %d shards, want 1", cell, r, seen[[2]int{cell, r}])
			}
		}
	}
	if got := Cut(plan, seconds, 24*time.Second); len(got) != 3 {
		t.Errorf("tables that are as long as a shard: got %d shards, want 3", len(got))
	}
	if got := Cut(plan, seconds, 5*time.Second); len(got) != 15 || got[14].First != 5 || got[14].Last != 5 {
		t.Errorf("got %d shards, want each of 3 tables in 5 rounds", len(got))
	}
	adaptive := parse(t, strings.Replace(gridOf(3, 4, 5), "repeats: 5", "repeats: {min: 3, max: 50, ci: 5%}", 1))
	if got := Cut(adaptive, seconds, time.Second); len(got) != 3 {
		t.Errorf("with adaptive repeats: got %d shards, want 3", len(got))
	}
	if err := CheckTime(plan, got, seconds, 2*time.Minute); err != nil {
		t.Error(err)
	}
	seconds[0] = 100
	if err := CheckTime(plan, got, seconds, 2*time.Minute); err == nil || !strings.Contains(err.Error(), "shard 0") {
		t.Errorf("got %v, want an error about shard 0", err)
	}
}

// TestMergeIsTheSingleMachineRun merges shards of several nodes, in parts and whole.
func TestMergeIsTheSingleMachineRun(t *testing.T) {
	seconds := make([]float64, 12)
	for i := range seconds {
		seconds[i] = 1
	}
	for _, shardTime := range []time.Duration{time.Hour, 10 * time.Second} {
		s, plan := freeze(t, gridOf(3, 4, 5), shardTime, seconds)
		for n := range s.Shards {
			fake{Sweep: s, plan: plan, shard: n, node: []string{"n1", "n2"}[n%2], start: epoch.Add(time.Duration(n) * time.Hour)}.write(t)
		}
		m, err := s.Merge()
		if err != nil {
			t.Fatal(err)
		}
		sameTrials(t, m.Log.Trials, expected(s, plan, constant(0)).Trials)
		if len(m.Missing) > 0 || m.Parts+m.Duplicates+m.Disturbed > 0 || len(m.Problems) > 0 || len(m.Log.Run.Nodes) != 2 {
			t.Errorf("got %+v, want nothing missing or left out, and two nodes", m)
		}
		path := filepath.Join(s.Dir, journal.FileName)
		if err := journal.WriteFile(path, m.Log); err != nil {
			t.Fatal(err)
		}
		first, _ := os.ReadFile(path)
		log, err := journal.ReadFile(path)
		if err != nil || !log.Finished() {
			t.Fatalf("the merged journal: %v, finished %v", err, log != nil && log.Finished())
		}
		again, err := s.Merge()
		if err != nil {
			t.Fatal(err)
		}
		if err := journal.WriteFile(path, again.Log); err != nil {
			t.Fatal(err)
		}
		if second, _ := os.ReadFile(path); string(first) != string(second) {
			t.Error("a second merge gives another journal")
		}
	}
}

// TestAttemptContinues kills attempts in the middle of a round. The next one runs only the rounds that none has
// whole, and the merge has each trial once.
func TestAttemptContinues(t *testing.T) {
	s, plan := freeze(t, gridOf(1, 4, 6), 0, nil)
	fake{Sweep: s, plan: plan, node: "n1", start: epoch, seed: 1, rounds: 3, cut: 30}.write(t) // whole: the warm-up and round 1
	fake{Sweep: s, plan: plan, node: "n2", start: epoch.Add(time.Hour), seed: 2, rounds: 3, cut: 30}.write(t)
	m, err := s.Merge()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Missing) != 1 || m.Parts != 3+3 || m.Log.Finished() {
		t.Errorf("before the last attempt: missing %v, %d trials of parts, finished %v; want one shard, 6 trials, not finished", m.Missing, m.Parts, m.Log.Finished())
	}
	fake{Sweep: s, plan: plan, node: "n1", start: epoch.Add(2 * time.Hour), seed: 3}.write(t)
	if m, err = s.Merge(); err != nil {
		t.Fatal(err)
	}
	want := expected(s, plan, func(_ int, r schedule.Round) uint64 {
		switch {
		case r.Phase == journal.Warmup || r.Number == 1:
			return 1
		case r.Number == 2:
			return 2
		}
		return 3
	})
	sameTrials(t, m.Log.Trials, want.Trials)
	if len(m.Missing) != 0 || m.Duplicates != 0 {
		t.Errorf("missing %v, %d duplicates", m.Missing, m.Duplicates)
	}
}

// TestTwins runs a shard twice. The first attempt counts, whatever the names are, and only twins at the same time on
// one machine disturb each other.
func TestTwins(t *testing.T) {
	for _, test := range []struct {
		name      string
		host      string
		after     time.Duration
		disturbed int
	}{
		{"one machine", "host", time.Second, 20}, // its first round, of the warm-up too, has trials before the twin
		{"two machines", "", time.Second, 0},
		{"one after the other", "host", time.Hour, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, plan := freeze(t, gridOf(1, 4, 4), 0, nil)
			fake{Sweep: s, plan: plan, node: "n1", host: test.host, start: epoch, seed: 1}.write(t)
			twin(t, fake{Sweep: s, plan: plan, node: "n2", host: test.host, start: epoch.Add(test.after), seed: 2})
			m, err := s.Merge()
			if err != nil {
				t.Fatal(err)
			}
			sameTrials(t, m.Log.Trials, expected(s, plan, constant(1)).Trials)
			if m.Duplicates != 16 || m.Disturbed != test.disturbed {
				t.Errorf("%d duplicates and %d disturbed trials, want 16 and %d", m.Duplicates, m.Disturbed, test.disturbed)
			}
			noisy := 0
			for i := range m.Log.Trials {
				if m.Log.Trials[i].Measurement.Noise != "" {
					noisy++
				}
			}
			if noisy != test.disturbed {
				t.Errorf("%d trials are marked as noisy, want %d", noisy, test.disturbed)
			}
		})
	}
}

// TestUnusableAttempts checks attempts of another program, another plan, with other inputs, and journals that were
// changed after the attempt.
func TestUnusableAttempts(t *testing.T) {
	begin := func(t *testing.T, change func(*journal.Log)) *Sweep {
		s, plan := freeze(t, gridOf(2, 3, 3), 0, nil)
		fake{Sweep: s, plan: plan, shard: 0, node: "n1", start: epoch}.write(t)
		fake{Sweep: s, plan: plan, shard: 1, node: "n2", start: epoch, change: change}.write(t)
		return s
	}
	t.Run("binary", func(t *testing.T) {
		s := begin(t, func(log *journal.Log) { log.Run.Attempt.Binary = strings.Repeat("f", 64) })
		if _, err := s.Merge(); err == nil || !strings.Contains(err.Error(), "another iosweep") {
			t.Errorf("got %v, want an error about another iosweep", err)
		}
	})
	t.Run("plan", func(t *testing.T) {
		s := begin(t, func(log *journal.Log) { log.Run.PlanHash = strings.Repeat("0", 64) })
		expectProblem(t, s, "another plan")
	})
	t.Run("changed", func(t *testing.T) {
		s := begin(t, nil)
		list, err := s.Attempts(1)
		if err != nil {
			t.Fatal(err)
		}
		log, err := journal.ReadFile(list[0].Journal())
		if err != nil {
			t.Fatal(err)
		}
		log.Trials[3].Measurement.Seconds *= 2
		if err := journal.WriteFile(list[0].Journal(), log); err != nil {
			t.Fatal(err)
		}
		expectProblem(t, s, "changed since")
	})
	t.Run("inputs", func(t *testing.T) {
		s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
		inputs := func(text string) func(*journal.Log) {
			return func(log *journal.Log) { log.Run.Cells[1].Inputs = text }
		}
		fake{Sweep: s, plan: plan, node: "n1", start: epoch, rounds: 2, change: inputs("a")}.write(t)
		fake{Sweep: s, plan: plan, node: "n2", start: epoch.Add(time.Hour), change: inputs("b")}.write(t)
		m, err := s.Merge()
		if err != nil || len(m.Problems) != 1 || !strings.Contains(m.Problems[0], "inputs") || len(m.Log.Trials) != 2*3 || len(m.Missing) != 1 {
			t.Errorf("got %v, problems %q, %d trials and missing %v, want one problem with inputs, the 6 trials of n1, and shard 0", err, m.Problems, len(m.Log.Trials), m.Missing)
		}
	})
	t.Run("inputs of an attempt without a round", func(t *testing.T) {
		s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
		inputs := func(text string) func(*journal.Log) {
			return func(log *journal.Log) { log.Run.Cells[1].Inputs = text }
		}
		fake{Sweep: s, plan: plan, node: "n1", start: epoch, rounds: 1, change: inputs("a")}.write(t)
		fake{Sweep: s, plan: plan, node: "n2", start: epoch.Add(time.Hour), seed: 2, change: inputs("b")}.write(t)
		m, err := s.Merge()
		if err != nil || len(m.Missing) > 0 || len(m.Problems) > 0 || len(m.Log.Trials) != 4*3 {
			t.Errorf("got %v, missing %v, problems %q and %d trials, want all 12 trials", err, m.Missing, m.Problems, len(m.Log.Trials))
		}
	})
	t.Run("damaged", func(t *testing.T) {
		s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
		first := fake{Sweep: s, plan: plan, node: "n1", start: epoch, rounds: 2}.write(t)
		fake{Sweep: s, plan: plan, node: "n2", start: epoch.Add(time.Hour)}.write(t)
		data, err := os.ReadFile(first.Journal())
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)/2] ^= 1
		if err := os.WriteFile(first.Journal(), data, 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := s.Merge()
		if err != nil || len(m.Missing) != 1 || len(m.Problems) != 1 || !strings.Contains(m.Problems[0], "remove ") || m.Log.Finished() {
			t.Errorf("got %v, missing %v, problems %q; want shard 0, which builds on a damaged journal", err, m.Missing, m.Problems)
		}
	})
	t.Run("skipped by a setup", func(t *testing.T) {
		s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
		a := s.NewAttempt(0, "1_0", 0)
		w, err := journal.Create(a.Journal())
		if err != nil {
			t.Fatal(err)
		}
		fake{Sweep: s, plan: plan, node: "n1", start: epoch, change: func(log *journal.Log) {
			revised := log.Run
			revised.Cells = append([]journal.Cell{}, log.Run.Cells...)
			revised.Cells[2].Skip = "its setup has failed"
			entries := []journal.Entry{{Run: &log.Run}, {Run: &revised}}
			number := 0
			for i := range log.Trials {
				if trial := &log.Trials[i]; trial.Cell != 2 {
					number++
					trial.Trial = number
					entries = append(entries, journal.Entry{Trial: trial})
				}
			}
			entries = append(entries, journal.Entry{Note: &journal.Note{At: epoch, Kind: journal.NoteFinished}})
			for _, e := range entries {
				if err := w.Append(e); err != nil {
					t.Fatal(err)
				}
			}
			log.Trials = nil
			log.Run.ID += "-2"
		}}.write(t)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		m, err := s.Merge()
		if err != nil || len(m.Log.Trials) != 4*2 || m.Log.Run.Cells[2].Skip == "" {
			t.Errorf("got %v, %d trials and the cell %+v, want 8 trials and the reason of the skip", err, len(m.Log.Trials), m.Log.Run.Cells[2])
		}
	})
	t.Run("lost", func(t *testing.T) {
		s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
		first := fake{Sweep: s, plan: plan, node: "n1", start: epoch, rounds: 2}.write(t)
		fake{Sweep: s, plan: plan, node: "n2", start: epoch.Add(time.Hour)}.write(t)
		if m, err := s.Merge(); err != nil || len(m.Missing) != 0 {
			t.Fatalf("got %v, missing %v", err, m.Missing)
		}
		if err := os.Remove(first.Journal()); err != nil {
			t.Fatal(err)
		}
		if m, err := s.Merge(); err != nil || len(m.Missing) != 1 {
			t.Errorf("after an earlier journal was lost: got %v, missing %v; want shard 0", err, m.Missing)
		}
	})
}

func expectProblem(t *testing.T, s *Sweep, text string) {
	t.Helper()
	m, err := s.Merge()
	if err != nil || len(m.Problems) != 1 || !strings.Contains(m.Problems[0], text) || !reflect.DeepEqual(m.Missing, []int{1}) {
		t.Fatalf("got %v, problems %q, missing %v; want one problem about %q, and shard 1 missing", err, m.Problems, m.Missing, text)
	}
	if trials := len(m.Log.Trials); trials != 3*4 {
		t.Errorf("the journal has %d trials, want the 12 of shard 0", trials)
	}
}

// simulate runs a sweep of fake shards: 1 in 20 dies and is continued, and 1 in 50 has a twin. It returns the log of
// one machine with the same records.
func simulate(t testing.TB, s *Sweep, plan *schedule.Plan) *journal.Log {
	random := rand.New(rand.NewPCG(1, 2))
	lastOfFirst := map[int]int{} // by shard that died: the last round that its first attempt has whole
	for n := range s.Shards {
		start := epoch.Add(time.Duration(n) * time.Hour)
		f := fake{Sweep: s, plan: plan, shard: n, node: []string{"n1", "n2", "n3"}[n%3], start: start, seed: 1}
		if random.IntN(20) == 0 {
			rounds := 2 + random.IntN(plan.Rounds-2)
			died := f
			died.rounds, died.cut = rounds, 1+random.IntN(100)
			died.write(t)
			lastOfFirst[n] = s.Shards[n].First - 1 + rounds - 2 // without its warm-up and the round with the cut
			f.seed, f.node, f.start = 2, "n4", start.Add(10*time.Minute)
		}
		f.write(t)
		if random.IntN(50) == 0 {
			f.seed, f.node, f.start = 3, "n5", f.start.Add(time.Minute)
			twin(t, f)
		}
	}
	shardOf := map[int]int{}
	for n := range s.Shards {
		for _, cell := range s.Shards[n].Cells {
			shardOf[cell] = n
		}
	}
	return expected(s, plan, func(cell int, r schedule.Round) uint64 {
		last, died := lastOfFirst[shardOf[cell]]
		if died && r.Phase == journal.Measured && r.Number > last {
			return 2
		}
		return 1
	})
}

// twin writes a whole attempt that ignores the others.
func twin(t testing.TB, f fake) {
	t.Helper()
	to := f.shardDir(f.shard)
	alone := *f.Sweep
	alone.Dir = t.TempDir()
	if err := os.MkdirAll(alone.shardDir(f.shard), 0o755); err != nil {
		t.Fatal(err)
	}
	f.Sweep = &alone
	f.write(t)
	files, _ := filepath.Glob(filepath.Join(alone.shardDir(f.shard), "*"))
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(path)), data, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestSimulatedSweep merges a sweep in which shards die and have twins.
func TestSimulatedSweep(t *testing.T) {
	s, plan := freeze(t, gridOf(100, 5, 9), 0, nil)
	want := simulate(t, s, plan)
	m, err := s.Merge()
	if err != nil {
		t.Fatal(err)
	}
	sameTrials(t, m.Log.Trials, want.Trials)
	if len(m.Missing) > 0 || m.Parts == 0 || m.Duplicates == 0 {
		t.Errorf("missing %v, %d trials of parts and %d duplicates; want none missing, and some of both", m.Missing, m.Parts, m.Duplicates)
	}
}

// TestMergeKeepsQuarantine checks that a cell stays quarantined in the merged journal: the note comes after the
// trials of the cell.
func TestMergeKeepsQuarantine(t *testing.T) {
	s, plan := freeze(t, gridOf(2, 3, 3), 0, nil)
	fake{Sweep: s, plan: plan, shard: 0, node: "n1", start: epoch}.write(t)
	fake{Sweep: s, plan: plan, shard: 1, node: "n2", start: epoch, change: func(log *journal.Log) {
		log.Notes = append(log.Notes, journal.Note{At: epoch, Kind: journal.NoteQuarantined, Text: "it failed", Cell: new(1), After: len(log.Trials)})
	}}.write(t)
	m, err := s.Merge()
	noError(t, err)
	noError(t, journal.WriteFile(filepath.Join(s.Dir, journal.FileName), m.Log))
	log, err := journal.ReadDir(s.Dir)
	noError(t, err)
	cell, last := s.Shards[1].Cells[1], 0
	for i := range log.Trials {
		if log.Trials[i].Cell == cell {
			last = i + 1
		}
	}
	for _, n := range log.Notes {
		if n.Kind == journal.NoteQuarantined && (*n.Cell != cell || n.After != last) {
			t.Errorf("the note is about cell %d, after %d trials; want cell %d, after its last trial %d", *n.Cell, n.After, cell, last)
		}
	}
}

// TestMergeNamesMovedRevisions checks the warning about a branch that moved between two shards.
func TestMergeNamesMovedRevisions(t *testing.T) {
	for _, moved := range []bool{false, true} {
		s, plan := freeze(t, gridOf(2, 3, 3), 0, nil)
		for shard, commit := range []string{"aaaa", "bbbb"} {
			if !moved {
				commit = "aaaa"
			}
			fake{Sweep: s, plan: plan, shard: shard, node: "n1", start: epoch, change: func(log *journal.Log) {
				log.Run.Sources = []journal.Source{{Git: "/repo", Revision: "main", Commit: commit}}
			}}.write(t)
		}
		m, err := s.Merge()
		noError(t, err)
		warned := slices.ContainsFunc(m.Log.Notes, func(n journal.Note) bool {
			return strings.Contains(n.Text, "The revision main of /repo is not the same in all shards: aaaa, bbbb.")
		})
		if warned != moved {
			t.Errorf("moved %v, but warned %v: %+v", moved, warned, m.Log.Notes)
		}
	}
}

// TestMergeKeepsCPUs checks that the merged header has the value of cpus in the experiment, which report --baseline
// needs, if the nodes have another number.
func TestMergeKeepsCPUs(t *testing.T) {
	for _, test := range []struct{ plan, want int }{{31, 31}, {4, 0}} { // a node has 4
		s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
		s.Run.Machine.CPUs = test.plan
		fake{Sweep: s, plan: plan, node: "n1", start: epoch}.write(t)
		m, err := s.Merge()
		noError(t, err)
		if run := &m.Log.Run; run.CPUs != test.want || run.Machine.CPUs != 4 {
			t.Errorf("submitted with %d cpus: got %d, and %d of the machine; want %d, and 4", test.plan, run.CPUs, run.Machine.CPUs, test.want)
		}
	}
}
