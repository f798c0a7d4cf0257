package operations

// openDirectory opens a directory below the run's own: see openBelow.
func openDirectory(site Site, path string) (directory, error) {
	return openBelow(site.Dirs, path)
}

// openFound opens the directory with the items that an operation finds: the
// workload's own tree, where it only reads, or else one below the run's own.
func openFound(site Site) (directory, error) {
	if site.Workload.From != "" && site.Input == site.Workload.From {
		return openTree(site.Input)
	}
	return openDirectory(site, site.Input)
}

// openInput is openFound for items that are read as the site's cache axis has it.
func openInput(site Site) (directory, error) {
	dir, err := openFound(site)
	dir.direct = site.Cache == CacheDirect
	return dir, err
}
