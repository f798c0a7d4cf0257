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
//  5. In the end, whatever the end was, the workspace is removed, unless what a
//     failed trial left is to be kept.
//  6. Resume does the same with a journal that is there already: the ledger
//     says which trials it holds, and those that it lacks are run.
//
// The child's side is Trial, in trialchild.go; that of a worker process is
// Worker. All three are the same binary.
package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"iosweep/experiments"
	"iosweep/internal/checkup"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// Options is what a run needs to know beside its plan.
type Options struct {
	Origin    journal.Origin
	Reproduce bool     // it is to be held against its published table
	Overrides []string // as given on the command line
	Only      []string
	Here      string // what {here} stands for, absolute: the directory of the experiment file
	Out       string // the results directory
	// Scripts are written into Out, by their paths there, before the first
	// trial: the contenders of an experiment that comes with iosweep.
	Scripts map[string][]byte
	Version string // of iosweep

	FailFast      bool
	RetryFailed   bool // a resumed run tries again what failed
	KeepWorkspace bool // leave the directory of a failed trial, and say where
	// TrustWorkspace: work also where others could put a directory of their own in the
	// place of the run's.
	TrustWorkspace bool
	Progress       Progress

	// asleep is how long the machine has been suspended so far; nil: as its clocks say.
	asleep func() time.Duration
}

// Progress is told what happens, as it happens, from one goroutine.
type Progress interface {
	// Preparing names a step before the first trial that may take a while.
	Preparing(what string)
	// Begun is told of each trial before it starts.
	Begun(t Turn)
	// Ended is told what the journal now holds of it.
	Ended(t Turn, trial journal.Trial)
	// Noted is told of whatever else the journal now holds.
	Noted(note journal.Note)
}

// A Turn is one trial's place in the plan.
type Turn struct {
	Number, Of int // from 1; how many there will be is a guess where repeats adapt
	Phase      journal.Phase
	Round      int
	Attempt    int // from 1
	Cell       experiments.Cell
	Remaining  time.Duration // for this trial and all that follow; 0: not known yet
}

// An Ending says how a run came to its end.
type Ending struct {
	Kind        string // the kind of its last note
	Why         string // of a fault: what the machine would not do; of a budget: how long it was
	Undone      int    // trials of the plan that are still to be run
	Adaptive    bool   // and may turn out not to be needed
	Trials      int    // trials in the journal, those of earlier processes included
	Failed      int    // trials of the plan that are not good
	Skipped     int    // cells that were not run at all, those left out that are optional
	Quarantined int    // cells that failed too often and were left alone
}

// Run does all trials of a prepared plan. However it ends, the journal in
// opt.Out is whole. An error means that a run could not begin or go on; a trial
// that failed is no error but a record.
func Run(ctx context.Context, prep *Prepared, opt Options) (Ending, error) {
	planned, err := prep.planned(opt)
	if err != nil {
		return Ending{}, err
	}
	r := newRun(prep, opt, continueWith(&journal.Run{}, &planned))
	if err := r.begin(ctx, planned); err != nil {
		return r.notBegun(), errors.Join(err, r.close())
	}
	return r.finish(ctx)
}

// notBegun is the ending of a run that could not begin: one without a kind, unless
// there is a journal by which it can be resumed.
func (r *run) notBegun() Ending {
	if r.journal == nil {
		return Ending{}
	}
	return r.ending(journal.NoteInterrupted)
}

// finish does what is to be done, notes how that ended, and closes. The workspaces
// go first where the end is that of the plan: whoever says that a run is finished
// leaves nothing to be done.
func (r *run) finish(ctx context.Context) (Ending, error) {
	ending, err := r.rounds(ctx)
	if ending.Kind == journal.NoteFinished {
		if err = errors.Join(err, r.closeStores()); err != nil {
			ending.Kind, ending.Why = journal.NoteFault, err.Error()
		}
	}
	text := ending.String()
	if ending.Kind == journal.NoteFault {
		text = ending.Why + ": " + text
	}
	noteErr := r.note(journal.Note{Kind: ending.Kind, Text: text})
	if err == nil {
		err = noteErr
	}
	return ending, errors.Join(err, r.close())
}

