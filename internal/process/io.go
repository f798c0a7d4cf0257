package process

// An IOCount contains I/O counters in bytes; see ReadIO.
type IOCount struct {
	known bool
	Read  int64 // bytes returned by read(2) and similar calls
	// stored counts the bytes that must be written to storage. The kernel adds them when pages
	// become dirty, and subtracts pages that are dropped before they are written.
	stored int64
}

// StoredSince returns the bytes stored since start, or nil if that is unknown. A trial that
// deletes data which was not written yet lowers the counter. The result is then 0, not
// negative.
func (c IOCount) StoredSince(start IOCount) *int64 {
	if !c.known || !start.known {
		return nil
	}
	return new(max(0, c.stored-start.stored))
}
