package gate

import (
	"iosweep/analysis"
)

// OfRun returns what a gate sees of the cells of a run: their verdicts against their baselines.
// It leaves out retired cells and controls. A skipped cell is missing, unless it is optional, and so is a cell
// without any good trial.
func OfRun(cells []*analysis.Summary) (list []Cell) {
	for _, s := range cells {
		if s.Cell.Retired || s.Control {
			continue
		}
		c := Cell{
			Name: s.Cell.Name, Metric: s.Judged.Metric(), Against: s.Baseline, Speedup: s.Speedup, Verdict: s.Verdict,
			Failed: s.Status == analysis.StatusFailed, Reason: s.Reason,
		}
		switch {
		case c.Failed:
		case s.Status == analysis.StatusSkipped:
			c.Missing = !s.Cell.Optional
		default:
			c.Missing = len(s.Good) == 0
		}
		list = append(list, c)
	}
	return list
}

// NothingToDecide returns the reason why no cell of a plan can get a verdict, or "". baseline
// holds the baseline of each cell, and repeats the largest number of trials.
func NothingToDecide(baseline []int, repeats int) string {
	if repeats < 2 {
		return "a verdict takes at least two trials of each cell, and the plan has one: set trials.repeats to 5 or more"
	}
	for cell, base := range baseline {
		if cell != base {
			return ""
		}
	}
	return "each cell of the plan is a baseline, so no cell gets a verdict: choose another baseline, or more cells"
}
