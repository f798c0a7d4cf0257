package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/analysis/gate"
	"iosweep/experiments"
	"iosweep/internal/oneline"
)

// A gateFlag is the flag --fail-on. It changes the exit code after all results are written and
// printed, so it loses nothing.
type gateFlag struct {
	words []string // may have a default before register
	gate  gate.Gate
	about string // which cells the gate looks at; may be empty
	unit  string // the unit of the verdicts: "runs"; empty: trials
}

func (f *gateFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringSliceVar(&f.words, "fail-on", f.words, "exit with code 4 if a cell has one of these `outcomes`, separated by commas: "+strings.Join(gate.Words(), ", ")+"; slower:5% also requires an effect above 5%")
	_ = cmd.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions(gate.Words(), cobra.ShellCompDirectiveNoFileComp))
}

// check reads the value of the flag.
func (f *gateFlag) check() (err error) {
	f.gate, err = gate.Parse(f.words)
	return err
}

// checkPlan refuses a gate on verdicts if no cell of an experiment can get one. It is called
// before the first trial, because the answer does not change in a long run.
func (f *gateFlag) checkPlan(e *experiments.Experiment) error {
	if !f.gate.NeedsVerdict() {
		return nil
	}
	_, most := e.Repeats()
	if why := gate.NothingToDecide(e.Baseline, most); why != "" {
		return fmt.Errorf("--fail-on %s: %s", f.gate, why)
	}
	return nil
}

// apply returns an error if a cell meets a condition of the gate, or if no cell has a verdict and
// the gate needs one. next is advice for the findings. nothing is
// the reason why no cell has a verdict.
func (f *gateFlag) apply(s streams, cells []gate.Cell, next, nothing string) error {
	r := f.gate.Check(cells)
	r.About, r.Unit = f.about, f.unit
	switch {
	case len(r.Findings) > 0:
		return &exitError{exitFound, errors.New(strings.Join(append(r.Lines(), next), "\n"))}
	case r.Undecided():
		return &exitError{exitUsage, fmt.Errorf("--fail-on %s has nothing to check: %s", f.gate, nothing)}
	case r.Doubt() != "":
		fmt.Fprintln(s.err, "note: "+r.Doubt())
	}
	return nil
}

// noVerdict is the reason why a gate on a run has nothing to check.
const noVerdict = "no cell has a verdict, because a verdict takes two good trials of the cell and of its baseline"

// toSeeAll returns the advice after the findings of a gate on a run.
func toSeeAll(dir string) string {
	return "to see all cells: iosweep report " + oneline.ForShell(dir) + " --rows all"
}
