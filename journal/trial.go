package journal

import (
	"strings"
	"time"
)

// Phase is the phase of a trial: only measured trials count in estimates.
type Phase string

// The phases of a trial.
const (
	Warmup   Phase = "warmup"
	Measured Phase = "measured"
)

// Status is the way in which a trial ended.
type Status string

// The statuses of a trial.
const (
	OK      Status = "ok"      // it ended as the experiment expects; see Outcome
	Failed  Status = "failed"  // it ended with a wrong outcome or a bad exit status
	Timeout Status = "timeout" // it was killed at its timeout
	Crashed Status = "crashed" // a signal that iosweep did not send ended it
)

// XFail is the outcome of a trial that failed as the experiment expects. No journal
// contains it as a status: such a trial is OK and has a Finding, also in journals of earlier
// formats. The name is the one that pytest uses.
const XFail Status = "xfail"

// Trial contains all measurements of one trial, and its error if it failed. Durations are
// in seconds, sizes in bytes.
type Trial struct {
	Trial int    `json:"trial"` // from 1, in the order in which trials ended
	Round int    `json:"round"` // from 1 within its phase
	Phase Phase  `json:"phase"`
	Cell  int    `json:"cell"` // index into Run.Cells
	Name  string `json:"name"` // the name of the cell, for people who read the file
	// Attempt numbers the trials of one cell in one round, from 1. Only the last attempt
	// counts; those before it failed and were repeated.
	Attempt int `json:"attempt"`
	// Void is set if the failure is not the fault of the cell (for example, the disk was
	// full). The run stops then, and a resumed run repeats the trial.
	Void bool `json:"void,omitempty"`

	Status Status `json:"status"`
	Error  string `json:"error,omitempty"`
	Stderr string `json:"stderr,omitempty"` // of a failed trial: the last 64 KiB

	StartedAt time.Time `json:"started_at"`
	// Node is the name of the node of a merged run, in Run.Nodes. It is empty for a run of one machine.
	Node string `json:"node,omitempty"`
	// Measurement is nil if the trial ended before it was measured.
	Measurement *Measurement `json:"measurement,omitempty"`
}

// Outcome returns the status of the trial, or XFail. A reader of the times
// needs the outcome: a trial that failed as expected has not done its work. The Status decides
// if the trial counts against its cell.
func (t *Trial) Outcome() Status {
	if t.Status == OK && t.Measurement != nil && t.Measurement.Finding != "" {
		return XFail
	}
	return t.Status
}

// Why returns the reason for an outcome other than OK: the error or, for an expected failure, the
// finding. It is "" for OK.
func (t *Trial) Why() string {
	if t.Outcome() == XFail {
		return t.Measurement.Finding
	}
	return t.Error
}

// Unverified is the prefix of the error of a trial whose outcome failed verification.
const Unverified = "verification: "

// FailedVerification reports whether the trial completed its work with a wrong outcome. A
// program that ended with an error, or that was killed, is a different case: it did not
// claim to have completed the work.
func (t *Trial) FailedVerification() bool {
	return t.Status == Failed && strings.HasPrefix(t.Error, Unverified)
}

// The ends of the errors of a trial whose program succeeded, although the experiment expects
// it to fail.
const (
	PassedVerification = " was expected to fail verification, but passed"
	ExitedWithoutError = ", but did not: exit status 0"
)

// SucceededUnexpectedly reports whether the trial failed because its program succeeded,
// although the experiment expects it to fail.
func (t *Trial) SucceededUnexpectedly() bool {
	return t.Status == Failed && (t.FailedVerification() && strings.HasSuffix(t.Error, PassedVerification) || strings.Contains(t.Error, ExitedWithoutError))
}

