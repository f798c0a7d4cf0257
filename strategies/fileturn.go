package strategies

import (
	"os"
	"sync"
)

// fileTurn is a turn among the threads of several processes: a lock on a file.
// The kernel gives the lock to an open file, not to a thread, so the threads of
// one process first agree among themselves. Each process has opened the file by
// itself: one that was inherited would be the same open file, and no lock.
type fileTurn struct {
	mu   sync.Mutex
	file *os.File
}

var _ turn = (*fileTurn)(nil)

func (t *fileTurn) take() error {
	t.mu.Lock()
	if err := lock(t.file); err != nil {
		t.mu.Unlock()
		return &os.PathError{Op: "lock", Path: t.file.Name(), Err: err}
	}
	return nil
}

func (t *fileTurn) give() error {
	defer t.mu.Unlock()
	if err := unlock(t.file); err != nil {
		return &os.PathError{Op: "unlock", Path: t.file.Name(), Err: err}
	}
	return nil
}
