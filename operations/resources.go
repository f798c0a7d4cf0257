package operations

import (
	"path"

	"iosweep/internal/workload"
)

// A Footprint is the space that files and directories take on a file system: bytes in
// whole blocks, and the number of inodes. It is an upper bound and close to the real size.
// The exception is an archive: its compression is known only afterwards, so it counts as
// uncompressed.
type Footprint struct {
	Bytes int64
	Files int64
}

// Plus returns the sum of two footprints.
func (f Footprint) Plus(g Footprint) Footprint {
	return Footprint{f.Bytes + g.Bytes, f.Files + g.Files}
}

// Max returns the footprint that has room for either of two footprints.
func (f Footprint) Max(g Footprint) Footprint {
	return Footprint{max(f.Bytes, g.Bytes), max(f.Files, g.Files)}
}

// FileFootprint returns the footprint of one file on a file system with this block size.
func FileFootprint(size, block int64) Footprint {
	return Footprint{Bytes: roundUp(size, block), Files: 1}
}

// DirFootprint returns the footprint of one directory, without the space for the names of
// its entries.
func DirFootprint(block int64) Footprint { return FileFootprint(1, block) }

func roundUp(size, block int64) int64 {
	if block < 1 {
		return size
	}
	return (size + block - 1) / block * block
}

// A WorkloadSize is the size of a workload on one file system. It is computed once for a
// manifest, because a plan has many cells for each manifest and a workload may have a
// million items.
type WorkloadSize struct {
	Items   int   // files
	Bytes   int64 // content of all items
	Largest int64 // content of the largest item

	block     int64
	files     Footprint // one file for each item, and the directory entries of all names
	dirs      Footprint // the directories of a nested tree
	entries   int64     // number of items and directories
	nameBytes int64     // length of the names of all entries
	records   int64     // size of the records that append writes: see recordForm
}

// nameCost is the space of a name in its directory, in addition to the name itself. An
// entry has a header of 8 to 24 bytes, and directories that have grown are two thirds
// full (ext4's htree).
const nameCost = 24

// MeasureWorkload returns the size of a manifest on a file system with this block size.
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

// File returns the footprint of one file of the given size.
func (e WorkloadSize) File(size int64) Footprint { return FileFootprint(size, e.block) }

// Files returns the footprint of one file for each item, with the directories of the
// site's layout.
func (e WorkloadSize) Files(site Site) Footprint { return e.files.Plus(e.Dirs(site)) }

// Dirs returns the footprint of the tree's directories, in each directory that itemDirs
// lists.
func (e WorkloadSize) Dirs(site Site) Footprint {
	var sum Footprint
	for _, itemDir := range itemDirs(site) {
		if itemDir != "" {
			sum = sum.Plus(DirFootprint(e.block))
		}
		sum = sum.Plus(e.dirs)
	}
	return sum
}

// NewNames returns the additional footprint of the directories while every item gets a
// new name.
func (e WorkloadSize) NewNames() Footprint {
	return Footprint{Bytes: roundUp(int64(e.Items)*(nameCost+int64(len(renamedSuffix))), e.block)}
}

// Input returns the footprint of site.Input after Prepare. It is empty for an operation
// without inputs.
func (e WorkloadSize) Input(needs Needs, site Site) Footprint { return needs.footprint(site, e) }

// Output returns the footprint of site.Output after the operation.
func (e WorkloadSize) Output(op Operation, site Site) Footprint {
	return DirFootprint(e.block).Plus(op.Footprint(site, e))
}

// Descriptors is the number of files that an operation has open at once in one process.
type Descriptors struct {
	Task int // from Open to Close
	// Kept files stay open with a worker from its first item to its last: the folders of
	// the last item, and the worker's own descriptor of a log.
	Kept int
	// Loading and Storing files are open while an item is loaded and stored.
	Loading, Storing int
	// Together reports whether Do has the Loading and the Storing files open at once. In a
	// pipeline they are always open at once, on different workers.
	Together bool
}

// Worker returns the largest number of files that one worker has open.
func (d Descriptors) Worker(pipelined bool) int {
	if d.Together || pipelined {
		return d.Kept + d.Loading + d.Storing
	}
	return d.Kept + max(d.Loading, d.Storing)
}

// descriptorsPerDirectory is the number of descriptors of an open directory: see
// openDirectory.
const descriptorsPerDirectory = 1

// foldersOf returns how many input and output folders a worker keeps open. There are
// none if all items are in one directory.
func foldersOf(site Site) (in, out int) {
	if len(site.Manifest.Dirs) > 0 {
		in, out = 1, 1
	}
	if site.Layout == LayoutPerWorker {
		out = 1
	}
	return in, out
}

// sourceDescriptors returns the descriptors of a source. Generated content needs none.
func sourceDescriptors(site Site) Descriptors {
	if site.Workload.From == "" {
		return Descriptors{}
	}
	in, _ := foldersOf(site)
	return Descriptors{Task: descriptorsPerDirectory, Kept: in, Loading: 1}
}
