package operations

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"iosweep/internal/oneline"
	"iosweep/internal/workload"
)

// mismatches collects the errors that Verify finds. It is safe for concurrent use. For each
// kind it keeps the first one and counts all, because the first name and the count
// describe a million missing files well enough.
type mismatches struct {
	mu    sync.Mutex
	kinds [3]mismatchCount
}

// The kinds of mismatches, in the order in which they are reported.
const (
	wrongItem       = iota
	missingDir      // a directory that is missing
	unexpectedEntry // an entry that must not exist
)

// mismatchTexts are the messages of the kinds. The arguments are the first mismatch, the
// number of mismatches and the number of items.
var mismatchTexts = [...]string{
	wrongItem:       "%[1]s; %[2]d of %[3]d items wrong",
	missingDir:      "%[1]s; directories missing: %[2]d",
	unexpectedEntry: "%[1]s; unexpected entries: %[2]d",
}

// A mismatchCount is the number of mismatches of one kind, and the text of the mismatch
// with the lowest index.
type mismatchCount struct {
	count int
	index int // of the item or directory in the manifest
	text  string
}

// add records a mismatch.
func (m *mismatches) add(kind, index int, format string, args ...any) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &m.kinds[kind]
	if c.count == 0 || index < c.index {
		c.index, c.text = index, fmt.Sprintf(format, args...)
	}
	c.count++
}

// item records that an item is wrong. It is called at most once for each item.
func (m *mismatches) item(item int, name string, err error) {
	m.add(wrongItem, item, "item %d %s: %v", item, oneline.Quoted(name), err)
}

// dir records that a directory is missing; index is its position in the manifest.
func (m *mismatches) dir(index int, name string) {
	m.add(missingDir, index, "directory %s: missing", oneline.Quoted(name))
}

// unexpected records an entry that the operation should not have left.
func (m *mismatches) unexpected(name, what string) {
	m.add(unexpectedEntry, 0, "%s %s: should not be there", what, oneline.Quoted(name))
}

// err returns all mismatches as one error, or nil; items is the total number of items.
func (m *mismatches) err(items int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []string
	for kind, c := range m.kinds {
		if c.count > 0 {
			all = append(all, fmt.Sprintf(mismatchTexts[kind], c.text, c.count, items))
		}
	}
	if all == nil {
		return nil
	}
	return errors.New(strings.Join(all, "; "))
}

// errMissing is the mismatch of an item that does not exist.
var errMissing = errors.New("missing")

// errStillThere is the mismatch of an item that should be gone.
var errStillThere = errors.New("still there")

// contentError returns the error for an item with the right length and wrong bytes.
func contentError(found, expected uint32) error {
	return fmt.Errorf("content differs: CRC-32 is %08x, expected %08x", found, expected)
}

// chainError returns the error for a file of several blocks or ranges that was read with wrong bytes.
func chainError(found, expected uint32) error {
	return fmt.Errorf("content differs: the digest of its blocks is %08x, expected %08x", found, expected)
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
	return fmt.Errorf("item %d %s: %w", item, oneline.Quoted(m.Name(item)), err)
}
