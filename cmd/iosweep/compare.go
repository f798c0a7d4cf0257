package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/experiments"
	"iosweep/internal/units"
	"iosweep/reports"
)

// compareOptions are the flags of `iosweep compare`.
type compareOptions struct {
	margin   string
	only     []string
	baseline string
	failOn   gateFlag
	format   string
	github   bool
}

func newCompare(s streams) *cobra.Command {
	var opt compareOptions
	cmd := &cobra.Command{
		Use:   "compare BASE NEW",
		Short: "Compare two runs, cell by cell",
		Long: `Compare reads the journals of two runs. It lists the differences between the runs
(machine, versions, programs, plan, inputs). Each cell that does the same work in
both runs gets a verdict on its time: slower, faster, equivalent (the whole interval
of the speed-up is within the margin) or inconclusive. If a
cell has the same baseline in both runs, a second verdict is about the change of its
speed-up, which excludes the speed of the machine. Compare runs nothing, and writes no
file except the summary of a step with --github. BASE and NEW are the
results directories of two runs, or their files trials.jsonl.

With --fail-on, the exit code is 4 if a cell has one of the given outcomes: slower,
faster, inconclusive, equivalent, failed (it failed in NEW) or missing (it was
measured in BASE, and NEW has no comparable measurement). slower:5% finds a cell if
the whole interval of its speed-up is below 1/1.05. The gate uses the verdicts on times.`,
		Example: `  iosweep compare results/before results/after
  iosweep compare base new --fail-on slower:5%,failed,missing
  iosweep compare base new --only strategy=threads --baseline strategy=sequential
  iosweep compare base new --format markdown > comment.md`,
		Args: twoRuns,
		RunE: func(_ *cobra.Command, args []string) error { return opt.run(s, args[0], args[1]) },
	}
	flags := cmd.Flags()
	flags.StringVar(&opt.margin, "margin", "2%", "equivalence margin: the largest `difference` that counts as none, above 0% and below 100%")
	flags.StringArrayVar(&opt.only, "only", nil, "compare only the cells that match `AXIS=VALUE,...` (repeatable)")
	flags.StringVar(&opt.baseline, "baseline", "", "compare speed-ups against the cells that match `AXIS=VALUE,...`, in both runs")
	opt.failOn.register(cmd)
	flags.StringVar(&opt.format, "format", "text", "`format` of the output: text, markdown, csv or json")
	githubFlag(cmd, &opt.github)
	return cmd
}

// twoRuns accepts two arguments, BASE and NEW.
func twoRuns(cmd *cobra.Command, args []string) error {
	if len(args) == 2 {
		return refuseEmpty(args, "BASE or NEW", runArg)
	}
	return fmt.Errorf("%s needs BASE and NEW, found %s\neach is %s", cmd.Name(), units.Count(len(args), "argument"), runArg)
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
		if opt.baseline != "" {
			if err := rebaseline(log, opt.baseline); err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
		}
		sides[i] = analysis.New(log)
	}
	c, err := compare.Compare(sides[0], sides[1], compare.CompareOptions{
		BaseName: base, NewName: next, Margin: margin, Only: opt.only,
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
	found := opt.failOn.apply(s, c.Gated(), "the machine may have changed between the runs, too; one run with both versions excludes that", c.SumUp())
	if !opt.github {
		return found
	}
	err = tellGitHub(s, reports.ComparisonAnnotations(c), func(w io.Writer) error { return reports.WriteComparisonMarkdown(w, c) })
	if found == nil || err == nil {
		return cmp.Or(found, err)
	}
	return &exitError{codeOf(found), fmt.Errorf("%w\n%w", found, err)}
}

// comparisonFormats are the values of --format.
var comparisonFormats = []string{"text", "markdown", "csv", "json"}

// check checks the flags before the journals are read, which may take a while.
func (opt *compareOptions) check() (margin float64, err error) {
	margin, ok := experiments.ParsePercent(opt.margin)
	if !ok || margin <= 0 || margin >= 1 {
		return 0, fmt.Errorf("--margin %q: it must be a percentage above 0%% and below 100%%, such as 2%% or 0.5%%", opt.margin)
	}
	if err := opt.failOn.check(); err != nil {
		return 0, err
	}
	if !slices.Contains(comparisonFormats, opt.format) {
		return 0, fmt.Errorf("--format %q%s it must be one of %s", opt.format, didYouMean(opt.format, comparisonFormats, ":"), strings.Join(comparisonFormats, ", "))
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
