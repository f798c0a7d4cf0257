package journal

import "time"

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
