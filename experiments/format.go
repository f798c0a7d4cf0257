package experiments

// Bounds that no sensible experiment meets. They exist so that a typing error
// is told before it fills a disk, and a hostile file before it fills memory.
const (
	maxTitle    = 1000
	maxPath     = 4096
	maxWorkers  = 4096
	maxFiles    = 10_000_000
	maxLines    = 1_000_000_000
	maxRepeats  = 1_000_000
	maxRetries  = 100
	maxBlocks   = 10_000
	maxWheres   = 500 // filters that every cell is held against
	maxCommands = 500
	maxProfiles = 100
	maxCPUs     = 1 << 20
	maxRows     = 100 // of a published table
	maxRuns     = 1000
)

// fileKeys are the keys of the experiment file, in the order of messages and of the
// reference. The list holds all of them, each with its form, its initial value and
// what it means.
var fileKeys = []key{
	{
		name: "name", required: true, form: form{kind: prose, names: experimentName},
		doc: "The name of the experiment, and of its results directory: 1 to 63 of a-z, 0-9 and -, not beginning with -.",
	},
	{
		name: "title", form: aLine, without: "none",
		doc: "The heading of the report: one line of at most 1,000 bytes.",
	},
	{
		name: "description", form: form{kind: prose}, without: "none",
		doc: "What stands below the title in the report. It is shown as it is: Markdown and HTML in it are text.",
	},
	{
		name: "workload", form: form{kind: mapping, keys: workloadKeys}, initial: "{}",
		doc: "The items that operations work on: files to make, or an existing tree.",
	},
	{
		name: "grid", required: true, form: form{kind: oneOrList, of: &form{kind: mapping, keys: gridKeys, of: &inventedLevels}, min: 1, max: maxBlocks},
		doc: "The cells to measure. Every combination of the levels in a mapping is a cell.",
	},
	{
		name: "exclude", form: form{kind: list, of: &aFilter, max: maxWheres}, initial: "[]",
		doc: "Filters for the cells to leave out of the grid.",
	},
	{
		name: "trials", form: form{kind: mapping, keys: trialsKeys}, initial: "{}",
		doc: "How often, and in which order, the cells are measured.",
	},
	{
		name: "budget", form: form{kind: duration}, without: "none",
		doc: "The time that one run or resume may take. A trial that would not fit is not started, what is left goes to shorter ones, and a trial that still runs in the end is abandoned.",
	},
	{
		name: "workspace", form: aPath, initial: ".",
		doc: "The directory, and so the file system, under test. Trials happen in a new directory below it.",
	},
	{
		name: "baseline", form: aFilter, initial: "{strategy: sequential}",
		doc: "A filter for the cells that speed-ups are against.",
	},
	{
		name: "commands", form: form{kind: mapping, names: commandName, of: &form{kind: mapping, keys: commandKeys}, max: maxCommands}, initial: "{}",
		doc: "Contenders: other programs that do the same operation and are verified in the same way. Their names stand beside the strategies in the grid.",
	},
	{
		name: "published", form: form{kind: mapping, keys: publishedKeys}, without: "none",
		doc: "A table from elsewhere that the experiment is to reproduce.",
	},
	{
		name: "profiles", form: form{kind: mapping, names: profileName, of: &form{kind: mapping}, max: maxProfiles}, initial: "{}",
		doc: "What --profile NAME lays over the file: the same experiment at another size.",
	},
	{
		name: "reports", form: form{kind: mapping, keys: reportsKeys}, initial: "{}",
		doc: "What the reports show.",
	},
}

// Forms that several keys have.
var (
	aLine     = form{kind: line, max: maxTitle}
	aPath     = form{kind: path, max: maxPath}
	aFilter   = form{kind: filter}
	aNumber   = form{kind: printed}
	someTexts = form{kind: list, of: &form{kind: scalar}, min: 1}
	// inventedLevels are those of an axis that the file invented for its commands.
	inventedLevels = form{kind: levelList, of: &form{}, min: 1}
)

