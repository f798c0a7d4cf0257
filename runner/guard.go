package runner

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"iosweep/internal/dirio"
	"iosweep/internal/regular"
	"iosweep/internal/workload"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/trial"
)

// runGuarded runs the child process of a trial. A contender must write only to its own
// directories. If it writes elsewhere in the run directory, its trial has failed, even if the
// outcome is correct, and the changed files are made again. Without this check a contender could
// make later trials fail, or change the work that they measure.
//
// Only the run directory is checked here. checkAfter checks the tree of the items, and checkBefore
// the journal and the scripts. iosweep does not notice changes of other files on the machine.
func (r *run) runGuarded(ctx context.Context, cell int, spec *trialSpec, result *trialResult) error {
	store := result.store
	if spec.Command == nil {
		result.suspended, result.limit = r.launcherOf(cell).Run(ctx, &spec.Spec, store.ws, &result.record)
		return nil
	}
	before, err := store.snapshot(ctx, &spec.Spec, r.Places[cell].Manifest)
	if err != nil {
		return err
	}
	r.runSteps(ctx, r.launcherOf(cell), spec, result)
	if ctx.Err() != nil {
		return nil // the record is discarded, and the run directory will be removed
	}
	if result.record.Status == journal.Timeout && spec.Command.ExpectError != "" {
		result.record.Error = spec.Command.UnmetExpectation() + ": " + result.record.Error
	}
	if err := r.checkSources(ctx, spec.Command.Name, &result.record); err != nil {
		return err
	}
	if err := store.ws.Check(); err != nil {
		return nil // checkAfter reports it, and nothing can be repaired there
	}
	if err := store.compare(ctx, &spec.Spec, before, &result.record); err != nil {
		result.changed = fmt.Sprintf("files that trials share cannot be restored: %v, while %s ran (trial %d)", err, result.record.Name, result.record.Trial)
		addFailure(&result.record, result.changed)
	}
	return nil
}

// A snapshot describes the files that a contender must not change.
type snapshot struct {
	inputs  dirio.TreeState    // the zero value if other trials do not read the inputs
	files   *workload.Manifest // of the inputs
	listing listing
}

// snapshot returns the state of the files before a trial.
func (s *store) snapshot(ctx context.Context, spec *trial.Spec, items *workload.Manifest) (snap snapshot, err error) {
	copied := *items
	copied.Skipped = nil // a copy of a tree has only its items
	snap.files = &copied
	if op, ok := operations.Named(spec.Operation); ok && op.Info().Needs == operations.NeedsArchive {
		snap.files = workload.NewManifest(workload.File{Name: operations.ArchiveName, Size: unknownSize})
	}
	if s.shares(spec.Site.Input) {
		if snap.inputs, err = dirio.StateOf(ctx, s.ws, spec.Site.Input); err != nil {
			return snap, err
		}
	}
	snap.listing = s.listing(ctx, spec)
	return snap, nil
}

// compare compares the files after a trial with a snapshot. It adds every difference to the
// record as a failure of the contender, and restores the files.
func (s *store) compare(ctx context.Context, spec *trial.Spec, before snapshot, record *journal.Trial) error {
	name, inputs := spec.Command.Name, spec.Site.Input
	if found := s.newMounts(); found != "" {
		addFailure(record, fmt.Sprintf("%s ended without unmounting its file systems: %s; it stays mounted", name, found))
	}
	violations := before.listing.violations(s.listing(ctx, spec)) // before the inputs are removed
	if s.shares(inputs) {
		if details, changed := s.changesOf(ctx, inputs, before); changed {
			addFailure(record, name+" changed its inputs, which other trials also read"+details+"; it must not change {input}")
			if err := s.invalidate(inputs); err != nil {
				return err
			}
		}
	}
	if len(violations) == 0 {
		return nil
	}
	what := "wrote outside its output directory"
	if shared := s.changedShared(violations[0].path); shared != "" {
		what = "changed " + shared + ", which other trials also read"
	}
	allowed := "{output}"
	if spec.Step != "" {
		allowed = "{shared}"
	}
	addFailure(record, fmt.Sprintf("%s %s: %s; it must write only to %s", name, what, describe(violations, spec.Site.Output), allowed))
	return s.repair(filepath.Dir(spec.Site.Output), violations)
}

// changesOf reports whether the inputs of a trial have changed, and names the changes as the end of a
// sentence.
func (s *store) changesOf(ctx context.Context, inputs string, before snapshot) (details string, changed bool) {
	after, err := dirio.StateOf(ctx, s.ws, inputs)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ": the directory is gone", true
	case err != nil:
		if info, statErr := os.Lstat(inputs); statErr == nil && !info.IsDir() {
			return ": the directory is now " + regular.KindOf(info.Mode()), true
		}
		return ": " + err.Error(), true
	case after.Sum == before.inputs.Sum:
		return "", false
	}
	dir, err := dirio.OpenBelow(s.ws, inputs)
	if err != nil {
		return ": " + err.Error(), true
	}
	defer dir.Close()
	return describeChanges(ctx, dir, before.files, before.inputs, after), true
}

// addFailure marks a trial as failed. If the trial has already failed, this may be the reason, so
// the text is added to the existing error.
func addFailure(record *journal.Trial, text string) {
	if record.Status == journal.OK {
		record.Status, record.Error = journal.Failed, journal.Unverified+text
		return
	}
	record.Error += "; " + text
}
