package strategies

import (
	"context"
	"errors"
	"fmt"
	"time"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// A driver brings items through one ring, on one thread. Each slot has an item in
// flight, and a file of that is in the ring's table, at the slot's own places.
//
//  1. A slot whose requests have all been answered asks on: its task puts in the next
//     requests, or none, and then the slot takes another item.
//  2. What was asked goes into the submission queue, as far as that has room.
//  3. One system call hands all of it over and waits for the first answer.
//  4. The answers that are there are handed out, and it begins again.
type driver struct {
	*localPool
	task   operations.Ringed
	chunks *chunks
	ring   *ring.Ring
	slots  []slot
	due    []*slot // that were answered, or have not begun
	unsent []*slot // with requests that are in no queue yet
}

// A slot is the place of one item in flight.
type slot struct {
	number   int // within its ring
	exchange operations.Exchange
	scratch  operations.Scratch
	span     span // its items to come
	busy     bool // it has an item
	begun    time.Duration
	pending  int // requests without an answer

	names    []byte // memory for the names in its requests
	timespec *ring.Timespec
	buffer   []byte // what the task was given
}

// setUp makes the ring and its slots; the first is for the given worker of the job.
func (d *driver) setUp(first, depth int) (err error) {
	most := depth * operations.RequestsAtOnce
	if d.ring, err = ring.New(most, most); err != nil {
		return fmt.Errorf("io_uring: %s", ring.Why(err))
	}
	if err := d.ring.RegisterFiles(depth * operations.FilesAtOnce); err != nil {
		return fmt.Errorf("io_uring: a table of %d files: %w", depth*operations.FilesAtOnce, err)
	}
	if err := d.ring.LimitWorkers(kernelWorkers(depth)); err != nil {
		return fmt.Errorf("io_uring: %w", err)
	}
	d.slots = make([]slot, depth)
	for i := range d.slots {
		if err := d.slots[i].setUp(i, first+i); err != nil {
			return fmt.Errorf("io_uring: %w", err)
		}
		d.due = append(d.due, &d.slots[i])
	}
	d.unsent = make([]*slot, 0, depth)
	return nil
}

// tearDown waits until no request is under way, and gives back what the requests used.
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

// work does items until none is left. After a failure it brings those that were begun
// to their end, so that a ring stops as workers do.
func (d *driver) work() error {
	for {
		for _, s := range d.due {
			if d.next(s) {
				d.unsent = append(d.unsent, s)
			}
		}
		d.due = d.due[:0]
		if err := d.send(); err != nil {
			return err
		}
		if d.ring.UnderWay() == 0 && len(d.unsent) == 0 {
			return context.Cause(d.ctx)
		}
		if err := d.ring.Enter(1); err != nil {
			return fmt.Errorf("io_uring: %w", err)
		}
		d.receive()
	}
}

// next has a slot's task ask on, or begin with another item. It says whether there are
// requests to be sent.
func (d *driver) next(s *slot) bool {
	for s.busy || d.begin(s) {
		done, err := d.task.Ask(&s.exchange)
		switch {
		case err != nil:
			d.halt(err)
			s.busy = false
		case len(s.exchange.Requests) > 0:
			return true
		default:
			now := d.counters.now()
			d.counters.record(s.scratch.Worker, s.exchange.Item, now-s.begun, done)
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

// send fills the submission queue. Requests that are tied to each other have to be
// handed over together, so those of a slot go in all at once or not yet.
func (d *driver) send() error {
	rest := d.unsent[:0]
	for _, s := range d.unsent {
		if d.ring.Room() < len(s.exchange.Requests) {
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

// receive hands out the answers that are there.
func (d *driver) receive() {
	for {
		tag, result, ok := d.ring.Completion()
		if !ok {
			return
		}
		s := &d.slots[tag/operations.RequestsAtOnce]
		s.exchange.Requests[tag%operations.RequestsAtOnce].Result = result
		if s.pending--; s.pending == 0 {
			d.due = append(d.due, s)
		}
	}
}

// mostKernelWorkers is how many threads of the kernel work for one ring at most.
const mostKernelWorkers = 64

// kernelWorkers bounds the threads that the kernel starts for requests which it cannot
// do at once: on most file systems that is whatever makes, writes, syncs or removes a
// file. By itself it stops at four for each processor, so that on a small machine few
// syncs could wait at the same time and share a commit; see io_uring_register(2). More
// than there are items would have nothing to do.
func kernelWorkers(depth int) int { return min(depth, mostKernelWorkers) }
