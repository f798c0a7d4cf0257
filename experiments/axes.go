package experiments

import (
	"math"
	"slices"
)

// An Axis is one factor of an experiment. Its levels are strings in a canonical form, so a
// Cell can be compared, printed and stored without a table of types.
type Axis int

// The axes in display order, which is also the order of the columns of every CSV file.
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

// maxAxes limits the axes of a cell. Axes from numAxes on are custom axes of the file.
const maxAxes = numAxes + maxCustomAxes

// Levels of the axes with a fixed set.
const (
	SinkLocked    = "locked"
	SinkCollector = "collector"
	SinkParallel  = "parallel"
	SinkUnlocked  = "unlocked"

	LayoutShared    = "shared"
	LayoutPerWorker = "per-worker"

	CacheWarm   = "warm"
	CacheCold   = "cold"
	CacheDirect = "direct"

	SyncNone = "none"
	SyncFile = "file"
	SyncEnd  = "end"

	PoolCold = "cold"
	PoolWarm = "warm"
)

// axes describes the axes as keys. The default of an axis of the workload is the default of
// the key in the workload.
var axes = [numAxes]key{
	Operation: {
		name: "operation", form: form{kind: operationName},
		doc: "What is done with each item.",
	},
	Strategy: {
		name: "strategy", form: form{kind: strategyName},
		doc: "How the work is scheduled: a strategy of iosweep's own, or the name of a command.",
	},
	Workers: {
		name: "workers", form: form{kind: cpuCount, min: 1, max: maxWorkers}, defaultYAML: "cpus",
		doc: "How many workers share the work.",
	},
	Threads: {
		name: "threads", form: form{kind: cpuCount, min: 1, max: maxWorkers}, defaultYAML: "1",
		doc: "How many threads each worker has.",
	},
	ChunkSize: {
		name: "chunk_size", form: form{kind: whole, min: 1, max: maxFiles, words: []string{"auto"}}, defaultYAML: "1",
		doc: "How many items a task has. With auto it is items / workers, rounded up.",
	},
	Queue: {
		name: "queue", form: form{kind: whole, min: 1, max: maxFiles}, defaultYAML: "16",
		doc: "How many items may wait between two stages.",
	},
	Sink: {
		name: "sink", form: form{kind: word, words: []string{SinkLocked, SinkCollector, SinkParallel, SinkUnlocked}}, defaultYAML: SinkLocked,
		doc: "How items reach the one file that all workers write to: one after the other under a lock, through a collector, in parallel, or without a lock, which may corrupt them.",
	},
	Level: {
		name: "level", form: form{kind: whole, min: 0, max: 9}, defaultYAML: "6",
		doc: "How hard to compress. Level 0 stores.",
	},
	Layout: {
		name: "layout", form: form{kind: word, words: []string{LayoutShared, LayoutPerWorker}}, defaultYAML: LayoutShared,
		doc: "Whether all workers share one directory, or each has its own.",
	},
	Cache: {
		name: "cache", form: form{kind: word, words: []string{CacheWarm, CacheCold, CacheDirect}}, defaultYAML: CacheWarm,
		doc: "The state of the inputs before the clock starts: in the page cache, dropped from it, or read around it.",
	},
	Sync: {
		name: "sync", form: form{kind: word, words: []string{SyncNone, SyncFile, SyncEnd}}, defaultYAML: SyncNone,
		doc: "When data is made durable: not at all, after each file, or at the end.",
	},
	Pool: {
		name: "pool", form: form{kind: word, words: []string{PoolCold, PoolWarm}}, defaultYAML: PoolCold,
		doc: "Whether starting the workers is timed: a cold pool starts within the time, a warm one before it.",
	},
	Workspace: {
		name: "workspace", form: pathForm,
		doc: "The directory, and so the file system, under test.",
	},
	Files: {
		name: "files", form: form{kind: whole, min: 1, max: maxFiles}, defaultWords: "none; needed without from",
		doc: "How many items to make.",
	},
	Lines: {
		name: "lines", form: form{kind: whole, min: 1, max: maxLines}, defaultYAML: "5000",
		doc: "How many lines an item has.",
	},
	Values: {
		name: "values", form: form{kind: whole, min: 1, max: maxLines}, defaultYAML: "10",
		doc: "How many values a line has.",
	},
	Size: {
		name: "size", form: form{kind: size, min: 0, max: math.MaxInt64}, defaultYAML: "4KiB",
		doc: "How many bytes an item has.",
	},
	Content: {
		name: "content", form: form{kind: word, words: []string{"rows", "random", "bytes", "tasks"}}, defaultYAML: "rows",
		doc: "What is in the items: rows of whole numbers, random decimals, bytes that do not compress, or the results of tasks that wait.",
	},
	Seed: {
		name: "seed", form: form{kind: whole, min: math.MinInt64, max: math.MaxInt64}, defaultYAML: "0",
		doc: "What the content is made from. Equal workloads have equal bytes on every machine.",
	},
	From: {
		name: "from", form: pathForm, defaultWords: "none",
		doc: "An existing tree to work on, which is only ever read. Nothing else may stand beside it in workload.",
	},
}

// schedulingAxes are the axes that describe how the work is scheduled. The name of a cell
// always contains them. It contains the other axes if they differ from Default.
var schedulingAxes = setOf(Strategy, Workers, Threads, ChunkSize, Queue, Sink)

// String returns the name of the axis in the experiment file.
func (a Axis) String() string { return axes[a].name }

// Default returns the level of an axis that a cell uses and its grid does not name. It returns
// "" if the level depends on the workload, the machine or the file.
func (a Axis) Default() string {
	if a == Workers || a.OfWorkload() {
		return ""
	}
	return axes[a].defaultYAML
}

// Axes returns all built-in axes in order.
func Axes() []Axis {
	list := make([]Axis, numAxes)
	for i := range list {
		list[i] = Axis(i)
	}
	return list
}

// AxisNamed returns the built-in axis with the given name.
func AxisNamed(name string) (Axis, bool) {
	i := slices.IndexFunc(axes[:], func(k key) bool { return k.name == name })
	return Axis(i), i >= 0
}

// OfWorkload reports whether the axis is a key of the workload: it describes the items and not
// their processing.
func (a Axis) OfWorkload() bool { return a >= Files && a <= From }

// axisNames returns the names of all built-in axes in order.
func axisNames() []string { return keyNames(axes[:]) }

// axisSet is a set of axes.
type axisSet uint64

func setOf(list ...Axis) axisSet {
	var s axisSet
	for _, a := range list {
		s |= 1 << a
	}
	return s
}

func (s axisSet) has(a Axis) bool { return s&(1<<a) != 0 }
