package experiments

import (
	"math"
	"slices"
)

// An Axis is one factor of an experiment. Its levels are strings in a canonical
// form, so that a Cell can be compared, printed and stored without a table of
// types beside it.
type Axis int

// The axes in the order in which people see them: of the columns of every CSV.
const (
	Operation Axis = iota
	Strategy
	Workers
	Threads
	ChunkSize
	Queue
	Sink
	Level
	Layout
	Cache
	Sync
	Pool
	Workspace
	Files
	Lines
	Values
	Size
	Content
	Seed
	From
	numAxes
)

// axisInfo is what the format says of an axis.
type axisInfo struct {
	name string
	// initial is the level of an axis that a cell uses and its grid does not
	// name. Empty: the workload, the machine or the file says.
	initial string
	// plain axes say how the work is scheduled and always stand in a cell's
	// name; the others stand there when they differ from initial.
	plain bool
	// kind is what a level looks like.
	kind levelKind
	// min and max bound the levels of kinds whole, cpuCount and size.
	min, max int64
	// words are all levels of the kind word, and those that may stand in place
	// of a number for the kind whole.
	words []string
}

// levelKind is the form of an axis' levels.
type levelKind int

const (
	word     levelKind = iota // one of words
	known                     // a name of the catalogue or of a command
	whole                     // a whole number, or one of words
	cpuCount                  // a whole number, cpus or N*cpus
	size                      // a number of bytes, with or without a unit
	path                      // printable text
)

// Bounds that no sensible experiment meets. They exist so that a typing error
// is told before it fills a disk.
const (
	maxWorkers = 4096
	maxFiles   = 10_000_000
	maxLines   = 1_000_000_000
	maxRepeats = 1_000_000
)

var axes = [numAxes]axisInfo{
	Operation: {name: "operation", kind: known},
	Strategy:  {name: "strategy", plain: true, kind: known},
	Workers:   {name: "workers", plain: true, kind: cpuCount, min: 1, max: maxWorkers},
	Threads:   {name: "threads", initial: "1", plain: true, kind: cpuCount, min: 1, max: maxWorkers},
	ChunkSize: {name: "chunk_size", initial: "1", plain: true, kind: whole, min: 1, max: maxFiles, words: []string{"auto"}},
	Queue:     {name: "queue", initial: "16", plain: true, kind: whole, min: 1, max: maxFiles},
	Sink:      {name: "sink", initial: "locked", plain: true, words: []string{"locked", "collector", "parallel", "unlocked"}},
	Level:     {name: "level", initial: "6", kind: whole, min: 0, max: 9},
	Layout:    {name: "layout", initial: "shared", words: []string{"shared", "per-worker"}},
	Cache:     {name: "cache", initial: "warm", words: []string{"warm", "cold", "direct"}},
	Sync:      {name: "sync", initial: "none", words: []string{"none", "file", "end"}},
	Pool:      {name: "pool", initial: "cold", words: []string{"cold", "warm"}},
	Workspace: {name: "workspace", kind: path},
	Files:     {name: "files", kind: whole, min: 1, max: maxFiles},
	Lines:     {name: "lines", kind: whole, min: 1, max: maxLines},
	Values:    {name: "values", kind: whole, min: 1, max: maxLines},
	Size:      {name: "size", kind: size, min: 0, max: math.MaxInt64},
	Content:   {name: "content", words: []string{"rows", "random", "bytes", "tasks"}},
	Seed:      {name: "seed", kind: whole, min: math.MinInt64, max: math.MaxInt64},
	From:      {name: "from", kind: path},
}

// String is the axis as the experiment file names it.
func (a Axis) String() string { return axes[a].name }

// Initial is the level of an axis that a cell uses and its grid does not name;
// empty where the workload, the machine or the file says.
func (a Axis) Initial() string { return axes[a].initial }

// Axes lists all built-in axes in order.
func Axes() []Axis {
	list := make([]Axis, numAxes)
	for i := range list {
		list[i] = Axis(i)
	}
	return list
}

// AxisNamed finds a built-in axis.
func AxisNamed(name string) (Axis, bool) {
	i := slices.IndexFunc(axes[:], func(a axisInfo) bool { return a.name == name })
	return Axis(i), i >= 0
}

// OfWorkload says whether the axis is a key of the workload: which items there
// are, rather than what is done with them.
func (a Axis) OfWorkload() bool { return a >= Files && a <= From }

// axisNames lists the names of all built-in axes in order.
func axisNames() []string {
	names := make([]string, numAxes)
	for a := range names {
		names[a] = axes[a].name
	}
	return names
}

// axisSet is a set of built-in axes.
type axisSet uint32

func setOf(list ...Axis) axisSet {
	var s axisSet
	for _, a := range list {
		s |= 1 << a
	}
	return s
}

func (s axisSet) has(a Axis) bool { return s&(1<<a) != 0 }
