package operations

import (
	"errors"
	"io"

	"iosweep/internal/dirio"
)

// A Scratch is what one worker keeps from item to item: buffers, compressors,
// open descriptors. It lives as long as the worker and is used by it alone.
type Scratch struct {
	// Worker numbers the workers of a trial from 0, over all its processes.
	Worker int
	// Yield is called between the system calls of an item, where an event loop
	// would turn to another task. Nil means: go on.
	Yield func()

	parcel Parcel    // for Do of a staged task
	buf    []byte    // a buffer for whoever needs one
	state  io.Closer // what one operation keeps; an operation is alone in a trial

	from, to dirio.Cursor // where the last item came from, and where it went
}

// yield gives way to other tasks of an event loop, if there is one.
func (s *Scratch) yield() {
	if s.Yield != nil {
		s.Yield()
	}
}

// Close releases the descriptors of a worker that has done its last item.
func (s *Scratch) Close() error {
	err := errors.Join(s.from.Close(), s.to.Close())
	if s.state != nil {
		err = errors.Join(err, s.state.Close())
		s.state = nil
	}
	return err
}

// kept is what an operation keeps with a worker: made at the worker's first
// item, closed with its Scratch.
func kept[T io.Closer](s *Scratch, open func() (T, error)) (T, error) {
	if state, ok := s.state.(T); ok {
		return state, nil
	}
	state, err := open()
	if err == nil {
		s.state = state
	}
	return state, err
}

// doStages is Do for a staged task: its three stages on one goroutine.
func doStages(t Staged, s *Scratch, item int) (Done, error) {
	p := &s.parcel
	p.Reset(item)
	if err := t.Load(s, p); err != nil {
		return Done{}, err
	}
	if err := t.Compute(s, p); err != nil {
		return Done{}, err
	}
	return t.Commit(s, p)
}

// Reset makes the parcel carry another item and keeps its arrays.
func (p *Parcel) Reset(item int) {
	p.Item = item
	p.Data = p.Data[:0]
	p.Size, p.CRC = 0, 0
}
