package cluster

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestDamagedFiles damages a file of an attempt of shard 1. The other shard stays usable, shard 1 is submitted again,
// and a new attempt makes it whole.
func TestDamagedFiles(t *testing.T) {
	write := func(text string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(text), 0o644) }
	}
	directory := func(path string) error {
		_ = os.Remove(path)
		return os.Mkdir(path, 0o755)
	}
	change := func(path string) error { // one byte, and the size stays
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		data[len(data)/2] ^= 1
		return os.WriteFile(path, data, 0o644)
	}
	for _, test := range []struct {
		name, ext string
		damage    func(path string) error
		missing   bool
	}{
		{"done is empty", doneExt, write(""), true},
		{"done is cut off", doneExt, write(`{"records":`), true},
		{"done is a list", doneExt, write(`[]`), true},
		{"done is null", doneExt, write(`null`), true},
		{"done is a directory", doneExt, directory, true},
		{"done is of another journal", doneExt, write(`{"records":1,"bytes":1,"sha256":"00"}`), true},
		{"failed is cut off", failedExt, write(`{`), false},
		{"failed is empty", failedExt, write(`{}`), false},
		{"journal is gone", journalExt, os.Remove, true},
		{"journal is empty", journalExt, write(""), true},
		{"journal is a directory", journalExt, directory, true},
		{"journal is text", journalExt, write("text\n"), true},
		{"journal was changed", journalExt, change, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, plan := freeze(t, gridOf(2, 3, 3), 0, nil)
			fake{Sweep: s, plan: plan, shard: 0, node: "n1", start: epoch}.write(t)
			a := fake{Sweep: s, plan: plan, shard: 1, node: "n2", start: epoch}.write(t)
			noError(t, test.damage(a.path(test.ext)))
			missing := []int{1}
			if !test.missing {
				missing = nil
			}
			checkMissing(t, s, missing)
			if _, err := s.Status(t.Context()); err != nil {
				t.Error(err)
			}
			if !test.missing {
				return
			}
			if done, err := s.FinishLate(1); err != nil || !done { // it has finished, and only .done was lost
				fake{Sweep: s, plan: plan, shard: 1, node: "n1", start: epoch.Add(time.Hour)}.write(t)
			}
			checkMissing(t, s, nil)
		})
	}
}

