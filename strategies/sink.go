package strategies

import (
	"os"
	"sync"

	"iosweep/operations"
)

// A stagedSink runs the stages of an item under one level of the axis sink. The stages before
// the lock run concurrently. The stages after it run for one item at a time.
type stagedSink struct {
	task operations.Staged
	// computeBefore puts Compute before the lock.
	computeBefore bool
	// lock is nil if the later stages need not run for one item at a time.
	lock locker
	// collector lets one goroutine run the later stages, while the workers continue.
	collector bool
	// failed is called with the lock if an item will never be complete. It may be nil.
	failed func(error)
}

// newStagedSink returns the sink of a level. With "" each item has its own file. With
// "parallel" the task orders the items itself. With "unlocked" items share a file without a lock,
// although they would need one.
func newStagedSink(sink string, task operations.Staged) stagedSink {
	switch sink {
	case operations.SinkLocked:
		return stagedSink{task: task, lock: &mutexLock{}}
	case operations.SinkCollector:
		return stagedSink{task: task, collector: true}
	default:
		return stagedSink{task: task, computeBefore: true}
	}
}

// before runs the stages of a block before the lock.
func (s stagedSink) before(scratch *operations.Scratch, p *operations.StagedItem) error {
	if err := s.task.Load(scratch, p); err != nil {
		return err
	}
	if s.computeBefore {
		return s.task.Compute(scratch, p)
	}
	return nil
}

// finish runs the other stages of a block. The caller has the lock.
func (s stagedSink) finish(scratch *operations.Scratch, p *operations.StagedItem) (operations.Result, error) {
	if !s.computeBefore {
		if err := s.task.Compute(scratch, p); err != nil {
			return operations.Result{}, err
		}
	}
	return s.task.Commit(scratch, p)
}

// after runs the other stages of a block while it has the lock.
func (s stagedSink) after(scratch *operations.Scratch, p *operations.StagedItem) (result operations.Result, err error) {
	err = locked(s.lock, func() error {
		result, err = s.finish(scratch, p)
		return err
	})
	return result, err
}

// do runs all stages of an item on its worker.
func (s stagedSink) do(w *worker, item int) (total operations.Result, err error) {
	err = s.blocks(w, item, func() error {
		result, err := s.finish(&w.scratch, &w.staged)
		total.Bytes += result.Bytes
		return err
	})
	return total, err
}

// blocks calls finish for each block of an item, in w.staged, after the stages before the lock. It
// has the lock from the first call to the last, so that the blocks are contiguous.
func (s stagedSink) blocks(w *worker, item int, finish func() error) error {
	p := &w.staged
	p.Reset(item)
	if err := s.before(&w.scratch, p); err != nil {
		return err
	}
	return locked(s.lock, func() (err error) {
		for {
			if err = finish(); err != nil || p.Last {
				break
			}
			p.Resume(item, p.End())
			if err = s.before(&w.scratch, p); err != nil {
				break
			}
		}
		if err != nil && s.failed != nil {
			s.failed(err)
		}
		return err
	})
}

// A locker is a lock that can fail, such as a lock between processes.
type locker interface {
	lock() error
	unlock() error
}

// locked calls a function while it has the lock. A nil lock is no lock.
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

// A mutexLock is a lock between the goroutines of one process.
type mutexLock struct{ mu sync.Mutex }

func (l *mutexLock) lock() error   { l.mu.Lock(); return nil }
func (l *mutexLock) unlock() error { l.mu.Unlock(); return nil }

// A fileLock is a file lock between the threads of several processes. The kernel gives the lock
// to an open file description, not to a thread. So the threads of one process first take a
// mutex. Each process opens the file itself: processes that inherit an open file share its
// description, so the lock would not work between them.
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
