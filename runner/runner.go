package runner

import (
	"context"
	"errors"
	"io"
	"time"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
	"iosweep/runner/trial"
)

// Options contains the settings of a run in addition to its plan.
type Options struct {
	Origin    journal.Origin
	Reproduce bool // compare the results with the published table
	// Published replaces the published table of the experiment. Its cells are indices of the plan.
	Published *journal.Published
	Overrides []string // as given on the command line
	Only      []string
	Here      string // the value of {here}: the absolute path of the experiment file's directory
	Out       string // the results directory
	// Scripts contains the scripts of a built-in experiment, by path in Out. They are
	// written before the first trial.
	Scripts map[string][]byte
	Version string // of iosweep

	FailFast      bool
	RetryFailed   bool // a resumed run repeats the failed trials
	KeepWorkspace bool // keep the directories of failed trials, and note their paths
	// TrustWorkspace allows workspaces in which other users could replace the run directory.
	TrustWorkspace bool
	Progress       Progress
	// Shard makes the run an attempt of a shard of a sweep; nil: it is a run of its own.
	Shard *Shard

	// asleep returns the total time for which the machine has been suspended. If it is nil,
	// the clocks of the machine are used.
	asleep func() time.Duration
}

// Progress receives the events of a run, from one goroutine.
type Progress interface {
	// Preparing is called before a step that may take long and precedes the first trial.
	Preparing(what string)
	// Begun is called before each trial starts.
	Begun(t TrialInfo)
	// Ended is called after the journal has the record of a trial.
	Ended(t TrialInfo, trial journal.Trial)
	// Noted is called after the journal has a note.
	Noted(note journal.Note)
}

// A TrialInfo describes the position of a trial in the plan.
type TrialInfo struct {
	Number, Of int // from 1; Of is an estimate if repeats are adaptive
	Phase      journal.Phase
	Round      int
	Attempt    int // from 1
	Cell       experiments.Cell
	Remaining  time.Duration // estimated time of this and all later trials; 0: unknown
	Budget     time.Duration // the rest of the budget; 0: there is none
}

// Run runs all trials of a prepared plan. The journal in opt.Out is complete, no matter how the
// run ends. An error means that the run could not start or continue. A failed trial is a record
// and not an error.
func Run(ctx context.Context, prep *preflight.Prepared, opt Options) (Ending, error) {
	header, err := newHeader(prep, opt)
	if err != nil {
		return Ending{}, err
	}
	r := newRun(prep, opt, schedule.MapCells(&journal.Run{}, &header))
	r.replayEarlier()
	if err := r.begin(ctx, header); err != nil {
		return r.startFailed(), errors.Join(err, r.close())
	}
	return r.finish(ctx)
}

// startFailed returns the Ending of a run that could not start. If there is a journal, the run can
// be resumed, so its kind is NoteInterrupted. Without a journal the Ending has no kind.
func (r *run) startFailed() Ending {
	if r.journal == nil {
		return Ending{}
	}
	return r.ending(journal.NoteInterrupted)
}

// finish runs the rounds, notes the result, and closes the run. If the plan is complete, finish
// removes the run directories before it writes the note: a finished run must leave nothing to
// clean up.
func (r *run) finish(ctx context.Context) (Ending, error) {
	ending, err := r.runRounds(ctx)
	if ending.Kind == journal.NoteFinished {
		if err = errors.Join(err, r.closeStores()); err != nil {
			ending.Kind, ending.Why = journal.NoteFault, err.Error()
		}
	}
	text := ending.String()
	if ending.Kind == journal.NoteFault || r.opt.Shard != nil && ending.Why != "" {
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
	session     string // of this session; its run directories have it in their names
	resultsLock *journal.DirLock
	runLock     io.Closer // see lockRun
	journal     *journal.Writer
	records     int               // number of trials in the journal
	attempts    int               // in this session; each has its own directory name
	stores      map[string]*store // by workspace
	tracker     *schedule.Tracker
	forecast    *schedule.Forecast
	planned     journal.Run               // the header, until the setups have ended
	references  map[int]map[string]string // digests of the outcomes of baselines, by cell of the journal
	leftovers   []string                  // why run directories of earlier sessions could not be removed
	scripts     map[string]notedScript    // of contenders, at the start of this session
	sources     []builtSource             // by index in Prepared.Sources
	madeSources int                       // number of directories so far, so that each name is used once
	// earlierBuilds are the latest builds, by the identity of their source.
	earlierBuilds map[string]journal.Build
	latest        string // name of the latest recorded trial
	launcher      trial.Launcher
	budgetChecked bool   // see checkBudget
	why           string // reason for the end of the run, in addition to its kind
}

func newRun(prep *preflight.Prepared, opt Options, c schedule.CellMap) *run {
	skipped := func(cell int) bool { return prep.Cells[cell].Skip != "" }
	return &run{
		Prepared: prep, CellMap: c, opt: opt, started: time.Now(), session: prep.ID,
		stores: map[string]*store{}, references: map[int]map[string]string{}, earlierBuilds: map[string]journal.Build{}, scripts: map[string]notedScript{}, tracker: schedule.NewTracker(prep.Plan, skipped),
		launcher: trial.Launcher{RunID: prep.ID, Timeout: prep.Plan.Experiment.Trials.Timeout, TimeoutKey: "trials.timeout", Asleep: opt.asleep},
	}
}

// note appends a note to the journal and reports it to Progress.
func (r *run) note(n journal.Note) error {
	n.At = time.Now().UTC()
	if err := r.journal.Append(journal.Entry{Note: &n}); err != nil {
		return err
	}
	r.opt.Progress.Noted(n)
	return nil
}

// warn notes warnings, which appear in every report.
func (r *run) warn(texts ...string) error {
	for _, text := range texts {
		if err := r.note(journal.Note{Kind: journal.NoteWarning, Text: text}); err != nil {
			return err
		}
	}
	return nil
}

// runRounds runs trials until the plan is complete, the budget is spent, a failure stops the run,
// or ctx is cancelled. After an error, the Ending describes the trials up to then.
func (r *run) runRounds(ctx context.Context) (Ending, error) {
	r.forecast = schedule.NewForecast(r.tracker)
	ctx, cancel := r.withBudget(ctx)
	defer cancel()
	if stop, err := r.setUp(ctx); stop != "" || err != nil {
		return r.ending(stop), err
	}
	round := -1
	for slot := range r.tracker.Slots() {
		if !r.tracker.IsDone(slot) {
			r.checkBudget(slot)
		}
		switch {
		case r.tracker.IsDone(slot):
			continue
		case ctx.Err() != nil:
			return r.ending(r.stopped(ctx)), nil
		case r.overBudget(slot.Cell):
			return r.spendRemainingBudget(ctx)
		}
		if stop := r.endOfShard(slot, round); stop != "" {
			return r.ending(stop), nil
		}
		round = slot.Round
		if stop, err := r.runSlot(ctx, slot); stop != "" || err != nil {
			return r.ending(stop), err
		}
	}
	return r.ending(journal.NoteFinished), nil
}

// stopped returns the kind of the final note of a run whose context has ended.
func (r *run) stopped(ctx context.Context) string {
	if errors.Is(context.Cause(ctx), errBudget) {
		r.why = r.Plan.Experiment.Budget.String()
		return journal.NoteBudget
	}
	return journal.NoteInterrupted
}
