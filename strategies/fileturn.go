package strategies

import (
	"os"
	"sync"
)

// fileLock is a turn among the threads of several processes: a lock on a file.
// The kernel gives the lock to an open file, not to a thread, so the threads of
// one process first agree among themselves. Each process has opened the file by
// itself: one that was inherited would be the same open file, and no lock.
type fileLock struct {
	mu   sync.Mutex
	file *os.File
}

var _ locker = (*fileLock)(nil)

func (t *fileLock) lock() error {
	t.mu.Lock()
	if err := lockFile(t.file); err != nil {
		t.mu.Unlock()
		return &os.PathError{Op: "lock", Path: t.file.Name(), Err: err}
	}
	return nil
}

func (t *fileLock) unlock() error {
	defer t.mu.Unlock()
	if err := unlockFile(t.file); err != nil {
		return &os.PathError{Op: "unlock", Path: t.file.Name(), Err: err}
	}
	return nil
}
