package strategies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// A driver does items over one ring, on one thread. Each slot has an item in flight. The files
// of an item are in the ring's file table. Each slot has its own range of indices there.
//
//  1. Each slot without pending requests asks its task for the next ones. If there are none,
//     the item is done and the slot takes another one.
//  2. The requests go into the submission queue, as long as it has room.
//  3. One system call submits all of them and waits for the first completion.
//  4. The driver passes the available completions to their slots and returns to step 1.
type driver struct {
	*localPool
	task   operations.Ringed
	chunks *chunks
	ring   *ring.Ring
	slots  []slot
	ready  []*slot // slots without pending requests
	unsent []*slot // slots with requests that are not in the queue yet
}

// A slot has room for one item in flight.
type slot struct {
	number  int // index within its ring
	item    operations.RingItem
	scratch operations.Scratch
	span    span // items that the slot has not begun yet
	busy    bool // an item is in flight
	begun   time.Duration
	pending int // number of requests that are not complete

	names    []byte // memory for the names in its requests
	timespec *ring.Timespec
	buffer   []byte // memory that the task requested
}

// setUp makes the ring and its slots. first is the worker number of the first slot.
func (d *driver) setUp(first, depth int) (err error) {
	most := depth * operations.MaxRequests
	if d.ring, err = ring.New(most, most); err != nil {
		return fmt.Errorf("io_uring: %s", ring.Reason(err))
	}
	if err := d.ring.RegisterFiles(depth * operations.MaxFiles); err != nil {
		return fmt.Errorf("io_uring: a table of %d files: %w", depth*operations.MaxFiles, err)
	}
	if err := d.ring.LimitWorkers(kernelWorkers(depth)); err != nil {
		return fmt.Errorf("io_uring: %w", err)
	}
	d.slots = make([]slot, depth)
	for i := range d.slots {
		if err := d.slots[i].setUp(i, first+i); err != nil {
			return fmt.Errorf("io_uring: %w", err)
		}
		d.ready = append(d.ready, &d.slots[i])
	}
	d.unsent = make([]*slot, 0, depth)
	return nil
}

// tearDown waits until no request is in flight, and frees the memory of the requests.
func (d *driver) tearDown() error {
	if d.ring == nil {
		return nil
	}
	if err := d.ring.Close(); err != nil {
		// The kernel may still write to the memory of a request, so it is not freed.
		return fmt.Errorf("io_uring: %w", err)
	}
	var err error
	for i := range d.slots {
		err = errors.Join(err, d.slots[i].tearDown())
	}
	return err
}

// work does items until none remains. After a failure it finishes the items in flight, as
// other workers do.
func (d *driver) work() error {
	for {
		for _, s := range d.ready {
			if d.next(s) {
				d.unsent = append(d.unsent, s)
			}
		}
		d.ready = d.ready[:0]
		if err := d.send(); err != nil {
			return err
		}
		if d.ring.InFlight() == 0 && len(d.unsent) == 0 {
			return context.Cause(d.ctx)
		}
		if err := d.ring.Enter(1); err != nil {
			return fmt.Errorf("io_uring: %w", err)
		}
		d.receive()
	}
}

// next asks a slot's task for its next requests, and begins another item if necessary. It
// reports whether there are requests to send.
func (d *driver) next(s *slot) bool {
	for s.busy || d.begin(s) {
		result, err := d.task.Advance(&s.item)
		switch {
		case err != nil:
			d.halt(err)
			s.busy = false
		case len(s.item.Requests) > 0:
			return true
		default:
			now := d.counters.now()
			d.counters.record(s.scratch.Worker, s.item.Item, now-s.begun, result)
			s.busy, s.begun = false, now
		}
	}
	return false
}

// begin gives the next item to a slot. It reports false if no item remains or the job was
// halted.
func (d *driver) begin(s *slot) bool {
	if d.ctx.Err() != nil {
		return false
	}
	if s.span.lo == s.span.hi {
		var ok bool
		if s.span, ok = d.chunks.take(); !ok {
			d.counters.outOfWork()
			return false
		}
		s.begun = d.counters.now()
	}
	s.item.Reset(s.span.lo)
	s.span.lo++
	s.busy = true
	return true
}

// send fills the submission queue. Linked requests must be submitted together, so it sends
// the requests of a slot all at once or not yet.
func (d *driver) send() error {
	rest := d.unsent[:0]
	for _, s := range d.unsent {
		if d.ring.Free() < len(s.item.Requests) {
			rest = append(rest, s)
			continue
		}
		if err := s.send(d.ring); err != nil {
			return err
		}
	}
	d.unsent = rest
	return nil
}

// receive passes the available completions to their slots.
func (d *driver) receive() {
	for {
		tag, result, ok := d.ring.Completion()
		if !ok {
			return
		}
		s := &d.slots[tag/operations.MaxRequests]
		s.item.Requests[tag%operations.MaxRequests].Result = result
		if s.pending--; s.pending == 0 {
			d.ready = append(d.ready, s)
		}
	}
}

// maxKernelWorkers is the largest number of kernel threads for one ring.
const maxKernelWorkers = 64

// kernelWorkers limits the threads that the kernel starts for requests that would block. On
// most file systems these are all requests that create, write, sync or remove a file. The
// kernel's own limit is four threads for each processor. On a small machine only a few syncs
// could then wait at the same time and share a commit; see io_uring_register(2). More threads
// than items would be idle.
func kernelWorkers(depth int) int { return min(depth, maxKernelWorkers) }
