package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
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
	base     []string
	next     []string
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
		Use:   "compare (BASE NEW | --base RUN... --new RUN...)",
		Short: "Compare two runs, or several runs of two sides, cell by cell",
		Long: `Compare reads the journals of two runs, or of several runs of two sides. It lists the
differences between them (machine, versions, programs, plan, inputs). Each cell that does the same work in
both runs gets a verdict on its time: slower, faster, equivalent (the whole interval
of the speed-up is within the margin) or inconclusive. If a
cell has the same baseline in both runs, a second verdict is about the change of its
speed-up, which excludes the speed of the machine. Compare runs nothing, and writes no
file except the summary of a step with --github. BASE and NEW are the
results directories of two runs, or their files trials.jsonl.

One run on each side cannot show how much times vary from run to run. With several,
named by repeated --base and --new, a run is the unit: verdicts come from the means of
the runs, and allow for the variation between them. Measure BASE and NEW in turn: a1, b1, a2, b2.

With --fail-on, the exit code is 4 if a cell has one of the given outcomes: slower,
faster, inconclusive, equivalent, failed (it failed in NEW) or missing (it was
measured in BASE, and NEW has no comparable measurement). slower:5% finds a cell if
the whole interval of its speed-up is below 1/1.05. The gate uses the verdicts on times.`,
		Example: `  iosweep compare results/before results/after
  iosweep compare base new --fail-on slower:5%,failed,missing
  iosweep compare --base a1 --base a2 --base a3 --new b1 --new b2 --new b3
  iosweep compare base new --only strategy=threads --baseline strategy=sequential
  iosweep compare base new --format markdown > comment.md`,
		Args: opt.checkRuns,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				opt.base, opt.next = args[:1], args[1:]
			}
			return opt.run(s)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&opt.base, "base", nil, "a `run` of BASE (repeatable)")
	flags.StringArrayVar(&opt.next, "new", nil, "a `run` of NEW (repeatable)")
	flags.StringVar(&opt.margin, "margin", "2%", "equivalence margin: the largest `difference` that counts as none, above 0% and below 100%")
	flags.StringArrayVar(&opt.only, "only", nil, "compare only the cells that match `AXIS=VALUE,...` (repeatable)")
	flags.StringVar(&opt.baseline, "baseline", "", "compare speed-ups against the cells that match `AXIS=VALUE,...`, in both runs")
	opt.failOn.register(cmd)
	flags.StringVar(&opt.format, "format", "text", "`format` of the output: text, markdown, csv or json")
	githubFlag(cmd, &opt.github)
	return cmd
}

// checkRuns accepts two arguments, BASE and NEW, or the flags --base and --new.
func (opt *compareOptions) checkRuns(cmd *cobra.Command, args []string) error {
	named := slices.Concat(opt.base, opt.next)
	switch {
	case len(named) == 0 && len(args) == 2:
		return refuseEmpty(args, "BASE or NEW", runArg)
	case len(named) == 0:
		return fmt.Errorf("%s needs BASE and NEW, found %s\neach is %s", cmd.Name(), units.Count(len(args), "argument"), runArg)
	case len(args) > 0:
		return fmt.Errorf("%s takes either two arguments, or --base and --new, but found both: %s\nname every run with --base or --new", cmd.Name(), strings.Join(args, " "))
	case len(opt.base) == 0 || len(opt.next) == 0:
		given, missing := "--base", "--new"
		if len(opt.base) == 0 {
			given, missing = missing, given
		}
		return fmt.Errorf("%s has %s without %s: name at least one run of each side", cmd.Name(), given, missing)
	}
	for i, dir := range named {
		if slices.ContainsFunc(named[:i], func(other string) bool { return filepath.Clean(other) == filepath.Clean(dir) }) {
			return fmt.Errorf("%s is named twice: each run counts once", dir)
		}
	}
	return refuseEmpty(named, "a run of --base or --new", runArg)
}

func (opt *compareOptions) run(s streams) error {
	margin, err := opt.check()
	if err != nil {
		return err
	}
	base, err := opt.read(opt.base)
	if err != nil {
		return err
	}
	next, err := opt.read(opt.next)
	if err != nil {
		return err
	}
	c, err := compare.CompareRuns(base, next, compare.CompareOptions{Margin: margin, Only: opt.only})
	if err != nil {
		return err
	}
	for _, w := range c.Warnings {
		fmt.Fprintln(s.err, "warning: "+w)
	}
	if err := opt.print(s, c); err != nil {
		return err
	}
	advice := "the machine may have changed between the runs, too; one run with both versions excludes that"
	if c.HasBetweenRuns() {
		opt.failOn.unit = "runs"
		advice = "these intervals contain the variation between runs; a drift of the machine is excluded only if BASE and NEW alternate"
	}
	found := opt.failOn.apply(s, c.Gated(), advice, c.SumUp())
	if !opt.github {
		return found
	}
	err = tellGitHub(s, reports.ComparisonAnnotations(c), func(w io.Writer) error { return reports.WriteComparisonMarkdown(w, c) })
	if found == nil || err == nil {
		return cmp.Or(found, err)
	}
	return &exitError{codeOf(found), fmt.Errorf("%w\n%w", found, err)}
}

// read analyses the runs in directories.
func (opt *compareOptions) read(dirs []string) (runs []compare.Run, err error) {
	for _, dir := range dirs {
		log, err := readRun(dir)
		if err != nil {
			return nil, err
		}
		if opt.baseline != "" {
			if err := rebaseline(log, opt.baseline); err != nil {
				return nil, fmt.Errorf("%s: %w", dir, err)
			}
		}
		runs = append(runs, compare.Run{Name: dir, Data: analysis.New(log)})
	}
	return runs, nil
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
