package experiments

// Limits that no sensible experiment reaches. They report a typing error before it fills a
// disk, and stop a hostile file before it fills memory.
const (
	maxTitle    = 1000
	maxPath     = 4096
	maxWorkers  = 4096
	maxFiles    = 10_000_000
	maxLines    = 1_000_000_000
	maxRepeats  = 1_000_000
	maxRetries  = 100
	maxBlocks   = 10_000
	maxFilters  = 500 // filters that every cell is checked against
	maxCommands = 500
	maxProfiles = 100
	maxCPUs     = 1 << 20
	maxRows     = 100 // in a published table
	maxRuns     = 1000
)

// fileKeys are all keys of the experiment file, in the order of messages and of the reference.
// Each has its form, its default and its description.
var fileKeys = []key{
	{
		name: "name", required: true, form: form{kind: prose, names: experimentName},
		doc: "The name of the experiment, and of its results directory: 1 to 63 of a-z, 0-9 and -, not beginning with -.",
	},
	{
		name: "title", form: lineForm, defaultWords: "none",
		doc: "The heading of the report: one line of at most 1,000 bytes.",
	},
	{
		name: "description", form: form{kind: prose}, defaultWords: "none",
		doc: "What stands below the title in the report. It is shown as it is: Markdown and HTML in it are text.",
	},
	{
		name: "workload", form: form{kind: mapping, keys: workloadKeys}, defaultYAML: "{}",
		doc: "The items that operations work on: files to make, or an existing tree.",
	},
	{
		name: "grid", required: true, form: form{kind: oneOrList, of: &form{kind: mapping, keys: gridKeys, of: &customLevels}, min: 1, max: maxBlocks},
		doc: "The cells to measure. Every combination of the levels in a mapping is a cell.",
	},
	{
		name: "exclude", form: form{kind: list, of: &filterForm, max: maxFilters}, defaultYAML: "[]",
		doc: "Filters for the cells to leave out of the grid.",
	},
	{
		name: "trials", form: form{kind: mapping, keys: trialsKeys}, defaultYAML: "{}",
		doc: "How often, and in which order, the cells are measured.",
	},
	{
		name: "budget", form: form{kind: duration}, defaultWords: "none",
		doc: "The time that one run or resume may take. A trial that would not fit is not started, what is left goes to shorter ones, and a trial that still runs in the end is abandoned.",
	},
	{
		name: "workspace", form: pathForm, defaultYAML: ".",
		doc: "The directory, and so the file system, under test. Trials happen in a new directory below it.",
	},
	{
		name: "baseline", form: filterForm, defaultYAML: "{strategy: sequential}",
		doc: "A filter for the cells that speed-ups are against.",
	},
	{
		name: "commands", form: form{kind: mapping, names: commandName, of: &form{kind: mapping, keys: commandKeys}, max: maxCommands}, defaultYAML: "{}",
		doc: "Contenders: other programs that do the same operation and are verified in the same way. Their names stand beside the strategies in the grid.",
	},
	{
		name: "published", form: form{kind: mapping, keys: publishedKeys}, defaultWords: "none",
		doc: "A table from elsewhere that the experiment is to reproduce.",
	},
	{
		name: "profiles", form: form{kind: mapping, names: profileName, of: &form{kind: mapping}, max: maxProfiles}, defaultYAML: "{}",
		doc: "What --profile NAME lays over the file: the same experiment at another size.",
	},
	{
		name: "reports", form: form{kind: mapping, keys: reportsKeys}, defaultYAML: "{}",
		doc: "What the reports show.",
	},
}

// Forms that several keys share.
var (
	lineForm      = form{kind: line, max: maxTitle}
	pathForm      = form{kind: path, max: maxPath}
	filterForm    = form{kind: filter}
	printedNumber = form{kind: printed}
	textList      = form{kind: list, of: &form{kind: scalar}, min: 1}
	// customLevels is the form of the levels of a custom axis.
	customLevels = form{kind: levelList, of: &form{}, min: 1}
)

