// Package runner turns an experiment into a journal.
//
// The way of a run:
//
//  1. NewPlan lays out the trials: rounds, each cell once in a round.
//  2. Prepare checks what only this machine can tell: that trees and
//     workspaces exist, that contenders are installed. It surveys every
//     workload once. Nothing has been written so far.
//  3. Run creates the results directory and a workspace of its own, and does
//     trial after trial, each in a child process with a fresh directory.
//  4. What a child measured, or how it ended, goes into the journal and is
//     synced before the next trial begins.
//  5. In the end, whatever the end was, the workspace is removed.
//
// The child's side is Trial, in trialchild.go; that of a worker process is
// Worker. All three are the same binary.
package runner

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"iosweep/experiments"
	"iosweep/internal/workspace"
	"iosweep/runner/journal"
)

// Options is what a run needs to know beside its plan.
type Options struct {
	Source    []byte   // the experiment file, byte for byte
	Overrides []string // as given on the command line
	Only      []string
	Here      string // what {here} stands for, absolute: the directory of the experiment file
	Out       string // the results directory, to be created
	// Scripts are written into Out, by their paths there, before the first
	// trial: the contenders of an experiment that comes with iosweep.
	Scripts map[string][]byte
	Version string // of iosweep

	FailFast      bool
	KeepWorkspace bool // leave the directory of a failed trial, and say where
	Progress      Progress
}

// Progress is told what happens, as it happens, from one goroutine.
type Progress interface {
	// Preparing names a step before the first trial that may take a while.
	Preparing(what string)
	// Begun is told of each trial before it starts.
	Begun(t Turn)
	// Ended is told what the journal now holds of it.
	Ended(t Turn, trial journal.Trial)
	// Kept names a directory that was left for a failed trial.
	Kept(dir string)
}

// A Turn is one trial's place in the plan.
type Turn struct {
	Number, Of int // from 1
	Phase      string
	Round      int
	Cell       experiments.Cell
	Remaining  time.Duration // for this trial and all that follow; 0: not known yet
}

// An Ending says how a run came to its end.
type Ending struct {
	Kind    string // journal.NoteFinished, NoteInterrupted, NoteBudget, NoteFailFast
	Undone  int    // trials of the plan that were not run
	Trials  int    // trials in the journal
	Failed  int    // of them, those that are not good
	Skipped int    // cells that were not run at all, those left out that are optional
}

// Run does all trials of a prepared plan. However it ends, the journal in
// opt.Out is whole. An error means that a run could not begin or go on; a trial
// that failed is no error but a record.
func Run(ctx context.Context, prep *Prepared, opt Options) (Ending, error) {
	r := &run{Prepared: prep, opt: opt, started: time.Now()}
	if err := r.open(ctx); err != nil {
		return Ending{}, errors.Join(err, r.close())
	}
	ending, err := r.rounds(ctx)
	if err == nil {
		err = r.note(ending.Kind, ending.String())
	}
	return ending, errors.Join(err, r.close())
}

// run is the state of Run.
type run struct {
	*Prepared
	opt      Options
	started  time.Time
	journal  *journal.Writer
	stores   map[string]*store // by directory under test
	forecast *forecast
	kept     bool // a trial's directory is to outlive the run
	trials   int
	failed   int
}

