package process

// An IOCount is in bytes.
type IOCount struct {
	known bool
	Read  int64 // passed to read(2) and its kin
	// stored is what was made to be written to storage: counted when pages become
	// dirty, less those that were dropped before they were written.
	stored int64
}

// StoredSince is nil if it is not known. A trial that deletes what was not yet written
// takes that back, and has stored nothing itself.
func (c IOCount) StoredSince(start IOCount) *int64 {
	if !c.known || !start.known {
		return nil
	}
	return new(max(0, c.stored-start.stored))
}
