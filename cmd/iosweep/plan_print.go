package main

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// writeCells prints the cells and their baselines, 1000 rows at a time. One table of
// 100,000 rows would take more memory than the rest of a plan.
func writeCells(w io.Writer, cells []journal.Cell) {
	baseline := func(i int) string {
		if b := cells[i].Baseline; b != i {
			return cells[b].Name
		}
		return "(baseline)"
	}
	columns := []table.ColumnConfig{{Number: 1, WidthMin: len(strconv.Itoa(len(cells)))}, {Number: 2}, {Number: 3}}
	for i := range cells {
		columns[1].WidthMin = max(columns[1].WidthMin, text.StringWidthWithoutEscSequences(cells[i].Name))
		columns[2].WidthMin = max(columns[2].WidthMin, text.StringWidthWithoutEscSequences(baseline(i)))
	}
	const part = 1000
	hidden := false
	if width := widthOf(w, 0); width > 0 {
		for _, c := range columns {
			width -= c.WidthMin + 2
		}
		hidden = width < 0
		columns[2].Hidden = hidden
	}
	for from := 0; from < len(cells); from += part {
		t := newTable(w, "#", "CELL", "BASELINE")
		if from > 0 {
			t.ResetHeaders()
		}
		t.terminal = 0 // a name does not break
		t.SetColumnConfigs(columns)
		for i := from; i < min(from+part, len(cells)); i++ {
			t.AppendRow([]any{i + 1, cells[i].Name, baseline(i)})
		}
		t.Render()
	}
	if hidden {
		fmt.Fprintln(w, "column hidden to fit the width: BASELINE")
	}
}

// writeSize prints the number of trials and the settings of the run.
func writeSize(w io.Writer, p *schedule.Plan) {
	e := p.Experiment
	fmt.Fprintf(w, "\n%s x (%s + %s) = %s", units.Count(len(e.Cells), "cell"), units.Count(e.Trials.Warmup, "warm-up"), repeats(e), trials(p))
	if e.Budget > 0 {
		fmt.Fprintf(w, "\nbudget: %v", e.Budget)
	}
	if e.Profile != "" {
		fmt.Fprintf(w, "\nprofile: %s", e.Profile)
	}
	if p := e.Published; p != nil {
		fmt.Fprintf(w, "\npublished table: %s of %s", units.Count(len(p.Rows), "row"), cmp.Or(p.Source, "a published table"))
	}
	for _, m := range e.Metrics {
		fmt.Fprintf(w, "\nmetric %s: %s", m.Name, describeMetric(m))
		if m.Name == e.Judge {
			fmt.Fprint(w, ", judged")
		}
	}
	if judge, ok := e.JudgedMetric(); ok && !slices.Contains(e.Metrics, judge) {
		fmt.Fprintf(w, "\njudged: %s, in %s, %s is better", judge.Name, judge.Unit, judge.Better)
	}
	shortest, longest := e.Timeouts()
	fmt.Fprintf(w, "\nworkspace: %s\ntrial timeout: %s\nplan hash: %.12s\n", e.Workspace, span(shortest.String(), longest.String()), p.Hash)
}

// describeMetric describes a metric in words, such as: number in stdout "(\S+) MB/s", in MB/s, higher is better.
func describeMetric(m experiments.Metric) string {
	text := fmt.Sprintf("number in stdout %q", m.Stdout)
	if m.Stderr != "" {
		text = fmt.Sprintf("number in stderr %q", m.Stderr)
	}
	if m.Unit != "" {
		text += ", in " + m.Unit
	}
	return text + ", " + m.Better + " is better"
}

// repeats describes how often each cell is measured.
func repeats(e *experiments.Experiment) string {
	least, most := e.Repeats()
	if e.Trials.Adaptive != nil {
		least = min(least, e.Trials.Adaptive.Min)
	} else if least == most {
		return units.Count(most, "repeat")
	}
	return fmt.Sprintf("%d to %s", least, units.Count(most, "repeat"))
}

// trials describes the total number of trials.
func trials(p *schedule.Plan) string {
	if least, most := p.Experiment.TotalTrials(); least != most {
		return fmt.Sprintf("%d to %s", least, units.Count(int(most), "trial"))
	}
	return units.Count(p.Trials(), "trial")
}

// percentage formats a fraction.
func percentage(v estimate.Value) string {
	if !v.OK {
		return "undefined"
	}
	if v.X >= 1 {
		return fmt.Sprintf("%.0f%%", 100*v.X)
	}
	return fmt.Sprintf("%.2g%%", 100*v.X)
}

// span formats two texts as a range, or as one if they are equal.
func span(low, high string) string {
	if low == high {
		return low
	}
	return low + " to " + high
}

// writeCommands prints every command line in full, so that a user can check which
// programs an experiment file runs.
func writeCommands(w io.Writer, prep *preflight.Prepared, src experimentSource) {
	e := prep.Plan.Experiment
	seen := map[[sha256.Size]byte]bool{} // hashes, because a command line may be as long as the file
	here := src.here
	if src.shipped() {
		here = "RESULTS" // a run copies the scripts there
	}
	printed := func(text string) {
		if sum := sha256.Sum256([]byte(text)); !seen[sum] {
			seen[sum] = true
			fmt.Fprintln(w, text)
		}
	}
	for _, s := range prep.Revisions {
		text := "revision " + analysis.DescribeSource(s) + ", of " + s.Git
		if len(s.Build) > 0 {
			text += fmt.Sprintf(", built by %q", s.Build)
		}
		printed(text)
	}
	for _, c := range e.Cells {
		cmd, ok := e.Command(c)
		if !ok {
			continue
		}
		values := map[string]string{"input": "{input}", "output": "{output}", "here": here, "cpus": fmt.Sprint(runtime.NumCPU())}
		maps.Insert(values, e.FactorsOf(c))
		values[experiments.Python.String()] = cmp.Or(prep.Python(c), "{python}")
		values["shared"] = "{shared}"
		if cmd.Source != nil {
			values["source"] = "{source}"
			values[experiments.Revision.String()] = e.RevisionOf(c)
		}
		text := fmt.Sprintf("command %s: %q", cmd.Name, cmd.Argv(values))
		if env := cmd.Environ(values); len(env) > 0 {
			text += " with " + strings.Join(env, " ")
		}
		printed(text)
		if own, ok := e.OperationOf(c); ok {
			if e.LevelOf(c, experiments.From) != "" {
				values[experiments.Files.String()] = "{files}"
			}
			filled := own.Filled(values)
			if own.About != "" {
				printed(fmt.Sprintf("operation %s: %s", own.Name, own.About))
			}
			printed(fmt.Sprintf("operation %s: %s", own.Name, filled.Definition()))
		}
	}
}
