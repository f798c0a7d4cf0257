package strategies

import "sync"

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
