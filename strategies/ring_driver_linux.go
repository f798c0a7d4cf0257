package strategies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// A driver does items over one ring, on one thread. Each slot has an item in flight.
// The files of an item are in the ring's table, at places of its slot's own.
//
//  1. A slot without pending requests asks its task for the next ones. If there are
//     none, the item is done and the slot takes another one.
//  2. The requests go into the submission queue, as far as that has room.
//  3. One system call submits all of them and waits for the first completion.
//  4. The driver gives the completions that are there to their slots, and goes back
//     to step 1.
type driver struct {
	*localPool
	task   operations.Ringed
	chunks *chunks
	ring   *ring.Ring
	slots  []slot
	ready  []*slot // without pending requests
	unsent []*slot // with requests that are not in the queue yet
}

// A slot is the place of one item in flight.
type slot struct {
	number   int // within its ring
	exchange operations.RingItem
	scratch  operations.Scratch
	span     span // its items to come
	busy     bool // it has an item
	begun    time.Duration
	pending  int // requests that are not complete

	names    []byte // memory for the names in its requests
	timespec *ring.Timespec
	buffer   []byte // memory that the task asked for
}

// setUp makes the ring and its slots. The first slot has the given worker's number.
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

// tearDown waits until no request is in flight, and frees what the requests used.
func (d *driver) tearDown() error {
	if d.ring == nil {
		return nil
	}
	if err := d.ring.Close(); err != nil {
		// The kernel may still be writing to the memory of a request: it is kept.
		return fmt.Errorf("io_uring: %w", err)
	}
	var err error
	for i := range d.slots {
		err = errors.Join(err, d.slots[i].tearDown())
	}
	return err
}

// work does items until none is left. After a failure it finishes those that were
// begun, as other workers do.
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

// next asks a slot's task for its next requests, if need be for another item. It
// reports whether there are requests to send.
func (d *driver) next(s *slot) bool {
	for s.busy || d.begin(s) {
		result, err := d.task.Advance(&s.exchange)
		switch {
		case err != nil:
			d.halt(err)
			s.busy = false
		case len(s.exchange.Requests) > 0:
			return true
		default:
			now := d.counters.now()
			d.counters.record(s.scratch.Worker, s.exchange.Item, now-s.begun, result)
			s.busy, s.begun = false, now
		}
	}
	return false
}

// begin gives a slot the next item, if there is one and work goes on.
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
	s.exchange.Reset(s.span.lo)
	s.span.lo++
	s.busy = true
	return true
}

// send fills the submission queue. Linked requests have to be submitted together, so
// those of a slot go in all at once or not yet.
func (d *driver) send() error {
	rest := d.unsent[:0]
	for _, s := range d.unsent {
		if d.ring.Free() < len(s.exchange.Requests) {
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

// receive gives the completions that are there to their slots.
func (d *driver) receive() {
	for {
		tag, result, ok := d.ring.Completion()
		if !ok {
			return
		}
		s := &d.slots[tag/operations.MaxRequests]
		s.exchange.Requests[tag%operations.MaxRequests].Result = result
		if s.pending--; s.pending == 0 {
			d.ready = append(d.ready, s)
		}
	}
}

// maxKernelWorkers is how many threads of the kernel work for one ring at most.
const maxKernelWorkers = 64

// kernelWorkers bounds the threads that the kernel starts for requests which it cannot
// do at once. On most file systems those are all that make, write, sync or remove a
// file. By itself the kernel stops at four threads for each processor, so that on a
// small machine few syncs could wait at the same time and share a commit; see
// io_uring_register(2). More threads than items would have nothing to do.
func kernelWorkers(depth int) int { return min(depth, maxKernelWorkers) }
