package experiments

import (
	"math"
	"slices"

	"iosweep/internal/lazyregexp"
)

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

// Patterns for the JSON Schema. The parser reads these texts without them, except for countText and
// bytesText.
var (
	upTo100Percent = lazyregexp.New(`^(100(\.0{1,6})?|0?[0-9]{1,2}(\.[0-9]{1,6})?) ?%$`)
	below50Percent = lazyregexp.New(`^(0{0,2}[0-9]|0?[1-4][0-9])(\.[0-9]{1,6})? ?%$`)
	variableName   = lazyregexp.New(`^[^=\x00-\x1f\x7f-\xa0]+$`)
	lineOfWords    = lazyregexp.New(`^[ \t\n]*([^{}\x00 \t\n]|\{\{|\}\}|\{[a-z][a-z0-9_-]{0,199}\})([^{}\x00]|\{\{|\}\}|\{[a-z][a-z0-9_-]{0,199}\}|\$\{[^{}\x00]+\})*$`)
	countText      = lazyregexp.New(`^(0|[1-9][0-9]{0,17}|\{[a-z][a-z0-9_-]{0,199}\})$`)
	bytesText      = lazyregexp.New(`^((0|[1-9][0-9]{0,17})|\{[a-z][a-z0-9_-]{0,199}\}) ?(B|KB|KiB|MB|MiB|GB|GiB)?$`)
	templateText   = lazyregexp.New(`^([^{}\x00]|\{\{|\}\}|\{[a-z][a-z0-9_-]{0,199}\}|\$\{[^{}\x00]+\})*$`)
)

// fileKeys are the top-level keys of the experiment file, in the order in which messages and
// the reference list them. Each has its form, its default and its description.
var fileKeys = []key{
	{
		name: "name", required: true, form: form{kind: prose, pattern: experimentName},
		doc:      "The name of the experiment and of its results directory: 1 to 63 of the characters a-z, 0-9 and -, not beginning with -.",
		examples: []string{`save-files`},
	},
	{
		name: "title", form: lineForm, defaultWords: "none",
		doc:      "The heading of the report: one line of at most 1,000 bytes.",
		examples: []string{`Save 1,000 CSV files`},
	},
	{
		name: "description", form: form{kind: prose}, defaultWords: "none",
		doc:      "The text below the title in the report. It is shown literally, without interpreting Markdown or HTML.",
		examples: []string{`"The same files, written in every way."`},
	},
	{
		name: "workload", form: form{kind: mapping, keys: workloadKeys, rules: []*schema{treeAlone}}, defaultYAML: "{}",
		doc:      "The items that operations work on: generated files or an existing tree.",
		examples: []string{`{files: 1000, content: rows, lines: 100}`, `{from: ./photos}`},
	},
	{
		name: "grid", required: true, form: form{kind: oneOrList, elem: &blockForm, min: 1, max: maxBlocks},
		doc:      "The cells to measure. Every combination of the levels in a mapping is a cell.",
		examples: []string{`{operation: write, strategy: [sequential, threads], workers: [1, 2, cpus]}`},
	},
	{
		name: "exclude", form: form{kind: oneOrList, elem: &conditionForm, max: maxFilters}, defaultYAML: "[]",
		doc:      "Filters for the cells to remove from the grid. A combination that iosweep would refuse can be removed too.",
		examples: []string{`{strategy: processes, workers: 1}`},
	},
	{
		name: "trials", form: form{kind: mapping, keys: trialsKeys}, defaultYAML: "{}",
		doc:      "How often and in which order the cells are measured.",
		examples: []string{`{repeats: 10, warmup: 2}`},
	},
	{
		name: "budget", form: form{kind: duration}, defaultWords: "none",
		doc:      "The maximum duration of one session, which is the time from the start of run or resume to its end. A resumed run has a new budget. A trial that would not fit is not started, and shorter trials use the remaining time. A trial that still runs when the budget ends is abandoned.",
		examples: []string{`8h`},
	},
	{
		name: "workspace", form: pathForm, defaultYAML: ".",
		doc:      "The directory under test. It determines the file system under test. Trials run in a new directory below it.",
		examples: []string{`/mnt/disk`},
	},
	{
		name: "baseline", form: filterForm, defaultYAML: "{strategy: sequential}",
		doc:      "A filter for the baselines, the cells that speed-ups are relative to.",
		examples: []string{`{strategy: threads, workers: 1}`},
	},
	{
		name: "operations", form: form{kind: mapping, pattern: commandName, elem: &form{kind: mapping, keys: operationKeys}, max: maxCommands}, defaultYAML: "{}",
		doc:      "Operations of your own, which commands do. The grid uses their names as operations.",
		examples: []string{`{pack: {verify: [{files: "*.gz"}]}}`},
	},
	{
		name: "commands", form: form{kind: mapping, pattern: commandName, elem: &form{kind: mapping, keys: commandKeys}, max: maxCommands}, defaultYAML: "{}",
		doc:      "Contenders: other programs that do the same operation and are verified in the same way. The grid uses their names as strategies.",
		examples: []string{`{tar: {operation: copy, run: 'cp -r {input}/. {output}'}}`},
	},
	{
		name: "metrics", form: form{kind: mapping, pattern: metricName, reserved: append(axisNames(), judgeSeconds), elem: &form{kind: mapping, keys: metricKeys, rules: []*schema{oneStream}}, max: maxMetrics}, defaultYAML: "{}",
		doc:      "Figures that the commands print, by name. Every trial of a command must print each of them.",
		examples: []string{`{rate: {stdout: "rate=([0-9.]+)", better: higher}}`},
	},
	{
		name: "judge", form: form{kind: line, max: maxTitle}, defaultYAML: judgeSeconds,
		doc:      "The figure that speed-ups and verdicts are about: seconds, latency_p99 or latency_max of the items of a trial, or the name of a metric.",
		examples: []string{`latency_p99`},
	},
	{
		name: "published", form: form{kind: mapping, keys: publishedKeys, rules: []*schema{baselineGiven}}, defaultWords: "none",
		doc:      "A table from elsewhere that the experiment reproduces.",
		examples: []string{`{source: "Smith 2024, table 2", rows: [{method: threads, speedup: 2.5, cells: {strategy: threads}}], baseline: sequential}`},
	},
	{
		name: "profiles", form: form{kind: mapping, pattern: profileName, elem: &form{kind: profile}, max: maxProfiles}, defaultYAML: "{}",
		doc:      "The changes to the file that --profile NAME makes, usually to run the experiment at another size.",
		examples: []string{`{quick: {workload: {files: 100}}}`},
	},
	{
		name: "reports", form: form{kind: mapping, keys: reportsKeys}, defaultYAML: "{}",
		doc:      "The content of the reports.",
		examples: []string{`{x: workers, plots: [speedup, heatmap]}`},
	},
}

