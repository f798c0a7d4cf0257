package operations

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"iosweep/internal/workload"
)

// faults collects the errors that Verify finds. It is safe for concurrent use. For each
// kind it keeps the first one and counts the rest, because the first name and the count
// describe a million missing files well enough.
type faults struct {
	mu    sync.Mutex
	kinds [3]faultCount
}

// The kinds of faults, in the order in which they are reported.
const (
	wrongItem       = iota
	missingDir      // a directory that is missing
	unexpectedEntry // an entry that must not exist
)

// faultTexts are the messages of the kinds. The arguments are the first fault, the number
// of faults and the number of items.
var faultTexts = [...]string{
	wrongItem:       "%[1]s; %[2]d of %[3]d items wrong",
	missingDir:      "%[1]s; directories missing: %[2]d",
	unexpectedEntry: "%[1]s; unexpected entries: %[2]d",
}

// A faultCount is the number of faults of one kind, and the text of the fault with the
// lowest rank.
type faultCount struct {
	count int
	rank  int
	text  string
}

// add records a fault.
func (f *faults) add(kind, rank int, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &f.kinds[kind]
	if c.count == 0 || rank < c.rank {
		c.rank, c.text = rank, fmt.Sprintf(format, args...)
	}
	c.count++
}

// item records that an item is wrong. It is called at most once for each item.
func (f *faults) item(item int, name string, err error) {
	f.add(wrongItem, item, "item %d %q: %v", item, name, err)
}

// dir records that a directory is missing; rank is its index in the manifest.
func (f *faults) dir(rank int, name string) {
	f.add(missingDir, rank, "directory %q: missing", name)
}

// unexpected records an entry that the operation should not have left.
func (f *faults) unexpected(name, what string) {
	f.add(unexpectedEntry, 0, "%s %q: should not be there", what, name)
}

// err returns all faults as one error, or nil; items is the total number of items.
func (f *faults) err(items int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for kind, c := range f.kinds {
		if c.count > 0 {
			all = append(all, fmt.Sprintf(faultTexts[kind], c.text, c.count, items))
		}
	}
	if all == nil {
		return nil
	}
	return errors.New(strings.Join(all, "; "))
}

// errMissing is the fault of an item that does not exist.
var errMissing = errors.New("missing")

// errStillThere is the fault of an item that should be gone.
var errStillThere = errors.New("still there")

// contentError returns the error for an item with the right length and wrong bytes.
func contentError(found, expected uint32) error {
	return fmt.Errorf("content differs: CRC-32 is %08x, expected %08x", found, expected)
}

// sizeError returns the error for a file whose size differs from the manifest.
func sizeError(file *workload.File, found int64) error {
	if found > file.Size {
		return fmt.Errorf("has more than the expected %d bytes", file.Size)
	}
	return fmt.Errorf("has %d bytes, expected %d", found, file.Size)
}

// itemError adds the item to an error; nil stays nil.
func itemError(m *workload.Manifest, item int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("item %d %q: %w", item, m.Name(item), err)
}
