package operations

import "path/filepath"

// An Operation is one kind of work on files. Implementations hold no state:
// all of it is in the Task.
type Operation interface {
	Info() Info
	// Open makes the operation ready to do the items of site in this process.
	Open(site Site) (Task, error)
	// Verify checks the outcome of a finished trial in full. The error says
	// what is wrong with which item; it is nil only for a correct outcome.
	// digests holds one entry for each item, as Do returned it; it is nil for
	// a program that iosweep did not write.
	Verify(site Site, digests []uint32) (Outcome, error)

	// The rest says beforehand what a trial will take, so that a plan is refused
	// before it fills a disk or runs out of descriptors.

	// Footprint is what the operation makes in site.Output, beside that directory
	// itself. What it uses up is not subtracted: while an item is on its way, it may
	// be in both places.
	Footprint(site Site, items WorkloadSize) Footprint
	// Descriptors is how many files a process of the trial holds open while items
	// are done. What is opened before and after is less.
	Descriptors(site Site) Descriptors
}

// Info is what the catalogue says of an operation.
type Info struct {
	Name  string
	About string
	Needs Needs
	// Axes names the axes that the operation gives meaning to, beyond the
	// workload's own: level, layout, cache, sync, sink.
	Axes []string
	// Output is the name of the one file that the operation makes in the output
	// directory; empty for an operation that makes a file for each item, or none.
	Output string
	// NoDirect says why the items cannot be read past the page cache, where the
	// operation has the axis cache; empty if they can.
	NoDirect string
	// Staged reports whether the operation's tasks implement Staged, and Ringed whether
	// they implement Ringed where there is io_uring.
	Staged bool
	Ringed bool
	// Sinks are the ways in which items may reach one shared file; empty for an
	// operation whose items each have a file of their own.
	Sinks []string
	// CommitAnywhere: Commit may run in a worker process. Otherwise only the
	// process that ran Begin can commit, as with the one writer of an archive.
	CommitAnywhere bool
}

// Outcome is what Verify counted.
type Outcome struct {
	Items int `json:"items"`
	// Bytes is the content of all items; OutputBytes what is stored for it.
	Bytes       int64 `json:"bytes"`
	OutputBytes int64 `json:"output_bytes"`
	// CorruptItems is above zero only where corruption is a result.
	CorruptItems int `json:"corrupt_items"`
}

// All lists the operations, in the order in which people see them. A new one is a file
// of its own and a line here.
var All = []Operation{
	write{},
	read{},
	copying{},
	appending{},
	zipping{},
	unzipping{},
	deleting{},
	renaming{},
	moving{},
}

// OutputPath is where an operation leaves its outcome: its one file below the directory
// output, or output itself. It is what {output} stands for in a command.
func (i Info) OutputPath(output string) string {
	if i.Output == "" {
		return output
	}
	return filepath.Join(output, i.Output)
}

// Named finds an operation of All.
func Named(name string) (Operation, bool) {
	for _, op := range All {
		if op.Info().Name == name {
			return op, true
		}
	}
	return nil, false
}
