package journal

import (
	"strings"
	"time"
)

// Phase reports whether the figures of a trial count.
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

// FailedVerification says that the trial did its work, and wrongly. That a program ended with
// an error, or was killed, is not the same: it never claimed to have done it.
func (t *Trial) FailedVerification() bool {
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
