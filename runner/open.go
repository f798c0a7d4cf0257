package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"

	"iosweep/internal/checkup"
	"iosweep/internal/workspace"
	"iosweep/journal"
)

// claim takes the results directory for this process alone and makes the journal.
func (r *run) claim() (err error) {
	if err := createResults(r.opt.Out); err != nil {
		return err
	}
	if r.resultsLock, err = journal.Lock(r.opt.Out); err != nil {
		return err
	}
	if r.runLock, err = lockRun(r.ID); err != nil {
		return err
	}
	if err := vacant(r.opt.Out); err != nil {
		return err
	}
	// A start that was killed before the first line was whole has left one.
	path := filepath.Join(r.opt.Out, journal.FileName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.journal, err = journal.Create(path)
	return err
}

// lockRun takes a run for this process, wherever its results are: a copy of them has a
// lock of its own. A socket with an abstract name, which Linux has, is taken by one process
// at a time and given back when that ends: unix(7).
func lockRun(id string) (io.Closer, error) {
	if runtime.GOOS != "linux" {
		return io.NopCloser(nil), nil
	}
	held, err := net.Listen("unix", "@iosweep-"+id)
	if err != nil {
		return nil, fmt.Errorf("the run %s is in use: another process goes on with it, perhaps from a copy of these results\nwait until it has ended, or stop it (%w)", id, err)
	}
	return held, nil
}

// openStores makes a workspace in every directory under test, and a control group for
// the processes of trials where one can be made.
func (r *run) openStores() error {
	if group, err := workspace.NewCgroup(r.id); err == nil {
		r.launcher.Cgroup = group
	}
	for _, parent := range r.Workspaces {
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
	if r.launcher.Cgroup != nil {
		_ = r.launcher.Cgroup.Close() // it is empty, or of no harm
		r.launcher.Cgroup = nil
	}
	if r.journal != nil {
		errs = append(errs, r.journal.Close())
	}
	if r.resultsLock != nil {
		errs = append(errs, r.resultsLock.Release())
	}
	if r.runLock != nil {
		_ = r.runLock.Close() // the kernel gives it back in any case
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
		if left, ok := errors.AsType[*workspace.RemovalError](err); ok {
			err = r.warn(notRemoved(s.ws.Path(), left))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// begin makes the results directory with the journal, and then the workspaces:
// whoever kills it in between leaves a run that can be resumed, and no workspace
// that nobody knows of.
func (r *run) begin(ctx context.Context, planned journal.Run) error {
	if err := r.CheckOutsideTrees(r.opt.Out); err != nil {
		return err
	}
	if err := r.CheckSpace(r.opt.Out, r.opt.Progress.Preparing); err != nil {
		return err
	}
	if err := r.CheckTrust(r.opt.TrustWorkspace); err != nil {
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
	return r.prepare(ctx, r.writeRecords)
}

// prepare does what is left to be done before the first trial, once the journal says what
// is planned.
func (r *run) prepare(ctx context.Context, writeRecords func() error) error {
	r.Merged = nil // the journal has them, and maps of all their levels are large
	if err := r.writeScripts(); err != nil {
		return err
	}
	if err := writeRecords(); err != nil {
		return err
	}
	if err := r.noteWarnings(ctx); err != nil {
		return err
	}
	return r.openStores()
}

// noteWarnings notes what of the machine is unfit to measure on, as every session finds
// it: reports show it beside the figures.
func (r *run) noteWarnings(ctx context.Context) error {
	var list []string
	for _, why := range r.Untrusted() {
		list = append(list, "The workspace was trusted (--trust-workspace) although "+why+".")
	}
	return r.warn(append(list, checkup.Warnings(ctx, r.Workspaces)...)...)
}