var trialsKeys = []key{
	{
		name: "repeats", form: form{kind: whole, min: 1, max: maxRepeats, or: &form{kind: mapping, keys: adaptiveKeys}}, defaultYAML: "5",
		doc: "How many trials of each cell are measured: a number, or {min, max, ci} to measure until the speed-up is certain enough.",
	},
	{
		name: "warmup", form: form{kind: whole, min: 0, max: maxRepeats}, defaultYAML: "1",
		doc: "How many trials of each cell come before the measured ones and count for nothing.",
	},
	{
		name: "order", shortLabel: true, form: form{kind: word, words: []string{string(Shuffled), string(Listed)}}, defaultYAML: "shuffled",
		doc: "The order of the cells within a round: in a seeded shuffle, or as the file lists them.",
	},
	{
		name: "seed", form: form{kind: whole}, defaultYAML: "1",
		doc: "The seed of the shuffle.",
	},
	{
		name: "timeout", form: form{kind: duration}, defaultYAML: "10m",
		doc: "The time that one trial may take, the setting of its cache and its verification included. Making its inputs may take as long again.",
	},
	{
		name: "retries", form: form{kind: whole, min: 0, max: maxRetries}, defaultYAML: "0",
		doc: "How often a trial that failed is tried again, at once.",
	},
	{
		name: "quarantine", form: form{kind: whole, min: 1, max: maxRepeats, words: []string{never}}, defaultYAML: "3",
		doc: "After how many failed trials in a row, each with its retries, a cell gets no more. With retries the default is 1.",
	},
}

// minAdaptive is the number of trials that the narrowest interval needs.
const minAdaptive = 2

var adaptiveKeys = []key{
	{
		name: "min", required: true, form: form{kind: whole, min: minAdaptive, max: maxRepeats},
		doc: "How many trials a cell has at least.",
	},
	{
		name: "max", required: true, form: form{kind: whole, min: minAdaptive, max: maxRepeats},
		doc: "How many trials a cell has at most.",
	},
	{
		name: "ci", required: true, form: form{kind: percent},
		doc: "The width of the 95% interval of the speed-up, from end to end and as a part of the speed-up, at which a cell has been measured often enough: above 0% and up to 100%.",
	},
}

var reportsKeys = []key{
	{
		name: "x", form: form{kind: axisName, words: axisNames()}, defaultYAML: "workers",
		doc: "The axis at the bottom of speed-up plots.",
	},
	{
		name: "plots", form: form{kind: list, of: &form{kind: word, words: []string{"speedup", "time", "heatmap", "trials"}}}, defaultYAML: "[speedup, time, heatmap]",
		doc: "Which pictures are drawn. A heatmap is drawn where cells differ in workers and in chunk_size.",
	},
}

var commandKeys = []key{
	{
		name: "operation", shortLabel: true, required: true, form: form{kind: operationName},
		doc: "What the program does. With another operation it makes no cell.",
	},
	{
		name: "run", required: true, form: textList,
		doc: "The program and its arguments, with placeholders such as {input}, {output} and {workers}. No shell ever sees them.",
	},
	{
		name: "env", form: form{kind: mapping, of: &form{kind: scalar}, reserved: []string{RunVariable}}, defaultYAML: "{}",
		doc: "Environment variables beside the environment of iosweep, with placeholders. IOSWEEP_RUN is refused: it marks the processes of a run, so that what a trial leaves behind is found and ended.",
	},
	{
		name: "requires", form: textList, defaultWords: "none",
		doc: "The programs that must be installed. If one is not, the cells of the command are skipped, with the reason.",
	},
	{
		name: "optional", shortLabel: true, form: form{kind: boolean}, defaultYAML: "false",
		doc: "Whether the run lacks nothing if a required program is not installed. Its cells are skipped then, and the exit code stays 0.",
	},
	{
		name: "expect", shortLabel: true, form: form{kind: word, words: []string{"failure"}, or: &form{kind: mapping, keys: expectKeys}}, defaultWords: "success",
		doc: "How a trial is to end: with failure, its verification is to fail; with {error: TEXT}, the program is to. If it does not end so, the trial has failed.",
	},
}

