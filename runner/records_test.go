package runner

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// TestPlanFile checks plan.json, which lists no rounds for a plan with very many trials.
func TestPlanFile(t *testing.T) {
	encoded := func(set ...string) (*run, string) {
		plan := schedule.NewPlan(parse(t, small, set...))
		r := &run{Prepared: &preflight.Prepared{Plan: plan, Cells: preflight.PlannedCells(plan.Experiment)}}
		r.opt.Only = []string{"<a>", "b"}
		r.opt.Out = t.TempDir()
		if err := r.writePlan(); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join(r.opt.Out, planFile))
		if err != nil {
			t.Fatal(err)
		}
		return r, string(data)
	}
	r, got := encoded("trials.seed=-1")
	var record planRecord
	if err := json.Unmarshal([]byte(got), &record); err != nil {
		t.Fatal(err)
	}
	if want := "{\n \"plan_hash\": \"" + r.Plan.Hash + "\",\n \"seed\": -1,\n \"order\": \"shuffled\",\n \"overrides\": [],\n \"only\": [\n  \"\\u003ca\\u003e\",\n  \"b\"\n ],\n \"cells\": [\n  {\n   \"name\": "; !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant this at its beginning:\n%s", got, want)
	}
	if len(record.Cells) != len(r.Cells) || len(record.Rounds) != r.Plan.Rounds {
		t.Fatalf("got %d cells and %d rounds, want %d and %d", len(record.Cells), len(record.Rounds), len(r.Cells), r.Plan.Rounds)
	}
	for i, c := range record.Cells {
		if want := (plannedCell{r.Cells[i].Name, maps.Collect(r.Plan.Experiment.FactorsOf(r.Plan.Experiment.Cells[i])), r.Cells[i].Baseline, ""}); !reflect.DeepEqual(c, want) {
			t.Errorf("cell %d is %v, want %v", i, c, want)
		}
	}
	for n, found := range record.Rounds {
		round := r.Plan.Round(n)
		if want := (plannedRound{round.Phase, round.Number, r.Plan.Order(n)}); !reflect.DeepEqual(found, want) {
			t.Errorf("round %d is %v, want %v", n, found, want)
		}
	}

	r, got = encoded("trials.repeats=500000")
	var large planRecord
	if err := json.Unmarshal([]byte(got), &large); err != nil {
		t.Fatal(err)
	}
	if len(large.Cells) != len(r.Cells) || large.Rounds != nil || strings.Contains(got, "rounds") {
		t.Errorf("got %d cells and %d rounds for a plan of %d trials, want %d cells and no rounds", len(large.Cells), len(large.Rounds), r.Plan.Trials(), len(r.Cells))
	}
}