// checkMissing checks that merge and submit find the same missing shards.
func checkMissing(t *testing.T, s *Sweep, want []int) {
	t.Helper()
	m, err := s.Merge()
	noError(t, err)
	if !slices.Equal(m.Missing, want) || len(m.Log.Trials) < 3*4 {
		t.Errorf("merge has %d trials and misses the shards %v, want %v (%q)", len(m.Log.Trials), m.Missing, want, m.Problems)
	}
	left, err := s.Remaining(t.Context(), false, DefaultTries)
	noError(t, err)
	var shards []int
	for _, missing := range left.Missing {
		shards = append(shards, missing.Shards...)
		if slices.Contains(missing.Without, "") {
			t.Error("submit excludes a node without a name")
		}
	}
	if !slices.Equal(shards, want) || left.Done+len(shards) != len(s.Shards) {
		t.Errorf("submit finds %d shards done and misses %v, want %v", left.Done, shards, want)
	}
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// copyFiles copies the files of an attempt to a name in a directory.
func copyFiles(t *testing.T, a *Attempt, dir, name string, extensions ...string) {
	t.Helper()
	for _, ext := range extensions {
		data, err := os.ReadFile(a.path(ext))
		noError(t, err)
		noError(t, os.WriteFile(filepath.Join(dir, name+ext), data, 0o644))
	}
}

// TestCopiesOfAttempts copies attempts under other names and to another shard. Copies are not twins, and they do not
// make a shard unusable.
func TestCopiesOfAttempts(t *testing.T) {
	s, plan := freeze(t, gridOf(2, 3, 3), 0, nil)
	first := fake{Sweep: s, plan: plan, shard: 0, node: "n1", start: epoch}.write(t)
	second := fake{Sweep: s, plan: plan, shard: 1, node: "n2", start: epoch}.write(t)
	want, err := s.Merge()
	noError(t, err)
	copyFiles(t, first, s.shardDir(0), "0", journalExt)           // sorts first
	copyFiles(t, first, s.shardDir(0), "z", journalExt, doneExt)  // sorts last
	copyFiles(t, first, s.shardDir(1), "10", journalExt, doneExt) // of another shard
	noError(t, os.Truncate(filepath.Join(s.shardDir(0), "0.jsonl"), 2000))
	m, err := s.Merge()
	noError(t, err)
	sameTrials(t, m.Log.Trials, want.Log.Trials)
	if m.Duplicates+m.Parts+m.Disturbed > 0 || len(m.Missing) > 0 || len(m.Problems) != 3 {
		t.Errorf("got %d duplicates, %d parts and %d disturbed trials, missing %v, problems %q; want 3 problems alone", m.Duplicates, m.Parts, m.Disturbed, m.Missing, m.Problems)
	}
	checkMissing(t, s, nil)
	noError(t, os.Remove(second.path(doneExt)))
	noError(t, os.Remove(second.Journal()))
	checkMissing(t, s, []int{1})
}

// TestEarlierJournalDamaged damages the journal of the attempt that a later one continued.
func TestEarlierJournalDamaged(t *testing.T) {
	s, plan := freeze(t, gridOf(2, 3, 3), 0, nil)
	fake{Sweep: s, plan: plan, shard: 0, node: "n1", start: epoch}.write(t)
	first := fake{Sweep: s, plan: plan, shard: 1, node: "n1", start: epoch, rounds: 2}.write(t)
	fake{Sweep: s, plan: plan, shard: 1, node: "n2", start: epoch.Add(time.Hour)}.write(t)
	checkMissing(t, s, nil)
	data, err := os.ReadFile(first.Journal())
	noError(t, err)
	data[len(data)/2] ^= 1
	noError(t, os.WriteFile(first.Journal(), data, 0o644))
	checkMissing(t, s, []int{1})
}

// TestNewerIgnoresClocks checks that an attempt does not yield to one that was there before it, even if the clock of
// that node is ahead.
func TestNewerIgnoresClocks(t *testing.T) {
	s, plan := freeze(t, gridOf(1, 3, 3), 0, nil)
	fake{Sweep: s, plan: plan, node: "ahead", start: epoch.Add(24 * time.Hour), rounds: 2}.write(t)
	a := fake{Sweep: s, plan: plan, node: "n2", start: epoch, rounds: 1}.write(t)
	if newer := s.Newer(a); newer != nil {
		t.Errorf("it yields to %s of %s, which was there before", newer.Name, newer.Node())
	}
	b := fake{Sweep: s, plan: plan, node: "n1", start: epoch.Add(time.Minute), rounds: 1}.write(t)
	if newer := s.Newer(a); newer == nil || newer.Name != b.Name {
		t.Errorf("the newer attempt is %v, want %s", newer, b.Name)
	}
}

// TestDamagedArrays checks that a damaged file of an array is an error that names the file.
func TestDamagedArrays(t *testing.T) {
	s, _ := freeze(t, gridOf(2, 3, 3), 0, nil)
	path := filepath.Join(s.Dir, arraysDir, "0.json")
	for _, text := range []string{
		`[]`, `{}`, `{"name":"other","indices":[0]}`, `{"name":"NAME","offset":-5,"indices":[0]}`, `{"name":"NAME","indices":[0,-1]}`, `{"name":"NAME","indices":[2]}`, `{"name"`,
	} {
		noError(t, os.WriteFile(path, []byte(strings.ReplaceAll(text, "NAME", s.arrayName(0))), 0o644))
		if _, err := s.Status(t.Context()); err == nil || !strings.Contains(err.Error(), path+" is damaged") {
			t.Errorf("%s: got %v, want an error about %s", text, err, path)
		}
	}
}

// TestDamagedPlan checks that Open refuses a plan whose shards do not have each round of each cell once.
func TestDamagedPlan(t *testing.T) {
	s, _ := freeze(t, gridOf(2, 3, 4), time.Second, []float64{.1, .1, .1, .1, .1, .1})
	if len(s.Shards) < 3 {
		t.Fatalf("the plan has %d shards, want some with a part of the rounds", len(s.Shards))
	}
	if _, err := Open(s.Dir); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Plan){
		"none":    func(p *Plan) { p.Shards = nil },
		"lost":    func(p *Plan) { p.Shards = p.Shards[1:] },
		"cell":    func(p *Plan) { p.Shards[0].Cells = p.Shards[0].Cells[1:] },
		"twice":   func(p *Plan) { p.Shards = append(p.Shards, p.Shards[0]) },
		"overlap": func(p *Plan) { p.Shards[0].Last++ },
		"cells":   func(p *Plan) { p.Run.Cells = p.Run.Cells[:1] },
	} {
		data, err := json.Marshal(s.Plan)
		noError(t, err)
		var plan Plan
		noError(t, json.Unmarshal(data, &plan))
		change(&plan)
		data, err = json.Marshal(plan)
		noError(t, err)
		noError(t, os.WriteFile(filepath.Join(s.Dir, planFile), data, 0o644))
		if _, err := Open(s.Dir); err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("%s: got %v, want an error", name, err)
		}
	}
}
