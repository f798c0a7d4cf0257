package strategies

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// namesSize is room for the names of all requests that an item has at once; a path
// has at most 4,096 bytes, its end included: path_resolution(7).
const namesSize = 4096

// setUp gives a slot its memory.
func (s *slot) setUp(number, worker int) error {
	s.number, s.scratch.Worker = number, worker
	space, err := ring.Map(namesSize + int(unsafe.Sizeof(ring.Timespec{})))
	if err != nil {
		return err
	}
	s.names, s.timespec = space, (*ring.Timespec)(unsafe.Pointer(&space[namesSize]))
	s.exchange = operations.RingItem{
		Scratch: &s.scratch, Memory: s.memory,
		Requests: make([]operations.Request, 0, operations.MaxRequests),
	}
	return nil
}

// memory allocates n bytes for the slot's task and frees those that it had.
func (s *slot) memory(n int) ([]byte, error) {
	if err := s.freeBuffer(); err != nil {
		return nil, err
	}
	var err error
	s.buffer, err = ring.Map(n)
	return s.buffer, err
}

func (s *slot) freeBuffer() error {
	if s.buffer == nil {
		return nil
	}
	old := s.buffer
	s.buffer = nil
	return ring.Unmap(old)
}

// tearDown frees all that a slot has. None of its requests may be in flight.
func (s *slot) tearDown() error {
	err := errors.Join(s.scratch.Close(), s.freeBuffer())
	if s.names != nil {
		err = errors.Join(err, ring.Unmap(s.names))
	}
	return err
}

// send puts the slot's requests into the queue, which has room for them.
func (s *slot) send(r *ring.Ring) error {
	used, last := 0, len(s.exchange.Requests)-1
	if err := s.checkNames(); err != nil {
		return err
	}
	for i := range s.exchange.Requests {
		ask := &s.exchange.Requests[i]
		e := r.Next()
		e.Tag(uint64(s.number*operations.MaxRequests + i))
		// The entry after the last request is another slot's.
		switch {
		case i == last:
		case ask.Link == operations.LinkOnSuccess:
			e.Link()
		case ask.Link == operations.LinkOnEnd:
			e.LinkHard()
		}
		name := s.names[used:namesSize]
		name[copy(name, ask.Name)] = 0
		used += len(ask.Name) + 1
		s.fill(e, ask, &name[0])
		s.pending++
	}
	return nil
}

// checkNames refuses names that together are longer than any path.
func (s *slot) checkNames() error {
	size := 0
	for i := range s.exchange.Requests {
		size += len(s.exchange.Requests[i].Name) + 1
	}
	if size > namesSize {
		return fmt.Errorf("io_uring: item %d: names of %d bytes, and there is room for %d: %w", s.exchange.Item, size, namesSize, syscall.ENAMETOOLONG)
	}
	return nil
}

// fill puts a request into an entry of the queue.
func (s *slot) fill(e *ring.Entry, ask *operations.Request, name *byte) {
	place := s.number*operations.MaxFiles + ask.File
	switch ask.Call {
	case operations.CallOpen:
		e.Open(ask.Dir, name, ask.Flags, uint32(ask.Mode), place)
	case operations.CallRead:
		e.Read(place, ask.Data, ask.Offset)
	case operations.CallWrite:
		e.Write(place, ask.Data, ask.Offset)
	case operations.CallSync:
		e.Sync(place)
	case operations.CallClose:
		e.Close(place)
	case operations.CallUnlink:
		e.Unlink(ask.Dir, name)
	case operations.CallWait:
		s.timespec.Set(ask.Wait)
		e.Wait(s.timespec)
	}
}
