package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"iosweep/internal/regular"
)

// LockName is the name of the lock file in a results directory. The file names the
// process that owns the lock.
const LockName = "run.lock"

// A DirLock is the exclusive lock of this process on a directory.
type DirLock struct{ lock *flock.Flock }

// owner is the content of a lock file while it is locked.
type owner struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// A LockedError reports that another process uses a directory. PID is 0 if the lock file
// does not name the process.
type LockedError struct {
	Dir string
	owner
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is in use by %s\nwait until that process ends, or stop it, then try again", e.Dir, e.User())
}

// User describes the process.
func (e *LockedError) User() string {
	if e.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d on %s, since %s", e.PID, e.Host, e.Since.Local().Format("2006-01-02 15:04:05"))
}

// Lock locks a directory for this process until Release, or until the process ends in any
// way. The kernel then removes the lock. A lock file that remains does not lock the
// directory. If another process has the lock, the error is a *LockedError.
//
// The lock belongs to the open file (see flock(2)). Go opens every file so that child
// programs do not inherit it. So a trial that outlives the run does not keep the
// directory locked.
func Lock(dir string) (*DirLock, error) {
	path := filepath.Join(dir, LockName)
	deadline := time.Now().Add(ownerTimeout)
	for {
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return nil, foreignFileError(path, regular.KindOf(info.Mode()))
		}
		// Open the file for reading and writing, because NFS grants a write lock only on
		// a file that is open for writing.
		lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow|regular.NonBlock), flock.SetPermissions(0o644))
		locked, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("%s cannot be locked: %w", dir, err)
		}
		if locked && isCurrent(lock, path) {
			if err := checkLockFile(path); err != nil {
				return nil, errors.Join(err, lock.Close())
			}
			writeOwner(path)
			return &DirLock{lock}, nil
		}
		lock.Close()
		if who, ok := readOwner(path); ok && !locked {
			return nil, &LockedError{dir, who}
		}
		if time.Now().After(deadline) {
			return nil, &LockedError{Dir: dir}
		}
		if !locked {
			time.Sleep(ownerTimeout / 50)
		}
	}
}

// InUse returns an error that describes the process that has locked a directory, or nil. It
// takes no lock for longer than a moment, and writes nothing.
func InUse(dir string) *LockedError {
	path := filepath.Join(dir, LockName)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY|noFollow|regular.NonBlock))
	free, err := lock.TryRLock()
	lock.Close()
	if err != nil || free {
		return nil
	}
	who, _ := readOwner(path)
	return &LockedError{dir, who}
}

// ownerTimeout is the time that Lock waits for a process that has just taken the lock to
// write its owner.
const ownerTimeout = 500 * time.Millisecond

// Release unlocks the directory. It removes the file first: a process that has opened the
// file in the meantime finds that its name is gone. Release leaves the file where an open
// file cannot be removed (Windows), and where another file has replaced it.
func (h *DirLock) Release() error {
	if isCurrent(h.lock, h.lock.Path()) {
		os.Remove(h.lock.Path())
	}
	return h.lock.Close()
}

// isCurrent reports whether a locked file still has its name. Its owner may have removed
// it after this process opened it and before this process locked it.
func isCurrent(lock *flock.Flock, path string) bool {
	now, err := os.Lstat(path)
	if err != nil {
		return false
	}
	ours, err := lock.Stat()
	return err == nil && os.SameFile(now, ours)
}

// checkLockFile returns an error if the file was not written by iosweep. Such a file is
// not overwritten.
func checkLockFile(path string) error {
	content, err := readLock(path)
	if err != nil {
		return fmt.Errorf("cannot read the lock file, which is left unchanged: %w\nmove it away, or choose another directory", err)
	}
	var who owner
	read := json.NewDecoder(bytes.NewReader(content))
	read.DisallowUnknownFields()
	if len(content) > 0 && (read.Decode(&who) != nil || who.PID == 0) {
		return foreignFileError(path, "a file of another program")
	}
	return nil
}

// foreignFileError returns the error for a file that has the name of the lock file, but was
// not written by iosweep.
func foreignFileError(path, what string) error {
	return fmt.Errorf("%s is not a lock file of iosweep but %s, and is left unchanged\nmove it away, or choose another directory", path, what)
}

// maxLock is larger than any lock file: a host name has at most 255 bytes.
const maxLock = 4 << 10

// readLock reads a lock file. It does not follow a symbolic link.
func readLock(path string) ([]byte, error) {
	f, err := regular.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return regular.Read(f, maxLock)
}

// writeOwner writes the ID and the host of this process into a lock file. If that fails,
// as on a full disk or where a locked file cannot be written (Windows), the lock is
// still valid. Other processes then only learn less about its owner.
func writeOwner(path string) {
	host, _ := os.Hostname()
	line, _ := json.Marshal(owner{os.Getpid(), host, time.Now().UTC().Truncate(time.Second)})
	if f, err := regular.OpenFile(path, os.O_WRONLY|os.O_TRUNC|noFollow, 0); err == nil {
		f.Write(append(line, '\n'))
		f.Close()
	}
}

// readOwner reads the owner from a lock file. It returns false if the content is
// incomplete, or if it names a process that was killed before the present owner took the
// lock.
func readOwner(path string) (owner, bool) {
	line, err := readLock(path)
	if err != nil || !bytes.HasSuffix(line, []byte("\n")) {
		return owner{}, false
	}
	var who owner
	if json.Unmarshal(line, &who) != nil || who.PID <= 0 || !mayBeAlive(who) {
		return owner{}, false
	}
	return who, true
}

// mayBeAlive reports whether a process may exist. It returns true for every process on
// another host, because nothing is known about it.
func mayBeAlive(who owner) bool {
	if host, err := os.Hostname(); err != nil || host != who.Host {
		return true
	}
	p, err := os.FindProcess(who.PID)
	if err != nil {
		return true
	}
	defer p.Release()
	// Signal 0 only checks that the process exists; see kill(2).
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
