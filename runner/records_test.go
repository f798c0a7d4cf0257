package runner

import (
	"bytes"
	"encoding/json"
	"testing"

	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// TestPlanFile: written piece by piece, plan.json has the bytes that one value has.
// Of a plan with more trials than anybody reads it leaves out the rounds.
func TestPlanFile(t *testing.T) {
	encoded := func(set ...string) (*run, planRecord, []byte) {
		plan := schedule.NewPlan(parse(t, small, set...))
		r := &run{Prepared: &preflight.Prepared{Plan: plan, Cells: preflight.OutlinedCells(plan.Experiment)}}
		head := planRecord{Hash: plan.Hash, Seed: -1, Order: "shuffled", Profile: "<quick>", Overrides: []string{}, Only: []string{"a", "b"}}
		var b bytes.Buffer
		if err := r.encodePlan(&b, head); err != nil {
			t.Fatal(err)
		}
		return r, head, b.Bytes()
	}
	type record struct { // as earlier versions wrote it at once
		planRecord
		Cells  []plannedCell `json:"cells"`
		Rounds []plannedOnce `json:"rounds,omitempty"`
	}
	r, head, got := encoded()
	whole := record{planRecord: head}
	for _, c := range r.Cells {
		whole.Cells = append(whole.Cells, plannedCell{c.Name, c.Levels, c.Baseline, c.Skip})
	}
	for n := range r.Plan.Rounds {
		round := r.Plan.Round(n)
		whole.Rounds = append(whole.Rounds, plannedOnce{round.Phase, round.Number, r.Plan.Order(n)})
	}
	want, err := json.MarshalIndent(whole, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want)+"\n" {
		t.Errorf("it is\n%s\nwant\n%s", got, want)
	}

	r, _, got = encoded("trials.repeats=500000")
	var large record
	if err := json.Unmarshal(got, &large); err != nil {
		t.Fatal(err)
	}
	if len(large.Cells) != len(r.Cells) || large.Rounds != nil || bytes.Contains(got, []byte("rounds")) {
		t.Errorf("%d cells and %d rounds of %d trials, want all cells and no rounds", len(large.Cells), len(large.Rounds), r.Plan.Trials())
	}
}