// Forms that several keys share.
var (
	lineForm   = form{kind: line, max: maxTitle}
	pathForm   = form{kind: path, max: maxPath}
	filterForm = form{kind: filter, definition: "filter"}
	// conditionForm is the form of a filter that may have a condition.
	conditionForm = form{kind: filter, keys: conditionKeys, definition: "condition"}
	printedNumber = form{kind: printed}
	textList      = form{kind: list, elem: &form{kind: scalar}, min: 1}
	// templateForm is the form of a text with placeholders.
	templateForm = form{kind: scalar, pattern: templateText}
	// argvForm is the form of a command line.
	argvForm = form{kind: argv, elem: &templateForm, min: 1, max: maxLine}
	// countForm is the form of a whole number, or of a placeholder of one.
	countForm = form{kind: scalar, pattern: countText}
	// blockForm is the form of a mapping of the grid.
	blockForm = form{kind: mapping, keys: gridKeys, elem: &customLevels, pattern: placeholderName, reserved: fixedPlaceholders, definition: "block", combined: true}
	// combinationForm is the form of one combination of axes in lockstep.
	combinationForm = form{kind: mapping, keys: levelKeys, elem: customLevels.elem, pattern: placeholderName, reserved: fixedPlaceholders, min: 2, definition: "combination"}
	// customLevels is the form of the levels of a custom axis.
	customLevels = form{kind: levelList, elem: &form{kind: customLevel, max: maxCustomBytes}, min: 1}
)

