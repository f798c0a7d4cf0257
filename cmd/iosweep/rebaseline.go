package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
)

// rebaseline gives the cells of a run other baselines, those that match a filter in the syntax of
// --only. It parses the experiment of the run again, so that the rules of the key baseline apply. It
// copies the cells, so that a copy of the log keeps its own baselines.
func rebaseline(log *journal.Log, filter string) error {
	run := &log.Run
	set := slices.DeleteFunc(slices.Clone(run.Overrides), func(o string) bool { return strings.HasPrefix(o, "budget=") })
	override := "baseline={" + strings.ReplaceAll(strings.ReplaceAll(filter, ",", ", "), "=", ": ") + "}"
	e, err := experiments.Parse([]byte(run.Origin.Source), experiments.Options{
		File: "experiment.yaml", Catalogue: catalogue.New(), CPUs: cmp.Or(run.CPUs, run.Machine.CPUs), MaxCells: math.MaxInt, MaxTrials: math.MaxInt64,
		Profile: run.Profile, Set: append(set, override), Spelling: map[string]string{override: "--baseline " + filter},
		AB: abOf(run), Only: run.Only, Interpreters: func() []string { return run.Found },
	})
	if err != nil {
		return invalid(err)
	}
	live := map[string]int{}
	for i := range run.Cells {
		if !run.Cells[i].Retired {
			live[run.Cells[i].Name] = i
		}
	}
	if run.Measured == nil {
		run.Measured = run.Cells
	}
	run.Cells = slices.Clone(run.Cells)
	for i, c := range e.Cells {
		cell, known := live[c.String()]
		base, baseKnown := live[e.Cells[e.Baseline[i]].String()]
		switch {
		case known && baseKnown:
			run.Cells[cell].Baseline = base
		case len(run.Only) == 0:
			return fmt.Errorf("--baseline: this version of iosweep plans other cells for the experiment than the run has, such as %s", c)
		case known:
			return fmt.Errorf("--baseline %s: %s would be the baseline of %s, but the run has no such cell: it has only --only %s",
				filter, e.Cells[e.Baseline[i]], c, strings.Join(run.Only, " --only "))
		}
	}
	return nil
}
