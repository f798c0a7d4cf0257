package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"iosweep/experiments"
	"iosweep/runner"
)

func newPlan(s streams) *cobra.Command {
	var flags experimentFlags
	cmd := &cobra.Command{
		Use:   "plan EXPERIMENT",
		Short: "Show the cells, the trials and every command line; run nothing",
		Args:  one("EXPERIMENT", anExperiment),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, src, err := flags.load(cmd, args[0])
			if err != nil {
				return err
			}
			for _, w := range e.Warnings {
				fmt.Fprintln(s.err, "warning: "+w.String())
			}
			for _, note := range notesOn(e) {
				fmt.Fprintln(s.err, "note: "+note)
			}
			if err := src.checkBeside(e); err != nil {
				return err
			}
			plan := runner.NewPlan(e)
			missing, err := runner.Check(plan, src.base())
			if err != nil {
				return invalid(err)
			}
			for _, why := range missing {
				fmt.Fprintln(s.err, "warning: "+why+": its cells would be skipped")
			}
			return writePlan(s.out, plan, src)
		},
	}
	flags.register(cmd)
	return cmd
}

func writePlan(w io.Writer, p *runner.Plan, src experimentSource) error {
	e := p.Experiment
	t := newTable(w, "#", "CELL", "AGAINST")
	for i, c := range e.Cells {
		against := e.Cells[e.Baseline[i]].String()
		if e.Baseline[i] == i {
			against = "(baseline)"
		}
		t.AppendRow([]any{i + 1, c.String(), against})
	}
	t.Render()
	fmt.Fprintf(w, "\n%s x (%s + %s) = %s", count(len(e.Cells), "cell"), count(e.Trials.Warmup, "warm-up"), count(e.Trials.Repeats, "repeat"), count(p.Trials(), "trial"))
	if e.Budget > 0 {
		fmt.Fprintf(w, ", within a budget of %v", e.Budget)
	}
	if e.Profile != "" {
		fmt.Fprintf(w, ", with the profile %s", e.Profile)
	}
	if p := e.Published; p != nil {
		fmt.Fprintf(w, "\nreproduces %s of %s", count(len(p.Rows), "row"), cmp.Or(p.Source, "a published table"))
	}
	fmt.Fprintf(w, "\nworkspace %s, timeout of a trial %v, plan %.12s\n", e.Workspace, e.Trials.Timeout, p.Hash)
	return writeCommands(w, e, src)
}

// writeCommands prints every command line in full: an experiment file with
// commands runs programs, and who runs it should know which.
func writeCommands(w io.Writer, e *experiments.Experiment, src experimentSource) error {
	seen := map[string]bool{}
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
		if !seen[text] {
			seen[text] = true
			fmt.Fprintln(w, text)
		}
	}
	return nil
}
