// Package experiments is the experiment file: its format, its checks, its grid.
//
// The way of a file through this package:
//
//  1. Parse reads one YAML document as nodes and lays overrides over them.
//  2. The decoder walks the nodes, knows every key, and collects problems with
//     their line and column instead of stopping at the first.
//  3. The grid is counted, then expanded: axes that a cell does not use are
//     dropped, equal cells are merged, excluded ones are left out.
//  4. Every cell finds its baseline.
//
// What comes out is either an Experiment without any problem or all problems.
package experiments

import "time"

// Experiment is a checked experiment file on a machine with so many cpus.
type Experiment struct {
	Name        string
	Title       string
	Description string

	Workload  Workload
	Trials    Trials
	Budget    time.Duration // 0: none
	Workspace string        // the directory under test, as the file says it

	// Cells is the grid, expanded, in the order of the file.
	Cells []Cell
	// Baseline holds for each cell the index of the cell that its speed-up is
	// against. A baseline is its own.
	Baseline []int

	Commands []Command
	Reports  Reports
	// Published is the table that the experiment is to reproduce; nil: none.
	Published *Published

	Profile  string   // that was laid over the file; empty: none
	Profiles []string // that the file has

	// Warnings are what is odd and yet no reason to refuse.
	Warnings []Problem

	base         [numAxes]text // the levels of cells that name none
	positions    map[string]Position
	fromOverride map[string]bool
}

// Trials says how often and in which order cells are run.
type Trials struct {
	// Repeats is how often each cell is measured; at most, where that adapts.
	Repeats int
	// Adaptive: a cell is measured until its speed-up is certain enough; nil if all
	// are measured equally often.
	Adaptive *Adaptive
	Warmup   int
	Order    Order
	Seed     int64         // of the shuffle
	Timeout  time.Duration // of one trial
	// Retries is how often a trial that failed is tried again, at once.
	Retries int
	// Quarantine is after how many trials in a row that failed, with all their
	// retries, a cell is left alone; 0: never.
	Quarantine int
}

// Order is the order of the cells within a round. Every round runs each cell once.
type Order string

// The orders.
const (
	Shuffled Order = "shuffled" // in a seeded shuffle
	Listed   Order = "listed"   // as the file lists them
)

// Adaptive says when a cell has been measured often enough.
type Adaptive struct {
	Min int // trials before which no cell stops
	// Width is that of the interval of the speed-up, from end to end, as a part of
	// the speed-up: 0.02 is from 1.98 to 2.02.
	Width float64
}

// Reports says what is drawn.
type Reports struct {
	X     Axis
	Plots []string // speedup, time, heatmap, trials
}

// At is where a key of the file stands, as in "workload.from"; the zero
// Position if the file does not have it.
func (e *Experiment) At(path string) Position { return e.positions[path] }

// Command finds the contender that is a cell's strategy.
func (e *Experiment) Command(c Cell) (Command, bool) {
	for _, cmd := range e.Commands {
		if cmd.Name == c.Level(Strategy) {
			return cmd, true
		}
	}
	return Command{}, false
}
