// Package journal is the durable record of a run: trials.jsonl, the only truth.
// Every report is made from it alone.
//
// A journal is a file of lines. The first line holds the Run: what was planned,
// on which machine. Every further line holds one Trial that ended, well or
// badly, or one Note. Lines are only ever appended, and each is synced before
// the next trial starts. A run that was resumed goes on in the same journal;
// where its plan has grown, a further Run stands before the first trial of it.
//
// A line is a JSON object of a fixed shape,
//
//	{"length":187,"crc32c":"9f0e3a51","entry":{...}}
//
// where length counts the bytes of the entry's value as written and crc32c is
// their checksum, so that a torn tail and a damaged middle can be told apart,
// and any JSON tool can read the file all the same.
package journal

import (
	"strings"
	"time"
)

// FormatVersion is written into every Run; a reader refuses what is newer.
const FormatVersion = 2

// Entry is one line: exactly one of its fields is set.
type Entry struct {
	Run   *Run   `json:"run,omitempty"`
	Trial *Trial `json:"trial,omitempty"`
	Note  *Note  `json:"note,omitempty"`
}

// Run is what was planned, and where.
type Run struct {
	Version  int    `json:"version"`
	ID       string `json:"id"`
	PlanHash string `json:"plan_hash"`
	// Reproduce: it was asked for to be held against its published table.
	Reproduce   bool      `json:"reproduce,omitempty"`
	Name        string    `json:"name"`
	Title       string    `json:"title,omitempty"`
	Description string    `json:"description,omitempty"`
	StartedAt   time.Time `json:"started_at"`
	Iosweep     string    `json:"iosweep"`      // the version that ran
	Go          string    `json:"go,omitempty"` // the Go version it was built with

	// Repeats is how often each cell is measured, or, of repeats that adapt, at most.
	Repeats int `json:"repeats"`
	// Adaptive: a cell is measured until its speed-up is known well enough; nil if
	// all are measured equally often.
	Adaptive *Adaptive `json:"adaptive,omitempty"`
	Warmup   int       `json:"warmup"`
	Order    string    `json:"order"` // shuffled or listed
	Seed     int64     `json:"seed"`

	X     string   `json:"x"`     // the axis that plots have at the bottom
	Plots []string `json:"plots"` // speedup, time, heatmap, trials

	Machine Machine `json:"machine"`
	Cells   []Cell  `json:"cells"`
	// Programs are those that contenders run, by name, with the path of the file
	// that the name leads to in the end, which often tells the version.
	Programs map[string]string `json:"programs,omitempty"`
	// ProgramSums are of the files' content: the beginning of the SHA-256, in
	// hexadecimal. What a program loads when it runs is not in it.
	ProgramSums map[string]string `json:"program_sums,omitempty"`

	// Profile is the part of the file that was laid over it, if any; Overrides and
	// Only are what the command line said beside.
	Profile   string     `json:"profile,omitempty"`
	Overrides []string   `json:"overrides,omitempty"`
	Only      []string   `json:"only,omitempty"`
	Published *Published `json:"published,omitempty"`

	// Origin and Commands are what a resumed run needs beside the cells.
	Origin Origin `json:"origin"`
	// Workspaces are the directories under test, absolute.
	Workspaces []string  `json:"workspaces,omitempty"`
	Commands   []Command `json:"commands,omitempty"`
}

// Adaptive says when a cell has been measured often enough.
type Adaptive struct {
	Min int `json:"min"` // trials before which no cell stops
	// Width is that of the interval of the speed-up, from end to end, as a part of
	// the speed-up: at or below it a cell stops.
	Width float64 `json:"width"`
}

// Origin is the experiment as it was found.
type Origin struct {
	Source string `json:"source"`         // the experiment file, byte for byte
	File   string `json:"file,omitempty"` // its path, absolute; empty for one that comes with iosweep
	Dir    string `json:"dir"`            // the working directory, which relative paths of the command line and workspaces start from
}

