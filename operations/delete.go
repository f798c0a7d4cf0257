package operations

import (
	"fmt"
	"io/fs"

	"iosweep/internal/oneline"
)

// deleting removes every item, and then the empty directories.
type deleting struct{}

var _ Operation = deleting{}

func (deleting) Info() Info {
	return Info{
		Name:   "delete",
		About:  "delete every file, and the directories of the tree",
		Needs:  NeedsDisposableCopy,
		Axes:   []string{"layout"},
		Ringed: true,
	}
}

func (deleting) Footprint(Site, WorkloadSize) Footprint { return Footprint{} }

func (deleting) Descriptors(site Site) Descriptors { return disposableCopyDescriptors(site) }

func (deleting) Open(site Site) (Task, error) {
	files, err := openDisposableCopy(site)
	if err != nil {
		return nil, err
	}
	return &deleteTask{files}, nil
}

// Verify checks that the input directory is empty, and the output directory too: a file
// that was moved there was not deleted.
func (deleting) Verify(site Site, _ []uint32) (Outcome, error) {
	outcome := Outcome{Items: site.Manifest.Len(), Bytes: site.Manifest.Bytes()}
	if err := verifyGone(site, site.Input); err != nil {
		return outcome, err
	}
	return outcome, verifyNoOutput(site)
}

// verifyNoOutput checks that the output directory is empty, after an operation without
// output.
func verifyNoOutput(site Site) error {
	dir, err := openDirectory(site, site.Output)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Walk(func(name string, _ fs.FileMode) (bool, error) {
		return false, fmt.Errorf("%s is in the output directory, which must be empty", oneline.Quoted(name))
	})
}

type deleteTask struct {
	disposableCopy
}

var _ Bracketed = (*deleteTask)(nil)

// Begin does nothing.
func (t *deleteTask) Begin() error { return nil }

// End removes the directories. They are empty only after the last item.
func (t *deleteTask) End() error { return removeDirs(t.site, t.site.Input) }

func (t *deleteTask) Do(s *Scratch, item int) (Result, error) {
	folder, name, err := t.find(s, item)
	if err == nil {
		err = folder.Remove(name)
	}
	return result(t.site.Manifest, item, err)
}
