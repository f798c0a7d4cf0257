package experiments

import (
	"math"
	"slices"
)

// An Axis is one factor of an experiment. Its levels are strings, also for axes of numbers
// or sizes. Equal levels have equal strings. So the program compares, prints and stores
// levels in the same way for all axes.
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
	BlockSize
	Split
	Revision
	Python
	numAxes
)

// maxAxes limits the axes of a cell. Axes from numAxes on are custom axes of the file.
const maxAxes = numAxes + maxCustomAxes

// Levels of the axes that have a fixed set of levels. The axis sink selects how
// workers write to one shared output file.
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

	BlockAuto  = "auto"
	BlockWhole = "whole"
	SplitNone  = "none"
)

// axes describes the axes as keys. For an axis of the workload, the default belongs to its
// key in the section workload.
var axes = [numAxes]key{
	Operation: {
		name: "operation", form: form{kind: operationName},
		doc:      "The operation on each item.",
		examples: []string{`copy`},
	},
	Strategy: {
		name: "strategy", form: form{kind: strategyName},
		doc:      "How the work is scheduled: a built-in strategy, or a contender by its name under commands.",
		examples: []string{`threads`},
	},
	Workers: {
		name: "workers", form: form{kind: cpuCount, min: 1, max: maxWorkers}, defaultYAML: "cpus",
		doc:      "The number of workers that share the work.",
		examples: []string{`4`, `cpus`, `2*cpus`},
	},
	Threads: {
		name: "threads", form: form{kind: cpuCount, min: 1, max: maxWorkers}, defaultYAML: "1",
		doc:      "The number of threads of each worker.",
		examples: []string{`2`},
	},
	ChunkSize: {
		name: "chunk_size", form: form{kind: whole, min: 1, max: maxFiles, words: []string{"auto"}}, defaultYAML: "1",
		doc:      "The number of items in a task. The value auto is items / workers, rounded up.",
		examples: []string{`8`, `auto`},
	},
	Queue: {
		name: "queue", form: form{kind: whole, min: 1, max: maxFiles}, defaultYAML: "16",
		doc:      "The maximum number of items that wait between two stages. An item that is larger than a block counts as its blocks.",
		examples: []string{`64`},
	},
	Sink: {
		name: "sink", form: form{kind: word, words: []string{SinkLocked, SinkCollector, SinkParallel, SinkUnlocked}}, defaultYAML: SinkLocked,
		doc: "How the workers write items to one shared output file. Under locked and parallel each worker writes under a lock; under parallel it compresses before it takes the lock. Under collector one goroutine writes. Under unlocked there is no lock, so items may be corrupted. The page on strategies has the details.",
	},
	Level: {
		name: "level", form: form{kind: whole, min: 0, max: 9}, defaultYAML: "6",
		doc:      "The compression level. Level 0 stores without compression.",
		examples: []string{`9`},
	},
	Layout: {
		name: "layout", form: form{kind: word, words: []string{LayoutShared, LayoutPerWorker}}, defaultYAML: LayoutShared,
		doc: "Whether all workers share one directory or each worker has its own.",
	},
	Cache: {
		name: "cache", form: form{kind: word, words: []string{CacheWarm, CacheCold, CacheDirect}}, defaultYAML: CacheWarm,
		doc: "The state of the page cache. With warm, the inputs are in it before the clock starts. With cold, they are dropped from it. With direct, reads bypass it.",
	},
	Sync: {
		name: "sync", form: form{kind: word, words: []string{SyncNone, SyncFile, SyncEnd}}, defaultYAML: SyncNone,
		doc: "When data is made durable: never, after each file, or at the end.",
	},
	Pool: {
		name: "pool", form: form{kind: word, words: []string{PoolCold, PoolWarm}}, defaultYAML: PoolCold,
		doc: "Whether the measured time includes starting the workers: a cold pool starts its workers after the clock has started, a warm pool before.",
	},
	Workspace: {
		name: "workspace", form: pathForm,
		doc:      "The directory under test. It determines the file system under test.",
		examples: []string{`/mnt/disk`},
	},
	Files: {
		name: "files", form: form{kind: whole, min: 1, max: maxFiles}, defaultWords: "none; required unless from is set",
		doc:      "The number of items to generate.",
		examples: []string{`1000`},
	},
	Lines: {
		name: "lines", form: form{kind: whole, min: 1, max: maxLines}, defaultYAML: "5000",
		doc:      "The number of lines in an item.",
		examples: []string{`100`},
	},
	Values: {
		name: "values", form: form{kind: whole, min: 1, max: maxLines}, defaultYAML: "10",
		doc:      "The number of values in a line.",
		examples: []string{`10`},
	},
	Size: {
		name: "size", form: form{kind: size, min: 0, max: math.MaxInt64}, defaultYAML: "4KiB",
		doc:      "The size of an item in bytes. For the content text the default is 11 bytes, the length of its sentence.",
		examples: []string{`64KiB`},
	},
	Content: {
		name: "content", form: form{kind: word, words: []string{"rows", "random", "python-random", "bytes", "tasks", "text"}}, defaultYAML: "rows",
		doc: "The content of the items: rows of whole numbers, random decimals, the random decimals of Python's module random, incompressible bytes, lines that tasks produce after waiting, or a repeated sentence.",
	},
	Seed: {
		name: "seed", form: form{kind: whole, min: math.MinInt64, max: math.MaxInt64}, defaultYAML: "0",
		doc:      "The seed of the content. Equal workloads have equal bytes on every machine.",
		examples: []string{`7`},
	},
	From: {
		name: "from", form: pathForm, defaultWords: "none",
		doc:      "An existing tree to work on. iosweep only reads it. It cannot be combined with other keys of workload.",
		examples: []string{`./photos`},
	},
	BlockSize: {
		name: "block_size", form: form{kind: size, min: 512, max: 1 << 30, words: []string{BlockAuto, BlockWhole}}, defaultYAML: BlockAuto,
		doc:      "The number of bytes of a system call. The value auto is the whole file up to 1 MiB, and 1 MiB for a larger one. The value whole is the whole file in memory.",
		examples: []string{`64KiB`, `auto`},
	},
	Split: {
		name: "split", form: form{kind: size, min: 512, max: math.MaxInt64, words: []string{SplitNone}}, defaultYAML: SplitNone,
		doc:      "The size of the ranges into which a large file is split. Each range is an item, so several workers can do one file. It is a multiple of the block size.",
		examples: []string{`1MiB`, `none`},
	},
	Revision: {
		name: "revision", form: form{kind: revision, max: maxCustomBytes}, defaultYAML: Worktree,
		doc:      "The git revision of a command's program: a branch, a tag or a commit of its source. The level worktree stands for the files of the repository as they are.",
		examples: []string{`main`, `worktree`},
	},
	Python: {
		name: "python", form: form{kind: interpreter, max: maxCustomBytes}, defaultWords: "the first `python3` in PATH that imports the `modules` of all commands, or else the first `python3`",
		doc:      "The Python interpreter of the placeholder {python}: a program in PATH or a path. The level `found` stands for every interpreter in PATH, one of each version.",
		examples: []string{`python3.12`, `found`},
	},
}

// schedulingAxes are the axes that describe how the work is scheduled. The name of a cell
// always contains their levels. It contains the level of another axis only if that level is
// not the default.
var schedulingAxes = setOf(Strategy, Workers, Threads, ChunkSize, Queue, Sink)

// String returns the name of the axis in the experiment file.
func (a Axis) String() string { return axes[a].name }

// Default returns the level of the axis in a cell that uses the axis, if the grid does not
// name it. It returns "" for a custom axis, and if the level depends on the workload, the
// machine or the file.
func (a Axis) Default() string {
	if a == Workers || a.OfWorkload() || a >= numAxes {
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
