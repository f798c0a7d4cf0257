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

// Marker is the file that makes a directory one of ours. It holds the run's id, and
// is locked for as long as the process that made it lives.
const Marker = ".iosweep-workspace"

// nameOf is the name of the directory of a run.
func nameOf(id string) string { return ".iosweep-" + id }

// A InUseError says that a directory belongs to a process that is still at work.
type InUseError struct {
	Path string
	PID  int // 0: not known
}

func (e *InUseError) Error() string {
	who := "a process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s is in use: %s of the same run works there\nwait until it has ended, or stop it; a copy of a results directory cannot be resumed beside the original", e.Path, who)
}

// mark makes the marker and locks it. Where that fails nothing of it is left, so that
// the directory can be removed again.
func (w *Workspace) mark() error {
	// Who may open it may lock it, so nobody else may.
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

// lockMarker locks the marker. The error is a *InUseError while another process has
// it. It is open for reading alone: what is open for writing keeps a file system from
// being remounted read-only.
func (w *Workspace) lockMarker() error {
	f, err := w.dir.openFile(Marker, os.O_RDONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it was killed before it made one, or after it removed it
	}
	if err != nil {
		return err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, f.Close()) // what it is instead is for checkMarker to say
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

// checkMarker refuses a directory that is not this run's.
func (w *Workspace) checkMarker() error {
	held, err := readMarker(w.dir)
	if err != nil {
		return fmt.Errorf("workspace: %s has no marker of iosweep: it is left alone: %w", w.path, err)
	}
	if held != w.id {
		return fmt.Errorf("workspace: %s belongs to run %q, not %s: it is left alone", w.path, held, w.id)
	}
	return nil
}

// Check finds what is no longer as this process made it: the path leads to another
// directory, the marker is another file or holds something else, something is mounted
// over the directory. Programs that are given paths would then work elsewhere. Linux
// alone tells of mounts.
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
		return fmt.Errorf("%s is no longer the run's directory but %s put in its place", w.path, regular.KindOf(now.Mode()))
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

// readMarker is the id in a marker. A program that a trial ran may have put
// anything in its place.
func readMarker(dir directory) (id string, err error) {
	const most = 1 << 10
	f, err := dir.openFile(Marker, os.O_RDONLY, 0)
	if err != nil {
		// A link or a socket cannot even be opened.
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
	if !info.Mode().IsRegular() || info.Size() > most {
		return "", fmt.Errorf("%s is %s of %d bytes", Marker, regular.KindOf(info.Mode()), info.Size())
	}
	held, err := io.ReadAll(io.LimitReader(f, most))
	return strings.TrimSpace(string(held)), err
}

// CheckOutside refuses a path inside the workspace of a run, at any depth: what is in
// there goes with it. The path is absolute and without symbolic links; it need
// not exist.
//
// A marker counts where it makes sense alone: in a directory with the name that
// belongs to its content, of an owner whose directories this process would enter.
// Else anybody's empty file in /tmp would keep everybody from working below /tmp.
func CheckOutside(path string) error {
	for dir := path; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		id, ours := strings.CutPrefix(filepath.Base(dir), nameOf(""))
		if !ours {
			continue
		}
		opened, err := openDirectory(dir)
		if err != nil {
			continue // nothing can be made in it, which others will say
		}
		held, err := readMarker(opened)
		info, statErr := opened.lstat(Marker)
		opened.Close()
		if err == nil && statErr == nil && held == id && ownedByUsOrRoot(info) {
			return fmt.Errorf("%s is inside %s, the workspace of a run (it has %s): what is there is removed with it; name a directory outside it", path, dir, Marker)
		}
	}
	return nil
}