// Measurement contains the measurements of the child process of a trial. A nil pointer
// means that a value does not exist or is unavailable, which differs from zero.
type Measurement struct {
	Seconds   float64  `json:"seconds"`                   // the value that cells are compared by
	Startup   *float64 `json:"startup_seconds,omitempty"` // nil for a contender, whose start is part of its work
	Work      float64  `json:"work_seconds"`
	FirstDone *float64 `json:"first_done_seconds,omitempty"`
	Blocked   *float64 `json:"blocked_seconds,omitempty"`

	User   *float64 `json:"user_seconds,omitempty"`
	System *float64 `json:"system_seconds,omitempty"`
	// MaxRSS is the peak memory of the largest process. SumRSS is the highest sum over all
	// processes of the trial at one time. It is sampled, so a short peak may be missed.
	MaxRSS              *int64 `json:"max_rss_bytes,omitempty"`
	SumRSS              *int64 `json:"sum_rss_bytes,omitempty"`
	VoluntarySwitches   *int64 `json:"voluntary_switches,omitempty"`
	InvoluntarySwitches *int64 `json:"involuntary_switches,omitempty"`

	Files        int   `json:"files"`
	Bytes        int64 `json:"bytes"`
	OutputBytes  int64 `json:"output_bytes"`
	CorruptItems *int  `json:"corrupt_items,omitempty"` // only where corruption is a measured result

	// Latency is the HDR histogram of nanoseconds per item, over all workers, in
	// HdrHistogram's compressed V2 form, base64. It is empty for a contender.
	Latency    string   `json:"latency,omitempty"`
	LatencyP50 *float64 `json:"latency_p50_seconds,omitempty"`
	LatencyP90 *float64 `json:"latency_p90_seconds,omitempty"`
	LatencyP99 *float64 `json:"latency_p99_seconds,omitempty"`
	LatencyMax *float64 `json:"latency_max_seconds,omitempty"`

	// Stored is the number of bytes that the kernel wrote to storage for the processes of
	// the trial while they worked. Pages that were dropped before the write are not
	// counted.
	Stored *int64 `json:"stored_bytes,omitempty"`

	// The following fields describe what may limit the trial, over Observed. It is the time in which
	// cpu time and the counters of the machine are read: the startup and the work, and the end of the
	// processes. CPUs is the number of cpus that the trial could use. Fractions are parts of Observed.
	Observed       *float64 `json:"observed_seconds,omitempty"`
	CPUs           *float64 `json:"usable_cpus,omitempty"`
	CPUUtilization *float64 `json:"cpu_utilization,omitempty"` // cpu time / (Observed * CPUs)
	// The device below the workspace had a request for this part of the time. It is used by all programs.
	DeviceBusy    *float64 `json:"device_busy_fraction,omitempty"`
	DeviceRead    *int64   `json:"device_read_bytes,omitempty"`
	DeviceWritten *int64   `json:"device_write_bytes,omitempty"`
	// RunDelay is how long threads were runnable and waited for a cpu, summed over the threads. It is
	// nil for a contender.
	RunDelay *float64 `json:"run_delay_seconds,omitempty"`

	CachedFraction *float64 `json:"cached_fraction,omitempty"`

	// The following fields describe other activity on the machine while the trial worked.
	// Fractions are parts of the trial's time. Others is a number of processors, so it
	// may exceed 1.
	StealFraction  *float64 `json:"steal_fraction,omitempty"`
	Others         *float64 `json:"others_cpus,omitempty"`        // kept busy by processes outside the trial
	Throttled      *float64 `json:"throttled_fraction,omitempty"` // the control group had used up its quota
	PressureCPU    *float64 `json:"pressure_cpu,omitempty"`       // some task waited for a processor, including tasks of the trial
	PressureIO     *float64 `json:"pressure_io,omitempty"`
	PressureMemory *float64 `json:"pressure_memory,omitempty"`
	// Noise names the values above the limits of a quiet machine; empty if there are none.
	Noise string `json:"noise,omitempty"`

	// Metrics are the figures that a contender has printed, by name.
	Metrics map[string]float64 `json:"metrics,omitempty"`

	// Finding describes the failure that the experiment expects of a contender: a failed
	// verification, or an error of the program itself. Such a contender did not do the
	// work, so its time is not comparable.
	Finding string `json:"finding,omitempty"`
}

// Note is an event of the run other than a trial, such as its end.
type Note struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	Text string    `json:"text"`
	// Cell is an index in Run.Cells. A NoteQuarantined, a NotePrecise or a NoteReference is about
	// this cell. Cell is nil for other kinds of notes.
	Cell *int `json:"cell,omitempty"`
	// RetryFailed belongs to a resumed run: every trial that had failed by then is
	// repeated, and no cell stays in quarantine.
	RetryFailed bool `json:"retry_failed,omitempty"`
	// Reference contains the SHA-256 of each part of the outcome of a baseline, in hexadecimal, for
	// a NoteReference. Cell is that baseline.
	Reference map[string]string `json:"reference,omitempty"`
	// Interpreter is what a NoteInterpreter describes.
	Interpreter *Interpreter `json:"interpreter,omitempty"`
	// Build is what a NoteBuilt describes.
	Build *Build `json:"build,omitempty"`
	// After is the number of trials before the note in the journal. It gives the place of
	// the note among the trials. The times of notes and trials do not, because clocks jump.
	After int `json:"-"`
}

// Kinds of notes.
const (
	NoteFinished    = "finished"    // every trial of the plan has ended
	NoteInterrupted = "interrupted" // a signal
	NoteBudget      = "budget"      // the time budget is used up
	NoteFailFast    = "fail-fast"   // a trial failed, and fail-fast stops the run
	NoteWarning     = "warning"     // shown in every report
	NoteFault       = "fault"       // the machine failed: for example, a full disk or a failing file system
	NoteResumed     = "resumed"     // another process continues the run
	NoteRepeated    = "repeated"    // a trial was suspended; it is not recorded and is repeated
	NoteQuarantined = "quarantined" // a cell gets no more trials
	NotePrecise     = "precise"     // a cell gets no more trials: its speed-up is as precise as requested
	NoteRace        = "race"        // cells of a table get no more trials, or its race has ended
	NoteKept        = "kept"        // the directory of a failed trial was kept; the text is its path
	NoteBuilt       = "built"       // a session has built a source
	NoteReference   = "reference"   // the outcome of a baseline that trials are compared with
	NoteInterpreter = "interpreter" // a session runs contenders in a Python interpreter
)
