package strategies

import (
	"sync"

	"github.com/gofrs/flock"
)

// fileTurn is a turn among the threads of several processes: a lock on a file.
// The kernel gives the lock to a process, not to a thread, so the threads of
// one process first agree among themselves.
type fileTurn struct {
	mu   sync.Mutex
	file *flock.Flock
}

var _ turn = (*fileTurn)(nil)

func newFileTurn(path string) *fileTurn {
	return &fileTurn{file: flock.New(path)}
}

func (t *fileTurn) take() error {
	t.mu.Lock()
	if err := t.file.Lock(); err != nil {
		t.mu.Unlock()
		return err
	}
	return nil
}

func (t *fileTurn) give() error {
	defer t.mu.Unlock()
	return t.file.Unlock()
}
