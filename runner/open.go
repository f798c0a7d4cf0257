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

// claim locks the results directory and the run for this process, and creates the journal.
func (r *run) claim() (err error) {
	if err := CreateResults(r.opt.Out); err != nil {
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
	// A process that was killed while it wrote the first line may have left a journal.
	path := filepath.Join(r.opt.Out, journal.FileName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.journal, err = journal.Create(path)
	return err
}

// lockRun locks a run for this process. The lock of the results directory is not enough, because
// a copy of the directory has another lock. Linux has sockets with abstract names: only one
// process can bind a name at a time, and the kernel frees it when the process ends (unix(7)).
func lockRun(id string) (io.Closer, error) {
	if runtime.GOOS != "linux" {
		return io.NopCloser(nil), nil
	}
	lock, err := net.Listen("unix", "@iosweep-"+id)
	if err != nil {
		return nil, fmt.Errorf("the run %s is in use by another process, perhaps with a copy of these results (%w)\nwait until that process has ended, or stop it", id, err)
	}
	return lock, nil
}

// openStores creates a run directory in every workspace, and a control group for the processes of
// trials if possible.
func (r *run) openStores() error {
	if group, err := workspace.NewCgroup(r.session); err == nil {
		r.launcher.Cgroup = group
	}
	for _, parent := range r.Workspaces {
		ws, err := workspace.Create(parent, r.session)
		if err != nil {
			return err
		}
		r.stores[parent] = newStore(ws, r.Plan.Experiment.Trials.Timeout)
		// Recently deleted files of one trial must not slow down the next one; see MakeSpread.
		if r.stores[parent].spreads, err = ws.MakeSpread(trialsName); err != nil {
			return err
		}
	}
	return nil
}

// close removes the run directories, closes the journal and releases the locks.
func (r *run) close() error {
	errs := []error{r.closeStores()}
	if r.launcher.Cgroup != nil {
		_ = r.launcher.Cgroup.Close() // a group that cannot be removed does no harm
		r.launcher.Cgroup = nil
	}
	if r.journal != nil {
		errs = append(errs, r.journal.Close())
	}
	if r.resultsLock != nil {
		errs = append(errs, r.resultsLock.Release())
	}
	if r.runLock != nil {
		_ = r.runLock.Close() // the kernel releases the lock in any case
	}
	return errors.Join(errs...)
}

// closeStores removes the run directories, except those with files that must be kept.
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

// begin creates the results directory with the journal, and then the run directories. If this
// process is killed in between, the run can be resumed, and the journal names every workspace
// that may have a run directory.
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
	claim := r.claim
	if r.opt.Shard != nil {
		claim = r.claimJournal
		planned.Attempt = &r.opt.Shard.Attempt
		if err := r.opt.Shard.Check(&planned); err != nil {
			return err
		}
	}
	if err := claim(); err != nil {
		return err
	}
	header := r.header(planned)
	if err := r.journal.Append(journal.Entry{Run: &header}); err != nil {
		return err
	}
	return r.prepare(ctx, planned, r.writeRecords)
}

// prepare does the remaining steps between the header of the journal and the first trial.
func (r *run) prepare(ctx context.Context, planned journal.Run, writeRecords func() error) error {
	if len(r.Sources) == 0 && len(r.Plan.Experiment.Operations) == 0 {
		r.Merged = nil // the journal has the cells, and maps of all their levels use much memory
	}
	if r.opt.Shard == nil {
		if err := r.opt.writeScripts(); err != nil {
			return err
		}
		if warning, err := r.opt.keepScripts(&planned); err != nil {
			return err
		} else if warning != "" {
			if err := r.warn(warning); err != nil {
				return err
			}
		}
	}
	r.noteScripts(&planned)
	if err := r.noteInterpreters(ctx); err != nil {
		return err
	}
	if r.opt.Shard == nil {
		if err := writeRecords(); err != nil {
			return err
		}
	}
	if err := r.removeLeftovers(); err != nil {
		return err
	}
	if err := r.noteWarnings(ctx); err != nil {
		return err
	}
	if err := r.openStores(); err != nil || len(r.Sources) == 0 {
		return err
	}
	return r.buildSources(ctx, planned)
}

// noteWarnings notes the conditions of the machine that may distort measurements. Every session
// checks them, and reports show them with the results.
func (r *run) noteWarnings(ctx context.Context) error {
	var list []string
	for _, why := range r.Untrusted() {
		list = append(list, "The workspace was trusted (--trust-workspace) although other users could replace the run directory: "+why+".")
	}
	list = append(list, r.SourceWarnings...)
	list = append(list, r.unknownVersions()...)
	return r.warn(append(list, checkup.Warnings(ctx, r.Workspaces)...)...)
}
