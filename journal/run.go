package journal

import (
	"cmp"
	"strings"
	"time"
)

// FormatVersion is the format written into every Run. A reader refuses a newer format, and
// reads all older ones. A field that an older format lacks is undefined.
//
//  1. The first format.
//  2. A Run has Origin and Commands, so it can be resumed.
//  3. A Measurement has SumRSS and Metrics, a Cell has LeftOut and Repeats, a Run has Metrics, a Run
//     of several workspaces has Filesystems, and a Note can describe an interpreter. A Run has
//     Attempt or Nodes if it belongs to a sweep on a cluster, and then a Trial has Node.
const FormatVersion = 3

// resumableVersion is the oldest format of a Run that can be resumed.
const resumableVersion = 2

// IsResumable reports whether a run contains everything that is needed to resume it.
func (r *Run) IsResumable() bool { return r.Version >= resumableVersion }

// Entry is one line of the journal: exactly one of its fields is set.
type Entry struct {
	Run   *Run   `json:"run,omitempty"`
	Trial *Trial `json:"trial,omitempty"`
	Note  *Note  `json:"note,omitempty"`
}

// Run describes a plan and the machine it ran on.
type Run struct {
	Version  int    `json:"version"`
	ID       string `json:"id"`
	PlanHash string `json:"plan_hash"`
	// Reproduce is set if the user asked for a comparison with the published table.
	Reproduce   bool      `json:"reproduce,omitempty"`
	Name        string    `json:"name"`
	Title       string    `json:"title,omitempty"`
	Description string    `json:"description,omitempty"`
	StartedAt   time.Time `json:"started_at"`
	// RevisedAt is the time at which this entry replaced an earlier one; nil: it is the first. A
	// reader refuses a line that repeats another one, and a later session may plan what the first
	// one did.
	RevisedAt *time.Time `json:"revised_at,omitempty"`
	Iosweep   string     `json:"iosweep"`      // the version that ran
	Go        string     `json:"go,omitempty"` // the Go version it was built with

	// Repeats is the number of measured trials per cell, or the maximum if repeats are
	// adaptive.
	Repeats int `json:"repeats"`
	// Adaptive is the rule for adaptive repeats; nil if all cells are measured equally
	// often.
	Adaptive *Adaptive `json:"adaptive,omitempty"`
	Warmup   int       `json:"warmup"`
	Order    string    `json:"order"` // shuffled or listed
	Seed     int64     `json:"seed"`

	X     string   `json:"x"`     // the axis on the x axis of plots
	Plots []string `json:"plots"` // effects, speedup, time, heatmap, trials, order, latency, ceiling
	// Formats are the formats of the picture files: png, svg, pdf. Empty means png.
	Formats []string `json:"formats,omitempty"`

	Machine Machine `json:"machine"`
	// CPUs is the value of cpus in the experiment, if it is not the number of cpus of Machine.
	CPUs  int    `json:"cpus,omitempty"`
	Cells []Cell `json:"cells"`
	// Measured are the cells as the run had them, if a report has given Cells other baselines; else nil.
	Measured []Cell `json:"-"`
	// Programs maps the name of each program of a contender to the path of its file, with
	// symbolic links resolved. The path often shows the version.
	Programs map[string]string `json:"programs,omitempty"`
	// ProgramSums maps these names to the beginning of the SHA-256 of the file, in
	// hexadecimal. It does not cover files that a program loads when it runs.
	ProgramSums map[string]string `json:"program_sums,omitempty"`
	// ProgramDetails maps these names to more about their files.
	ProgramDetails map[string]ProgramDetails `json:"program_details,omitempty"`
	// Versions are the versions of programs, as they print them.
	Versions []Version `json:"versions,omitempty"`

	// Profile is the name of the profile applied to the file, if any. Overrides and Only
	// come from the command line.
	Profile   string     `json:"profile,omitempty"`
	Overrides []string   `json:"overrides,omitempty"`
	Only      []string   `json:"only,omitempty"`
	Published *Published `json:"published,omitempty"`

	// Found are the levels that the level found of the axis python stands for. A resumed run
	// keeps them, even if PATH has other interpreters then.
	Found []string `json:"found,omitempty"`

	// Origin and Commands are needed to resume a run, in addition to the cells.
	Origin Origin `json:"origin"`
	// Workspaces contains the absolute paths of the directories under test.
	Workspaces []string `json:"workspaces,omitempty"`
	// Filesystems contains the types of the file systems of the workspaces. It is empty for one
	// workspace, whose file system is in Machine.
	Filesystems []string  `json:"filesystems,omitempty"`
	Commands    []Command `json:"commands,omitempty"`
	// Operations are the operations that the experiment defines.
	Operations []Operation `json:"operations,omitempty"`
	// Metrics are the figures that commands print. Judge names the one that speed-ups are about; it
	// is empty for the seconds.
	Metrics []Metric `json:"metrics,omitempty"`
	Judge   string   `json:"judge,omitempty"`
	// Sources are the revisions that the cells run, including retired cells.
	Sources []Source `json:"sources,omitempty"`
	// AB is set if iosweep ab compares two revisions.
	AB *AB `json:"ab,omitempty"`
	// Attempt describes the attempt of a shard that wrote this journal. It has the cells of the
	// shard, and PlanHash is the hash of the whole plan.
	Attempt *Attempt `json:"attempt,omitempty"`
	// Ceilings are the limits of this machine for each workspace that iosweep doctor --limits has
	// measured earlier.
	Ceilings []Ceilings `json:"ceilings,omitempty"`
	// Nodes are the machines of a run that was merged from shards. Machine is the first of them.
	Nodes []Node `json:"nodes,omitempty"`
}

