package runner

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/fault"
	"iosweep/internal/workload"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/preflight"
	"iosweep/runner/trial"
)

// A sharedKey identifies a directory {shared}. Cells with equal keys share it.
type sharedKey struct {
	operation string
	workload.Workload
	setup string // the program with the levels of the cell
}

// A setupError is the failure of a program that must run before the trials of a cell. Other cells may
// still run.
type setupError struct{ why string }

func (e *setupError) Error() string { return e.why }

// ownOf returns the own operation of a cell in the form that trials use.
func ownOf(e *experiments.Experiment, cell int) *operations.Own {
	op, _ := preflight.OperationOf(e, e.Cells[cell])
	own, ok := op.(operations.Own)
	if !ok {
		return nil
	}
	return &own
}

// setUp runs the setups and the baselines that the remaining trials need, before the first of them.
// The cells of a setup that fails are skipped. stop is the kind of note with which the run must end,
// or "".
func (r *run) setUp(ctx context.Context) (stop string, err error) {
	skipped := false
	told := map[string]bool{} // reasons for skipped cells
	for cell, own := range r.toSetUp() {
		err := r.setUpCell(ctx, cell, own)
		if ctx.Err() != nil {
			return r.stopped(ctx), nil
		}
		failed, ok := errors.AsType[*setupError](err)
		switch {
		case ok:
			if skipped = true; !told[failed.why] {
				told[failed.why] = true
				r.opt.Progress.Preparing(failed.why)
			}
			r.skip(cell, failed.why)
		case err != nil:
			r.why = err.Error()
			return journal.NoteFault, err
		}
	}
	if skipped {
		header := r.header(r.planned)
		if err := errors.Join(r.reviseHeader(header), r.writePlan()); err != nil {
			return journal.NoteFault, err
		}
	}
	r.Merged, r.planned = nil, journal.Run{} // the journal has the cells, and maps of all their levels use much memory
	return "", nil
}

// toSetUp yields the cells that need a setup, and their operations. A skipped cell changes what a race decides, so
// other cells may need trials then. The race decides after all cells, because it may take a second in a large plan.
func (r *run) toSetUp() iter.Seq2[int, *experiments.OwnOperation] {
	e, done := r.Plan.Experiment, make([]bool, len(r.Cells))
	return func(yield func(int, *experiments.OwnOperation) bool) {
		for {
			var cells []int
			for cell := range e.Cells {
				if !done[cell] && r.Cells[cell].Skip == "" && r.tracker.ExpectedTrials(cell) > 0 {
					cells = append(cells, cell)
				}
			}
			if len(cells) == 0 {
				return
			}
			for _, cell := range cells {
				done[cell] = true
				own, ok := e.OperationOf(e.Cells[cell])
				if ok && (own.Setup != nil || len(own.SameAs()) > 0) && !yield(cell, own) {
					return
				}
			}
		}
	}
}

func (r *run) setUpCell(ctx context.Context, cell int, own *experiments.OwnOperation) error {
	if err := r.LoadManifest(ctx, cell); err != nil {
		return err
	}
	store := r.stores[r.Places[cell].Workspace]
	if own.Setup != nil {
		key, err := r.sharedKey(ctx, cell, own)
		if err == nil {
			err = store.once(key, func() error { _, err := r.shared(ctx, cell, store, own); return err })
		}
		if err != nil {
			return err
		}
	}
	if len(own.SameAs()) == 0 {
		return nil
	}
	_, err := r.reference(ctx, r.Plan.Experiment.Baseline[cell], store)
	return err
}

// once calls a function that prepares something for several cells, unless it has failed before.
func (s *store) once(key any, prepare func() error) error {
	if err := s.failures[key]; err != nil {
		return err
	}
	err := prepare()
	if failed, ok := errors.AsType[*setupError](err); ok {
		s.failures[key] = failed
	}
	return err
}

func (r *run) sharedKey(ctx context.Context, cell int, own *experiments.OwnOperation) (sharedKey, error) {
	at := r.Places[cell]
	source, err := r.sourceDir(ctx, cell)
	return sharedKey{own.Name, at.Workload, strings.Join(own.Filled(r.placeholders(cell, operations.Site{Workload: at.Workload}, source)).Setup, "\x00")}, err
}

