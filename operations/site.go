package operations

import "iosweep/internal/dirio"

// openDirectory opens a directory below the run's own: see openBelow.
func openDirectory(site Site, path string) (dirio.Directory, error) {
	return dirio.OpenBelow(site.Dirs, path)
}

// openFound opens the directory with the items that an operation finds: the
// workload's own tree, where it only reads, or else one below the run's own.
func openFound(site Site) (dirio.Directory, error) {
	if site.Workload.From != "" && site.Input == site.Workload.From {
		return dirio.OpenTree(site.Input)
	}
	return openDirectory(site, site.Input)
}

// openInput is openFound for items that are read as the site's cache axis has it.
func openInput(site Site) (dirio.Directory, error) {
	dir, err := openFound(site)
	dir.Direct = site.Cache == CacheDirect
	return dir, err
}