// run is the state of Run and of Resume.
type run struct {
	*Prepared
	continuation
	opt      Options
	started  time.Time
	id       string // of this process of the run: it names its workspaces
	held     *journal.Held
	owned    io.Closer // the run, wherever its results are
	journal  *journal.Writer
	records  int               // in the journal
	attempts int               // by this process: names of directories are used once
	stores   map[string]*store // by directory under test
	ledger   *ledger
	forecast *forecast
	stays    []staying              // workspaces of earlier processes that could not be removed
	scripts  map[string]os.FileInfo // of contenders, as the first of their trials found them
	latest   string                 // the name of the last trial that was recorded
	group    *workspace.Group       // that holds the processes of trials; nil where none can be made
	why      string                 // the run ended, where its kind does not say it all
}

func newRun(prep *Prepared, opt Options, c continuation) *run {
	skipped := func(cell int) bool { return prep.Cells[cell].Skip != "" }
	return &run{
		Prepared: prep, continuation: c, opt: opt, started: time.Now(), id: prep.ID,
		stores: map[string]*store{}, scripts: map[string]os.FileInfo{}, ledger: newLedger(prep.Plan, skipped),
	}
}

// begin makes the results directory with the journal, and then the workspaces:
// whoever kills it in between leaves a run that can be resumed, and no workspace
// that nobody knows of.
func (r *run) begin(ctx context.Context, planned journal.Run) error {
	if err := r.outsideTrees(r.opt.Out); err != nil {
		return err
	}
	if err := r.checkRoom(r.opt.Out, r.opt.Progress.Preparing); err != nil {
		return err
	}
	if err := r.checkTrust(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := r.claim(); err != nil {
		return err
	}
	header := r.header(planned)
	if err := r.journal.Append(journal.Entry{Run: &header}); err != nil {
		return err
	}
	r.cells = nil // the journal has them, and maps of all their levels are large
	if err := r.writeScripts(); err != nil {
		return err
	}
	if err := r.writeRecords(); err != nil {
		return err
	}
	if err := r.lookAround(ctx); err != nil {
		return err
	}
	return r.openStores()
}

// lookAround notes what of the machine is unfit to measure on, as every sitting finds
// it: reports show it beside the figures.
func (r *run) lookAround(ctx context.Context) error {
	for _, why := range r.Untrusted() {
		if err := r.note(journal.Note{Kind: journal.NoteWarning, Text: "The workspace was trusted (--trust-workspace) although " + why + "."}); err != nil {
			return err
		}
	}
	for _, worry := range checkup.Before(ctx, r.workspaces) {
		if err := r.note(journal.Note{Kind: journal.NoteWarning, Text: worry}); err != nil {
			return err
		}
	}
	return nil
}

// claim takes the results directory for this process alone and makes the journal.
func (r *run) claim() (err error) {
	if err := createResults(r.opt.Out); err != nil {
		return err
	}
	if r.held, err = journal.Lock(r.opt.Out); err != nil {
		return err
	}
	if r.owned, err = lockRun(r.ID); err != nil {
		return err
	}
	if err := vacant(r.opt.Out); err != nil {
		return err
	}
	if err := takeOver(r.opt.Out); err != nil {
		return err
	}
	r.journal, err = journal.Create(filepath.Join(r.opt.Out, journal.FileName))
	return err
}

// openStores makes a workspace in every directory under test, and a control group for
// the processes of trials where one can be made.
func (r *run) openStores() error {
	if group, err := workspace.NewGroup(r.id); err == nil {
		r.group = group
	}
	for _, parent := range r.workspaces {
		ws, err := workspace.Create(parent, r.id)
		if err != nil {
			return err
		}
		r.stores[parent] = newStore(ws, r.Plan.Experiment.Trials.Timeout)
		// What one trial has deleted must not be in the way of the next.
		if r.stores[parent].spreads, err = ws.MakeSpread(trialsName); err != nil {
			return err
		}
	}
	return nil
}

// close removes the workspaces, closes the journal and lets go of the results.
func (r *run) close() error {
	errs := []error{r.closeStores()}
	if r.group != nil {
		_ = r.group.Close() // it is empty, or of no harm
		r.group = nil
	}
	if r.journal != nil {
		errs = append(errs, r.journal.Close())
	}
	if r.held != nil {
		errs = append(errs, r.held.Release())
	}
	if r.owned != nil {
		_ = r.owned.Close() // the kernel gives it back in any case
	}
	return errors.Join(errs...)
}

// closeStores removes the workspaces, or leaves them with what is to be kept.
func (r *run) closeStores() error {
	var errs []error
	for parent, s := range r.stores {
		delete(r.stores, parent)
		if s.kept {
			errs = append(errs, s.ws.Close())
			continue
		}
		err := s.ws.Remove()
		if left, ok := errors.AsType[*workspace.LeftError](err); ok {
			err = r.noteLeft(s.ws.Path(), left)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// noteLeft says where something stays that this run has left.
func (r *run) noteLeft(path string, why error) error {
	text := fmt.Sprintf("%s was not removed: %v", path, why)
	if left, ok := errors.AsType[*workspace.LeftError](why); ok {
		text += "; " + left.Advice()
	}
	return r.note(journal.Note{Kind: journal.NoteWarning, Text: text})
}

// note writes down what happened and tells whoever watches.
func (r *run) note(n journal.Note) error {
	n.At = time.Now().UTC()
	if err := r.journal.Append(journal.Entry{Note: &n}); err != nil {
		return err
	}
	r.opt.Progress.Noted(n)
	return nil
}

// rounds does trial after trial until the plan, the budget or patience ends. After
// an error, the ending says what was done until then.
func (r *run) rounds(ctx context.Context) (Ending, error) {
	r.forecast = r.newForecast()
	ctx, cancel := r.withBudget(ctx)
	defer cancel()
	for t := range r.turns() {
		switch {
		case r.over(t):
			continue
		case ctx.Err() != nil:
			return r.ending(r.stopped(ctx)), nil
		case r.overBudget(t.cell):
			return r.spendRest(ctx)
		}
		if stop, err := r.turn(ctx, t); stop != "" || err != nil {
			return r.ending(stop), err
		}
	}
	return r.ending(journal.NoteFinished), nil
}

// ending counts up.
func (r *run) ending(kind string) Ending {
	e := Ending{Kind: kind, Why: r.why, Adaptive: r.Plan.Experiment.Trials.Adaptive != nil, Trials: r.ledger.recorded, Failed: r.ledger.failed()}
	for i, c := range r.Cells {
		switch {
		case c.Skip != "":
			if !c.Optional {
				e.Skipped++
			}
		case r.ledger.quarantined(i):
			e.Quarantined++
		default:
			e.Undone += r.ledger.left(i)
		}
	}
	return e
}

// A turn is a cell in a round that may have to be run: turns leaves out the cells
// skipped.
type turn struct {
	cell  int
	round int // of the plan, from 0
}

// turns yields the turns in which something may be left to do, in the order of the
// plan. A round gets its order when it is reached. Where no trial has been yet, no
// round has more to do than those before it: so the first of them with nothing to do
// is the end, however many rounds a plan with adaptive repeats may have.
func (r *run) turns() iter.Seq[turn] {
	return func(yield func(turn) bool) {
		for round := range r.Plan.Rounds {
			if !r.open(round) {
				if round >= len(r.ledger.slots) {
					return
				}
				continue
			}
			for _, cell := range r.Plan.Order(round) {
				if r.Cells[cell].Skip == "" && !yield(turn{cell: cell, round: round}) {
					return
				}
			}
		}
	}
}

// open reports whether a round has something left to do.
func (r *run) open(round int) bool {
	for cell := range r.Cells {
		if r.Cells[cell].Skip == "" && !r.over(turn{cell: cell, round: round}) {
			return true
		}
	}
	return false
}

// over says that nothing is to be done in a turn any more.
func (r *run) over(t turn) bool {
	return !r.ledger.wants(t.round, t.cell) || r.ledger.quarantined(t.cell)
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

// stopped is the kind of note with which a run ends whose context did.
func (r *run) stopped(ctx context.Context) string {
	if errors.Is(context.Cause(ctx), errBudget) {
		r.why = r.Plan.Experiment.Budget.String()
		return journal.NoteBudget
	}
	return journal.NoteInterrupted
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
	if e.Quarantined > 0 {
		text += fmt.Sprintf(", %s left alone (quarantined)", plural(e.Quarantined, "cell"))
	}
	if e.Undone > 0 {
		most := ""
		if e.Adaptive {
			most = "at most "
		}
		text += fmt.Sprintf(", %s%s not run", most, plural(e.Undone, "trial"))
	}
	return text
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
