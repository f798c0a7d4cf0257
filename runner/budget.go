package runner

import (
	"context"
	"errors"
	"time"

	"iosweep/journal"
)

// spendRemainingBudget spends what is left of the budget once the next trial of the plan no
// longer fits: on shorter trials, and of those on the ones that tell most. It ends
// when no trial fits that would make a speed-up surer.
func (r *run) spendRemainingBudget(ctx context.Context) (Ending, error) {
	r.why = r.Plan.Experiment.Budget.String()
	for {
		next, ok := r.tracker.MostInformative(func(cell int) bool { return !r.overBudget(cell) })
		if !ok {
			ending := r.ending(journal.NoteBudget)
			if ending.Remaining == 0 {
				ending.Kind = journal.NoteFinished // what was expected to be long was not
			}
			return ending, nil
		}
		if stop, err := r.runSlot(ctx, next); stop != "" || err != nil {
			return r.ending(stop), err
		}
	}
}

// errBudget is why a context ended whose time was the budget.
var errBudget = errors.New("the budget is spent")

// withBudget ends what is under way when the budget is spent: the first trial of a
// cell may take much longer than anybody could know.
func (r *run) withBudget(ctx context.Context) (context.Context, context.CancelFunc) {
	budget := r.Plan.Experiment.Budget
	if budget <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithDeadlineCause(ctx, r.started.Add(budget), errBudget)
}

// overBudget reports whether a trial of a cell would run past the budget, going by
// what the cell took before.
func (r *run) overBudget(cell int) bool {
	budget := r.Plan.Experiment.Budget
	return budget > 0 && time.Since(r.started)+r.forecast.Trial(cell) > budget
}