var trialsKeys = []key{
	{
		name: "repeats", form: form{kind: whole, min: 1, max: maxRepeats, or: &form{kind: mapping, keys: adaptiveKeys}}, initial: "5",
		doc: "How many trials of each cell are measured: a number, or {min, max, ci} to measure until the speed-up is certain enough.",
	},
	{
		name: "warmup", form: form{kind: whole, min: 0, max: maxRepeats}, initial: "1",
		doc: "How many trials of each cell come before the measured ones and count for nothing.",
	},
	{
		name: "order", bare: true, form: form{kind: word, words: []string{string(Shuffled), string(Listed)}}, initial: "shuffled",
		doc: "The order of the cells within a round: in a seeded shuffle, or as the file lists them.",
	},
	{
		name: "seed", form: form{kind: whole}, initial: "1",
		doc: "The seed of the shuffle.",
	},
	{
		name: "timeout", form: form{kind: duration}, initial: "10m",
		doc: "The time that one trial may take, the setting of its cache and its verification included. Making its inputs may take as long again.",
	},
	{
		name: "retries", form: form{kind: whole, min: 0, max: maxRetries}, initial: "0",
		doc: "How often a trial that failed is tried again, at once.",
	},
	{
		name: "quarantine", form: form{kind: whole, min: 1, max: maxRepeats, words: []string{never}}, initial: "3",
		doc: "After how many failed trials in a row, each with its retries, a cell gets no more. With retries the default is 1.",
	},
}

// leastMin is how many trials the narrowest of all intervals takes.
const leastMin = 2

var adaptiveKeys = []key{
	{
		name: "min", required: true, form: form{kind: whole, min: leastMin, max: maxRepeats},
		doc: "How many trials a cell has at least.",
	},
	{
		name: "max", required: true, form: form{kind: whole, min: leastMin, max: maxRepeats},
		doc: "How many trials a cell has at most.",
	},
	{
		name: "ci", required: true, form: form{kind: percent},
		doc: "The width of the 95% interval of the speed-up, from end to end and as a part of the speed-up, at which a cell has been measured often enough: above 0% and up to 100%.",
	},
}

var reportsKeys = []key{
	{
		name: "x", form: form{kind: axisName, words: axisNames()}, initial: "workers",
		doc: "The axis at the bottom of speed-up plots.",
	},
	{
		name: "plots", form: form{kind: list, of: &form{kind: word, words: []string{"speedup", "time", "heatmap", "trials"}}}, initial: "[speedup, time, heatmap]",
		doc: "Which pictures are drawn. A heatmap is drawn where cells differ in workers and in chunk_size.",
	},
}

var commandKeys = []key{
	{
		name: "operation", bare: true, required: true, form: form{kind: operationName},
		doc: "What the program does. With another operation it makes no cell.",
	},
	{
		name: "run", required: true, form: someTexts,
		doc: "The program and its arguments, with placeholders such as {input}, {output} and {workers}. No shell ever sees them.",
	},
	{
		name: "env", form: form{kind: mapping, of: &form{kind: scalar}, reserved: []string{RunVariable}}, initial: "{}",
		doc: "Environment variables beside the environment of iosweep, with placeholders. IOSWEEP_RUN is refused: it marks the processes of a run, so that what a trial leaves behind is found and ended.",
	},
	{
		name: "requires", form: someTexts, without: "none",
		doc: "The programs that must be installed. If one is not, the cells of the command are skipped, with the reason.",
	},
	{
		name: "optional", bare: true, form: form{kind: boolean}, initial: "false",
		doc: "Whether the run lacks nothing if a required program is not installed. Its cells are skipped then, and the exit code stays 0.",
	},
	{
		name: "expect", bare: true, form: form{kind: word, words: []string{"failure"}, or: &form{kind: mapping, keys: expectKeys}}, without: "success",
		doc: "How a trial is to end: with failure, its verification is to fail; with {error: TEXT}, the program is to. If it does not end so, the trial has failed.",
	},
}