var expectKeys = []key{{
	name: "error", required: true, form: form{kind: scalar, max: maxTitle},
	doc: "The text that the program is to write to its standard error when it fails.",
}}

var publishedKeys = []key{
	{
		name: "source", form: lineForm, defaultWords: "none",
		doc: "Where the table was printed.",
	},
	{
		name: "machine", form: form{kind: mapping, keys: []key{
			{
				name: "cpus", form: form{kind: whole, min: 1, max: maxCPUs}, defaultWords: "unknown",
				doc: "How many CPUs it had.",
			},
			{
				name: "os", form: lineForm, defaultWords: "unknown",
				doc: "Its operating system.",
			},
		}}, defaultYAML: "{}",
		doc: "The machine that the figures were measured on.",
	},
	{
		name: "measure", form: form{kind: word, words: measures}, defaultYAML: measures[0],
		doc: "What the figures are: the seconds until all was done, or those until the caller could go on.",
	},
	{
		name: "baseline", form: lineForm, defaultWords: "none; needed if rows are compared",
		doc: "The method of the row that the printed speed-ups are against.",
	},
	{
		name: "tolerance", form: form{kind: percent}, defaultYAML: "5%",
		doc: "How far from 1 a speed-up still counts as no difference: below 50%.",
	},
	{
		name: "rows", required: true, form: form{kind: list, of: &form{kind: mapping, keys: rowKeys}, min: 1, max: maxRows},
		doc: "The rows of the table.",
	},
}

var rowKeys = []key{
	{
		name: "method", shortLabel: true, required: true, form: lineForm,
		doc: "The method as it was printed. Each stands there once.",
	},
	{
		name: "seconds", shortLabel: true, form: form{kind: oneOrList, of: &printedNumber, min: 1, max: maxRuns}, defaultWords: "none",
		doc: "The seconds of the runs, as they were printed.",
	},
	{
		name: "mean", shortLabel: true, form: printedNumber, defaultWords: "none",
		doc: "The mean of the runs in seconds, as it was printed. It is checked against the runs.",
	},
	{
		name: "speedup", shortLabel: true, form: form{kind: oneOrList, of: &printedNumber, min: 1, max: 2}, defaultWords: "none",
		doc: "The speed-up as it was printed, or the two ends of a range. It is checked against the seconds.",
	},
	{
		name: "claim", shortLabel: true, form: form{kind: word, words: Claims}, defaultWords: "what the figures say",
		doc: "What the row says: needed where its figures leave it open, and never other than they say. The claims intact and corrupt are about the items that come out; corrupt takes the sink unlocked.",
	},
	{
		name: "when_faster", shortLabel: true, form: lineForm, defaultWords: "none",
		doc: "What follows if a strategy of iosweep's own is faster than the row claims. The report says it then, and only then.",
	},
	{
		name: "cells", shortLabel: true, required: true, form: form{kind: oneOrList, of: &filterForm, min: 1},
		doc: "Filters for the cells that do what the row says.",
	},
}

// workloadKeys are the axes of the workload. The file sets their levels once for all cells.
var workloadKeys = []key{axes[Files], axes[Content], axes[Lines], axes[Values], axes[Size], axes[Seed], axes[From]}

// gridKeys are the axes with their levels, as in a block of the grid.
var gridKeys = func() []key {
	keys := make([]key, numAxes)
	for a := range numAxes {
		k := axes[a]
		k.form = form{kind: levelList, of: &axes[a].form, min: 1}
		k.required = a == Operation || a == Strategy
		switch {
		case a.OfWorkload():
			k.defaultYAML, k.defaultWords = "", "the level in workload"
		case a == Workspace:
			k.defaultYAML, k.defaultWords = "", "the workspace of the file"
		}
		keys[a] = k
	}
	return keys
}()

// rangeKeys returns the keys of a range of levels.
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
			name: "step", form: level, defaultWords: "none",
			doc: "What is added to a level to get the next one. A range has either step or times.",
		},
		{
			name: "times", form: form{kind: whole}, defaultWords: "none",
			doc: "What a level is multiplied by to get the next one. A range has either step or times.",
		},
	}
}
