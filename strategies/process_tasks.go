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

// take waits for an item; not ok when the queue is closed and empty.
func (q *taskQueue) take() (t *task, item int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.tasks) == 0 {
		if q.closed {
			return nil, 0, false
		}
		q.more.Wait()
	}
	return q.first()
}

// poll is take for who would do something else before waiting.
func (q *taskQueue) poll() (t *task, item int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.tasks) == 0 {
		return nil, 0, false
	}
	return q.first()
}

// waiting is how many tasks no item has been taken of.
func (q *taskQueue) waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.tasks) == 0 || q.next == q.tasks[0].lo {
		return len(q.tasks)
	}
	return len(q.tasks) - 1
}

// first takes the next item of a queue that is not empty. The lock is held.
func (q *taskQueue) first() (t *task, item int, ok bool) {
	t, item = q.tasks[0], q.next
	q.next++
	if q.next >= t.hi {
		q.tasks = q.tasks[1:]
		if len(q.tasks) > 0 {
			q.next = q.tasks[0].lo
		}
	}
	return t, item, true
}

func (q *taskQueue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.more.Broadcast()
}

// A report gathers the tasks that the threads of a worker process have finished.
// They are told in one frame once no more tasks wait than are gathered: the parent
// sends new ones when half of the last are done, and every frame wakes it, on a
// processor that a worker would have used.
type doneWriter struct {
	out     *frameWriter
	waiting func() int // how many tasks no thread has begun
	mu      sync.Mutex
	body    []byte
	tasks   int
}

// add gathers a finished task; digests are those of its items, or none. What waits
// is counted with the lock held: so whoever finishes one of those that wait comes
// here later, and will not leave the last ones untold.
func (r *doneWriter) add(s span, digests []uint32) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.body = appendDone(r.body, s, digests)
	r.tasks++
	if r.waiting() > r.tasks {
		return nil
	}
	err := r.out.write(frameDone, r.body)
	r.body, r.tasks = r.body[:0], 0
	return err
}