var trialsKeys = []key{
	{
		name: "repeats", form: form{kind: whole, min: 1, max: maxRepeats, alternative: &form{kind: mapping, keys: adaptiveKeys, rules: []*schema{oneGoal}, min: 3}}, defaultYAML: "5",
		doc:      "The number of measured trials of each cell. With {min, max, ci}, a cell is measured until the interval of its speed-up is narrow enough. With {min, max, race}, it is measured until another cell is better, or the best is found.",
		examples: []string{`10`, `{min: 5, max: 50, ci: 4%}`, `{min: 5, max: 20, race: 2%}`},
	},
	{
		name: "warmup", form: form{kind: whole, min: 0, max: maxRepeats}, defaultYAML: "1",
		doc:      "The number of trials of each cell before the measured trials. No statistics include them.",
		examples: []string{`2`},
	},
	{
		name: "order", shortLabel: true, form: form{kind: word, words: []string{string(Shuffled), string(Listed)}}, defaultYAML: "shuffled",
		doc: "The order of the cells within a round: shuffled with a seed, or as listed in the file.",
	},
	{
		name: "seed", form: form{kind: whole}, defaultYAML: "1",
		doc:      "The seed of the shuffle.",
		examples: []string{`7`},
	},
	{
		name: "timeout", form: form{kind: duration}, defaultYAML: "10m",
		doc:      "The maximum duration of one trial, including setting its cache and verifying its outcome. Making the inputs of a trial has a separate limit of the same length.",
		examples: []string{`2m`},
	},
	{
		name: "retries", form: form{kind: whole, min: 0, max: maxRetries}, defaultYAML: "0",
		doc:      "The maximum number of times that a failed trial is repeated immediately.",
		examples: []string{`1`},
	},
	{
		name: "quarantine", form: form{kind: whole, min: 1, max: maxRepeats, words: []string{never}}, defaultYAML: "3",
		doc:      "The number of consecutive failed trials, each with its retries, after which a cell gets no more trials. If retries is above 0, the default is 1.",
		examples: []string{`5`, `never`},
	},
}

// minAdaptive is the minimum number of trials for an interval.
const minAdaptive = 2

var adaptiveKeys = []key{
	{
		name: "min", required: true, form: form{kind: whole, min: minAdaptive, max: maxRepeats},
		doc:      "The minimum number of trials of a cell.",
		examples: []string{`5`},
	},
	{
		name: "max", required: true, form: form{kind: whole, min: minAdaptive, max: maxRepeats},
		doc:      "The maximum number of trials of a cell.",
		examples: []string{`50`},
	},
	{
		name: "ci", form: form{kind: percent, pattern: upTo100Percent, aboveZero: true}, defaultWords: "none; either ci or race is required",
		doc:      "The width of the 95% interval of the speed-up, from end to end, as a percentage of the speed-up. A cell that reaches it gets no more trials. The percentage is above 0% and up to 100%.",
		examples: []string{`4%`},
	},
	{
		name: "race", form: form{kind: percent, pattern: upTo100Percent, aboveZero: true}, defaultWords: "none",
		doc:      "The cells of a table race: one that another beats gets no more trials. The race ends when all that are left are within this percentage of the best. The percentage is above 0% and up to 100%.",
		examples: []string{`2%`},
	},
}

var reportsKeys = []key{
	{
		name: "x", form: form{kind: axisName, words: axisNames()}, defaultYAML: "workers",
		doc: "The x axis of the speed-up plots: an axis of the grid.",
	},
	{
		name: "plots", form: form{kind: oneOrList, elem: &form{kind: word, words: []string{"effects", "speedup", "time", "heatmap", "trials", "order", "latency", "ceiling"}}}, defaultYAML: "[speedup, time, heatmap]",
		doc:      "The plots to draw. A heatmap is drawn only where cells differ in workers and in chunk_size. The plot trials has all trials of a table in one panel, and order has a panel for each cell. The plot latency has the percentiles of the time of an item. The plot ceiling is always drawn if limits of the machine are known, and effects if cells differ in two axes or more.",
		examples: []string{`[speedup, heatmap]`},
	},
	{
		name: "formats", form: form{kind: oneOrList, elem: &form{kind: word, words: []string{"png", "svg", "pdf"}}, min: 1}, defaultYAML: "[png]",
		doc:      "The formats of the files in plots. SVG is for web pages and PDF for papers: both are sharp at every size.",
		examples: []string{`[png, svg]`},
	},
}