// skip gives a cell no trials in this session.
func (r *run) skip(cell int, why string) {
	r.Cells[cell].Skip = why
	r.Merged[r.Index[cell]].Skip = why
	r.tracker.Skip(cell)
	r.forecast.SetPending(cell, 0)
}

// shared returns the directory {shared} of a cell. If necessary, it runs the setup that fills it.
func (r *run) shared(ctx context.Context, cell int, store *store, own *experiments.OwnOperation) (string, error) {
	at, op := r.Places[cell], ownOf(r.Plan.Experiment, cell)
	source, err := r.sourceDir(ctx, cell)
	if err != nil {
		return "", err
	}
	key, err := r.sharedKey(ctx, cell, own)
	if err != nil {
		return "", err
	}
	if dir, ok := store.shared[key]; ok {
		return dir, nil
	}
	site := at.Site(r.Plan.Experiment.Cells[cell], "")
	site.Manifest, site.Dirs = at.Manifest, store.ws
	manifest, err := store.manifest(at.Workload, at.Manifest)
	if err == nil && op.Needs == operations.NeedsFiles {
		site.Input, err = store.input(ctx, op, site, "", true)
	}
	if err != nil {
		return "", err
	}
	store.made++
	name := fmt.Sprintf("%s/%d", sharedName, store.made)
	if site.Output, err = store.ws.Make(filepath.Join(name, "files")); err != nil {
		return "", err
	}
	values := r.placeholders(cell, site, source)
	values["shared"] = site.Output
	if at.Workload.From != "" {
		values[experiments.Files.String()] = fmt.Sprint(at.Manifest.Len())
	}
	r.opt.Progress.Preparing("running the setup of " + own.Name)
	step := &trialSpec{Spec: trial.Spec{
		Setting: trial.Setting{Operation: op.Name, Own: op, Manifest: manifest, Workspace: store.ws.Path(), RunID: r.session, Site: site},
		Step:    "setup",
		Command: &trial.Command{Name: "setup", Argv: own.Filled(values).Setup, Dir: site.Output},
	}}
	if err := r.beforeTrials(ctx, cell, step, store, "the setup of "+own.Name); err != nil {
		return "", r.withoutFiles(err, store, filepath.Dir(site.Output))
	}
	store.shared[key] = site.Output
	return site.Output, syncWorkspace(store.ws)
}

// withoutFiles removes the files of something that has failed before the trials. If it has filled the
// disk, and there is space without its files, it is the cause, and only its cells are affected.
func (r *run) withoutFiles(failure error, store *store, dir string) error {
	if err := store.discard(dir); err != nil {
		return errors.Join(failure, err)
	}
	if fault.InChain(failure) != "" && r.CheckSpace(r.opt.Out, func(string) {}) == nil {
		return &setupError{failure.Error() + "; there is enough space without its files"}
	}
	return failure
}

// beforeTrials runs something that trials need, with the checks of a trial. Its failure is a
// *setupError, unless it would affect every trial.
func (r *run) beforeTrials(ctx context.Context, cell int, spec *trialSpec, store *store, name string) error {
	for suspensions := 0; ; suspensions++ {
		result := &trialResult{store: store, record: journal.Trial{Trial: r.records + 1, Name: name, Status: journal.Failed}}
		if err := r.runGuarded(ctx, cell, spec, result); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if result.suspended != "" && suspensions < maxSuspensions {
			continue
		}
		r.checkAfter(ctx, cell, result)
		record := &result.record
		switch {
		case result.changed != "":
			return errors.New(result.changed)
		case record.Void:
			return fault.Mark(fmt.Errorf("%s has failed: %s", name, record.Error), fault.Full)
		case result.suspended != "":
			return &setupError{name + ": " + result.suspended}
		case record.Status != journal.OK:
			return &setupError{name + " has failed: " + record.Error}
		}
		return nil
	}
}
