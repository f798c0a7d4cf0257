package runner

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"path/filepath"

	"iosweep/runner/journal"
)

// runGuarded runs the child of a trial. A contender may be given inputs that
// other trials read too; where it changes them it has failed, whatever it left
// behind, and they are made anew. Otherwise the trials after it would fail, or
// measure other work, on its account.
func (r *run) runGuarded(ctx context.Context, spec *trialSpec, store *store, record *journal.Trial) error {
	dir := spec.Site.Input
	if spec.Command == nil || !store.shares(dir) {
		r.runChild(ctx, spec, record)
		return nil
	}
	before, err := fingerprint(dir)
	if err != nil {
		return err
	}
	r.runChild(ctx, spec, record)
	if after, err := fingerprint(dir); err == nil && after == before {
		return nil
	}
	if record.Status == journal.OK {
		record.Status = journal.Failed
		record.Error = fmt.Sprintf("verification: %s changed its inputs, which other trials read too; it has to leave {input} as it is", spec.Command.Name)
	}
	return store.forget(dir)
}

// fingerprint covers the names, kinds, sizes and times of change of all that is
// below a directory. Content is not read: that would take as long as the trial,
// and who changes it without a trace does so on purpose.
func fingerprint(dir string) ([sha256.Size]byte, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil {
			fmt.Fprintf(h, "%q %v %d %d\n", path, info.Mode(), info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	return [sha256.Size]byte(h.Sum(nil)), err
}

// shares says whether a directory is an input of more than one trial.
func (s *store) shares(dir string) bool {
	for _, shared := range s.inputs {
		if shared == dir {
			return true
		}
	}
	return false
}

// forget removes a shared input; the next trial that needs it makes it anew.
func (s *store) forget(dir string) error {
	for k, shared := range s.inputs {
		if shared == dir {
			delete(s.inputs, k)
		}
	}
	return s.ws.Clear(dir)
}
