package operations

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"iosweep/internal/workload"
)

// faults collects what is wrong with an outcome. It is safe for concurrent use.
// It keeps the first of each kind and counts the rest: of a million missing
// files the first name and the count say all.
type faults struct {
	mu    sync.Mutex
	kinds [3]faultCount
}

// The kinds of faults, in the order in which they are reported.
const (
	wrongItem       = iota
	missingDir      // a directory that is missing
	unexpectedEntry // an entry that should not be there
)

// faultTexts are how each kind is reported: its first fault, how many there are, and
// of how many items.
var faultTexts = [...]string{
	wrongItem:       "%[1]s; %[2]d of %[3]d items wrong",
	missingDir:      "%[1]s; directories missing: %[2]d",
	unexpectedEntry: "%[1]s; entries too many: %[2]d",
}

// A faultCount is how many faults there are and the text of the one with the lowest rank.
type faultCount struct {
	count int
	rank  int
	text  string
}

// add notes a fault.
func (f *faults) add(kind, rank int, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &f.kinds[kind]
	if c.count == 0 || rank < c.rank {
		c.rank, c.text = rank, fmt.Sprintf(format, args...)
	}
	c.count++
}

// item notes that an item is wrong. It is called at most once for each.
func (f *faults) item(item int, name string, err error) {
	f.add(wrongItem, item, "item %d %q: %v", item, name, err)
}

// dir notes a directory that is missing; rank is its place in the manifest.
func (f *faults) dir(rank int, name string) {
	f.add(missingDir, rank, "directory %q: missing", name)
}

// unexpected notes something that the operation should not have left behind.
func (f *faults) unexpected(name, what string) {
	f.add(unexpectedEntry, 0, "%s %q: should not be there", what, name)
}

// err is nil if nothing was noted; items is how many there are in all.
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

// errMissing is what is wrong with an item that is not there.
var errMissing = errors.New("missing")

// errStillThere is what is wrong with an item that should be gone.
var errStillThere = errors.New("still there")

// contentError says that an item has the right length and the wrong bytes.
func contentError(found, expected uint32) error {
	return fmt.Errorf("content differs: CRC-32 is %08x, expected %08x", found, expected)
}

// sizeError says that a file is not as long as the manifest has it.
func sizeError(file *workload.File, found int64) error {
	if found > file.Size {
		return fmt.Errorf("holds more than the expected %d bytes", file.Size)
	}
	return fmt.Errorf("holds %d bytes, expected %d", found, file.Size)
}

// itemError says which item an error is about; nil is none.
func itemError(m *workload.Manifest, item int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("item %d %q: %w", item, m.Name(item), err)
}
