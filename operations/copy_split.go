package operations

import (
	"errors"
	"io"
	"io/fs"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// Under the axis split the ranges of a large file are copied in any order, by any worker. So Begin
// makes the files, in their full size, and an item opens its file again.

// ownerWrites is the permission to open a file again for writing.
const ownerWrites fs.FileMode = 0o200

// Begin makes the directories and the files with several ranges. This is timed.
func (t *copyTask) Begin() error {
	if err := t.output.Begin(); err != nil {
		return err
	}
	return t.eachSplit(func(folder dirio.Folder, name string, want *workload.File) error {
		out, err := folder.Create(name, want.Mode|ownerWrites)
		if err != nil {
			return err
		}
		return errors.Join(out.Truncate(want.Size), out.Close())
	})
}

// End takes away the permission that a file has only while it is written, and makes all files
// durable, if the axis sync has the level end.
func (t *copyTask) End() error {
	err := t.eachSplit(func(folder dirio.Folder, name string, want *workload.File) error {
		if want.Mode&ownerWrites != 0 {
			return nil
		}
		return folder.Chmod(name, want.Mode)
	})
	return errors.Join(err, t.output.End())
}

// eachSplit calls do with every file that has several ranges, and its output folder.
func (t *copyTask) eachSplit(do func(folder dirio.Folder, name string, want *workload.File) error) (err error) {
	if t.ranges.ends == nil {
		return nil
	}
	var at dirio.Cursor
	defer func() { err = errors.Join(err, at.Close()) }()
	for i, file := range t.site.Manifest.All() {
		if !t.ranges.splits(file.Size) {
			continue
		}
		folder, name, err := at.Enter(t.dir, t.splitDir(i), file.Name)
		if err == nil {
			err = do(folder, name, &file)
		}
		if err != nil {
			return itemError(t.site.Manifest, i, err)
		}
	}
	return nil
}

// splitDir returns the directory of a file that several workers write. It does not depend on the
// worker.
func (t *copyTask) splitDir(file int) string {
	return inputDir(t.itemDirs, file, t.site.Manifest.Len())
}

// openOutput makes the file of an item, or opens it where its range begins.
func (t *copyTask) openOutput(s *Scratch, want *workload.File, part Range) (out dirio.File, err error) {
	if !t.ranges.splits(want.Size) {
		return t.create(s, want)
	}
	folder, name, err := s.to.Enter(t.dir, t.splitDir(part.File), want.Name)
	if err != nil {
		return out, err
	}
	if out, err = folder.OpenForWriting(name); err != nil || part.Offset == 0 {
		return out, err
	}
	if _, err = out.Seek(part.Offset, io.SeekStart); err != nil {
		out.Close()
	}
	return out, err
}
