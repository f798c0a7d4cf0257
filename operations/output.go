package operations

import (
	"errors"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// An output is the part of a task that makes one file for each item. Write, copy and
// unzip share it.
type output struct {
	site     Site
	dir      dirio.Directory
	itemDirs []string
	files    *openFiles
}

// openOutput opens a trial's output directory.
func openOutput(site Site) (output, error) {
	dir, err := openDirectory(site, site.Output)
	return output{site, dir, itemDirs(site), newOpenFiles()}, err
}

// Begin makes the directories. This is timed, because it is a part of making the tree.
func (o *output) Begin() error {
	return makeDirs(o.site, o.site.Output)
}

// End makes all files durable, if the axis sync has the level end.
func (o *output) End() error {
	if o.site.Sync == SyncEnd {
		return o.dir.Sync()
	}
	return nil
}

// create makes the file of an item in the directory of the worker.
func (o *output) create(s *Scratch, want *workload.File) (dirio.File, error) {
	return createIn(s, o.dir, o.itemDir(s), want)
}

// itemDir returns the name of the worker's own directory, or "" if all workers share one.
func (o *output) itemDir(s *Scratch) string {
	if o.site.Layout != LayoutPerWorker {
		return ""
	}
	return o.itemDirs[s.Worker]
}

// createIn makes the file of an item in the directory itemDir below dir.
func createIn(s *Scratch, dir dirio.Directory, itemDir string, want *workload.File) (out dirio.File, err error) {
	folder, name, err := s.to.Enter(dir, itemDir, want.Name)
	if err != nil {
		return out, err
	}
	return folder.Create(name, want.Mode)
}

// finish makes the file durable, if the axis sync has the level file, and closes it. err
// is the error of the previous step.
func (o *output) finish(s *Scratch, out dirio.File, err error) error {
	if err == nil && o.site.Sync == SyncFile {
		err = out.Sync()
	}
	s.yield()
	return errors.Join(err, out.Close())
}

// store writes a block of an item. The first call for an item makes its file.
func (o *output) store(s *Scratch, p *StagedItem) (Result, error) {
	file := new(o.site.Manifest.File(p.Item))
	var err error
	if p.isWhole() {
		err = o.storeWhole(s, file, p.Data)
	} else {
		err = o.storeBlock(s, p, 0, func() (dirio.File, error) { return o.create(s, file) })
	}
	return Result{Bytes: int64(len(p.Data))}, itemError(o.site.Manifest, p.Item, err)
}

// storeWhole makes the file of an item with its whole content.
func (o *output) storeWhole(s *Scratch, want *workload.File, data []byte) error {
	out, err := o.create(s, want)
	if err != nil {
		return err
	}
	s.yield()
	_, err = out.Write(data)
	return o.finish(s, out, err)
}

// storeBlock writes a block to the file of its item, which begins at an offset of the file. The
// blocks may come in any order, and on several workers at once. The first one to come opens the file.
// The last one to be written finishes it.
func (o *output) storeBlock(s *Scratch, p *StagedItem, offset int64, open func() (dirio.File, error)) error {
	f := o.files.of(p.Item)
	f.create.Do(func() { f.file, f.err = open() })
	if f.err != nil {
		return f.err
	}
	s.yield()
	if _, err := f.file.WriteAt(p.Data, offset+p.Offset); err != nil {
		return err // close closes the file
	}
	if !o.files.written(f, p) {
		return nil
	}
	return o.finish(s, f.file, nil)
}

// close closes the directory, and the files that a failed trial has left open.
func (o *output) close() error {
	return errors.Join(o.files.close(), o.dir.Close())
}
