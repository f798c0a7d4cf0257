package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// BudgetFits describes how many rounds a budget holds, as in "0.8 of 5 rounds". It is empty if the budget holds all,
// or if the times are unknown. round is the time of one trial of each cell, and all is the time of all trials.
func BudgetFits(budget, round, all time.Duration) string {
	if budget <= 0 || round <= 0 || budget >= all {
		return ""
	}
	rounds := func(d time.Duration) string {
		text := fmt.Sprintf("%.1f", float64(d)/float64(round))
		return strings.TrimSuffix(text, ".0")
	}
	fit, of := rounds(budget), rounds(all)
	if fit == of {
		return ""
	}
	if of == "1" {
		return fit + " of 1 round"
	}
	return fit + " of " + of + " rounds"
}

// checkBudget reports how many rounds the budget holds. It does so before the first trial whose cell has been
// measured before, or else after the first round. If the budget holds no measured round after all warm-ups, the
// warm-ups after the first round are left out: they would spend it without a result.
func (r *run) checkBudget(slot schedule.Slot) {
	budget := r.Plan.Experiment.Budget
	if budget <= 0 || r.budgetChecked || slot.Round == 0 && !r.forecast.IsComplete() {
		return
	}
	r.budgetChecked = true
	left, round := r.budgetLeft(), r.forecast.Round()
	fits := BudgetFits(left, round, r.forecast.Remaining())
	if fits == "" {
		return
	}
	text := fmt.Sprintf("the rest of the budget of %v holds about %s", budget, fits)
	warmups := r.Plan.Experiment.Trials.Warmup - max(1, slot.Round)
	if warmups > 0 && left < time.Duration(warmups+1)*round {
		r.tracker.LeaveOutWarmups()
		for cell := range r.Cells {
			r.forecast.SetPending(cell, r.tracker.ExpectedTrials(cell))
		}
		text += fmt.Sprintf("; %s after the first round will be left out", units.Count(warmups, "warm-up"))
	}
	r.opt.Progress.Preparing(text)
}

// budgetLeft returns the rest of the budget; 0 if it is spent or if there is none.
func (r *run) budgetLeft() time.Duration {
	if r.Plan.Experiment.Budget <= 0 {
		return 0
	}
	return max(0, r.Plan.Experiment.Budget-time.Since(r.started))
}

// spendRemainingBudget uses the rest of the budget when the next trial of the plan does not
// fit into it. It runs the most informative trials among those that fit, until no such trial
// is left.
func (r *run) spendRemainingBudget(ctx context.Context) (Ending, error) {
	r.why = r.Plan.Experiment.Budget.String()
	for {
		next, ok := r.tracker.MostInformative(func(cell int) bool { return !r.overBudget(cell) })
		if !ok {
			ending := r.ending(journal.NoteBudget)
			if ending.Remaining == 0 {
				ending.Kind = journal.NoteFinished // the trials that did not fit are no longer needed
			}
			return ending, nil
		}
		if stop, err := r.runSlot(ctx, next); stop != "" || err != nil {
			return r.ending(stop), err
		}
	}
}

// errBudget is the cause of a context that ended with the budget.
var errBudget = errors.New("the budget is spent")

// withBudget returns a context that ends with the budget. It also ends a running trial, because
// the time of a cell's first trial is unknown and may be much longer than expected.
func (r *run) withBudget(ctx context.Context) (context.Context, context.CancelFunc) {
	budget := r.Plan.Experiment.Budget
	if budget <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, r.started.Add(budget), errBudget)
}

// overBudget reports whether a trial of a cell would exceed the budget, according to the forecast.
func (r *run) overBudget(cell int) bool {
	budget := r.Plan.Experiment.Budget
	return budget > 0 && time.Since(r.started)+r.forecast.Trial(cell) > budget
}