// Command is a contender as the experiment defines it.
type Command struct {
	Name          string   `json:"name"`
	Operation     string   `json:"operation"`
	Run           []string `json:"run"`
	Env           []string `json:"env,omitempty"` // NAME=VALUE, in order
	ExpectFailure bool     `json:"expect_failure,omitempty"`
	ExpectError   string   `json:"expect_error,omitempty"`
	// Scripts are the files beside the experiment that it runs, by their paths
	// there, with the SHA-256 of their content in hexadecimal.
	Scripts map[string]string `json:"scripts,omitempty"`
}

// Machine is the part of the environment that reports speak of.
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

// Cell is one combination of the grid.
type Cell struct {
	Name string `json:"name"`
	// Levels holds every axis that the cell uses and every key of its workload,
	// the file's own included; an axis that is not used is missing.
	Levels map[string]string `json:"levels"`
	// Custom names those of Levels that the experiment invented, in order.
	Custom []string `json:"custom,omitempty"`
	// Baseline is the index of the cell that speed-ups are against.
	Baseline int   `json:"baseline"`
	Files    int   `json:"files"`
	Bytes    int64 `json:"bytes"`
	// Inputs names what the workload holds: the beginning of the SHA-256 of its
	// manifest, in hexadecimal.
	Inputs string `json:"inputs"`
	// Command names the definition of the cell's contender, scripts included, in the
	// same way; empty for a strategy of iosweep's own.
	Command string `json:"command,omitempty"`
	// Retired: a later plan of the same run no longer has the cell. It keeps its
	// trials and gets no more.
	Retired bool `json:"retired,omitempty"`
	// Concurrency is how many goroutines, threads of processes or stages may
	// work at once: what efficiency divides by, up to the cpus. 0: not known.
	Concurrency int `json:"concurrency,omitempty"`
	// Skip says why the cell is not run at all; empty for a cell that is.
	Skip string `json:"skip,omitempty"`
	// Optional: that the cell is skipped is no shortcoming of the run.
	Optional bool `json:"optional,omitempty"`
}

// Phase says whether the figures of a trial count.
type Phase string

// The phases of a trial.
const (
	Warmup   Phase = "warmup"
	Measured Phase = "measured"
)

// Status says how a trial ended.
type Status string

// How a trial may end.
const (
	OK      Status = "ok"
	Failed  Status = "failed"  // it ended, and its outcome or its exit is wrong
	Timeout Status = "timeout" // it was killed at its timeout
	Crashed Status = "crashed" // it was ended by a signal that iosweep did not send
)

// Trial is everything measured in one trial, and why it failed if it did.
// Durations are in seconds, sizes in bytes.
type Trial struct {
	Trial int    `json:"trial"` // from 1, in the order in which they ended
	Round int    `json:"round"` // from 1 within its phase
	Phase Phase  `json:"phase"`
	Cell  int    `json:"cell"` // index into Run.Cells
	Name  string `json:"name"` // the cell's name, for who reads the file by eye
	// Attempt counts the trials of one cell in one round, from 1. The last one is
	// the one that counts; those before it failed, and were tried again.
	Attempt int `json:"attempt"`
	// Void: what made it fail is no fault of the cell's (the disk was full), so
	// the run stopped, and a resumed run does it again.
	Void bool `json:"void,omitempty"`

	Status Status `json:"status"`
	Error  string `json:"error,omitempty"`
	Stderr string `json:"stderr,omitempty"` // of a trial that failed: the last 64 KiB

	StartedAt time.Time `json:"started_at"`
	// Measurement is nil for a trial that did not get so far.
	Measurement *Measurement `json:"measurement,omitempty"`
}

// Unverified begins the error of a trial whose outcome was looked at and is not
// what the workload must give.
const Unverified = "verification: "

// Wrong says that the trial did its work, and wrongly. That a program ended with
// an error, or was killed, is not the same: it never claimed to have done it.
func (t *Trial) Wrong() bool {
	return t.Status == Failed && strings.HasPrefix(t.Error, Unverified)
}

