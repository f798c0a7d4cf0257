package experiments

import (
	"cmp"
	"regexp"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

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

	table            *levelTable
	fileLevelNumbers [maxAxes]uint32     // the levels of cells that name none
	keyPositions     map[string]Position // where they stand
	overrideTrees    map[string]bool     // those that an override named
}

// Reports says what is drawn.
type Reports struct {
	X     Axis
	Plots []string // speedup, time, heatmap, trials
}

// At is where a key of the file stands, as in "workload.from"; the zero
// Position if the file does not have it.
func (e *Experiment) PositionOf(path string) Position { return e.keyPositions[path] }

// Command finds the contender that is a cell's strategy.
func (e *Experiment) Command(c Cell) (Command, bool) {
	for _, cmd := range e.Commands {
		if cmd.Name == c.Level(Strategy) {
			return cmd, true
		}
	}
	return Command{}, false
}

// A file is an experiment file that is read and not yet planned.
type file struct {
	*Experiment
	*decoder

	contenders map[string]*contender // by name; a strategy of the catalogue has none
	blocks     []block
	variedAxes axisSet         // axes that some block names
	fileLevels [numAxes]string // the levels of workload and workspace in the file
	exclude    []cellFilter
	baseline   cellFilter
	only       []cellFilter

	shownLevels [maxAxes]string // for messages; empty: not listed yet
}

var experimentName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// file reads the whole document. Commands come before the grid, whose
// strategies they may be, and the grid before the filters on it.
func (d *decoder) file(root *yaml.Node) *file {
	s := d.section("", root, fileKeys)
	f := &file{decoder: d, contenders: map[string]*contender{}, Experiment: &Experiment{
		Profile:      d.opt.Profile,
		Title:        s.line("title"),
		Budget:       s.duration("budget"),
		Workspace:    s.line("workspace"),
		Trials:       d.trials(s.node("trials")),
		Reports:      d.reports(s.node("reports")),
		keyPositions: d.positions, overrideTrees: d.fromOverride,
		table: &levelTable{levels: []string{""}},
	}}
	f.readName(s)
	if n := s.node("description"); n != nil {
		f.Description, _ = d.anyText("description", n)
	}
	f.readProfiles(s.node("profiles"))
	f.readCommands(s.node("commands"))
	f.readWorkload(s.node("workload"))
	if grid := s.node("grid"); grid != nil {
		f.readGrid(grid)
		f.checkFiles(root, s.node("workload"))
		f.checkPlaceholders()
		f.checkBlocks()
	}
	f.readFilters(s)
	if published := s.node("published"); published != nil {
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
	if ok && !experimentName.MatchString(name) {
		f.problem(n, "name: %s must be 1 to 63 of a-z, 0-9 and -, and not begin with -", quote(name))
	}
	f.Name = name
}

// checkFiles refuses a file that leaves some cell without items.
func (f *file) checkFiles(root, workload *yaml.Node) {
	if f.Workload.Files > 0 || f.Workload.From != "" {
		return
	}
	silent := func(b block) bool { return b.keys[Files] == nil && b.keys[From] == nil }
	if len(f.blocks) > 0 && !slices.ContainsFunc(f.blocks, silent) {
		return
	}
	_, files := f.positions["workload.files"]
	_, from := f.positions["workload.from"]
	if files || from {
		return // it is there, and refused
	}
	at := cmp.Or(workload, root)
	f.problem(at, "workload.files is missing: say how many files to make, or name an existing tree with workload.from")
}

func (d *decoder) reports(n *yaml.Node) Reports {
	s := d.section("reports", n, reportsKeys)
	var r Reports
	r.X, _ = AxisNamed(s.word("x"))
	allowed := keyNamed(reportsKeys, "plots").of.words
	for _, item := range s.items("plots") {
		if plot, ok := d.word("plot", item, allowed); ok && !slices.Contains(r.Plots, plot) {
			r.Plots = append(r.Plots, plot)
		}
	}
	return r
}