var commandKeys = []key{
	{
		name: "operation", shortLabel: true, required: true, form: form{kind: operationName},
		doc:      "The operation of the program. It does not produce cells for other operations.",
		examples: []string{`copy`},
	},
	{
		name: "run", required: true, form: argvForm,
		doc:      "The program and its arguments, with placeholders such as {input}, {output} and {workers}: a list, or one text that is split into words as a shell does. No shell interprets them.",
		examples: []string{`'cp -r {input}/. {output}'`, `[sh, '{here}/copy.sh', '{workers}', '{input}', '{output}']`},
	},
	{
		name: "env", form: form{kind: mapping, elem: &templateForm, pattern: variableName, reserved: []string{RunVariable}}, defaultYAML: "{}",
		doc:      "Environment variables in addition to the environment of iosweep, with placeholders. IOSWEEP_RUN is reserved: iosweep uses it to find and end leftover processes of a trial.",
		examples: []string{`{LC_ALL: C, THREADS: "{workers}"}`},
	},
	{
		name: "source", form: form{kind: mapping, keys: sourceKeys}, defaultWords: "none; the program exists already",
		doc:      "The git repository of the program. Each level of the axis revision is cloned and built before the first trial, and {source} is the directory of the clone.",
		examples: []string{`{git: ../tool, build: make}`},
	},
	{
		name: "version", form: argvForm, defaultWords: "none",
		doc:      "The program that prints the version of the contender, with its arguments, such as [gzip, --version]. It runs once in each session, outside of trials, and reports show what it prints. It may name {here} and the levels that run names.",
		examples: []string{`[cp, --version]`},
	},
	{
		name: "requires", form: textList, defaultWords: "none",
		doc:      "The programs that must be installed. If one is missing, the cells of the contender are skipped with a reason.",
		examples: []string{`[zip, unzip]`},
	},
	{
		name: "modules", form: form{kind: list, elem: &form{kind: scalar, pattern: moduleName}, min: 1}, defaultWords: "none",
		doc:      "The Python modules that the interpreter of the command must import. If it cannot, the cells of the contender are skipped with a reason.",
		examples: []string{`[aiofiles]`},
	},
	{
		name: "optional", shortLabel: true, form: form{kind: boolean}, defaultYAML: "false",
		doc: "Whether the contender may be missing. If a required program or module is not installed, its cells are skipped, and the exit code stays as it is without them.",
	},
	{
		name: "expect", shortLabel: true, form: form{kind: word, words: []string{"failure"}, alternative: &form{kind: mapping, keys: expectKeys}}, defaultWords: "success",
		doc:      "The expected result of a trial. With failure, the program must exit with 0 and its outcome must be wrong. With {error: TEXT}, the program must exit with an error and print TEXT to stderr. A trial with another result has failed.",
		examples: []string{`failure`, `{error: No space left}`},
	},
}

var metricKeys = []key{
	{
		name: "stdout", form: form{kind: line, max: maxPattern}, defaultWords: "none",
		doc:      "The pattern of the number on standard output, in the syntax of RE2. Its only group matches the number, ^ and $ match at lines, and the last match counts. A metric has either stdout or stderr.",
		examples: []string{`"rate=([0-9.]+)"`},
	},
	{
		name: "stderr", form: form{kind: line, max: maxPattern}, defaultWords: "none",
		doc:      "The same for standard error.",
		examples: []string{`"took ([0-9.]+) s"`},
	},
	{
		name: "unit", form: form{kind: line, max: maxUnit}, defaultWords: "none",
		doc:      "The unit of the number, as reports show it.",
		examples: []string{`MiB/s`},
	},
	{
		name: "better", required: true, form: form{kind: word, words: []string{BetterHigher, BetterLower}},
		doc: "Which of two values is better.",
	},
}