// Measurement is what the child process of a trial measured. Pointers are nil
// where a value does not exist or could not be had, which is not zero.
type Measurement struct {
	Seconds   float64  `json:"seconds"`                   // the figure that is compared
	Startup   *float64 `json:"startup_seconds,omitempty"` // nil for a contender: its start is part of its work
	Work      float64  `json:"work_seconds"`
	FirstDone *float64 `json:"first_done_seconds,omitempty"`
	Blocked   *float64 `json:"blocked_seconds,omitempty"`

	User                *float64 `json:"user_seconds,omitempty"`
	System              *float64 `json:"system_seconds,omitempty"`
	MaxRSS              *int64   `json:"max_rss_bytes,omitempty"`
	VoluntarySwitches   *int64   `json:"voluntary_switches,omitempty"`
	InvoluntarySwitches *int64   `json:"involuntary_switches,omitempty"`

	Files        int   `json:"files"`
	Bytes        int64 `json:"bytes"`
	OutputBytes  int64 `json:"output_bytes"`
	CorruptItems *int  `json:"corrupt_items,omitempty"` // only where corruption is a result

	// Latency is the HDR histogram of nanoseconds per item, over all workers,
	// in HdrHistogram's compressed V2 form, base64; empty for a contender.
	Latency    string   `json:"latency,omitempty"`
	LatencyP50 *float64 `json:"latency_p50_seconds,omitempty"`
	LatencyP90 *float64 `json:"latency_p90_seconds,omitempty"`
	LatencyP99 *float64 `json:"latency_p99_seconds,omitempty"`
	LatencyMax *float64 `json:"latency_max_seconds,omitempty"`

	// Stored is what the kernel was made to write to storage for the trial's
	// processes, while they worked; pages that were dropped again are not counted.
	Stored *int64 `json:"stored_bytes,omitempty"`

	CachedFraction *float64 `json:"cached_fraction,omitempty"`

	// What else went on in the machine while the trial worked. The shares are parts
	// of the time that it took; Others counts processors, so it may be above 1.
	StealFraction  *float64 `json:"steal_fraction,omitempty"`
	Others         *float64 `json:"others_cpus,omitempty"`        // kept busy by processes that are not the trial's
	Throttled      *float64 `json:"throttled_fraction,omitempty"` // the control group had spent its quota
	PressureCPU    *float64 `json:"pressure_cpu,omitempty"`       // some task waited for a processor, the trial's own included
	PressureIO     *float64 `json:"pressure_io,omitempty"`
	PressureMemory *float64 `json:"pressure_memory,omitempty"`
	// Noise says which of these is more than a quiet machine has; empty if none is.
	Noise string `json:"noise,omitempty"`

	// Finding is how a contender failed where failing is what the experiment
	// expects: its verification, or by an error of its own. It did not do the
	// work, so its seconds are no better or worse than those of others.
	Finding string `json:"finding,omitempty"`
}

// Note is an event of the run that is no trial: it ended, and why.
type Note struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Text string    `json:"text"`
	// Cell is the one that it is about, an index into Run.Cells: of those that are
	// quarantined or precise.
	Cell *int `json:"cell,omitempty"`
	// RetryFailed, of a run that is resumed: every trial that had failed by then is
	// to be done again, and no cell is in quarantine.
	RetryFailed bool `json:"retry_failed,omitempty"`
	// After is how many trials stand before it in the journal that it was read from:
	// clocks jump, the order of the lines does not.
	After int `json:"-"`
}

// Kinds of notes.
const (
	NoteFinished    = "finished"    // every trial of the plan has ended
	NoteInterrupted = "interrupted" // a signal
	NoteBudget      = "budget"      // the budget is spent
	NoteFailFast    = "fail-fast"   // a trial failed and the run was to stop
	NoteWarning     = "warning"     // goes into every report
	NoteFault       = "fault"       // the machine would not let it go on: a disk full, a file system that fails
	NoteResumed     = "resumed"     // it goes on, in another process
	NoteRepeated    = "repeated"    // a trial was not recorded and is done again: it was suspended
	NoteQuarantined = "quarantined" // a cell gets no more trials
	NotePrecise     = "precise"     // a cell gets no more trials: its speed-up is known as well as was asked for
	NoteKept        = "kept"        // a directory of a failed trial was left; the text is its path
)
