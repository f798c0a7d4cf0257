package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/internal/units"
	"iosweep/reports"
)

func newAB(s streams) *cobra.Command {
	var opt runOptions
	cmd := &cobra.Command{
		Use:   "ab BASE NEW EXPERIMENT",
		Short: "Compare two git revisions of a program in one run",
		Long: `Ab builds two revisions of the programs of an experiment, and measures both in the
same rounds, so that a change of the machine cannot look like a change of the code.
It runs the commands that have a source, with the revisions BASE, NEW and control,
and leaves out all other strategies. The control is BASE once more: the same program
in another cell. BASE is the baseline.

BASE and NEW are branches, tags or commits of the git repository of the source. The word
worktree stands for its files as they are, committed or not.

The exit code is 4 if NEW is slower than BASE in a cell, or has another outcome that
--fail-on names. It is 1 if a control is called faster or slower than BASE: the machine
is too noisy for a verdict. With --format markdown the result is a comment for a pull
request.`,
		Example: `  iosweep ab main HEAD bench.yaml
  iosweep ab main worktree bench.yaml --profile quick --fail-on slower:5%,failed
  iosweep ab origin/main HEAD bench.yaml --format markdown > comment.md`,
		Args: revisionsAndExperiment,
		RunE: func(cmd *cobra.Command, args []string) error {
			opt.ab = &experiments.AB{Base: args[0], New: args[1]}
			return opt.run(cmd, s, args[2])
		},
	}
	opt.failOn.words = []string{"slower"}
	opt.markdown = true
	opt.register(cmd)
	cmd.Flags().Lookup("format").Usage = "`format` of the results on standard output: text, json or markdown"
	return cmd
}

// revisionsAndExperiment accepts the three arguments of ab.
func revisionsAndExperiment(cmd *cobra.Command, args []string) error {
	const revision = "a branch, a tag or a commit, or worktree"
	if len(args) != 3 {
		return fmt.Errorf("%s needs BASE, NEW and EXPERIMENT, found %s\nBASE and NEW are each %s\nEXPERIMENT is %s", cmd.Name(), units.Count(len(args), "argument"), revision, experimentArg)
	}
	if err := refuseEmpty(args[:2], "BASE or NEW", revision); err != nil {
		return err
	}
	for _, name := range args[:2] {
		switch {
		case strings.HasPrefix(name, "-"):
			return fmt.Errorf("the revision %q begins with -, as options do; it must be %s", name, revision)
		case strings.Contains(name, "..") && !strings.HasPrefix(name, ":/"):
			return fmt.Errorf("the revision %q is a range of commits; it must be %s", name, revision)
		case name == experiments.Control:
			return fmt.Errorf("the revision %q has the name of the control; for a branch of this name write refs/heads/%s", name, name)
		}
	}
	if args[0] == args[1] {
		return fmt.Errorf("BASE and NEW are both %q; name two revisions (each run has a control, which measures BASE against itself)", args[0])
	}
	return refuseEmpty(args[2:], "EXPERIMENT", experimentArg)
}

// noisyControls returns an error if a control of iosweep ab is called faster or slower.
func noisyControls(d *reports.Content) error {
	if d.AB == nil || len(d.AB.Noisy) == 0 {
		return nil
	}
	return &exitError{exitFailures, errors.New(d.AB.ControlSentence() + "\nto check the machine: iosweep doctor; then measure again, with more trials (--set trials.repeats=20)")}
}
