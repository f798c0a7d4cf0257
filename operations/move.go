package operations

import (
	"errors"

	"iosweep/internal/dirio"
)

// moving moves every item to another directory on the same file system.
type moving struct{}

var _ Operation = moving{}

func (moving) Info() Info {
	return Info{
		Name:  "move",
		About: "move every file to a second directory",
		Needs: NeedsDisposableCopy,
	}
}

// Footprint counts directories only, because the files keep their blocks.
func (moving) Footprint(site Site, items WorkloadSize) Footprint {
	return items.Dirs(site).Plus(items.NewNames())
}

func (moving) Descriptors(site Site) Descriptors {
	in, out := foldersOf(site)
	return Descriptors{Task: 2 * descriptorsPerDirectory, Kept: in + out}
}

func (moving) Open(site Site) (Task, error) {
	files, err := openDisposableCopy(site)
	if err != nil {
		return nil, err
	}
	out, err := openDirectory(site, site.Output)
	if err != nil {
		return nil, errors.Join(err, files.Close())
	}
	return &moveTask{disposableCopy: files, out: out}, nil
}

// Verify checks that every item is in Output and that Input is empty.
func (moving) Verify(site Site, _ []uint32) (Outcome, error) {
	outcome, err := expectFiles(site, site.Output).verify()
	return outcome, errors.Join(err, verifyGone(site, site.Input))
}

type moveTask struct {
	disposableCopy
	out dirio.Directory
}

var _ Bracketed = (*moveTask)(nil)

// Begin makes the destination directories.
func (t *moveTask) Begin() error { return makeDirs(t.site, t.site.Output) }

// End removes the source directories.
func (t *moveTask) End() error { return removeDirs(t.site, t.site.Input) }

func (t *moveTask) Do(s *Scratch, item int) (Result, error) {
	from, name, err := t.find(s, item)
	if err != nil {
		return result(t.site.Manifest, item, err)
	}
	to, newName, err := s.to.Enter(t.out, "", t.site.Manifest.Name(item))
	if err == nil {
		err = from.Rename(name, to, newName)
	}
	return result(t.site.Manifest, item, err)
}

func (t *moveTask) Close() error {
	return errors.Join(t.disposableCopy.Close(), t.out.Close())
}