var operationKeys = []key{
	{
		name: "about", form: lineForm, defaultWords: "none",
		doc:      "What the operation does. Reports and `iosweep plan` show it.",
		examples: []string{`pack every file into one archive`},
	},
	{
		name: "input", shortLabel: true, form: form{kind: word, words: []string{InputFiles, InputCopy, InputNone}}, defaultYAML: InputFiles,
		doc: "The directory {input}. With files, it has the files of the workload, which no trial may change. With copy, each trial has a copy of them. With none, there is no such directory, and the file needs no workload.",
	},
	{
		name: "setup", form: argvForm, defaultWords: "none",
		doc:      "A program that runs once for each dataset and session, before the first trial. It may write to the directory {shared}, which trials then read. If it fails, its cells are skipped with the reason.",
		examples: []string{`'cp -r {input}/. {output}'`},
	},
	{
		name: "prepare", form: argvForm, defaultWords: "none",
		doc:      "A program that runs before each trial, and before its cache is set. It is not timed.",
		examples: []string{`'rm -f {output}/cache'`},
	},
	{
		name: "verify", required: true, form: form{kind: word, words: []string{"none"}, alternative: &form{kind: list, elem: &form{kind: mapping, keys: checkKeys, rules: []*schema{oneCheck}, min: 1}, min: 1, max: maxChecks}},
		doc:      "The checks of the outcome of a trial. All must hold. With none, only the exit code is checked, and every report says that the operation is not verified.",
		examples: []string{`none`, `[{files: "*.gz"}]`},
	},
	{
		name: "cleanup", form: argvForm, defaultWords: "none",
		doc:      "A program that runs after each trial, also if the trial has failed. It is not timed.",
		examples: []string{`'rm -rf {output}/tmp'`},
	},
	{
		name: "version", form: argvForm, defaultWords: "none",
		doc:      "The program that prints the version of the programs of the operation, with its arguments. It is like the key of the same name in a command.",
		examples: []string{`[gzip, --version]`},
	},
	{
		name: "work", form: form{kind: mapping, keys: workKeys}, defaultYAML: "{}",
		doc:      "The amount of work of a trial, for rates.",
		examples: []string{`{items: 100, bytes: 10MiB}`},
	},
}

var workKeys = []key{
	{
		name: "items", form: countForm, defaultWords: "the number of files of the workload",
		doc:      "The number of items, or a placeholder such as {files}.",
		examples: []string{`100`},
	},
	{
		name: "bytes", form: form{kind: scalar, pattern: bytesText}, defaultWords: "the bytes of the workload",
		doc:      "The number of bytes with or without a unit, such as 10MiB, or a placeholder.",
		examples: []string{`10MiB`},
	},
}

// checkKinds are the keys of a check of which it has exactly one.
var checkKinds = []string{"files", "run", "stdout", "exit_code", "same_as"}

var checkKeys = []key{
	{
		name: "files", shortLabel: true, form: templateForm, defaultWords: "none",
		doc:      "A pattern of paths below {output}, such as *.gz. The segment ** stands for directories of any depth, as in **/*.gz.",
		examples: []string{`"*.gz"`},
	},
	{
		name: "count", shortLabel: true, form: countForm, defaultWords: "one or more",
		doc:      "The number of files that match the pattern, or a placeholder such as {files}.",
		examples: []string{`1`},
	},
	{
		name: "run", form: argvForm, defaultWords: "none",
		doc:      "A program that must exit with 0.",
		examples: []string{`'gzip -t {output}/all.gz'`},
	},
	{
		name: "stdout", form: form{kind: line, max: maxPattern}, defaultWords: "none",
		doc:      "A pattern in the syntax of RE2 that the standard output of the command must match. ^ and $ match at lines.",
		examples: []string{`"^ok$"`},
	},
	{
		name: "exit_code", shortLabel: true, form: form{kind: whole, min: 0, max: 255, words: []string{AnyExitCode}}, defaultYAML: "0",
		doc:      "The exit code of the command: a number, or any. An exit code alone does not verify the work.",
		examples: []string{`0`, `any`},
	},
	{
		name: "same_as", shortLabel: true, form: form{kind: word, words: []string{SameAsBaseline}}, defaultWords: "none",
		doc: "The outcome must equal the outcome of the baseline of the cell. Before the first trial, the baseline runs once without being timed, and its outcome is kept.",
	},
	{
		name: "of", shortLabel: true, form: form{kind: word, words: []string{OfOutput, OfStdout, OfInput}}, defaultYAML: OfOutput,
		doc: "What same_as compares: the files in {output}, the standard output, or the files in {input} under input: copy.",
	},
}

var expectKeys = []key{{
	name: "error", required: true, form: lineForm,
	doc:      "The text that the program must write to standard error when it fails.",
	examples: []string{`No space left`},
}}

