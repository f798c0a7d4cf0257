package runner

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
	"iosweep/runner/trial"
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
	Begun(t TrialInfo)
	// Ended is told what the journal now holds of it.
	Ended(t TrialInfo, trial journal.Trial)
	// Noted is told of whatever else the journal now holds.
	Noted(note journal.Note)
}

// A TrialInfo is one trial's place in the plan.
type TrialInfo struct {
	Number, Of int // from 1; how many there will be is a guess where repeats adapt
	Phase      journal.Phase
	Round      int
	Attempt    int // from 1
	Cell       experiments.Cell
	Remaining  time.Duration // for this trial and all that follow; 0: not known yet
}

// Run does all trials of a prepared plan. However it ends, the journal in
// opt.Out is whole. An error means that a run could not begin or go on; a trial
// that failed is no error but a record.
func Run(ctx context.Context, prep *preflight.Prepared, opt Options) (Ending, error) {
	header, err := newHeader(prep, opt)
	if err != nil {
		return Ending{}, err
	}
	r := newRun(prep, opt, schedule.MapCells(&journal.Run{}, &header))
	if err := r.begin(ctx, header); err != nil {
		return r.startFailed(), errors.Join(err, r.close())
	}
	return r.finish(ctx)
}

// startFailed is the ending of a run that could not begin: one without a kind, unless
// there is a journal by which it can be resumed.
func (r *run) startFailed() Ending {
	if r.journal == nil {
		return Ending{}
	}
	return r.ending(journal.NoteInterrupted)
}

// finish does what is to be done, notes how that ended, and closes. The workspaces
// go first where the end is that of the plan: a run that is said to be finished leaves
// nothing to be done.
func (r *run) finish(ctx context.Context) (Ending, error) {
	ending, err := r.runRounds(ctx)
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
	*preflight.Prepared
	schedule.CellMap
	opt         Options
	started     time.Time
	id          string // of this process of the run: it names its workspaces
	resultsLock *journal.DirLock
	runLock     io.Closer // the run, wherever its results are
	journal     *journal.Writer
	records     int               // in the journal
	attempts    int               // by this process: names of directories are used once
	stores      map[string]*store // by directory under test
	tracker     *schedule.Tracker
	forecast    *schedule.Forecast
	leftovers   []string               // of workspaces of earlier processes: why they could not be removed
	scripts     map[string]os.FileInfo // of contenders, as the first of their trials found them
	latest      string                 // the name of the last trial that was recorded
	launcher    trial.Launcher
	why         string // the run ended, where its kind does not say it all
}

func newRun(prep *preflight.Prepared, opt Options, c schedule.CellMap) *run {
	skipped := func(cell int) bool { return prep.Cells[cell].Skip != "" }
	return &run{
		Prepared: prep, CellMap: c, opt: opt, started: time.Now(), id: prep.ID,
		stores: map[string]*store{}, scripts: map[string]os.FileInfo{}, tracker: schedule.NewTracker(prep.Plan, skipped),
		launcher: trial.Launcher{RunID: prep.ID, Timeout: prep.Plan.Experiment.Trials.Timeout, Asleep: opt.asleep},
	}
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

// warn notes what goes into every report.
func (r *run) warn(texts ...string) error {
	for _, text := range texts {
		if err := r.note(journal.Note{Kind: journal.NoteWarning, Text: text}); err != nil {
			return err
		}
	}
	return nil
}

// runRounds does trial after trial until the plan, the budget or patience ends. After
// an error, the ending says what was done until then.
func (r *run) runRounds(ctx context.Context) (Ending, error) {
	r.forecast = schedule.NewForecast(r.tracker)
	ctx, cancel := r.withBudget(ctx)
	defer cancel()
	for t := range r.tracker.Slots() {
		switch {
		case r.tracker.IsDone(t):
			continue
		case ctx.Err() != nil:
			return r.ending(r.stopped(ctx)), nil
		case r.overBudget(t.Cell):
			return r.spendRemainingBudget(ctx)
		}
		if stop, err := r.runSlot(ctx, t); stop != "" || err != nil {
			return r.ending(stop), err
		}
	}
	return r.ending(journal.NoteFinished), nil
}

// stopped is the kind of note with which a run ends whose context did.
func (r *run) stopped(ctx context.Context) string {
	if errors.Is(context.Cause(ctx), errBudget) {
		r.why = r.Plan.Experiment.Budget.String()
		return journal.NoteBudget
	}
	return journal.NoteInterrupted
}
