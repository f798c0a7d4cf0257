package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/catalogue"
)

// rebaseline gives the cells of a run other baselines, those that match a filter in the syntax of
// --only. It parses the experiment of the run again, so that the rules of the key baseline apply.
func rebaseline(log *journal.Log, filter string) error {
	run := &log.Run
	set := slices.DeleteFunc(slices.Clone(run.Overrides), func(o string) bool { return strings.HasPrefix(o, "budget=") })
	override := "baseline={" + strings.ReplaceAll(strings.ReplaceAll(filter, ",", ", "), "=", ": ") + "}"
	e, err := experiments.Parse([]byte(run.Origin.Source), experiments.Options{
		File: "experiment.yaml", Catalogue: catalogue.New(), CPUs: run.Machine.CPUs, MaxCells: math.MaxInt, MaxTrials: math.MaxInt64,
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
	for i, c := range e.Cells {
		cell, known := live[c.String()]
		base, baseKnown := live[e.Cells[e.Baseline[i]].String()]
		if !known || !baseKnown {
			return fmt.Errorf("--baseline: this version of iosweep plans other cells for the experiment than the run has, such as %s", c)
		}
		run.Cells[cell].Baseline = base
	}
	return nil
}
