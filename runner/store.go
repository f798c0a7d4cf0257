package runner

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iosweep/internal/dirio"
	"iosweep/internal/process"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/operations"
)

// A store keeps, in one workspace, what trials share: the manifest of each
// workload and its inputs. They are made when a trial first needs them, outside
// of any timing, and are never modified.
type store struct {
	ws        *workspace.Workspace
	manifests map[workload.Workload]manifestFile
	mounts    []string // below the workspace, as newMounts saw them last
	inputs    map[inputKey]string
	timeout   time.Duration // of preparing inputs
	made      int           // directories so far: a name is used once
	kept      bool          // a trial's directory is to outlive the run, and what it read with it

	spreads bool     // the file system has the directories of trials lie apart
	emptied []string // those of trials that are over, the oldest first
}

type manifestFile struct {
	path string
	size int64
}

// An inputKey names inputs that are the same files.
type inputKey struct {
	workload.Workload
	operations.Needs
}

// maxEmptied is how many directories of trials stay when they are empty. The file
// system puts the next one where there are the fewest, so those that stay send it to
// where no trial has been for a while: with so many, on most disks, for a minute.
const maxEmptied = 256

// clear removes what a trial has left.
func (s *store) clear(dir string) error {
	if !s.spreads {
		return s.ws.RemoveAll(dir)
	}
	if err := s.ws.Empty(dir); err != nil {
		return err
	}
	if s.emptied = append(s.emptied, dir); len(s.emptied) <= maxEmptied {
		return nil
	}
	oldest := s.emptied[0]
	s.emptied = s.emptied[1:]
	return s.discard(oldest) // what stays there is no fault of this trial's
}

// Names of the directories in a workspace that hold what trials share.
const (
	trialsName    = "trials"
	manifestsName = "manifests"
	inputsName    = "inputs"
)

func newStore(ws *workspace.Workspace, timeout time.Duration) *store {
	return &store{ws: ws, timeout: timeout, manifests: map[workload.Workload]manifestFile{}, inputs: map[inputKey]string{}}
}

// manifest is the path of a workload's manifest, for child processes.
func (s *store) manifest(w workload.Workload, m *workload.Manifest) (path string, err error) {
	if known, ok := s.manifests[w]; ok {
		return known.path, nil
	}
	s.made++
	dir, err := s.ws.Make(fmt.Sprintf("%s/%d", manifestsName, s.made))
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "manifest")
	f, err := s.ws.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return "", err
	}
	size, err := m.WriteTo(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	s.manifests[w] = manifestFile{path, size}
	return path, nil
}

// input is the directory that an operation reads. For victims it is a new one
// below the trial's own directory; a tree that is only read is read in place,
// unless it is lent: then all cells have the same copy of it.
func (s *store) input(ctx context.Context, op operations.Operation, site operations.Site, trial string, lent bool) (string, error) {
	needs := op.Info().Needs
	switch {
	case needs == operations.NeedsNothing:
		return "", nil
	case needs == operations.NeedsFiles && site.Workload.From != "" && !lent:
		return site.Workload.From, nil
	case needs == operations.NeedsDisposableCopy:
		return s.prepare(ctx, op, site, filepath.Join(trial, "input"))
	}
	k := inputKey{site.Workload, needs}
	if dir, ok := s.inputs[k]; ok {
		return dir, nil
	}
	s.made++
	dir, err := s.prepare(ctx, op, site, fmt.Sprintf("%s/%d", inputsName, s.made))
	if err == nil {
		s.inputs[k] = dir
	}
	return dir, err
}

// prepare makes a new directory and has the operation fill it.
func (s *store) prepare(ctx context.Context, op operations.Operation, site operations.Site, name string) (string, error) {
	dir, err := s.ws.Make(name)
	if err != nil {
		return "", err
	}
	site.Input = dir
	if err := s.prepareWithin(ctx, op, site); err != nil {
		return "", errors.Join(fmt.Errorf("preparing inputs: %w", err), s.discard(dir))
	}
	return dir, syncWorkspace(s.ws)
}

// errTooLong says that inputs were not ready in time.
var errTooLong = errors.New("they were not ready within the timeout")

// prepareWithin prepares inputs within the timeout of a trial. A system call that
// hangs, as on a file system of a network, cannot be ended; then it is not waited for.
func (s *store) prepareWithin(ctx context.Context, op operations.Operation, site operations.Site) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, fmt.Errorf("%w of %v (trials.timeout)", errTooLong, s.timeout))
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- operations.Prepare(ctx, op, site) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(process.Grace):
			err = context.Cause(ctx)
		}
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// syncWorkspace writes out what waits for the disk, so that it is not written while
// something is measured. On a file system in memory there is nothing to write.
func syncWorkspace(ws *workspace.Workspace) error {
	if err := ws.Sync(); !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// shares reports whether a directory is an input of more than one trial.
func (s *store) shares(dir string) bool {
	return slices.Contains(slices.Collect(maps.Values(s.inputs)), dir)
}

// invalidate removes what stands at a path, be it inputs, a manifest or neither; the
// next trial that needs what trials share makes it anew.
func (s *store) invalidate(path string) error {
	maps.DeleteFunc(s.inputs, func(_ inputKey, dir string) bool { return workspace.Inside(dir, path) })
	maps.DeleteFunc(s.manifests, func(_ workload.Workload, m manifestFile) bool { return workspace.Inside(m.path, path) })
	return s.discard(path)
}

// lastChanged names what changed last in a tree, and when, as the end of a sentence.
func lastChanged(tree string, now dirio.TreeState) string {
	return fmt.Sprintf(": last changed is %s, at %s", filepath.Join(tree, filepath.FromSlash(now.Changed)), now.At.Format(time.TimeOnly+".000"))
}

// discard removes what is no longer of use in a workspace. What cannot be removed
// stays: what takes its place gets another name.
func (s *store) discard(path string) error {
	err := s.ws.RemoveAll(path)
	if _, left := errors.AsType[*workspace.RemovalError](err); left {
		return nil // Remove names it in the end
	}
	return err
}