// An Attempt is one try to run a shard of a sweep on a node of a cluster.
type Attempt struct {
	Shard  int    `json:"shard"`  // from 0
	Binary string `json:"binary"` // SHA-256 of iosweep, in hexadecimal
	Node
}

// A Node is a machine of a cluster, as an attempt found it.
type Node struct {
	Name    string  `json:"node"` // as the cluster calls it
	Machine Machine `json:"machine"`
	// Microcode is the version of the processors' microcode.
	Microcode string `json:"microcode,omitempty"`
	// Usable is the list of the cpus that the attempt could use, as in cpuset(7): 0-3,8.
	Usable string `json:"usable_cpus,omitempty"`
	// Quota and MemoryLimit are limits of the control group: a number of cpus, and bytes. 0: none.
	Quota       float64 `json:"cpu_quota,omitempty"`
	MemoryLimit int64   `json:"memory_limit_bytes,omitempty"`
}

// Ceilings are the measured limits of a machine and of the file system of a directory, per second. Nil
// means not measured.
type Ceilings struct {
	Workspace  string    `json:"workspace,omitempty"` // absolute path, as in Run.Workspaces
	MeasuredAt time.Time `json:"measured_at"`
	// MemoryCopy is the number of bytes that all cpus copy from memory to memory.
	MemoryCopy *float64 `json:"memory_copy_bytes,omitempty"`
	// SystemCalls is the number of calls of a system call that does almost nothing, on all cpus.
	SystemCalls *float64 `json:"system_calls,omitempty"`
	// Creates is the number of empty files that can be created in one directory.
	Creates *float64 `json:"creates,omitempty"`
	// SequentialReads is the number of bytes that can be read from the device in large blocks, and
	// RandomReads the number of blocks of 4 KiB in random order. Both are without the page cache.
	SequentialReads *float64 `json:"sequential_read_bytes,omitempty"`
	RandomReads     *float64 `json:"random_reads,omitempty"`
}

// RepeatsOf returns the number of measured trials of a cell, or the maximum if repeats are adaptive.
func (r *Run) RepeatsOf(c *Cell) int { return cmp.Or(c.Repeats, r.Repeats) }

// RacedWith returns the baseline of a cell when the run was measured. A report may give the cell another one.
func (r *Run) RacedWith(cell int) int {
	if r.Measured != nil {
		return r.Measured[cell].Baseline
	}
	return r.Cells[cell].Baseline
}

// AB names the two revisions that iosweep ab compares.
type AB struct {
	Base string `json:"base"`
	New  string `json:"new"`
}

// Adaptive is the rule that decides when a cell has enough trials. Either Width or Race is above 0.
type Adaptive struct {
	Min int `json:"min"` // minimum number of trials per cell
	// Width is the width of the interval of the speed-up, from end to end, as a part of
	// the speed-up. A cell stops at this width or below.
	Width float64 `json:"width"`
	// Race is the part of the best time within which all cells must be that are left when a race
	// ends. A cell that another one beats gets no more trials.
	Race float64 `json:"race,omitempty"`
}

// Origin describes where the experiment came from: the text and the path of its file, and
// the working directory when the run began.
type Origin struct {
	Source string `json:"source"`         // the experiment file, byte for byte
	File   string `json:"file,omitempty"` // its absolute path; empty for a built-in experiment
	// Bundle is the path of the bundle of the experiment, as it was typed; empty: it is in no bundle.
	Bundle string `json:"bundle,omitempty"`
	Dir    string `json:"dir"` // the working directory, the base of relative paths of the command line and of workspaces
}

// A Source is a revision of a program, from a git repository.
type Source struct {
	Git      string   `json:"git"`             // absolute path of the repository
	Revision string   `json:"revision"`        // the level of the axis
	Build    []string `json:"build,omitempty"` // the argv with placeholders; empty: nothing to build
	// Commit is the hash of the commit. For a working tree it is the commit of HEAD, or empty if
	// there is none.
	Commit  string `json:"commit,omitempty"`
	Subject string `json:"subject,omitempty"` // the first line of the commit's message
	// Tree identifies a working tree: the SHA-256 of the names, modes and contents of its files.
	// Changed is the number of files that differ from Commit.
	Tree    string `json:"tree,omitempty"`
	Changed int    `json:"changed,omitempty"`
}

// Identity returns the hash of the tree or, for a commit, of the commit.
func (s *Source) Identity() string {
	if s.Tree != "" {
		return s.Tree
	}
	return s.Commit
}

