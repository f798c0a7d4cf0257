package operations

import (
	"context"
	"path"

	"iosweep/internal/dirio"
)

// Needs says which files must exist before the first item is done. It is one of the
// values below.
type Needs interface {
	// prepare puts the files into site.Input.
	prepare(ctx context.Context, site Site) error
	// footprint is what prepare makes, site.Input included.
	footprint(site Site, items Extent) Footprint
	// inputs are the files that the operation reads.
	inputs(site Site) inputs
}

// What an operation may find in Site.Input.
var (
	// NeedsNothing: content is made, or read from the tree, item by item.
	NeedsNothing Needs = needsNothing{}
	// NeedsFiles: every item is a file below Input. They are never modified.
	NeedsFiles Needs = needsFiles{}
	// NeedsArchive: Input holds ArchiveName, with every item as an entry.
	NeedsArchive Needs = needsArchive{}
	// NeedsVictims: a copy of the items of this trial's own, to be used up.
	NeedsVictims Needs = needsVictims{}
)

type needsNothing struct{}

func (needsNothing) prepare(context.Context, Site) error { return nil }

func (needsNothing) footprint(Site, Extent) Footprint { return Footprint{} }

func (needsNothing) inputs(site Site) inputs {
	if site.Workload.From == "" {
		return inputs{}
	}
	in := needsFiles{}.inputs(site)
	in.open = func() (dirio.Directory, error) { return dirio.OpenTree(site.Workload.From) }
	return in
}

type needsFiles struct{}

func (needsFiles) prepare(ctx context.Context, site Site) error {
	site.Layout = LayoutShared // the layout is that of what a trial makes, not of its inputs
	return prepareFiles(ctx, site)
}

func (needsFiles) footprint(site Site, items Extent) Footprint {
	site.Layout = LayoutShared
	return DirFootprint(items.block).Plus(items.Files(site))
}

func (needsFiles) inputs(site Site) inputs {
	return inputs{
		open: func() (dirio.Directory, error) { return openFound(site) },
		n:    site.Manifest.Len(), name: site.Manifest.Name,
	}
}

type needsArchive struct{}

func (needsArchive) prepare(ctx context.Context, site Site) error { return prepareArchive(ctx, site) }

func (needsArchive) footprint(_ Site, items Extent) Footprint {
	return DirFootprint(items.block).Plus(archiveFootprint(items))
}

func (needsArchive) inputs(site Site) inputs {
	in := needsFiles{}.inputs(site)
	in.n, in.name = 1, func(int) string { return ArchiveName }
	return in
}

type needsVictims struct{}

func (needsVictims) prepare(ctx context.Context, site Site) error { return prepareFiles(ctx, site) }

func (needsVictims) footprint(site Site, items Extent) Footprint {
	return DirFootprint(items.block).Plus(items.Files(site))
}

func (needsVictims) inputs(site Site) inputs {
	in := needsFiles{}.inputs(site)
	all := places(site)
	in.name = func(item int) string { return path.Join(victimPlace(all, item, in.n), site.Manifest.Name(item)) }
	return in
}
