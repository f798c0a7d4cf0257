package strategies

import (
	"os"
	"sync"

	"iosweep/operations"
)

// A stagedSink does the stages of an item for one level of the axis sink. Some
// come before the lock, where workers do not wait for each other. The others come
// after it, where items go through one by one.
type stagedSink struct {
	task operations.Staged
	// computeBefore: Compute comes before the lock. The level "parallel" differs
	// from "locked" in this alone: compression leaves the lock.
	computeBefore bool
	// lock is nil where items need not go through one by one.
	lock locker
	// collector: one goroutine does what comes after, and workers go on.
	collector bool
}

// newStagedSink returns the sink of a level. With "" each item has a file of its
// own. With "unlocked" items should wait for each other and do not.
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

// before does the stages that come before the lock.
func (s stagedSink) before(scratch *operations.Scratch, p *operations.StagedItem) error {
	if err := s.task.Load(scratch, p); err != nil {
		return err
	}
	if s.computeBefore {
		return s.task.Compute(scratch, p)
	}
	return nil
}

// after does the other stages, with the lock held.
func (s stagedSink) after(scratch *operations.Scratch, p *operations.StagedItem) (result operations.Result, err error) {
	err = locked(s.lock, func() error {
		if !s.computeBefore {
			if err := s.task.Compute(scratch, p); err != nil {
				return err
			}
		}
		result, err = s.task.Commit(scratch, p)
		return err
	})
	return result, err
}

// do does all stages of an item on its worker.
func (s stagedSink) do(w *worker, item int) (operations.Result, error) {
	w.staged.Reset(item)
	if err := s.before(&w.scratch, &w.staged); err != nil {
		return operations.Result{}, err
	}
	return s.after(&w.scratch, &w.staged)
}

// A locker is a lock that can fail, as one between processes can.
type locker interface {
	lock() error
	unlock() error
}

// locked calls a function with a lock held; nil is no lock.
func locked(l locker, do func() error) (err error) {
	if l == nil {
		return do()
	}
	if err := l.lock(); err != nil {
		return err
	}
	defer func() {
		if unlockErr := l.unlock(); err == nil {
			err = unlockErr
		}
	}()
	return do()
}

// mutexLock is a lock among the goroutines of one process.
type mutexLock struct{ mu sync.Mutex }

func (l *mutexLock) lock() error   { l.mu.Lock(); return nil }
func (l *mutexLock) unlock() error { l.mu.Unlock(); return nil }

// fileLock is a lock on a file among the threads of several processes. The kernel
// gives it to an open file, not to a thread, so the threads of one process first
// agree among themselves. Each process opens the file by itself: an inherited one
// would be the same open file, and no lock.
type fileLock struct {
	mu   sync.Mutex
	file *os.File
}

func (l *fileLock) lock() error {
	l.mu.Lock()
	if err := lockFile(l.file); err != nil {
		l.mu.Unlock()
		return &os.PathError{Op: "lock", Path: l.file.Name(), Err: err}
	}
	return nil
}

func (l *fileLock) unlock() error {
	defer l.mu.Unlock()
	if err := unlockFile(l.file); err != nil {
		return &os.PathError{Op: "unlock", Path: l.file.Name(), Err: err}
	}
	return nil
}
