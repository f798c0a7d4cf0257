package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
)

const small = `
name: small
workload: {files: 5, lines: 3}
grid:
  - {operation: [write, read], strategy: [sequential, threads, processes], workers: 2}
trials: {repeats: 3, warmup: 1}
`

// parse returns the experiment of a valid source.
func parse(t testing.TB, source string, set ...string) *experiments.Experiment {
	t.Helper()
	e, err := experiments.Parse([]byte(source), experiments.Options{
		File: "test.yaml", Catalogue: catalogue.New(), CPUs: 2, Set: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// versions returns a run of a contender with a script for each level of the axis version. sums has
// the checksums of the recorded scripts, by level.
func versions(sums map[string]string, levels ...string) *journal.Run {
	c := journal.Command{Name: "ours", Operation: "copy", Run: []string{"sh", "{here}/../{version}/x.sh", "{here}/y.sh", "{output}"}, Scripts: map[string]string{"y.sh": "1"}}
	for level, sum := range sums {
		c.Scripts["../"+level+"/x.sh"] = sum
	}
	run := &journal.Run{Repeats: 1, Commands: []journal.Command{c}}
	sum := CommandSums(run.Commands, nil)
	for _, level := range levels {
		cell := journal.Cell{Name: level, Levels: map[string]string{"operation": "copy", "strategy": "ours", "version": level}}
		cell.Command = sum(cell.Levels)
		run.Cells = append(run.Cells, cell)
	}
	return run
}

// TestScriptsOfLevels checks which cells of a run are changed by a script whose path depends on the
// cell.
func TestScriptsOfLevels(t *testing.T) {
	recorded := map[string]string{"a": "2", "b": "3"}
	for name, test := range map[string]struct {
		previous, planned *journal.Run
		want              []string
	}{
		"nothing": {versions(recorded, "a", "b"), versions(recorded, "a", "b"), nil},
		"a script": {
			versions(recorded, "a", "b"), versions(map[string]string{"a": "2", "b": "4"}, "a", "b"),
			[]string{"~ commands.ours: ../b/x.sh has changed", "- b", "+ b"},
		},
		"all scripts": {
			versions(recorded, "a", "b"), versions(map[string]string{"a": "4", "b": journal.MissingScript}, "a", "b"),
			[]string{"~ commands.ours: ../a/x.sh has changed, ../b/x.sh is missing", "- a", "- b", "+ a", "+ b"},
		},
		"a new level":              {versions(map[string]string{"a": "2"}, "a"), versions(recorded, "a", "b"), []string{"+ b"}},
		"a removed level":          {versions(recorded, "a", "b"), versions(map[string]string{"b": "3"}, "b"), []string{"- a"}},
		"scripts not yet recorded": {versions(nil, "a", "b"), versions(recorded, "a", "b"), nil},
		"a missing script not yet recorded": {
			versions(nil, "a", "b"), versions(map[string]string{"a": "2", "b": journal.MissingScript}, "a", "b"), nil,
		},
	} {
		for _, run := range []*journal.Run{test.previous, test.planned} {
			for i := range run.Cells {
				run.Cells[i].Baseline = i
			}
		}
		if diff := cmp.Diff(test.want, Changes(test.previous, test.planned)); diff != "" {
			t.Errorf("%s: -want +got\n%s", name, diff)
		}
	}
}

// TestCommandSum checks that the checksum of a command without placeholders in its scripts stays as
// it is in old journals.
func TestCommandSum(t *testing.T) {
	c := journal.Command{Name: "mine", Operation: "copy", Run: []string{"sh", "{here}/x.sh", "{workers}"}, Scripts: map[string]string{"x.sh": "ab"}}
	sum := sha256.Sum256([]byte(`["sh" "{here}/x.sh" "{workers}"]copymap[x.sh:ab]`))
	want := hex.EncodeToString(sum[:8])
	if got := CommandSums([]journal.Command{c}, nil)(map[string]string{"strategy": "mine", "workers": "4"}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := CommandSums([]journal.Command{c}, nil)(map[string]string{"strategy": "threads"}); got != "" {
		t.Errorf("got %q for a built-in strategy", got)
	}
}

// TestChangedInputs checks the reason why a cell has other inputs than before.
func TestChangedInputs(t *testing.T) {
	was := journal.Cell{Files: 1, Bytes: 2, Inputs: "a", LeftOut: map[string]int{"pipe": 1}}
	for want, now := range map[string]journal.Cell{
		": its inputs were 1 file with 2 bytes, now 2 with 2":            {Files: 2, Bytes: 2, Inputs: "b", LeftOut: was.LeftOut},
		": left out of its inputs were 1 (pipe), now 2 (link), 1 (pipe)": {Files: 1, Bytes: 2, Inputs: "b", LeftOut: map[string]int{"pipe": 1, "link": 2}},
		": left out of its inputs were 1 (pipe), now 0":                  {Files: 1, Bytes: 2, Inputs: "b"},
		": the content or the names of its inputs have changed":          {Files: 1, Bytes: 2, Inputs: "b", LeftOut: was.LeftOut},
	} {
		if got := whyDifferent(&was, &now); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