// open makes the workspaces and then the results, so that a workspace that
// cannot be written leaves no empty results behind.
func (r *run) open(ctx context.Context) error {
	r.stores = map[string]*store{}
	if err := r.outsideTrees(r.opt.Out); err != nil {
		return err
	}
	for _, parent := range r.workspaces {
		ws, err := workspace.Create(parent, r.ID)
		if err != nil {
			return err
		}
		r.stores[parent] = newStore(ws)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := workspace.CreateResults(r.opt.Out); err != nil {
		return err
	}
	// The journal comes first: it is what two runs cannot both create.
	var err error
	r.journal, err = journal.Create(filepath.Join(r.opt.Out, journal.FileName))
	if err != nil {
		return err
	}
	if err := r.writeScripts(); err != nil {
		return err
	}
	if err := r.writeRecords(); err != nil {
		return err
	}
	header := r.header()
	return r.journal.Append(journal.Entry{Run: &header})
}

// close removes the workspaces and closes the journal.
func (r *run) close() error {
	var errs []error
	for _, s := range r.stores {
		if r.kept {
			errs = append(errs, s.ws.Close())
			continue
		}
		errs = append(errs, s.ws.Remove())
	}
	if r.journal != nil {
		errs = append(errs, r.journal.Close())
	}
	return errors.Join(errs...)
}

func (r *run) note(kind, text string) error {
	return r.journal.Append(journal.Entry{Note: &journal.Note{At: time.Now().UTC(), Kind: kind, Text: text}})
}

// rounds does trial after trial until the plan, the budget or patience ends.
func (r *run) rounds(ctx context.Context) (Ending, error) {
	turns := r.turns()
	r.forecast = newForecast(len(r.Cells), turns)
	for _, t := range turns {
		if ctx.Err() != nil {
			return r.ending(journal.NoteInterrupted, len(turns)), nil
		}
		if r.overBudget(t.cell) {
			return r.ending(journal.NoteBudget, len(turns)), nil
		}
		ok, err := r.turn(ctx, t, len(turns))
		if err != nil {
			return r.ending(journal.NoteInterrupted, len(turns)), err
		}
		if !ok && ctx.Err() == nil && r.opt.FailFast {
			return r.ending(journal.NoteFailFast, len(turns)), nil
		}
	}
	if ctx.Err() != nil {
		return r.ending(journal.NoteInterrupted, len(turns)), nil
	}
	return r.ending(journal.NoteFinished, len(turns)), nil
}

// ending counts up, of a plan of so many trials.
func (r *run) ending(kind string, planned int) Ending {
	e := Ending{Kind: kind, Undone: planned - r.trials, Trials: r.trials, Failed: r.failed}
	for _, c := range r.Cells {
		if c.Skip != "" && !c.Optional {
			e.Skipped++
		}
	}
	return e
}

// A turn is a trial that is to be run: turns leaves out the cells skipped.
type turn struct {
	number, cell int
	round        Round
}

func (r *run) turns() []turn {
	var list []turn
	for _, round := range r.Plan.Rounds {
		for _, cell := range round.Order {
			if r.Cells[cell].Skip == "" {
				list = append(list, turn{number: len(list) + 1, cell: cell, round: round})
			}
		}
	}
	return list
}

// turn does one trial and records it, unless it was interrupted: what was
// abandoned was not measured.
func (r *run) turn(ctx context.Context, t turn, planned int) (ok bool, err error) {
	shown := Turn{
		Number: t.number, Of: planned,
		Phase: t.round.Phase, Round: t.round.Number,
		Cell: r.Plan.Experiment.Cells[t.cell], Remaining: r.forecast.remaining(),
	}
	r.opt.Progress.Begun(shown)
	begun := time.Now()
	trial, err := r.trial(ctx, t)
	if err != nil || ctx.Err() != nil {
		return false, err
	}
	r.forecast.saw(t.cell, time.Since(begun))
	if err := r.journal.Append(journal.Entry{Trial: &trial}); err != nil {
		return false, fmt.Errorf("the journal cannot be written, so the run stops; what it holds is whole: %w", err)
	}
	r.trials++
	if trial.Status != journal.OK {
		r.failed++
	}
	r.opt.Progress.Ended(shown, trial)
	return trial.Status == journal.OK, nil
}

// overBudget says whether a trial of a cell would run past the budget, going by
// what the cell took before.
func (r *run) overBudget(cell int) bool {
	budget := r.Plan.Experiment.Budget
	return budget > 0 && time.Since(r.started)+r.forecast.of(cell) > budget
}

func (e Ending) String() string {
	text := fmt.Sprintf("%s, %d failed", plural(e.Trials, "trial"), e.Failed)
	if e.Skipped > 0 {
		text += fmt.Sprintf(", %s skipped", plural(e.Skipped, "cell"))
	}
	if e.Undone > 0 {
		text += fmt.Sprintf(", %s not run", plural(e.Undone, "trial"))
	}
	return text
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
