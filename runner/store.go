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

	"iosweep/internal/process"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/operations"
)

// A store manages the files that trials in one workspace share: the manifest of each workload and
// its inputs. They are made when a trial first needs them, outside of the timing, and are never
// modified.
type store struct {
	ws        *workspace.Workspace
	manifests map[workload.Workload]manifestFile
	mounts    []string // below the run directory, at the latest call of newMounts
	inputs    map[inputKey]string
	// shared contains the directories {shared} that a setup has filled, and references the outcomes
	// of baselines, by cell. See setup.go and reference.go.
	shared     map[sharedKey]string
	references map[int]map[string]string
	failures   map[any]error // of setups by sharedKey, and of baselines by number; see once
	timeout    time.Duration // for preparing inputs
	made       int           // number of directories so far, so that each name is used once
	kept       bool          // keep the run directory, with a failed trial and its inputs

	spreads bool     // the file system places the directories of trials apart from each other
	emptied []string // directories of ended trials, oldest first
}

type manifestFile struct {
	path string
	size int64
}

// An inputKey identifies inputs. Cells with equal keys share the same files.
type inputKey struct {
	workload.Workload
	operations.Needs
}

// maxEmptied is the number of empty directories of trials that are kept. The file system places a
// new directory in the part of the disk with the fewest directories. While the old directories
// exist, it therefore chooses a part that no trial has used recently. On most disks, 256
// directories are enough to choose a part that was not used for a minute.
const maxEmptied = 256

// clear removes the files of a trial.
func (s *store) clear(dir string) error {
	if !s.spreads {
		return s.ws.RemoveTree(dir)
	}
	if err := s.ws.Empty(dir); err != nil {
		return err
	}
	if s.emptied = append(s.emptied, dir); len(s.emptied) <= maxEmptied {
		return nil
	}
	oldest := s.emptied[0]
	s.emptied = s.emptied[1:]
	return s.discard(oldest) // discard ignores files that cannot be removed, because they are not from this trial
}

// Names of the directories in a run directory.
const (
	trialsName     = "trials"
	manifestsName  = "manifests"
	inputsName     = "inputs"
	sharedName     = "shared"
	referencesName = "references"
)

func newStore(ws *workspace.Workspace, timeout time.Duration) *store {
	return &store{ws: ws, timeout: timeout, manifests: map[workload.Workload]manifestFile{}, inputs: map[inputKey]string{}, shared: map[sharedKey]string{}, references: map[int]map[string]string{}, failures: map[any]error{}}
}

// manifest returns the path of a workload's manifest for child processes. It writes the manifest
// if necessary.
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

// input returns the directory that an operation reads, and prepares it if necessary. Disposable
// copies are in a new directory below the trial directory. A tree is read in place, unless copied
// is set: then all cells read the same copy of it.
func (s *store) input(ctx context.Context, op operations.Operation, site operations.Site, trial string, copied bool) (string, error) {
	needs := op.Info().Needs
	switch {
	case needs == operations.NeedsNothing:
		return "", nil
	case needs == operations.NeedsFiles && site.Workload.From != "" && !copied:
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

// prepare creates a directory and lets the operation fill it.
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

// errInputTimeout reports that inputs were not ready in time.
var errInputTimeout = errors.New("they were not ready within the timeout")

// prepareWithin prepares inputs within the timeout of a trial. It does not wait for a system call
// that hangs, for example on a network file system, because such a call cannot be interrupted.
func (s *store) prepareWithin(ctx context.Context, op operations.Operation, site operations.Site) error {
	ctx, cancel := context.WithTimeoutCause(ctx, s.timeout, fmt.Errorf("%w of %v (trials.timeout)", errInputTimeout, s.timeout))
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

// syncWorkspace writes pending data to the disk, so that it is not written during a measurement.
// On a file system in memory there is nothing to write.
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

// readByOthers returns the directories that more than one trial reads.
func (s *store) readByOthers() []string {
	list := slices.Collect(maps.Values(s.inputs))
	for _, dir := range s.shared {
		list = append(list, filepath.Dir(dir)) // its own directory in sharedName
	}
	for _, parts := range s.references {
		for _, part := range parts { // each is in the same directory of referencesName
			list = append(list, filepath.Dir(filepath.Dir(part)))
		}
	}
	return list
}

// changedShared returns the placeholder or the name of the shared directory that a path is in, or "".
func (s *store) changedShared(path string) string {
	for _, dir := range s.shared {
		if workspace.Inside(path, filepath.Dir(dir)) {
			return "{shared}"
		}
	}
	if workspace.Inside(path, filepath.Join(s.ws.Path(), referencesName)) {
		return "the outcome of a baseline"
	}
	return ""
}

// invalidate removes the file or directory at a path, which may contain inputs or manifests. The
// next trial that needs them makes them again.
func (s *store) invalidate(path string) error {
	maps.DeleteFunc(s.inputs, func(_ inputKey, dir string) bool { return workspace.Inside(dir, path) })
	maps.DeleteFunc(s.shared, func(_ sharedKey, dir string) bool { return workspace.Inside(dir, path) })
	maps.DeleteFunc(s.references, func(_ int, parts map[string]string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(parts)), func(part string) bool { return workspace.Inside(part, path) })
	})
	maps.DeleteFunc(s.manifests, func(_ workload.Workload, m manifestFile) bool { return workspace.Inside(m.path, path) })
	return s.discard(path)
}

// discard removes a file or directory that is no longer needed. It ignores files that cannot be
// removed, because their replacement gets another name.
func (s *store) discard(path string) error {
	err := s.ws.RemoveTree(path)
	if _, left := errors.AsType[*workspace.RemovalError](err); left {
		return nil // Remove reports it at the end of the run
	}
	return err
}
