package experiments

import (
	"cmp"
	"math/big"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"iosweep/internal/lazyregexp"
)

// Experiment is a checked experiment file, resolved for a machine with a given number of CPUs.
type Experiment struct {
	Name        string
	Title       string
	Description string

	Workload Workload
	// Tree describes the directories of generated files.
	Tree Tree
	// SkipUnreadable leaves out the files and directories of trees that the user may not read.
	SkipUnreadable bool
	Trials         Trials
	Budget         time.Duration // 0: none
	Workspace      string        // the directory under test, as written in the file

	// Cells are the cells of the expanded grid, in the order of the file.
	Cells []Cell
	// Baseline contains, for each cell, the index of the cell that its speed-up is relative
	// to. A baseline is its own baseline.
	Baseline []int

	Commands []Command
	// Operations are the operations that the file defines.
	Operations []OwnOperation
	// Metrics are figures that commands print. Judge is the name of the one that speed-ups are
	// about; empty: the seconds.
	Metrics []Metric
	Judge   string
	Reports Reports
	// Published is the table that the experiment reproduces; nil: none.
	Published *Published

	AB      *AB      // the revisions that `iosweep ab` compares; nil: the file has the revisions
	Dropped []string // the strategies that AB leaves out, because they have no source

	Profile  string   // the applied profile; empty: none
	Profiles []string // the profiles that the file defines

	// Found are the levels that the level found of the axis python stands for; nil: the file
	// does not have it.
	Found []string

	// Warnings are suspicious but valid parts of the file.
	Warnings []Problem

	cellRepeats      cellSetting[int]
	cellTimeouts     cellSetting[time.Duration]
	table            *levelTable
	fileLevelNumbers [maxAxes]uint32     // levels of the file itself, for cells that set none
	textSizeNumber   uint32              // level of size for the content text, which has its own default
	keyPositions     map[string]Position // where the keys are in the file
	overrideTrees    map[string]bool     // trees that an override named
	// named are the axes of the workload that a command names, by the number of its name as a level
	// of the axis strategy. Only commands of operations without inputs are in it: their cells use no
	// other axis of the workload.
	named map[uint32]axisSet
}

// Reports configures the plots.
type Reports struct {
	X       string   // an axis of the grid or a built-in one
	Plots   []string // effects, speedup, time, heatmap, trials, order, latency, ceiling
	Formats []string // png, svg, pdf; nil if the file does not have the key
}

// PositionOf returns the position of a key, such as "workload.from". It returns the zero
// Position if the file does not have the key.
func (e *Experiment) PositionOf(path string) Position { return e.keyPositions[path] }

// Command returns the contender that is the strategy of a cell.
func (e *Experiment) Command(c Cell) (Command, bool) {
	for _, cmd := range e.Commands {
		if cmd.Name == c.Level(Strategy) {
			return cmd, true
		}
	}
	return Command{}, false
}

// A file is an experiment file that has been read but not yet planned.
type file struct {
	*Experiment
	*decoder

	contenders map[string]*contender // by name; built-in strategies have none
	// ownOperations are the operations that the file defines, by name.
	ownOperations map[string]*ownOperation
	blocks        []block
	variedAxes    axisSet         // axes named in at least one block
	fileLevels    [numAxes]string // levels of workload and workspace in the file
	textSize      string          // level of size in the file for the content text
	exclude       []cellFilter
	baseline      cellFilter
	only          []cellFilter

	expressionNodes int // of the conditions of all filters

	gridSize    *big.Int        // the result of count; nil: not counted yet
	shownLevels [maxAxes]string // for messages; empty: not listed yet
}

