package operations

import (
	"path"

	"iosweep/internal/workload"
)

// A Footprint is what files and directories take of a file system: bytes, in
// whole blocks, and names, which are inodes. It is at least what they take, and
// not much more, except for archives: how far content gets smaller is known only
// when it is compressed, so it counts as if it did not.
type Footprint struct {
	Bytes int64
	Files int64
}

// Plus is both together.
func (f Footprint) Plus(g Footprint) Footprint {
	return Footprint{f.Bytes + g.Bytes, f.Files + g.Files}
}

// Max is what has room for either.
func (f Footprint) Max(g Footprint) Footprint {
	return Footprint{max(f.Bytes, g.Bytes), max(f.Files, g.Files)}
}

// FileFootprint is that of one file on a file system with such blocks.
func FileFootprint(size, block int64) Footprint {
	return Footprint{Bytes: roundUp(size, block), Files: 1}
}

// DirFootprint is that of one directory, without what its names take.
func DirFootprint(block int64) Footprint { return FileFootprint(1, block) }

func roundUp(size, block int64) int64 {
	if block < 1 {
		return size
	}
	return (size + block - 1) / block * block
}

// An WorkloadSize is what the items of a workload come to on one file system. It is made once
// for a manifest, because a plan has many cells for each, and a workload may have a
// million items.
type WorkloadSize struct {
	Items   int   // files
	Bytes   int64 // the content of all items
	Largest int64 // the content of the largest item

	block     int64
	files     Footprint // a file for each item, and all names
	dirs      Footprint // of a nested tree, once
	entries   int64     // items and directories
	nameBytes int64     // of entries
	records   int64     // the items as append writes them: see recordForm
}

// nameCost is what the name of a file takes of its directory beside the name itself: an
// entry has a head of 8 to 24 bytes, and directories that have grown are two thirds
// full (ext4's htree).
const nameCost = 24

// MeasureWorkload adds up a manifest for a file system with such blocks.
func MeasureWorkload(w workload.Workload, m *workload.Manifest, block int64) WorkloadSize {
	e := WorkloadSize{Items: m.Len(), Bytes: m.Bytes(), block: block, entries: int64(m.Len() + len(m.Dirs))}
	form := formOf(w)
	var inDirectories int64
	name := func(name string) {
		e.nameBytes += int64(len(name))
		inDirectories += nameCost + int64(len(path.Base(name)))*3/2
	}
	var header []byte
	for i, file := range m.All() {
		e.files = e.files.Plus(e.File(file.Size))
		e.Largest = max(e.Largest, file.Size)
		name(file.Name)
		header = form.header(header[:0], i, file.Size)
		e.records += int64(len(header)) + file.Size + 1
	}
	for _, dir := range m.Dirs {
		e.dirs = e.dirs.Plus(DirFootprint(block))
		name(dir)
	}
	e.files.Bytes += roundUp(inDirectories, block)
	return e
}

// File is one file of so many bytes.
func (e WorkloadSize) File(size int64) Footprint { return FileFootprint(size, e.block) }

// Files is a file for each item, with the directories that a site's layout has.
func (e WorkloadSize) Files(site Site) Footprint { return e.files.Plus(e.Dirs(site)) }

// Dirs is the directories of the tree, in each of the places for items.
func (e WorkloadSize) Dirs(site Site) Footprint {
	var sum Footprint
	for _, place := range places(site) {
		if place != "" {
			sum = sum.Plus(DirFootprint(e.block))
		}
		sum = sum.Plus(e.dirs)
	}
	return sum
}

// NewNames is what the directories take in addition while every item gets a new name.
func (e WorkloadSize) NewNames() Footprint {
	return Footprint{Bytes: roundUp(int64(e.Items)*(nameCost+int64(len(renamedSuffix))), e.block)}
}

// Input is what Prepare makes below site.Input, that directory included; nothing
// for an operation that needs nothing.
func (e WorkloadSize) Input(needs Needs, site Site) Footprint { return needs.footprint(site, e) }

// Output is what an operation makes, site.Output included.
func (e WorkloadSize) Output(op Operation, site Site) Footprint {
	return DirFootprint(e.block).Plus(op.Footprint(site, e))
}

// Descriptors is how many files an operation holds open at once, in one process.
type Descriptors struct {
	Task int // from Open to Close
	// Kept stay open with a worker from its first item to its last: the folders
	// of the last item, and a log of its own.
	Kept int
	// Loading and Storing are open while an item is loaded, and stored.
	Loading, Storing int
	// Together: Do has both open at once. A pipeline has in any case, on different
	// workers.
	Together bool
}

// Worker is what one worker has open at most.
func (d Descriptors) Worker(pipelined bool) int {
	if d.Together || pipelined {
		return d.Kept + d.Loading + d.Storing
	}
	return d.Kept + max(d.Loading, d.Storing)
}

// descriptorsPerDirectory is what a directory takes that is open: see openDirectory.
const descriptorsPerDirectory = 1

// foldersOf is how many folders a worker keeps open where the items are found and where
// they are put: none where all items are right in one directory.
func foldersOf(site Site) (in, out int) {
	if len(site.Manifest.Dirs) > 0 {
		in, out = 1, 1
	}
	if site.Layout == LayoutPerWorker {
		out = 1
	}
	return in, out
}

// sourceDescriptors is what a source holds open: nothing for content that is made.
func sourceDescriptors(site Site) Descriptors {
	if site.Workload.From == "" {
		return Descriptors{}
	}
	in, _ := foldersOf(site)
	return Descriptors{Task: descriptorsPerDirectory, Kept: in, Loading: 1}
}
