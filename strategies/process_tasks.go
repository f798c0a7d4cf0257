package strategies

import (
	"sync"
	"sync/atomic"
)

// A task is a span of items that the threads of a process do together.
type task struct {
	span
	left atomic.Int64 // number of items that are not done yet
}

// A taskQueue distributes the items of tasks in order. Adding never blocks.
type taskQueue struct {
	mu     sync.Mutex
	more   sync.Cond
	tasks  []*task
	next   int // the next item of the first task
	closed bool
}

func newTaskQueue() *taskQueue {
	q := &taskQueue{}
	q.more.L = &q.mu
	return q
}

func (q *taskQueue) add(s span) {
	t := &task{span: s}
	t.left.Store(int64(s.hi - s.lo))
	q.mu.Lock()
	if len(q.tasks) == 0 {
		q.next = s.lo
	}
	q.tasks = append(q.tasks, t)
	q.mu.Unlock()
	q.more.Broadcast()
}

// take returns the next item. If there is none, it returns a nil task. If wait is true, it
// first waits until there is an item or the queue is closed.
func (q *taskQueue) take(wait bool) (t *task, item int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.tasks) == 0 {
		if !wait || q.closed {
			return nil, 0
		}
		q.more.Wait()
	}
	t, item = q.tasks[0], q.next
	q.next++
	if q.next >= t.hi {
		q.tasks = q.tasks[1:]
		if len(q.tasks) > 0 {
			q.next = q.tasks[0].lo
		}
	}
	return t, item
}

// waiting returns the number of tasks that no thread has begun.
func (q *taskQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.tasks) == 0 || q.next == q.tasks[0].lo {
		return len(q.tasks)
	}
	return len(q.tasks) - 1
}

func (q *taskQueue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.more.Broadcast()
}

// A doneWriter reports finished tasks of a worker process to the parent. It collects finished
// tasks, and sends them when they are at least as many as the waiting tasks. That is early
// enough, because the parent sends new tasks when half of the previous ones are done. Every
// frame wakes the parent, on a processor that a worker could use.
type doneWriter struct {
	out     *frameWriter
	waiting func() int // returns the number of tasks that no thread has begun
	mu      sync.Mutex
	body    []byte
	tasks   int
}

// add adds a task; digests has one element for each of its items, or none. It counts the
// waiting tasks while it has the lock. If a task is waiting, the thread that does it will call
// add later. So the last tasks are always sent.
func (d *doneWriter) add(s span, digests []uint32) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.body = appendDone(d.body, s, digests)
	d.tasks++
	if d.waiting() > d.tasks {
		return nil
	}
	err := d.out.write(frameDone, d.body)
	d.body, d.tasks = d.body[:0], 0
	return err
}
