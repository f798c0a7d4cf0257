package operations

// A Gathered task is a Staged one whose items may reach the one shared file many
// at a time, because the result of an item is a run of bytes that may stand before
// or after that of any other. Under the sink "collector" each worker lines up the
// results of its items in a buffer of its own, and whole buffers are stored. So a
// short record costs a copy, where Commit would cost a call and a way to another
// goroutine.
type Gathered interface {
	// Gather does what Load and Compute do, and appends what Commit would store of
	// the item to dst. size is how much of the item's content went through. It is
	// safe for concurrent use with distinct scratches. An error names the item.
	Gather(s *Scratch, dst []byte, item int) (gathered []byte, size int64, err error)
	// Store stores what was gathered of any number of items. Calls must not
	// overlap, and are made in the process that did Begin.
	Store(gathered []byte) error
}
