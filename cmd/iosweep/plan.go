package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// planOptions are the flags of `iosweep plan`.
type planOptions struct {
	experimentFlags
	earlier string
	probe   bool
}

func newPlan(s streams) *cobra.Command {
	var opt planOptions
	cmd := &cobra.Command{
		Use:   "plan EXPERIMENT",
		Short: "Show the cells, the trials, what they cost and what they can show; run nothing",
		Long: `Plan shows what a run would do: its cells and their baselines, the number of trials,
what they write, and every command line in full. It runs nothing.

How long trials take and how they scatter is known from an earlier run: the latest
one of the experiment below results, or the one that --earlier names. With --probe
every cell is run once, beforehand, and those results are kept as the earlier run.

Which differences the plan can show follows from the number of repeats, the spread of
trials, and the number of cells that are judged together: a true difference of that
size ends as faster or slower in four runs of five.`,
		Example: `  iosweep plan quickstart
  iosweep plan my.yaml --earlier results/last-night
  iosweep plan my.yaml --probe --set trials.repeats=20`,
		Args: one("EXPERIMENT", anExperiment),
		RunE: func(cmd *cobra.Command, args []string) error { return opt.plan(cmd, s, args[0]) },
	}
	opt.register(cmd)
	cmd.Flags().StringVar(&opt.earlier, "earlier", "", "the results `directory` of a run that says how long trials take and how they scatter")
	cmd.Flags().BoolVar(&opt.probe, "probe", false, "run every cell once to find out")
	return cmd
}

func (opt *planOptions) plan(cmd *cobra.Command, s streams, name string) error {
	if opt.earlier != "" && opt.probe {
		return errors.New("--earlier names a run, and --probe makes one: give one of them")
	}
	e, src, err := opt.load(cmd, name)
	if err != nil {
		return err
	}
	show := newProgress(s.err, false)
	for _, w := range e.Warnings {
		show.Warn(w.String())
	}
	for _, note := range notesOn(e) {
		fmt.Fprintln(s.err, "note: "+note)
	}
	if err := src.checkBeside(e); err != nil {
		return err
	}
	plan := schedule.NewPlan(e)
	missing, err := preflight.Check(plan, src.base())
	if err != nil {
		return invalid(err)
	}
	for _, why := range missing {
		show.Warn(why + ": its cells would be skipped")
	}
	ctx, ended := withSignals(cmd.Context())
	prep, err := preflight.Prepare(ctx, plan, src.base(), show.Preparing)
	if err != nil {
		return ended.or(invalid(err))
	}
	for _, why := range prep.Untrusted() {
		show.Warn(why + ": run would refuse that without --trust-workspace")
	}
	if opt.probe {
		if opt.earlier, err = probe(ctx, e, src, opt.only, show); err != nil {
			return ended.or(err)
		}
	}
	before, err := findEarlier(opt.earlier, e.Name, prep.Cells)
	if err != nil {
		return err
	}
	if err := writePlan(s.people(), prep, before, show); err != nil {
		return err
	}
	return writeCommands(s.people(), e, src)
}

// probe runs every cell once and returns where the results are.
func probe(ctx context.Context, e *experiments.Experiment, src experimentSource, only []string, show *progress) (out string, err error) {
	once := *e
	once.Trials.Repeats, once.Trials.Warmup, once.Trials.Adaptive = 1, 0, nil
	out = filepath.Join("results", e.Name+"-probe-"+time.Now().Format("20060102-150405"))
	prep, err := preflight.Prepare(ctx, schedule.NewPlan(&once), src.base(), show.Preparing)
	if err != nil {
		return "", invalid(err)
	}
	here, scripts, err := src.beside(e, out)
	if err != nil {
		return "", err
	}
	ending, err := runner.Run(ctx, prep, runner.Options{
		Origin: src.origin(), Overrides: append(slices.Clone(src.overrides), "trials.repeats=1", "trials.warmup=0"), Only: only,
		Here: here, Scripts: scripts, Out: out, Version: version(), Progress: show,
	})
	show.Close()
	if err == nil && ending.Kind != journal.NoteFinished {
		err = incomplete(fmt.Errorf("the probe did not come to its end: %s", ending))
	}
	return out, err
}

