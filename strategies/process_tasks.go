package strategies

import (
	"sync"
	"sync/atomic"
)

// A task is a span whose items the threads of a process share among them.
type task struct {
	span
	left atomic.Int64 // items not done yet
}

// taskQueue hands out the items of tasks, in order. Adding never waits.
type taskQueue struct {
	mu     sync.Mutex
	more   sync.Cond
	tasks  []*task
	next   int // the first task's next item
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

// take takes the next item. The task is nil when there is none: now or, if it is to
// wait, until the queue is closed.
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

// waiting returns how many tasks no thread has begun.
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

// A doneWriter tells the parent which tasks the threads of a worker process have
// done. It puts tasks into one frame until there are as many as still wait. The
// parent sends new ones when half of the last are done, and every frame wakes it,
// on a processor that a worker would have used.
type doneWriter struct {
	out     *frameWriter
	waiting func() int // tasks that no thread has begun
	mu      sync.Mutex
	body    []byte
	tasks   int
}

// add adds a task; digests has one for each of its items, or none. It counts the
// waiting tasks with the lock held. So the thread that does one of those comes here
// later, and the last tasks are always sent.
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
