package operations

import (
	"path"

	"iosweep/internal/dirio"
)

// Needs says which files must exist in Site.Input before the first item.
type Needs int

const (
	// NeedsNothing means that the content of an item is generated, or read from the
	// workload's tree.
	NeedsNothing Needs = iota
	// NeedsFiles means that every item is a file in Input. The files are never modified.
	NeedsFiles
	// NeedsArchive means that Input contains ArchiveName, with an entry for every item.
	NeedsArchive
	// NeedsDisposableCopy means that Input is a copy of the items for this trial alone. The
	// trial uses it up.
	NeedsDisposableCopy
)

// inputSite returns the site with the layout of its input files. The axis layout is for
// files that a trial makes or uses up, not for files that it only reads.
func (n Needs) inputSite(site Site) Site {
	if n != NeedsDisposableCopy {
		site.Layout = LayoutShared
	}
	return site
}

// footprint returns the footprint of site.Input after Prepare.
func (n Needs) footprint(site Site, items WorkloadSize) Footprint {
	input := DirFootprint(items.block)
	switch n {
	case NeedsFiles, NeedsDisposableCopy:
		return input.Plus(items.Files(n.inputSite(site)))
	case NeedsArchive:
		return input.Plus(archiveFootprint(items))
	}
	return Footprint{}
}

// inputs returns the files that the operation reads.
func (n Needs) inputs(site Site) inputs {
	in := inputs{
		open: func() (dirio.Directory, error) { return openInputDir(site) },
		n:    site.Manifest.Len(), name: site.Manifest.Name,
	}
	switch n {
	case NeedsNothing:
		if site.Workload.From == "" {
			return inputs{}
		}
		in.open = func() (dirio.Directory, error) { return dirio.OpenTree(site.Workload.From) }
	case NeedsArchive:
		in.n, in.name = 1, func(int) string { return ArchiveName }
	case NeedsDisposableCopy:
		all := itemDirs(site)
		in.name = func(item int) string { return path.Join(inputDir(all, item, in.n), site.Manifest.Name(item)) }
	}
	return in
}
