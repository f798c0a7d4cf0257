package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/regular"
	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// Resume continues a previous run: it runs the trials of the plan that the journal does not
// contain. If the plan has changed, Resume returns a *ChangedError unless extend is set. With
// extend, unchanged cells keep their trials, new cells run from the first round, and the trials of
// removed cells stay in the journal.
func Resume(ctx context.Context, prep *preflight.Prepared, previous *PreviousRun, extend bool, opt Options) (Ending, error) {
	prep.ID = previous.Log.Run.ID
	header, err := newHeader(prep, opt)
	if err != nil {
		return Ending{}, err
	}
	if err := sameMachine(previous.Log.Run.Machine, header.Machine); err != nil {
		return Ending{}, err
	}
	header.Sources = mergeSources(previous.Log.Run.Sources, header.Sources)
	keepMissing(&previous.Log.Run, &header)
	list := schedule.Changes(&previous.Log.Run, &header)
	if len(list) > 0 && !extend {
		return Ending{}, &ChangedError{list}
	}
	r := newRun(prep, opt, schedule.MapCells(&previous.Log.Run, &header))
	r.replay(previous.Log)
	edited := len(list) > 0 || !journal.SameSource(previous.Log.Run.Origin.Source, opt.Origin.Source)
	if ending := r.ending(journal.NoteFinished); !edited && ending.Remaining == 0 && previous.Log.Finished() {
		r.opt.Progress.Preparing("nothing to run: " + ending.allDone())
		return ending, nil // nothing remains, so nothing is written
	}
	if err := r.reopen(ctx, previous, header, list, edited); err != nil {
		return r.startFailed(), errors.Join(err, r.close())
	}
	return r.finish(ctx)
}

// keepMissing marks the scripts as missing that a run did not have at its start. The program may have
// made them since.
func keepMissing(previous, planned *journal.Run) {
	for _, was := range previous.Commands {
		for _, is := range planned.Commands {
			for path, sum := range was.Scripts {
				if _, named := is.Scripts[path]; named && was.Name == is.Name && sum == journal.MissingScript {
					is.Scripts[path] = sum
				}
			}
		}
	}
}

// replay adds the trials of the journal to the tracker.
func (r *run) replay(log *journal.Log) {
	r.records = len(log.Trials)
	for _, n := range log.Notes {
		if n.Build != nil {
			r.earlierBuilds[n.Build.Source] = *n.Build
		}
	}
	r.replayReferences(log.Notes)
	r.tracker.Replay(log, func(cell int) int { return r.CellOf[cell] })
	if r.opt.RetryFailed {
		r.tracker.ResetFailures()
	}
	r.tracker.UpdateAllPrecise()
}

// reopen does the work of begin for a run that has a journal.
func (r *run) reopen(ctx context.Context, previous *PreviousRun, planned journal.Run, changed []string, edited bool) (err error) {
	log := previous.Log
	r.resultsLock, previous.lock = previous.lock, nil
	if err := r.CheckOutsideTrees(r.opt.Out); err != nil {
		return err
	}
	if err := r.CheckTrust(r.opt.TrustWorkspace); err != nil {
		return err
	}
	if r.runLock, err = lockRun(r.ID); err != nil {
		return err
	}
	if err := r.reclaim(log); err != nil {
		return err
	}
	if err := r.CheckSpace(r.opt.Out, r.opt.Progress.Preparing); err != nil {
		return err
	}
	if r.journal, err = journal.Open(filepath.Join(r.opt.Out, journal.FileName), log); err != nil {
		return err
	}
	if err := r.writeHeaderIfNew(log, planned); err != nil {
		return err
	}
	if err := r.noteResumed(log, &planned, changed); err != nil {
		return err
	}
	planned.StartedAt = log.Run.StartedAt
	return r.prepare(ctx, planned, func() error { return r.restoreRecords(log, edited) })
}

// noteResumed notes that the run was resumed, with warnings about differences between the
// sessions.
func (r *run) noteResumed(log *journal.Log, planned *journal.Run, changed []string) error {
	host, _ := os.Hostname()
	text := fmt.Sprintf("after %s, by iosweep %s, process %d on %s", units.Count(r.tracker.Recorded, "trial"), r.opt.Version, os.Getpid(), host)
	if len(changed) > 0 {
		text += ", with a plan that has changed: " + firstChanges(changed)
	}
	if err := r.note(journal.Note{Kind: journal.NoteResumed, Text: text, RetryFailed: r.opt.RetryFailed}); err != nil {
		return err
	}
	return r.warn(slices.Concat(r.leftovers, resumeWarnings(log, planned.Machine, r.opt.Version), r.programWarnings(log, planned))...)
}

// firstChanges lists the first changes of a plan, and counts the others.
func firstChanges(changed []string) string {
	const most = 5
	text := strings.Join(changed[:min(len(changed), most)], "; ")
	if more := len(changed) - most; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

// writeHeaderIfNew writes a new header if the plan has changed, if not the same cells are
// skipped as before, or if the journal lacks a script. It also does so if the journal has an
// older format: an older iosweep then refuses the journal, and does not ignore fields that it does
// not know. So the header precedes every other entry of the session.
func (r *run) writeHeaderIfNew(log *journal.Log, planned journal.Run) error {
	old := log.Run
	planned.StartedAt = old.StartedAt
	header := r.header(planned)
	if old.Version == header.Version && old.PlanHash == planned.PlanHash && slices.EqualFunc(old.Cells, header.Cells, func(a, b journal.Cell) bool {
		return a.Skip == b.Skip && a.Retired == b.Retired && a.Baseline == b.Baseline && a.Inputs == b.Inputs
	}) && journal.SameSource(old.Origin.Source, header.Origin.Source) && slices.EqualFunc(old.Commands, header.Commands, func(a, b journal.Command) bool {
		return maps.Equal(a.Scripts, b.Scripts)
	}) {
		return nil
	}
	return r.reviseHeader(header)
}

// restoreRecords writes the files beside the journal that are missing because an earlier session
// was killed. It also writes the plan if it has changed, or if an earlier session was killed
// before it could write a changed plan.
func (r *run) restoreRecords(log *journal.Log, edited bool) error {
	missing := func(name string) bool {
		_, err := os.Lstat(filepath.Join(r.opt.Out, name))
		return errors.Is(err, fs.ErrNotExist)
	}
	if missing(environmentFile) {
		return r.writeRecords()
	}
	copied, err := regular.ReadFile(filepath.Join(r.opt.Out, experimentFile), experiments.MaxSource)
	outdated := err == nil && !journal.SameSource(string(copied), r.opt.Origin.Source) && log.IsReplaced(string(copied))
	if edited || outdated || missing(planFile) || missing(experimentFile) {
		return r.writePlan()
	}
	return nil
}
