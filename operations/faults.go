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
	items faultCount // things wrong with items
	dirs  faultCount // directories that are missing
	extra faultCount // entries that should not be there
}

// A faultCount is how many faults there are and the text of the one with the lowest rank.
type faultCount struct {
	count int
	rank  int
	text  string
}

func (t *faultCount) add(rank int, text func() string) {
	if t.count == 0 || rank < t.rank {
		t.rank, t.text = rank, text()
	}
	t.count++
}

// item notes that an item is wrong. It is called at most once for each.
func (f *faults) item(item int, name string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items.add(item, func() string { return fmt.Sprintf("item %d %q: %v", item, name, err) })
}

// dir notes a directory that is missing; rank is its place in the manifest.
func (f *faults) dir(rank int, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dirs.add(rank, func() string { return fmt.Sprintf("directory %q: missing", name) })
}

// unexpected notes something that the operation should not have left behind.
func (f *faults) unexpected(name, what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.extra.add(f.extra.count, func() string { return fmt.Sprintf("%s %q: should not be there", what, name) })
}

// err is nil if nothing was noted; items is how many there are in all.
func (f *faults) err(items int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	if f.items.count > 0 {
		all = append(all, fmt.Sprintf("%s; %d of %d items wrong", f.items.text, f.items.count, items))
	}
	if f.dirs.count > 0 {
		all = append(all, fmt.Sprintf("%s; directories missing: %d", f.dirs.text, f.dirs.count))
	}
	if f.extra.count > 0 {
		all = append(all, fmt.Sprintf("%s; entries too many: %d", f.extra.text, f.extra.count))
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

// itemError says which item an error is about.
func itemError(item int, file *workload.File, err error) error {
	return fmt.Errorf("item %d %q: %w", item, file.Name, err)
}
