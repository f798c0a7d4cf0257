package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"iosweep/internal/durable"
)

// A ChangedError says that a journal is not as its writer left it. Nothing is written
// to it any more: behind what others have cut off there would be a hole, and behind
// what they have appended, damage.
type ChangedError struct {
	Path   string
	Reason string // what happened, and where the records are
}

func (e *ChangedError) Error() string {
	return fmt.Sprintf("the journal %s was changed by somebody else: %s", e.Path, e.Reason)
}

// Check finds what others have done to the journal since the last entry: it was moved,
// removed, replaced, cut off or appended to. The error is a *ChangedError. Records of
// a file that has no name any more are first written to a new file beside the results.
// A journal on another file system than that of the operating system is not checked.
func (w *Writer) Check() error {
	if file, ok := w.file.(*os.File); ok && w.changed == nil {
		if reason := w.whatChanged(file); reason != "" {
			w.changed = &ChangedError{w.path, reason}
		}
	}
	if w.changed != nil {
		return w.changed
	}
	return nil
}

// whatChanged compares the open file with what it was, and with what its name leads to.
func (w *Writer) whatChanged(file *os.File) string {
	ours, err := file.Stat()
	if err != nil {
		return "it cannot be examined: " + err.Error()
	}
	if size := ours.Size(); size < w.end {
		return fmt.Sprintf("it had %d bytes and has %d; what was cut off is lost", w.end, size)
	} else if size > w.end {
		return fmt.Sprintf("it had %d bytes and has %d: another process writes it\nto go on, keep a copy and cut the file to its first %d bytes", w.end, size, w.end)
	}
	now, err := os.Stat(w.path)
	if err == nil && os.SameFile(now, ours) {
		return ""
	}
	what := "another file was put in its place"
	if err != nil {
		what = "it is no longer there"
	}
	if at := pathOf(file); at != "" {
		return fmt.Sprintf("%s, it is %s now\nto go on from there: iosweep resume %q", what, at, filepath.Dir(at))
	}
	at, err := w.rescue()
	if err != nil {
		return fmt.Sprintf("%s, and its records could not be saved: %v", what, err)
	}
	return fmt.Sprintf("%s, what it held is in %s now\nto resume or report the run, put it into a directory, as %s", what, at, FileName)
}

// rescue writes what the journal holds to a new file beside the results directory.
func (w *Writer) rescue() (path string, err error) {
	for n := 1; ; n++ {
		path = fmt.Sprintf("%s-rescued.jsonl", filepath.Dir(w.path))
		if n > 1 {
			path = fmt.Sprintf("%s-rescued-%d.jsonl", filepath.Dir(w.path), n)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = io.Copy(f, io.NewSectionReader(w.file, 0, w.end))
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return "", err
		}
		return path, durable.OS.SyncDir(filepath.Dir(path))
	}
}

// pathOf is where an open file is now, "" if it has no name any more or it is not
// known, as on other systems than Linux: proc_pid_fd(5).
func pathOf(f *os.File) string {
	at, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return ""
	}
	ours, err := f.Stat()
	if err != nil {
		return ""
	}
	if there, err := os.Stat(at); err != nil || !os.SameFile(there, ours) {
		return ""
	}
	return at
}
