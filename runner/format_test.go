package runner

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// TestRunOfEarlierFormatIsResumed interrupts a run and rewrites its journal in format 2. A resumed
// run must append a header of the present format before everything else, and no second one when it
// is resumed again. A run of format 1 must be refused.
func TestRunOfEarlierFormatIsResumed(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := filepath.Join(t.TempDir(), "out")
	_, before, space := runIt(t, ctx, small, func(o *Options) {
		o.Out, o.Progress = dir, &cancellingBefore{at: 4, cancel: cancel}
	})
	rewriteVersion(t, dir, 1)
	if _, err := OpenPrevious(dir); err == nil || !strings.Contains(err.Error(), "older format that cannot be resumed") {
		t.Errorf("format 1: got %v, want a refusal", err)
	}
	rewriteVersion(t, dir, 2)
	size := len(readJournal(t, dir))

	resume := func(at int) (Ending, *journal.Log) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		previous, err := OpenPrevious(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer previous.Close()
		plan := schedule.NewPlan(parse(t, small, "workspace="+space))
		opt := Options{Origin: previous.Log.Run.Origin, Here: space, Out: dir, Progress: &cancellingBefore{at: at, cancel: cancel}}
		prep, err := preflight.Prepare(ctx, plan, preflight.Base{Here: space, Dir: space}, opt.Progress.Preparing)
		if err != nil {
			t.Fatal(err)
		}
		ending, err := Resume(ctx, prep, previous, false, opt)
		if err != nil {
			t.Fatal(err)
		}
		log, err := journal.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return ending, log
	}
	_, log := resume(10)
	first := entriesOf(readJournal(t, dir)[size:])[0]
	if version := field(field(first, "run"), "version"); version != json.Number(fmt.Sprint(journal.FormatVersion)) {
		t.Errorf("the first new entry is %v, want a run of format %d", first, journal.FormatVersion)
	}
	if log.Run.Version != journal.FormatVersion || len(log.Replaced) != 1 || !log.Run.StartedAt.Equal(before.Run.StartedAt) || log.Run.PlanHash != before.Run.PlanHash {
		t.Errorf("the journal has format %d, %d earlier headers and the plan %s of %v; want format %d, 1 header and the same plan", log.Run.Version, len(log.Replaced), log.Run.PlanHash, log.Run.StartedAt, journal.FormatVersion)
	}
	ending, log := resume(0)
	if ending.Kind != journal.NoteFinished || ending.Trials != 24 || len(log.Trials) != 24 || len(log.Replaced) != 1 {
		t.Errorf("the run ended with %+v, %d trials and %d earlier headers, want 24 trials and 1 header", ending, len(log.Trials), len(log.Replaced))
	}
}

// TestPlansOfEarlierVersionsAreTheSame plans the experiments of journals that an earlier version has
// written. A run of that version can be resumed only if its experiment still has the same plan.
func TestPlansOfEarlierVersionsAreTheSame(t *testing.T) {
	paths, err := filepath.Glob("../journal/testdata/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	planned := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(data) {
			var framed struct{ Entry journal.Entry }
			if err := json.Unmarshal(line, &framed); err != nil {
				t.Fatal(err)
			}
			if run := framed.Entry.Run; run != nil && run.IsResumable() {
				checkSamePlan(t, filepath.Base(path), run)
				planned++
			}
		}
	}
	if planned < 7 {
		t.Errorf("got %d plans in %d journals, want at least 7", planned, len(paths))
	}
}

// checkSamePlan plans the experiment of a run again, and compares the plans.
func checkSamePlan(t *testing.T, name string, run *journal.Run) {
	t.Helper()
	e, err := experiments.Parse([]byte(run.Origin.Source), experiments.Options{
		File: "earlier.yaml", Catalogue: catalogue.New(), CPUs: run.Machine.CPUs, Profile: run.Profile, Set: run.Overrides, Only: run.Only,
	})
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	plan := schedule.NewPlan(e)
	now, err := planHeader(plan, preflight.PlannedCells(e), Options{Overrides: run.Overrides, Only: run.Only, Origin: run.Origin})
	if err != nil {
		t.Fatal(err)
	}
	if now.PlanHash != run.PlanHash {
		t.Errorf("%s: the plan hash is %s, want %s", name, now.PlanHash, run.PlanHash)
	}
	if list := schedule.Changes(run, &now); len(list) > 0 {
		t.Errorf("%s: the plan has changed: %q", name, list)
	}
	merged := schedule.MapCells(run, &now).Merged
	if len(merged) != len(run.Cells) {
		t.Fatalf("%s: got %d cells, want %d", name, len(merged), len(run.Cells))
	}
	for i, was := range run.Cells {
		if is := merged[i]; is.Name != was.Name || is.Baseline != was.Baseline || is.Retired != was.Retired || is.Command != was.Command || !maps.Equal(is.Levels, was.Levels) {
			t.Errorf("%s: cell %d is %+v, want %+v", name, i, is, was)
		}
	}
}

func readJournal(t *testing.T, dir string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, journal.FileName))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// rewriteVersion sets the format of all headers of a journal.
func rewriteVersion(t *testing.T, dir string, version int) {
	t.Helper()
	rewriteRuns(t, dir, func(run map[string]any) { run["version"] = version })
}

// rewriteRuns changes all headers of a journal.
func rewriteRuns(t *testing.T, dir string, change func(run map[string]any)) {
	t.Helper()
	var data []byte
	for _, e := range entriesOf(readJournal(t, dir)) {
		if run, ok := field(e, "run").(map[string]any); ok {
			change(run)
		}
		payload, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		data = fmt.Appendf(data, `{"length":%d,"crc32c":"%08x","entry":%s}`+"\n", len(payload), crc32.Checksum(payload, crc32.MakeTable(crc32.Castagnoli)), payload)
	}
	if err := os.WriteFile(filepath.Join(dir, journal.FileName), data, 0o600); err != nil {
		t.Fatal(err)
	}
}