var expectKeys = []key{{
	name: "error", required: true, form: form{kind: scalar, max: maxTitle},
	doc: "The text that the program is to write to its standard error when it fails.",
}}

var publishedKeys = []key{
	{
		name: "source", form: aLine, without: "none",
		doc: "Where the table was printed.",
	},
	{
		name: "machine", form: form{kind: mapping, keys: []key{
			{
				name: "cpus", form: form{kind: whole, min: 1, max: maxCPUs}, without: "unknown",
				doc: "How many CPUs it had.",
			},
			{
				name: "os", form: aLine, without: "unknown",
				doc: "Its operating system.",
			},
		}}, initial: "{}",
		doc: "The machine that the figures were measured on.",
	},
	{
		name: "measure", form: form{kind: word, words: measures}, initial: measures[0],
		doc: "What the figures are: the seconds until all was done, or those until the caller could go on.",
	},
	{
		name: "baseline", form: aLine, without: "none; needed if rows are compared",
		doc: "The method of the row that the printed speed-ups are against.",
	},
	{
		name: "tolerance", form: form{kind: percent}, initial: "5%",
		doc: "How far from 1 a speed-up still counts as no difference: below 50%.",
	},
	{
		name: "rows", required: true, form: form{kind: list, of: &form{kind: mapping, keys: rowKeys}, min: 1, max: maxRows},
		doc: "The rows of the table.",
	},
}

var rowKeys = []key{
	{
		name: "method", bare: true, required: true, form: aLine,
		doc: "The method as it was printed. Each stands there once.",
	},
	{
		name: "seconds", bare: true, form: form{kind: oneOrList, of: &aNumber, min: 1, max: maxRuns}, without: "none",
		doc: "The seconds of the runs, as they were printed.",
	},
	{
		name: "mean", bare: true, form: aNumber, without: "none",
		doc: "The mean of the runs in seconds, as it was printed. It is checked against the runs.",
	},
	{
		name: "speedup", bare: true, form: form{kind: oneOrList, of: &aNumber, min: 1, max: 2}, without: "none",
		doc: "The speed-up as it was printed, or the two ends of a range. It is checked against the seconds.",
	},
	{
		name: "claim", bare: true, form: form{kind: word, words: Claims}, without: "what the figures say",
		doc: "What the row says: needed where its figures leave it open, and never other than they say. The claims intact and corrupt are about the items that come out; corrupt takes the sink unlocked.",
	},
	{
		name: "when_faster", bare: true, form: aLine, without: "none",
		doc: "What follows if a strategy of iosweep's own is faster than the row claims. The report says it then, and only then.",
	},
	{
		name: "cells", bare: true, required: true, form: form{kind: oneOrList, of: &aFilter, min: 1},
		doc: "Filters for the cells that do what the row says.",
	},
}

// workloadKeys are the axes of the workload, which the file gives a level once for
// all cells.
var workloadKeys = []key{axes[Files], axes[Content], axes[Lines], axes[Values], axes[Size], axes[Seed], axes[From]}

// gridKeys are the axes with their levels, as a block of the grid has them.
var gridKeys = func() []key {
	keys := make([]key, numAxes)
	for a := range numAxes {
		k := axes[a]
		k.form = form{kind: levelList, of: &axes[a].form, min: 1}
		k.required = a == Operation || a == Strategy
		switch {
		case a.OfWorkload():
			k.initial, k.without = "", "the level in workload"
		case a == Workspace:
			k.initial, k.without = "", "the workspace of the file"
		}
		keys[a] = k
	}
	return keys
}()

// rangeKeys are those of a range of levels.
func rangeKeys(level form) []key {
	return []key{
		{
			name: "from", required: true, form: level,
			doc: "The first level.",
		},
		{
			name: "to", required: true, form: level,
			doc: "The level that no other is above.",
		},
		{
			name: "step", form: level, without: "none",
			doc: "What is added to a level to get the next one. A range has either step or times.",
		},
		{
			name: "times", form: form{kind: whole}, without: "none",
			doc: "What a level is multiplied by to get the next one. A range has either step or times.",
		},
	}
}
