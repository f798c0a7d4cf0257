package operations

import (
	"path/filepath"

	"iosweep/internal/workload"
)

// An Operation is one kind of work on files. Implementations have no state: the Task has
// it.
type Operation interface {
	Info() Info
	// Open prepares this process to do the items of site.
	Open(site Site) (Task, error)
	// Verify checks the complete outcome of a finished trial. Its error names the first
	// wrong item. It is nil only for a correct outcome. digests has one element for each
	// item, as returned by Do; it is nil for a contender.
	Verify(site Site, digests []uint32) (Outcome, error)

	// The other methods estimate the resources of a trial, so that a plan is refused before
	// it fills a disk or runs out of descriptors.

	// Footprint returns the space that the operation takes in site.Output, without that
	// directory itself. Items that it uses up are not subtracted, because an item in
	// flight may exist in both directories.
	Footprint(site Site, items WorkloadSize) Footprint
	// Descriptors returns the number of files that a process of the trial has open while
	// it does items. It has fewer open before and after that.
	Descriptors(site Site) Descriptors
}

// Info describes an operation.
type Info struct {
	Name  string
	About string
	Needs Needs
	// Axes are the axes that the operation uses, in addition to the workload's: level,
	// layout, cache, sync, sink, block_size and split.
	Axes []string
	// Suffix is what the operation adds to the name of every item.
	Suffix string
	// Output is the name of the operation's single output file. It is empty for an
	// operation that makes a file for each item, or none.
	Output string
	// NoDirect is the reason why the operation cannot use direct reads although it has
	// the axis cache. It is empty if it can.
	NoDirect string
	// Staged reports whether the operation's tasks implement Staged. Ringed reports whether
	// they implement Ringed on systems with io_uring.
	Staged bool
	Ringed bool
	// Sinks are the supported levels of the axis sink, for items that share one output
	// file. They are empty for an operation that makes a file for each item.
	Sinks []string
	// CommitAnywhere reports whether a worker process may call Commit. If not, only the
	// process that called Begin can commit, because an archive has one writer.
	CommitAnywhere bool
}

// Outcome is the result of Verify.
type Outcome struct {
	Items int `json:"items"`
	// Bytes is the size of the content of all items. OutputBytes is the size of the files,
	// the archive or the log that store it.
	Bytes       int64 `json:"bytes"`
	OutputBytes int64 `json:"output_bytes"`
	// CorruptItems is above zero only if corruption is a result: see Site.Unlocked.
	CorruptItems int `json:"corrupt_items"`
	// Waits are the waits that a contender has printed into a log of tasks, instead of the
	// waits of the workload.
	Waits workload.Waits `json:"-"`
}

// All lists the operations in the order in which they are shown. To add an operation,
// write it in its own file and add a line here.
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

// OutputPath returns the path of an operation's result: its single file in the given output
// directory, or that directory itself. In a command, {output} is replaced by this path.
func (i Info) OutputPath(output string) string {
	if i.Output == "" {
		return output
	}
	return filepath.Join(output, i.Output)
}

// Named returns the operation of this name from All.
func Named(name string) (Operation, bool) {
	for _, op := range All {
		if op.Info().Name == name {
			return op, true
		}
	}
	return nil, false
}
