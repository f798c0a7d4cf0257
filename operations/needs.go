package operations

import (
	"path"

	"iosweep/internal/dirio"
)

// Needs says which files must exist in Site.Input before the first item is done.
type Needs int

const (
	// NeedsNothing: content is made, or read from the tree, item by item.
	NeedsNothing Needs = iota
	// NeedsFiles: every item is a file below Input. They are never modified.
	NeedsFiles
	// NeedsArchive: Input holds ArchiveName, with every item as an entry.
	NeedsArchive
	// NeedsDisposableCopy: a copy of the items of this trial's own, to be used up.
	NeedsDisposableCopy
)

// inputSite returns the site as the files of its input lie: the layout is that of what
// a trial makes or uses up, not of what it only reads.
func (n Needs) inputSite(site Site) Site {
	if n != NeedsDisposableCopy {
		site.Layout = LayoutShared
	}
	return site
}

// footprint returns what prepare makes, site.Input included.
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
		open: func() (dirio.Directory, error) { return openFound(site) },
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
		all := places(site)
		in.name = func(item int) string { return path.Join(inputPlace(all, item, in.n), site.Manifest.Name(item)) }
	}
	return in
}
