package runner

import (
	"context"
	"errors"
	"time"

	"iosweep/internal/process"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// A Shard makes a run an attempt of a shard of a sweep. The plan of such a run is a part of the plan of the
// sweep. The run differs from others only in what this type says.
type Shard struct {
	// Journal is the path of the new journal. The run writes no other file there, and Options.Out is the
	// directory of the sweep.
	Journal string
	Attempt journal.Attempt
	// Earlier has the rounds that earlier attempts have whole. They are not run again.
	Earlier *journal.Log
	// Killed are the runs of other attempts on this machine that may have been killed. They may have left
	// files and processes.
	Killed []journal.Run
	// Deadline is the time at which the job is asked to end. A trial that would end later is not begun.
	// The zero time means no limit.
	Deadline time.Time
	// Check is called with the header before the journal is made. An error ends the run.
	Check func(*journal.Run) error
	// Yield is called before each round. If it returns a reason, the run ends.
	Yield func() string
}

// killedWith is the time in which a signal that has ended a contender also arrives at this process. Slurm
// sends its signals to all processes of a job, one after the other.
const killedWith = 2 * time.Second

// claimJournal creates the journal of an attempt.
func (r *run) claimJournal() (err error) {
	if r.runLock, err = lockRun(r.ID); err != nil {
		return err
	}
	r.journal, err = journal.Create(r.opt.Shard.Journal)
	return err
}

// replayEarlier marks the rounds of earlier attempts as done. Cells without a trial there get none: the reason may
// have been a limit of the other machine, and a merged round comes from one attempt.
func (r *run) replayEarlier() {
	if s := r.opt.Shard; s != nil && s.Earlier != nil {
		r.tracker.Replay(s.Earlier, func(cell int) int { return cell })
		r.tracker.CloseMeasured()
		r.tracker.UpdateAllPrecise()
	}
}

// endOfShard returns the kind of note with which the attempt must end before a slot, or "". round is the
// round of the slot before.
func (r *run) endOfShard(slot schedule.Slot, round int) string {
	s := r.opt.Shard
	if s == nil {
		return ""
	}
	if slot.Round != round && s.Yield != nil {
		if r.why = s.Yield(); r.why != "" {
			return journal.NoteInterrupted
		}
	}
	if !s.Deadline.IsZero() && time.Now().Add(r.forecast.Trial(slot.Cell)).After(s.Deadline) {
		r.why = "the time limit of the job"
		return journal.NoteBudget
	}
	return ""
}

// awaitSignal waits for the signal that may have ended the contender of a failed trial: scancel and requeue
// of Slurm signal contenders too. A trial that ended so is abandoned and not recorded. A contender may catch the
// signal and exit with any code, so a wrong outcome is waited for, too. A timeout has another cause.
func (r *run) awaitSignal(ctx context.Context, trial *journal.Trial) {
	if r.opt.Shard == nil || trial.Status == journal.OK || trial.Status == journal.Timeout {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(killedWith):
	}
}

// removeLeftovers removes what killed attempts of the sweep have left on this machine: processes and run
// directories. An attempt that still runs keeps them.
func (r *run) removeLeftovers() error {
	if r.opt.Shard == nil {
		return nil
	}
	for _, killed := range r.opt.Shard.Killed {
		lock, err := lockRun(killed.ID)
		if err != nil {
			continue
		}
		process.KillRun(killed.ID)
		workspace.RemoveCgroup(killed.ID)
		for _, parent := range killed.Workspaces {
			err := workspace.Reclaim(parent, killed.ID)
			if _, live := errors.AsType[*workspace.InUseError](err); err != nil && !live {
				r.leftovers = append(r.leftovers, notRemoved(workspace.PathOf(parent, killed.ID), err))
			}
		}
		_ = lock.Close()
	}
	return r.warn(r.leftovers...)
}