// A Build is the result of building a Source in one session.
type Build struct {
	Source string `json:"source"` // its identity
	// Programs maps the files of the source that commands run, relative to its directory, to the
	// SHA-256 of their content.
	Programs map[string]string `json:"programs,omitempty"`
	Seconds  float64           `json:"seconds"` // of the build, without making the clone
}

// SameSource reports whether two experiment files are equal. Their line ends may differ, because
// git converts them if core.autocrlf is set.
func SameSource(a, b string) bool {
	return a == b || strings.ReplaceAll(a, "\r\n", "\n") == strings.ReplaceAll(b, "\r\n", "\n")
}

// Command is the definition of a contender in the experiment.
type Command struct {
	Name          string   `json:"name"`
	Operation     string   `json:"operation"`
	Run           []string `json:"run"`
	Env           []string `json:"env,omitempty"` // NAME=VALUE, in order
	ExpectFailure bool     `json:"expect_failure,omitempty"`
	ExpectError   string   `json:"expect_error,omitempty"`
	// Git is the path of the repository of its source, as the file has it, and Build its build.
	Git   string   `json:"git,omitempty"`
	Build []string `json:"build,omitempty"`
	// Files are the paths of scripts that env or the operation name and run does not, with the
	// placeholders of levels.
	Files []string `json:"files,omitempty"`
	// Definition describes the operation, if the experiment defines it. A command whose operation
	// has changed does other work.
	Definition string `json:"definition,omitempty"`
	// Scripts maps the path of each script to the SHA-256 of its content, in hexadecimal, or to
	// MissingScript. It has the scripts of all cells, which may differ in their scripts. Paths are
	// relative to the experiment file.
	Scripts map[string]string `json:"scripts,omitempty"`
}

// Operation is an operation that the experiment defines.
type Operation struct {
	Name  string `json:"name"`
	About string `json:"about,omitempty"`
	// Verify describes the checks of an outcome. It is empty if only the exit code is checked.
	Verify string `json:"verify,omitempty"`
}

// MissingScript is the checksum of a script that does not exist. The program may make such a file,
// so no later session compares it.
const MissingScript = "missing"

// Machine is the part of the environment that reports show.
type Machine struct {
	Host       string `json:"host"`
	OS         string `json:"os"`
	Kernel     string `json:"kernel"`
	CPUModel   string `json:"cpu_model"`
	CPUs       int    `json:"cpus"`
	Memory     int64  `json:"memory_bytes"`
	Filesystem string `json:"filesystem"`         // of the workspace: "ext4", "tmpfs"
	Mount      string `json:"mount,omitempty"`    // its options, as in mount(8)
	Governor   string `json:"governor,omitempty"` // of the processors' frequency
}

// Cell is one combination of factor levels.
type Cell struct {
	Name string `json:"name"`
	// Levels contains every axis that the cell uses and every key of its workload,
	// including the keys that the file sets. An axis that the cell does not use is
	// missing.
	Levels map[string]string `json:"levels"`
	// Custom names the custom axes of the experiment among Levels, in order.
	Custom []string `json:"custom,omitempty"`
	// Baseline is the index of the cell that speed-ups refer to.
	Baseline int   `json:"baseline"`
	Files    int   `json:"files"`
	Bytes    int64 `json:"bytes"`
	// Median and Largest are sizes of files in bytes. They are 0 unless the workload has a
	// distribution of sizes.
	Median  int64 `json:"median,omitempty"`
	Largest int64 `json:"largest,omitempty"`
	// Directories is the number of directories of a nested workload.
	Directories int `json:"directories,omitempty"`
	// LeftOut is the number of entries of a tree that are not items, by kind: links, pipes,
	// sockets, devices, and unreadable files and directories.
	LeftOut map[string]int `json:"left_out,omitempty"`
	// Inputs identifies the dataset: the beginning of the SHA-256 of its manifest, in
	// hexadecimal.
	Inputs string `json:"inputs"`
	// Command identifies the definition of the contender, including the scripts of this cell, in
	// the same way. It is empty for a built-in strategy.
	Command string `json:"command,omitempty"`
	// Source is the identity of the source of the contender; see Source.Identity. It is empty if
	// the contender has no source.
	Source string `json:"source,omitempty"`
	// Repeats is the number of measured trials of the cell, or the maximum. It is 0 if the cell has
	// the repeats of the run.
	Repeats int `json:"repeats,omitempty"`
	// Retired is set if a later plan of the same run no longer has the cell. The cell
	// keeps its trials and gets no more.
	Retired bool `json:"retired,omitempty"`
	// Concurrency is the maximum number of goroutines, threads of processes or stages
	// that work at once. Efficiency divides by it, up to the number of cpus. 0: unknown.
	Concurrency int `json:"concurrency,omitempty"`
	// Skip is the reason why the cell does not run; empty if it runs.
	Skip string `json:"skip,omitempty"`
	// Optional is set if skipping the cell does not count against the run.
	Optional bool `json:"optional,omitempty"`
}