var publishedKeys = []key{
	{
		name: "source", form: lineForm, defaultWords: "none",
		doc:      "The publication that contains the table.",
		examples: []string{`Smith 2024, table 2`},
	},
	{
		name: "machine", form: form{kind: mapping, keys: []key{
			{
				name: "cpus", form: form{kind: whole, min: 1, max: maxCPUs}, defaultWords: "unknown",
				doc:      "Its number of cpus.",
				examples: []string{`8`},
			},
			{
				name: "os", form: lineForm, defaultWords: "unknown",
				doc:      "Its operating system.",
				examples: []string{`macOS 14`},
			},
			{
				name: "python", form: lineForm, defaultWords: "unknown",
				doc:      "Its version of Python.",
				examples: []string{`"3.12"`},
			},
		}}, defaultYAML: "{}",
		doc:      "The machine on which the figures were measured.",
		examples: []string{`{cpus: 8, os: macOS 14}`},
	},
	{
		name: "measure", form: form{kind: word, words: measures}, defaultYAML: measures[0],
		doc: "The quantity in the table: the seconds until all work was done, or until the caller could continue.",
	},
	{
		name: "baseline", form: lineForm, defaultWords: "none; required if rows are compared",
		doc:      "The method of the row that the printed speed-ups are relative to.",
		examples: []string{`sequential`},
	},
	{
		name: "tolerance", form: form{kind: percent, pattern: below50Percent}, defaultYAML: "5%",
		doc:      "The largest distance of a speed-up from 1 that still counts as no difference: below 50%.",
		examples: []string{`10%`},
	},
	{
		name: "file_size", form: form{kind: printedSize}, defaultWords: "none",
		doc:      "The printed size of a file, in decimal units. It is checked against the workload of the file, without profile and overrides.",
		examples: []string{`44.3 KB`},
	},
	{
		name: "total_size", form: form{kind: printedSize}, defaultWords: "none",
		doc:      "The printed size of all files. It is checked like file_size.",
		examples: []string{`2 GB`},
	},
	{
		name: "rows", required: true, form: form{kind: list, elem: &form{kind: mapping, keys: rowKeys, rules: []*schema{errorOfFailure}}, min: 1, max: maxRows},
		doc:      "The rows of the table.",
		examples: []string{`[{method: threads, speedup: 2.5, cells: {strategy: threads}}]`},
	},
}

var rowKeys = []key{
	{
		name: "method", shortLabel: true, required: true, form: lineForm,
		doc:      "The printed name of the method. It must be unique.",
		examples: []string{`threads`},
	},
	{
		name: "seconds", shortLabel: true, form: form{kind: oneOrList, elem: &printedNumber, min: 1, max: maxRuns}, defaultWords: "none",
		doc:      "The printed seconds of the runs.",
		examples: []string{`63.4`, `[63.4, 61.9]`},
	},
	{
		name: "mean", shortLabel: true, form: printedNumber, defaultWords: "none",
		doc:      "The printed mean of the runs in seconds. It is checked against the runs.",
		examples: []string{`62.6`},
	},
	{
		name: "speedup", shortLabel: true, form: form{kind: oneOrList, elem: &printedNumber, min: 1, max: 2}, defaultWords: "none",
		doc:      "The printed speed-up, or the two ends of a range. It is checked against the seconds.",
		examples: []string{`2.5`, `[2.5, 3]`},
	},
	{
		name: "claim", shortLabel: true, form: form{kind: word, words: Claims}, defaultWords: "the claim that the figures imply",
		doc: "The claim of the row. It is needed if the figures do not imply one, and must not contradict the figures. The claims intact and corrupt are about the output items. The claim corrupt requires the sink unlocked. With fails, the program fails as its command expects. With none, there is no figure to judge.",
	},
	{
		name: "error", shortLabel: true, form: lineForm, defaultWords: "none",
		doc:      "The printed error of a program that fails. A report says if the error of a trial names another file.",
		examples: []string{`TypeError`},
	},
	{
		name: "when_faster", shortLabel: true, form: lineForm, defaultWords: "none",
		doc:      "The conclusion if a built-in strategy is faster than the row claims. The report contains it only in this case.",
		examples: []string{`the threads of this strategy have no global lock`},
	},
	{
		name: "cells", shortLabel: true, required: true, form: form{kind: oneOrList, elem: &filterForm, min: 1},
		doc:      "Filters for the cells that do the work of the row.",
		examples: []string{`{strategy: threads, workers: 8}`},
	},
	{
		name: "variants", shortLabel: true, form: form{kind: list, elem: &form{kind: mapping, keys: variantKeys}, min: 1}, defaultWords: "none",
		doc:      "Cells that do the work of the row in another way than the printed program. They are shown with the row and do not judge it.",
		examples: []string{`[{cells: {strategy: async}, differs: it opens files in threads}]`},
	},
}

