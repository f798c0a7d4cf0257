package operations

import (
	"errors"
	"sync"

	"iosweep/internal/dirio"
)

// openFiles are the files of items of which some blocks are written and others are not. The
// workers share them.
type openFiles struct {
	mu    sync.Mutex
	files map[int]*openFile // by item
}

// An openFile is a file that is being written in blocks.
type openFile struct {
	create sync.Once // the worker with the first block creates the file, and others wait
	file   dirio.File
	err    error // of create

	written int64
	size    int64 // of the item; -1 until its last block is written
}

func newOpenFiles() *openFiles { return &openFiles{files: map[int]*openFile{}} }

// of returns the file of an item.
func (o *openFiles) of(item int) *openFile {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.files[item]
	if f == nil {
		f = &openFile{size: -1}
		o.files[item] = f
	}
	return f
}

// written counts a block that was written. It reports whether the item is complete. The file then
// belongs to the caller.
func (o *openFiles) written(f *openFile, p *StagedItem) (complete bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.written += int64(len(p.Data))
	if p.Last {
		f.size = p.Offset + int64(len(p.Data))
	}
	if f.written != f.size {
		return false
	}
	delete(o.files, p.Item)
	return true
}

// close closes the files that are still open.
func (o *openFiles) close() error {
	var errs []error
	for _, f := range o.files {
		f.create.Do(func() { f.err = errors.New("no block was written") })
		if f.err == nil {
			errs = append(errs, f.file.Close())
		}
	}
	clear(o.files)
	return errors.Join(errs...)
}
