package strategies

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"iosweep/internal/ring"
	"iosweep/operations"
)

// namesSize is the room for the names of all requests that an item has at once. A path has at
// most 4,096 bytes, including the terminating zero: path_resolution(7).
const namesSize = 4096

// setUp allocates the memory of a slot.
func (s *slot) setUp(number, worker int) error {
	s.number, s.scratch.Worker = number, worker
	space, err := ring.Map(namesSize + int(unsafe.Sizeof(ring.Timespec{})))
	if err != nil {
		return err
	}
	s.names, s.timespec = space, (*ring.Timespec)(unsafe.Pointer(&space[namesSize]))
	s.item = operations.RingItem{
		Scratch: &s.scratch, Memory: s.memory,
		Requests: make([]operations.Request, 0, operations.MaxRequests),
	}
	return nil
}

// memory frees the previous memory of the slot's task and allocates n bytes.
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

// tearDown frees the slot. None of its requests may be in flight.
func (s *slot) tearDown() error {
	err := errors.Join(s.scratch.Close(), s.freeBuffer())
	if s.names != nil {
		err = errors.Join(err, ring.Unmap(s.names))
	}
	return err
}

// send puts the slot's requests into the queue, which must have room for them.
func (s *slot) send(r *ring.Ring) error {
	used, last := 0, len(s.item.Requests)-1
	if err := s.checkNames(); err != nil {
		return err
	}
	for i := range s.item.Requests {
		request := &s.item.Requests[i]
		e := r.Next()
		e.Tag(uint64(s.number*operations.MaxRequests + i))
		// The last request must not be linked: the next entry belongs to another slot.
		switch {
		case i == last:
		case request.Link == operations.LinkOnSuccess:
			e.Link()
		case request.Link == operations.LinkOnEnd:
			e.LinkHard()
		}
		name := s.names[used:namesSize]
		name[copy(name, request.Name)] = 0
		used += len(request.Name) + 1
		s.fill(e, request, &name[0])
		s.pending++
	}
	return nil
}

// checkNames refuses names that together are longer than a path can be.
func (s *slot) checkNames() error {
	size := 0
	for i := range s.item.Requests {
		size += len(s.item.Requests[i].Name) + 1
	}
	if size > namesSize {
		return fmt.Errorf("io_uring: item %d: its names have %d bytes, but there is room for only %d: %w", s.item.Item, size, namesSize, syscall.ENAMETOOLONG)
	}
	return nil
}

// fill copies a request into an entry of the queue.
func (s *slot) fill(e *ring.Entry, request *operations.Request, name *byte) {
	index := s.number*operations.MaxFiles + request.File
	switch request.Call {
	case operations.CallOpen:
		e.Open(request.Dir, name, request.Flags, uint32(request.Mode), index)
	case operations.CallRead:
		e.Read(index, request.Data, request.Offset)
	case operations.CallWrite:
		e.Write(index, request.Data, request.Offset)
	case operations.CallSync:
		e.Sync(index)
	case operations.CallClose:
		e.Close(index)
	case operations.CallUnlink:
		e.Unlink(request.Dir, name)
	case operations.CallWait:
		s.timespec.Set(request.Wait)
		e.Timeout(s.timespec)
	}
}