var variantKeys = []key{
	{
		name: "cells", shortLabel: true, required: true, form: form{kind: oneOrList, elem: &filterForm, min: 1},
		doc:      "Filters for the cells.",
		examples: []string{`{strategy: async}`},
	},
	{
		name: "differs", shortLabel: true, required: true, form: lineForm,
		doc:      "The difference to the printed program. A report writes it after the name of the cell.",
		examples: []string{`it opens files in threads`},
	},
}

// generatedKeys are the keys of the workload that describe generated files.
var generatedKeys = []key{axes[Files], axes[Content], axes[Lines], axes[Values], sizeKey, axes[Seed], {
	name: "tree", form: form{kind: mapping, keys: treeKeys}, defaultWords: "none",
	doc:      "Nested directories. Files go to the deepest ones in turn.",
	examples: []string{`{depth: 2, fanout: 8}`},
}}

// sizeKey is the size of the workload: a level of the axis, or a distribution.
var sizeKey = func() key {
	k := axes[Size]
	k.alternative = &form{kind: mapping, keys: distributionKeys}
	k.doc = "The size of an item in bytes, or a distribution of sizes for the content bytes. For the content text the default is 11 bytes, the length of its sentence."
	return k
}()

// workloadKeys are the keys of generated files and of an existing tree. The file sets them once for
// all cells.
var workloadKeys = slices.Concat(generatedKeys, []key{axes[From], {
	name: "unreadable", form: form{kind: word, words: []string{"refuse", "skip"}}, defaultYAML: "refuse",
	doc: "What happens if the user may not read a file or directory of the tree in from. With refuse, plan and run name it and stop. With skip, it is left out, and plan and reports have the count.",
}})

// conditionKeys are the keys of a filter beside the axes.
var conditionKeys = []key{{
	name: whereKey, form: form{kind: prose, max: maxExpressionBytes}, defaultWords: "none",
	doc:      "A condition over the levels of a cell, such as workers * threads > 2 * cpus. It never matches a cell without one of its axes.",
	examples: []string{`workers * threads > 2 * cpus`},
}}

// gridKeys are the axes with their levels, as in a block of the grid.
var gridKeys = func() []key {
	keys := make([]key, numAxes)
	for a := range numAxes {
		k := axes[a]
		k.form = form{kind: levelList, elem: &axes[a].form, min: 1}
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

// levelKeys are the axes with one level each.
var levelKeys = func() []key {
	keys := slices.Clone(filterKeys)
	for i := range keys {
		keys[i].form, keys[i].defaultWords = *keys[i].elem, "none"
	}
	return keys
}()

// filterKeys are the axes with the levels that a filter selects.
var filterKeys = func() []key {
	keys := slices.Clone(gridKeys)
	for i := range keys {
		keys[i].required, keys[i].defaultYAML, keys[i].defaultWords = false, "", "all levels"
	}
	return keys
}()

// rangeKeys returns the keys of a range of levels.
func rangeKeys(level form) []key {
	level = rangeNumber(level)
	from, to, step := `1`, `8`, `2`
	if level.kind == size {
		from, to, step = `4KiB`, `64KiB`, `4KiB`
	}
	return []key{
		{
			name: "from", required: true, form: level,
			doc:      "The first level.",
			examples: []string{from},
		},
		{
			name: "to", required: true, form: level,
			doc:      "The upper limit of the levels.",
			examples: []string{to},
		},
		{
			name: "step", form: *aboveZero(level), defaultWords: "none",
			doc:      "The number added to a level to get the next one. A range has either step or times.",
			examples: []string{step},
		},
		{
			name: "times", form: form{kind: whole, min: 2, max: math.MaxInt64}, defaultWords: "none",
			doc:      "The factor from one level to the next. A range has either step or times.",
			examples: []string{`2`},
		},
	}
}
