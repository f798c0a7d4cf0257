package workspace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iosweep/internal/regular"
)

// Marker is the file that marks a directory as the workspace of a run. It contains the run's
// id. The process that created it keeps it locked until the process ends.
const Marker = ".iosweep-workspace"

// nameOf returns the name of a run's directory.
func nameOf(id string) string { return ".iosweep-" + id }

// PathOf returns the path of a run's directory in a workspace.
func PathOf(parent, id string) string { return filepath.Join(parent, nameOf(id)) }

// An InUseError reports that a running process works in a directory.
type InUseError struct {
	Path string
	PID  int // 0 if unknown
}

func (e *InUseError) Error() string {
	who := "a process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s is in use by %s of the same run\nwait until it ends, or stop it; a copy of a results directory cannot be resumed while the original is running", e.Path, who)
}

// mark creates the marker and locks it. If that fails it removes the marker, so that the
// directory can be removed.
func (w *Workspace) mark() error {
	// The mode 0600 prevents other users from opening the file and locking it.
	f, err := w.dir.openFile(Marker, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err = w.lockMarker(); err == nil {
		_, err = f.WriteString(w.id + "\n")
	}
	if err = errors.Join(err, f.Close()); err != nil {
		if w.marker != nil {
			w.marker.Close()
		}
		return errors.Join(err, w.dir.unlink(Marker))
	}
	return nil
}

// lockMarker locks the marker. The error is an *InUseError if another process has locked it.
// The marker is open only for reading: a file that is open for writing prevents remounting the
// file system read-only.
func (w *Workspace) lockMarker() error {
	f, err := w.dir.openFile(Marker, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the run was killed before it created the marker, or after it removed it
	}
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, f.Close()) // checkMarker reports the kind of the file
	}
	err = regular.Lock(f)
	if errors.Is(err, regular.ErrNotWritable) {
		f.Close()
		if f, err = w.dir.openFile(Marker, os.O_RDWR, 0); err != nil {
			return err
		}
		err = regular.Lock(f)
	}
	if err != nil {
		if errors.Is(err, regular.ErrLocked) {
			err = &InUseError{w.path, lockHolder(f)}
		}
		return errors.Join(err, f.Close())
	}
	w.marker = f
	return nil
}

// checkMarker returns an error if the directory does not belong to this run.
func (w *Workspace) checkMarker() error {
	owner, err := readMarker(w.dir)
	if err != nil {
		return fmt.Errorf("workspace: %s has no iosweep marker; it is left unchanged: %w", w.path, err)
	}
	if owner != w.id {
		return fmt.Errorf("workspace: %s belongs to run %q, not %s; it is left unchanged", w.path, owner, w.id)
	}
	return nil
}

// Check returns an error if the workspace was changed from outside. Its path may lead to
// another directory, its marker may have been replaced, or something may be mounted over
// the directory. Programs that get paths would then work elsewhere. Only on Linux
// does it detect mounts.
func (w *Workspace) Check() error {
	self, err := w.dir.stat()
	if err != nil {
		return err
	}
	now, err := os.Lstat(w.path)
	switch {
	case err != nil:
		return fmt.Errorf("the run's directory is no longer where it was: %w", err)
	case !now.IsDir() || !os.SameFile(now, self):
		return fmt.Errorf("%s is no longer the run's directory: %s was put in its place", w.path, regular.KindOf(now.Mode()))
	case now.Mode().Perm()&0o700 != 0o700:
		return fmt.Errorf("%s, the run's directory, has the permissions %04o, but the run needs all permissions of the owner", w.path, now.Mode().Perm())
	}
	if w.mounted() {
		return fmt.Errorf("something is mounted over %s", w.path)
	}
	if w.marker != nil {
		marker, err := w.dir.lstat(Marker)
		if err != nil {
			return fmt.Errorf("the marker of the run's directory is gone: %w", err)
		}
		ours, err := w.marker.Stat()
		if err == nil && !os.SameFile(marker, ours) {
			err = fmt.Errorf("the marker of the run's directory, %s/%s, was replaced", w.path, Marker)
		}
		if err != nil {
			return err
		}
	}
	return w.checkMarker()
}

// readMarker returns the id in a marker. A program of a trial may have replaced the marker by
// any kind of file.
func readMarker(dir directory) (string, error) {
	const maxSize = 1 << 10
	f, err := dir.openFile(Marker, os.O_RDONLY, 0)
	if err != nil {
		// Opening a link or a socket fails.
		if info, statErr := dir.lstat(Marker); statErr == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s is %s", Marker, regular.KindOf(info.Mode()))
		}
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSize {
		return "", fmt.Errorf("%s is %s of %d bytes", Marker, regular.KindOf(info.Mode()), info.Size())
	}
	id, err := io.ReadAll(io.LimitReader(f, maxSize))
	return strings.TrimSpace(string(id)), err
}

// CheckOutside returns an error if a path is inside the workspace of a run, at any depth,
// because the path would be removed with that workspace. The path is absolute and without
// symbolic links. It need not exist.
//
// A marker counts only if its directory has the name that matches the marker's content, and if
// its owner is this user or root. Otherwise any user could create a file with the name of a
// marker in /tmp, and prevent all others from working below /tmp.
func CheckOutside(path string) error {
	for dir := path; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		id, ours := strings.CutPrefix(filepath.Base(dir), nameOf(""))
		if !ours {
			continue
		}
		opened, err := openDirectory(dir)
		if err != nil {
			continue // creating a file there will report the error
		}
		owner, err := readMarker(opened)
		info, statErr := opened.lstat(Marker)
		opened.Close()
		if err == nil && statErr == nil && owner == id && ownedByUsOrRoot(info) {
			return fmt.Errorf("%s is inside %s, the workspace of a run (it contains %s), and would be removed with it; name a directory outside it", path, dir, Marker)
		}
	}
	return nil
}