var experimentName = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,62}$`)

// file reads the whole document. It reads the operations before the commands that do them, and the
// commands before the grid, which may name them as strategies. It reads the grid before the filters,
// which select its cells.
func (d *decoder) file(root *yaml.Node) *file {
	s := d.section("", root, fileKeys)
	f := &file{decoder: d, contenders: map[string]*contender{}, Experiment: &Experiment{
		Profile:      d.opt.Profile,
		AB:           d.opt.AB,
		Title:        s.line("title"),
		Budget:       s.duration("budget"),
		Workspace:    s.line("workspace"),
		Trials:       d.trials(s.node("trials")),
		keyPositions: d.positions, overrideTrees: d.fromOverride,
		table: &levelTable{levels: []string{""}},
	}}
	f.readName(s)
	if n := s.node("description"); n != nil {
		f.Description, _ = d.anyText("description", n)
	}
	f.readProfiles(s.node("profiles"))
	f.readOperations(s.node("operations"))
	f.readCommands(s.node("commands"))
	f.readMetrics(s.node("metrics"))
	f.readWorkload(s.node("workload"))
	if grid := s.node("grid"); grid != nil {
		f.readGrid(grid)
		if d.opt.AB != nil {
			f.keepSources()
		}
		if d.opt.AB == nil || len(f.blocks) > 0 {
			f.checkFiles(root, s.node("workload"))
		}
		f.warnUnreadable()
		f.checkPlaceholders()
	}
	f.readReports(s.node("reports"))
	f.readFilters(s)
	f.readJudge(s)
	f.checkBlocks() // after the filters, because exclude may remove what it refuses
	if published := s.node("published"); published != nil && d.opt.AB == nil {
		f.readPublished(published)
	}
	return f
}

func (f *file) readName(s *section) {
	n := s.node("name")
	if n == nil {
		return
	}
	name, ok := f.anyText("name", n)
	if ok && !experimentName().MatchString(name) {
		f.problem(n, "name: %s is not valid: use 1 to 63 of the characters a-z, 0-9 and -, and do not begin with -%s", quote(name), slugHint(name, experimentName()))
	}
	f.Name = name
}

// checkFiles reports a problem if some cell has no items.
func (f *file) checkFiles(root, workload *yaml.Node) {
	if f.Workload.Files > 0 || f.Workload.From != "" {
		return
	}
	unspecified := func(b block) bool {
		return b.keys[Files] == nil && b.keys[From] == nil && !slices.ContainsFunc(b.levels[Operation], f.needsNoFiles)
	}
	if len(f.blocks) > 0 && !slices.ContainsFunc(f.blocks, unspecified) {
		return
	}
	_, files := f.positions["workload.files"]
	_, from := f.positions["workload.from"]
	if files || from || workload != nil && workload.Kind != yaml.MappingNode {
		return // the key exists, and its value has been reported
	}
	at := cmp.Or(workload, root)
	f.problem(at, "workload.files is missing: set the number of files, or name an existing tree with workload.from")
}

// needsNoFiles reports whether an operation of the file works without a workload.
func (f *file) needsNoFiles(operation level) bool {
	op := f.ownOperations[operation.text]
	return op != nil && op.Input == InputNone
}

// warnUnreadable warns about unreadable: skip if no cell works on a tree.
func (f *file) warnUnreadable() {
	hasTree := func(b block) bool { return b.keys[From] != nil }
	at, ok := f.positions["workload.unreadable"]
	if ok && f.SkipUnreadable && f.Workload.From == "" && !slices.ContainsFunc(f.blocks, hasTree) {
		f.warn(at, "workload.unreadable is ignored, because no cell works on a tree: set workload.from, or remove it")
	}
}

// readReports reads the file's `reports`. The x axis can be any axis of the grid.
func (f *file) readReports(n *yaml.Node) {
	s := f.section("reports", n, reportsKeys)
	r := Reports{X: Workers.String(), Plots: f.words(s, "plots", "plot"), Formats: f.words(s, "formats", "format")}
	if x := s.node("x"); x != nil {
		r.X, _ = f.word("reports.x", x, slices.Concat(axisNames(), f.table.customAxes))
	}
	if _, _, list := s.get("formats"); list != nil && len(list.Content) == 0 && list.Kind == yaml.SequenceNode {
		f.problem(list, "reports.formats: the list is empty: write png, svg or pdf; plots: [] draws no pictures")
	}
	f.Reports = r
}

// words reads one or several of the allowed words of a key of reports, and drops duplicates.
func (d *decoder) words(s *section, key, what string) (list []string) {
	allowed := keyNamed(reportsKeys, key).elem.words
	d.manyLevels = true
	defer func() { d.manyLevels = false }()
	for _, item := range s.items(key) {
		if w, ok := d.word(what, item, allowed); ok && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}
