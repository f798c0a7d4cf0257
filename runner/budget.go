package runner

import (
	"context"
	"errors"
	"time"

	"iosweep/journal"
)

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
