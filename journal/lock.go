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

// LockName is the file in the directory of a run that says who works there.
const LockName = "run.lock"

// DirLock is a directory that this process has to itself.
type DirLock struct{ lock *flock.Flock }

// holder is the content of a lock file while it is locked.
type holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// A heldError says that another process works in a directory. PID is 0 if it
// did not say who it is.
type heldError struct {
	Dir string
	holder
}

func (e *heldError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d on %s, since %s,", e.PID, e.Host, e.Since.Local().Format("2006-01-02 15:04:05"))
	}
	return fmt.Sprintf("%s is in use: %s has it; wait until it has ended, or stop it, and try again", e.Dir, who)
}

// Lock takes a directory for this process, until Release or until the process
// ends, however that comes: the kernel keeps the lock, not the file. If another
// process has it, the error is a *heldError.
//
// The lock belongs to the open file (see flock(2)), and Go opens every file so
// that programs that are started do not inherit it: a trial that outlives the
// run does not keep the directory.
func Lock(dir string) (*DirLock, error) {
	path := filepath.Join(dir, LockName)
	deadline := time.Now().Add(patience)
	for {
		if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
			return nil, notOurs(path, regular.KindOf(info.Mode()))
		}
		// Readable and writable, because NFS locks for writing only what is open
		// for it.
		lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR|noFollow|regular.NonBlock), flock.SetPermissions(0o644))
		locked, err := lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("%s cannot be locked: %w", dir, err)
		}
		if locked && isStill(lock, path) {
			if err := checkOurs(path); err != nil {
				return nil, errors.Join(err, lock.Close())
			}
			sign(path)
			return &DirLock{lock}, nil
		}
		lock.Close()
		if who, ok := signature(path); ok && !locked {
			return nil, &heldError{dir, who}
		}
		if time.Now().After(deadline) {
			return nil, &heldError{Dir: dir}
		}
		if !locked {
			time.Sleep(patience / 50)
		}
	}
}

// patience is how long to wait for whoever has just taken a lock to say so.
const patience = 500 * time.Millisecond

// Release gives the directory back. The file goes first: whoever has opened it
// meanwhile finds that it is no longer there. Where an open file cannot be removed
// (Windows) it stays, as does what others have put in its place.
func (h *DirLock) Release() error {
	if isStill(h.lock, h.lock.Path()) {
		os.Remove(h.lock.Path())
	}
	return h.lock.Close()
}

// isStill reports whether a locked file is the one of that name, and not one that its
// holder removed between our opening and locking it.
func isStill(lock *flock.Flock, path string) bool {
	now, err := os.Lstat(path)
	if err != nil {
		return false
	}
	ours, err := lock.Stat()
	return err == nil && os.SameFile(now, ours)
}

// checkOurs refuses a file that somebody else put there: nothing is written over it.
func checkOurs(path string) error {
	content, err := readLock(path)
	if err != nil {
		return fmt.Errorf("the lock cannot be read, and is left alone: %w; move it away, or name another directory", err)
	}
	var who holder
	read := json.NewDecoder(bytes.NewReader(content))
	read.DisallowUnknownFields()
	if len(content) > 0 && (read.Decode(&who) != nil || who.PID == 0) {
		return notOurs(path, "a file of something else")
	}
	return nil
}

// notOurs is the error of a lock file that is something else.
func notOurs(path, what string) error {
	return fmt.Errorf("%s is no lock of iosweep's but %s: it is left alone; move it away, or name another directory", path, what)
}

// mostLock is more than a lock file ever holds: the name of a host has 255 bytes at
// most.
const mostLock = 4 << 10

// readLock reads a lock file, but not one that a link leads to.
func readLock(path string) ([]byte, error) {
	f, err := regular.OpenFile(path, os.O_RDONLY|noFollow, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return regular.Read(f, mostLock)
}

// sign says in a lock file who has it. That this fails, as on a full disk or
// where a locked file cannot be written (Windows), makes the lock no weaker; the
// others are told less.
func sign(path string) {
	host, _ := os.Hostname()
	line, _ := json.Marshal(holder{os.Getpid(), host, time.Now().UTC().Truncate(time.Second)})
	if f, err := regular.OpenFile(path, os.O_WRONLY|os.O_TRUNC|noFollow, 0); err == nil {
		f.Write(append(line, '\n'))
		f.Close()
	}
}

// signature reads who has a lock file. What is there may be half written, or be
// of a process that was killed before the one that has it now: then it is no
// signature yet.
func signature(path string) (holder, bool) {
	line, err := readLock(path)
	if err != nil || !bytes.HasSuffix(line, []byte("\n")) {
		return holder{}, false
	}
	var who holder
	if json.Unmarshal(line, &who) != nil || who.PID <= 0 || !mayRun(who) {
		return holder{}, false
	}
	return who, true
}

// mayRun reports whether a process may be there. Of one on another host nothing is
// known.
func mayRun(who holder) bool {
	if host, err := os.Hostname(); err != nil || host != who.Host {
		return true
	}
	p, err := os.FindProcess(who.PID)
	if err != nil {
		return true
	}
	defer p.Release()
	// Signal 0 asks without sending anything; see kill(2).
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
