package strategies

import (
	"os"
	"sync"

	"iosweep/operations"
)

// A route says, for one level of the axis sink, on which side of the meeting
// point each stage of an item happens: before it, where workers do not wait for
// each other, or after it, where items go through one by one.
type stagedSink struct {
	task operations.Staged
	// computeBefore: Compute is done before the meeting point. "parallel" is
	// what this buys: compression leaves the lock.
	computeBefore bool
	// turn is what items pass through one by one; nil where they need not.
	lock locker
	// collector: one goroutine does what comes after, and workers go on.
	collector bool
}

// newStagedSink gives the route of a sink. The sink "" is that of items which have a
// file each, "unlocked" that of items which should wait and do not.
func newStagedSink(sink string, task operations.Staged) stagedSink {
	switch sink {
	case operations.SinkLocked:
		return stagedSink{task: task, lock: &mutexLock{}}
	case operations.SinkParallel:
		return stagedSink{task: task, lock: &mutexLock{}, computeBefore: true}
	case operations.SinkCollector:
		return stagedSink{task: task, collector: true}
	default:
		return stagedSink{task: task, computeBefore: true}
	}
}

// before brings an item to the meeting point.
func (r stagedSink) before(s *operations.Scratch, p *operations.Parcel) error {
	if err := r.task.Load(s, p); err != nil {
		return err
	}
	if r.computeBefore {
		return r.task.Compute(s, p)
	}
	return nil
}

// after does the rest, in turn.
func (r stagedSink) after(s *operations.Scratch, p *operations.Parcel) (done operations.Done, err error) {
	if r.lock != nil {
		if err := r.lock.lock(); err != nil {
			return done, err
		}
		defer func() {
			if giveErr := r.lock.unlock(); err == nil {
				err = giveErr
			}
		}()
	}
	if !r.computeBefore {
		if err := r.task.Compute(s, p); err != nil {
			return done, err
		}
	}
	return r.task.Commit(s, p)
}

// A turn is a lock that can fail, as one between processes can.
type locker interface {
	lock() error
	unlock() error
}

// mutexLock is a turn among the goroutines of one process.
type mutexLock struct{ mu sync.Mutex }

var _ locker = (*mutexLock)(nil)

func (t *mutexLock) lock() error   { t.mu.Lock(); return nil }
func (t *mutexLock) unlock() error { t.mu.Unlock(); return nil }

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
