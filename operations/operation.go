// Package operations is what is done with one item of a workload: write it,
// read it, copy it, append it, zip it, unzip it, delete it, rename it, move it.
//
// A trial goes through an operation in these steps:
//
//  1. Prepare (prepare.go) puts the inputs that the operation needs on disk,
//     untimed, and a Manifest says what they hold.
//  2. Open makes a Task in every process that is to do items.
//  3. Begin, where the task has one, does the timed work that precedes the
//     first item: the directories of a nested tree, the archive's file.
//  4. Do does item i. A strategy calls it from many workers, each with a
//     Scratch of its own, in any order, each item exactly once.
//  5. End, where the task has one, does the timed work that follows the last
//     item: the central directory of an archive, one syncfs.
//  6. Verify, untimed, compares what is there now with what the manifest says
//     must be there. It trusts neither the task nor the strategy.
//
// An operation knows nothing of workers, pools or processes: items are indices
// into a deterministic workload, so that they cross a process boundary as two
// integers.
package operations

import (
	"os"
	"path/filepath"

	"iosweep/internal/workload"
)

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
	Estimator
}

// An Estimator says beforehand what a trial of an operation will take, so that a plan
// is refused before it fills a disk or runs out of descriptors.
type Estimator interface {
	// Footprint is what the operation makes in site.Output, beside that directory
	// itself. What it uses up is not subtracted: while an item is on its way, it may
	// be in both places.
	Footprint(site Site, items Extent) Footprint
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
	// Staged says whether the operation's tasks implement Staged, and Ringed whether
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

// A Task does the items of one trial in one process.
type Task interface {
	// Do does one item. It is safe for concurrent use with distinct scratches.
	// An error names the item.
	Do(s *Scratch, item int) (Done, error)
	// Close releases what Open acquired. It is not timed.
	Close() error
}

// Done is what a task says of one item that it did.
type Done struct {
	// Bytes is how much of the item's content went through.
	Bytes int64
	// Digest is the CRC-32 (IEEE) of the content where the outcome is in memory
	// alone, as after a read; elsewhere 0, and Verify looks at the files.
	Digest uint32
}

// A Bracketed task has work before the first and after the last item that
// belongs to the operation, so it is timed. Both run in one process, once.
type Bracketed interface {
	Begin() error
	End() error
}

// A Staged task can do an item in three steps, on three goroutines or in two
// processes. Do is the three in order. A Parcel carries the item between them;
// who holds the parcel may use it, nobody else.
type Staged interface {
	// Load brings the item's content into p.Data.
	Load(s *Scratch, p *Parcel) error
	// Compute does the processor's part: p.Data becomes what is to be stored.
	Compute(s *Scratch, p *Parcel) error
	// Commit stores it. For an operation with sinks, calls to Commit must not
	// overlap, except under the sink "unlocked".
	Commit(s *Scratch, p *Parcel) (Done, error)
}

// A Parcel is one item on its way between the stages of a Staged task. Its
// exported fields are all that crosses a process boundary.
type Parcel struct {
	Item int
	// Data is the item's content as of the last stage. Its array belongs to
	// the parcel and is reused with it.
	Data []byte
	// Size and CRC describe the content before Compute changed its form.
	Size int64
	CRC  uint32

	spare []byte // a second array, so that Compute can read Data and write elsewhere
}

// Site is where one trial happens and under which conditions. It is all that an
// operation is told. It travels to worker processes as JSON, so it holds paths,
// not handles; Dirs and Manifest are put back there.
type Site struct {
	Workload workload.Workload  `json:"workload"`
	Manifest *workload.Manifest `json:"-"`
	// Input is the directory with the items' files, or with the archive; empty
	// where the operation needs nothing.
	Input string `json:"input,omitempty"`
	// Output is this trial's own directory; it exists and is empty. For an
	// operation with one output file (zip, append) see Info.OutputPath.
	Output string `json:"output"`
	// Dirs makes and removes directories below Output and, for victims, Input.
	Dirs Dirs `json:"-"`

	Workers int    `json:"workers"` // how many distinct Scratch.Worker there will be
	Level   int    `json:"level"`
	Layout  string `json:"layout"`
	Cache   string `json:"cache"`
	Sync    string `json:"sync"`
	Sink    string `json:"sink,omitempty"` // empty without one shared file, or under a strategy that has no choice
}

// Dirs makes, opens and removes the directories of a trial. The operations never do
// so themselves: internal/workspace alone does, and it refuses a path outside the
// run's own directory. A path is where the run's directory was made, and the run's
// directory is one that is open: whoever puts another one under its name changes
// nothing.
type Dirs interface {
	// Open opens a directory below the run's own. It follows no link and crosses
	// no mount.
	Open(path string) (*os.File, error)
	// Mkdir makes one directory; the path is absolute and its parent exists.
	Mkdir(path string) error
	// Rmdir removes one empty directory.
	Rmdir(path string) error
}

// Levels of the axes layout, cache, sync and sink.
const (
	LayoutShared    = "shared"
	LayoutPerWorker = "per-worker"

	CacheWarm   = "warm"
	CacheCold   = "cold"
	CacheDirect = "direct"

	SyncNone = "none"
	SyncFile = "file"
	SyncEnd  = "end"

	SinkLocked    = "locked"
	SinkCollector = "collector"
	SinkParallel  = "parallel"
	SinkUnlocked  = "unlocked"
)

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
