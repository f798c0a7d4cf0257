package operations

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

// perDirectory is what a directory takes that is open: see openDirectory.
const perDirectory = 1

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
	return Descriptors{Task: perDirectory, Kept: in, Loading: 1}
}
