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

// Extent is what the items of a workload come to on one file system, in each of
// the forms that operations give them. It is made once for a manifest, because
// a plan has many cells for each, and a workload may have a million items.
type Extent struct {
	block   int64
	items   Footprint // a file for each, and their names
	renamed int64     // bytes that the longer names of rename take
	dirs    Footprint // of a nested tree, once
	archive int64
	log     int64

	// Largest is the content of the largest item.
	Largest int64
}

// What a file costs beside its content. A directory's entry has a head of 8 to 24
// bytes and a name, and directories that have grown are two thirds full (ext4's
// htree). An archive has a header in front of an entry and one in the central
// directory, of 30 and 46 bytes, each with the name; other programs add times and
// owners, and sizes beyond 4 GiB. The end of an archive is there once.
const (
	nameCost    = 24
	entryCost   = 30 + 46 + 100
	archiveCost = 4 << 10
)

// MeasureExtent adds up a manifest for a file system with such blocks.
func MeasureExtent(w workload.Workload, m *workload.Manifest, block int64) Extent {
	e := Extent{block: block, archive: archiveCost}
	form := formOf(w)
	var names int64
	var header []byte
	for i, file := range m.All() {
		e.items = e.items.Plus(FileFootprint(file.Size, block))
		e.Largest = max(e.Largest, file.Size)
		names += nameBytes(file.Name)
		e.archive += file.Size + entryCost + 2*int64(len(file.Name))
		header = form.header(header[:0], i, file.Size)
		e.log += int64(len(header)) + file.Size + 1
	}
	e.renamed = int64(m.Len()) * (nameCost + int64(len(renamedSuffix)))
	for _, name := range m.Dirs {
		e.dirs = e.dirs.Plus(DirFootprint(block))
		names += nameBytes(name)
		e.archive += entryCost + 2*int64(len(name))
	}
	e.items.Bytes += roundUp(names, block)
	return e
}

// nameBytes is what the name of a file takes of the directory that it is in.
func nameBytes(name string) int64 { return nameCost + int64(len(path.Base(name)))*3/2 }

// Input is what Prepare makes below site.Input, that directory included; nothing
// for an operation that needs nothing.
func (e Extent) Input(needs Needs, site Site) Footprint {
	top := DirFootprint(e.block)
	switch needs {
	case NeedsFiles:
		site.Layout = LayoutShared // as Prepare has it
		return top.Plus(e.items).Plus(e.tree(site))
	case NeedsVictims:
		return top.Plus(e.items).Plus(e.tree(site))
	case NeedsArchive:
		return top.Plus(FileFootprint(e.archive, e.block))
	}
	return Footprint{}
}

// Output is what an operation makes, site.Output included. What it uses up is not
// subtracted: while an item is on its way, it may be in both places.
func (e Extent) Output(op Operation, site Site) Footprint {
	top := DirFootprint(e.block)
	switch op.(type) {
	case read, deleting:
		return top
	case renaming:
		return top.Plus(Footprint{Bytes: roundUp(e.renamed, e.block)})
	case moving: // the files only change their directory
		return top.Plus(e.tree(site)).Plus(Footprint{Bytes: roundUp(e.renamed, e.block)})
	case zipping:
		return top.Plus(FileFootprint(e.archive, e.block))
	case appending:
		return top.Plus(FileFootprint(e.log, e.block))
	}
	return top.Plus(e.items).Plus(e.tree(site))
}

// tree is the directories of the tree, in each of the places for items.
func (e Extent) tree(site Site) Footprint {
	var sum Footprint
	for _, place := range places(site) {
		if place != "" {
			sum = sum.Plus(DirFootprint(e.block))
		}
		sum = sum.Plus(e.dirs)
	}
	return sum
}
