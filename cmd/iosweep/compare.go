package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/experiments"
	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/reports"
)

// compareOptions are the flags of `iosweep compare`.
type compareOptions struct {
	margin string
	failOn []string
	format string
}

func newCompare(s streams) *cobra.Command {
	var opt compareOptions
	cmd := &cobra.Command{
		Use:   "compare BASE NEW",
		Short: "Hold one run against another, cell by cell",
		Long: `Compare reads the journals of two runs, says in what the runs differ (machine,
versions, programs, plan, inputs), and gives every cell that does the same work in both
a verdict on its time: slower, faster, equivalent (the whole interval of the speed-up
lies within the margin) or inconclusive. It runs nothing and writes no file. BASE and
NEW are the results directories of runs, or the files trials.jsonl of them.

With --fail-on it exits with 4 if a cell came out in one of the ways named:
slower, faster, inconclusive, equivalent, failed (it failed in NEW) or missing (BASE
has measured it, and NEW has nothing to compare with that).`,
		Example: `  iosweep compare results/before results/after
  iosweep compare base new --margin 5% --fail-on slower,failed,missing
  iosweep compare base new --format markdown > comment.md`,
		Args: twoRuns,
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("fail-on") && len(opt.failOn) == 0 {
				return fmt.Errorf("--fail-on names nothing, so it would find nothing: it is one or more of %s", strings.Join(compare.Sought(), ", "))
			}
			return opt.run(s, args[0], args[1])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.margin, "margin", "2%", "the `difference` that nobody cares about: above 0%, below 100%")
	flags.StringSliceVar(&opt.failOn, "fail-on", nil, "exit with 4 if a cell is one of these `words`, with commas between")
	flags.StringVar(&opt.format, "format", "text", "of the results on standard output: text, markdown, csv or json")
	return cmd
}

// twoRuns are the arguments.
func twoRuns(cmd *cobra.Command, args []string) error {
	if len(args) == 2 {
		return filled(args, "BASE or NEW", aRun)
	}
	return fmt.Errorf("%s needs BASE and NEW, found %s; each is %s", cmd.Name(), units.Count(len(args), "argument"), aRun)
}

func (opt *compareOptions) run(s streams, base, next string) error {
	margin, err := opt.check()
	if err != nil {
		return err
	}
	var sides [2]*analysis.Data
	for i, dir := range []string{base, next} {
		log, err := readRun(dir)
		if err != nil {
			return err
		}
		sides[i] = analysis.New(log)
	}
	c, err := compare.Compare(sides[0], sides[1], compare.CompareOptions{
		BaseName: base, NewName: next, Margin: margin,
	})
	if err != nil {
		return err
	}
	for _, w := range c.Warnings {
		fmt.Fprintln(s.err, "warning: "+w)
	}
	if err := opt.print(s, c); err != nil {
		return err
	}
	return opt.verdict(c)
}

// comparisonFormats are what a comparison can be printed as.
var comparisonFormats = []string{"text", "markdown", "csv", "json"}

// check refuses flags before any journal is read: that may take a while.
func (opt *compareOptions) check() (margin float64, err error) {
	margin, ok := experiments.ParsePercent(opt.margin)
	if !ok || margin <= 0 || margin >= 1 {
		return 0, fmt.Errorf("--margin %q: it is a percentage above 0%% and below 100%%, such as 2%% or 0.5%%", opt.margin)
	}
	for i, word := range opt.failOn {
		word = strings.TrimSpace(word)
		opt.failOn[i] = word
		if !slices.Contains(compare.Sought(), word) {
			return 0, fmt.Errorf("--fail-on %q: it is one or more of %s, with commas between", word, strings.Join(compare.Sought(), ", "))
		}
	}
	if !slices.Contains(comparisonFormats, opt.format) {
		return 0, fmt.Errorf("--format %q: it is one of %s", opt.format, strings.Join(comparisonFormats, ", "))
	}
	return margin, nil
}

func (opt *compareOptions) print(s streams, c *compare.Comparison) error {
	switch opt.format {
	case "markdown":
		return reports.WriteComparisonMarkdown(s.data(), c)
	case "csv":
		return reports.WriteComparisonCSV(s.data(), c)
	case "json":
		return reports.WriteComparisonJSON(s.data(), c)
	}
	return reports.ComparisonTable(s.out, c, tableOptions(s.out))
}

// verdict is what --fail-on makes of the comparison. Where it names verdicts and no
// cell has one, nothing was checked, and that is not the same as nothing found.
func (opt *compareOptions) verdict(c *compare.Comparison) error {
	var found []string
	for _, what := range opt.failOn {
		if cells := c.Found(what); len(cells) > 0 {
			found = append(found, fmt.Sprintf("%d %s: %s", len(cells), what, someOf(cells)))
		}
	}
	switch {
	case len(found) > 0:
		return &exit{exitFound, fmt.Errorf("--fail-on has found: %s", strings.Join(found, "; "))}
	case slices.ContainsFunc(opt.failOn, compare.IsVerdict) && !c.HasVerdicts():
		return fmt.Errorf("--fail-on %s has nothing to look at: %s", strings.Join(opt.failOn, ","), c.SumUp())
	}
	return nil
}

// someOf names a handful of cells.
func someOf(cells []*compare.Contrast) string {
	const most = 5
	var names []string
	for i, x := range cells {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(cells)-most))
			break
		}
		names = append(names, oneline.Of(x.Name()))
	}
	return strings.Join(names, ", ")
}
