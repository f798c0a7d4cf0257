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

// DescriptorsOf says how many files an operation holds open at a site. Only what
// is open while items are done counts; what is opened before and after is less.
func DescriptorsOf(op Operation, site Site) Descriptors {
	nested := len(site.Manifest.Dirs) > 0
	in, out := 0, 0 // folders, where items are not all in one
	if nested {
		in = 1
	}
	if nested || site.Layout == LayoutPerWorker {
		out = 1
	}
	tree := Descriptors{Task: perDirectory, Kept: in, Loading: 1}
	if site.Workload.From == "" {
		tree = Descriptors{} // content is made
	}
	switch op.(type) {
	case write:
		return Descriptors{Task: perDirectory + tree.Task, Kept: out + tree.Kept, Loading: tree.Loading, Storing: 1}
	case read:
		return Descriptors{Task: perDirectory, Kept: in, Loading: 1}
	case appending:
		d := Descriptors{Task: perDirectory + 1 + tree.Task, Kept: tree.Kept, Loading: tree.Loading}
		if site.Unlocked() {
			d.Kept++
		}
		return d
	case zipping:
		return Descriptors{Task: 2*perDirectory + 1, Kept: in, Loading: 1}
	case unzipping:
		return Descriptors{Task: perDirectory + 1, Kept: out, Storing: 1}
	case deleting, renaming:
		return Descriptors{Task: perDirectory, Kept: out}
	case moving:
		return Descriptors{Task: 2 * perDirectory, Kept: in + out}
	}
	return Descriptors{Task: 2 * perDirectory, Kept: in + out, Loading: 1, Storing: 1, Together: true}
}