func writePlan(w io.Writer, prep *preflight.Prepared, before *earlier, show *progress) error {
	p := prep.Plan
	e := p.Experiment
	writeCells(w, prep.Cells)
	fmt.Fprintf(w, "\n%s x (%s + %s) = %s", count(len(e.Cells), "cell"), count(e.Trials.Warmup, "warm-up"), repeats(e.Trials), trials(p))
	if e.Budget > 0 {
		fmt.Fprintf(w, ", within a budget of %v", e.Budget)
	}
	if e.Profile != "" {
		fmt.Fprintf(w, ", with the profile %s", e.Profile)
	}
	if p := e.Published; p != nil {
		fmt.Fprintf(w, "\nreproduces %s of %s", count(len(p.Rows), "row"), cmp.Or(p.Source, "a published table"))
	}
	_, err := fmt.Fprintf(w, "\nworkspace %s, timeout of a trial %v, plan %.12s\n", e.Workspace, e.Trials.Timeout, p.Hash)
	for _, warning := range writeFigures(w, prep, before) {
		show.Warn(warning)
	}
	return err
}

// writeCells prints the cells and their baselines, a part at a time: a table of 100,000
// takes more memory than all else of a plan.
func writeCells(w io.Writer, cells []journal.Cell) {
	against := func(i int) string {
		if b := cells[i].Baseline; b != i {
			return cells[b].Name
		}
		return "(baseline)"
	}
	columns := []table.ColumnConfig{{Number: 1, WidthMin: len(strconv.Itoa(len(cells)))}, {Number: 2}, {Number: 3}}
	for i := range cells {
		columns[1].WidthMin = max(columns[1].WidthMin, text.StringWidthWithoutEscSequences(cells[i].Name))
		columns[2].WidthMin = max(columns[2].WidthMin, text.StringWidthWithoutEscSequences(against(i)))
	}
	const part = 1000
	for from := 0; from < len(cells); from += part {
		t := newTable(w, "#", "CELL", "AGAINST")
		if from > 0 {
			t.ResetHeaders()
		}
		t.SetColumnConfigs(columns)
		for i := from; i < min(from+part, len(cells)); i++ {
			t.AppendRow([]any{i + 1, cells[i].Name, against(i)})
		}
		t.Render()
	}
}

// repeats says how often each cell is measured.
func repeats(t experiments.Trials) string {
	if t.Adaptive != nil {
		return fmt.Sprintf("%d to %s", t.Adaptive.Min, count(t.Repeats, "repeat"))
	}
	return count(t.Repeats, "repeat")
}

// trials is how many there are in all.
func trials(p *schedule.Plan) string {
	if p.Experiment.Trials.Adaptive != nil {
		return fmt.Sprintf("%d to %s", len(p.Experiment.Cells)*p.Experiment.Trials.Least(), count(p.Trials(), "trial"))
	}
	return count(p.Trials(), "trial")
}

// writeCommands prints every command line in full: an experiment file with
// commands runs programs, and who runs it should know which.
func writeCommands(w io.Writer, e *experiments.Experiment, src experimentSource) error {
	seen := map[[sha256.Size]byte]bool{} // each may be as long as the file
	here := src.here
	if src.shipped {
		here = "RESULTS" // where its scripts are put
	}
	for _, c := range e.Cells {
		cmd, ok := e.Command(c)
		if !ok {
			continue
		}
		values := map[string]string{"input": "{input}", "output": "{output}", "here": here, "cpus": fmt.Sprint(runtime.NumCPU())}
		for _, f := range e.FactorsOf(c) {
			values[f.Axis] = f.Level
		}
		text := fmt.Sprintf("runs %s: %q", cmd.Name, cmd.Argv(values))
		if env := cmd.Environ(values); len(env) > 0 {
			text += " with " + strings.Join(env, " ")
		}
		if sum := sha256.Sum256([]byte(text)); !seen[sum] {
			seen[sum] = true
			fmt.Fprintln(w, text)
		}
	}
	return nil
}
