package experiments

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// A file is an experiment file that is read and not yet planned.
type file struct {
	*Experiment
	d     *decoder
	texts *textTable

	contenders  []contender
	contenderAt map[string]int // by name
	blocks      []block
	invented    []string // axes of commands, in the order of the grid
	varied      axisSet  // axes that some block names
	exclude     []where
	baseline    where
	only        []where
	published   *publishedTable // nil: the file has none
	sets        filterSets
	shownLevels map[string]string // by axis, for messages
}

const maxTitle = 1000

var experimentName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// file reads the whole document. Commands come before the grid, whose
// strategies they may be, and the grid before the filters on it.
func (d *decoder) file(root *yaml.Node) *file {
	f := &file{d: d, shownLevels: map[string]string{}, Experiment: &Experiment{
		Profile:   d.opt.Profile,
		Workload:  initialWorkload,
		Workspace: ".",
		Trials:    Trials{Repeats: 5, Warmup: 1, Shuffled: true, Seed: 1, Timeout: 10 * time.Minute, Quarantine: defaultQuarantine},
		Reports:   Reports{X: Workers, Plots: []string{"speedup", "time", "heatmap"}},
		positions: d.positions, fromOverride: d.fromOverride,
	}}
	var workload, grid, exclude, baseline, commands, published *yaml.Node
	later := func(name string, into **yaml.Node) field {
		return field{name: name, read: func(n *yaml.Node) { *into = n }}
	}
	d.mapping("", root,
		field{name: "name", required: true, read: f.readName},
		field{name: "title", read: func(n *yaml.Node) { f.Title, _ = d.text("title", n, maxTitle) }},
		field{name: "description", read: func(n *yaml.Node) { f.Description, _ = d.anyText("description", n) }},
		later("workload", &workload),
		field{name: "grid", required: true, read: func(n *yaml.Node) { grid = n }},
		later("exclude", &exclude),
		field{name: "trials", read: f.readTrials},
		field{name: "budget", read: func(n *yaml.Node) { f.Budget = d.duration("budget", n) }},
		field{name: "workspace", read: func(n *yaml.Node) { f.Workspace, _ = d.level(Workspace, n) }},
		later("baseline", &baseline),
		later("commands", &commands),
		later("published", &published),
		field{name: "profiles", read: f.readProfiles},
		field{name: "reports", read: f.readReports},
	)
	if commands != nil {
		f.contenders = d.contenders(commands)
		f.contenderAt = make(map[string]int, len(f.contenders))
		for i := range f.contenders {
			f.contenderAt[f.contenders[i].Name] = i
		}
	}
	if workload != nil {
		f.Workload = d.workload(workload)
	}
	if grid != nil {
		f.readGrid(grid)
		f.checkFiles(root, workload)
		f.checkPlaceholders()
		f.checkBlocks()
	}
	f.readFilters(exclude, baseline)
	if published != nil {
		f.readPublished(published)
	}
	for _, c := range f.contenders {
		f.Commands = append(f.Commands, c.Command)
	}
	return f
}

func (f *file) readName(n *yaml.Node) {
	name, ok := f.d.anyText("name", n)
	if ok && !experimentName.MatchString(name) {
		f.d.problem(deref(n), "name: %s must be 1 to 63 of a-z, 0-9 and -, and not begin with -", quote(name))
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
	f.d.problem(deref(at), "workload.files is missing: say how many files to make, or name an existing tree with workload.from")
}

func (f *file) readTrials(n *yaml.Node) {
	d, t := f.d, &f.Trials
	d.mapping("trials", n,
		field{name: "repeats", read: f.readRepeats},
		field{name: "warmup", read: func(n *yaml.Node) {
			value, _ := d.integer("trials.warmup", n, 0, maxRepeats)
			t.Warmup = int(value)
		}},
		field{name: "order", read: func(n *yaml.Node) {
			order, _ := d.word("order", n, []string{"shuffled", "listed"})
			t.Shuffled = order == "shuffled"
		}},
		field{name: "seed", read: func(n *yaml.Node) {
			t.Seed, _ = d.integer("trials.seed", n, math.MinInt64, math.MaxInt64)
		}},
		field{name: "timeout", read: func(n *yaml.Node) { t.Timeout = d.duration("trials.timeout", n) }},
		field{name: "retries", read: func(n *yaml.Node) {
			value, _ := d.integer("trials.retries", n, 0, maxRetries)
			t.Retries = int(value)
			if t.Retries > 0 && d.positions["trials.quarantine"] == (Position{}) {
				t.Quarantine = 1 // what was tried again at once has had its chance
			}
		}},
		field{name: "quarantine", read: func(n *yaml.Node) {
			if deref(n).Value == never {
				t.Quarantine = 0
				return
			}
			value, _ := d.integer("trials.quarantine", n, 1, maxRepeats, never)
			t.Quarantine = int(value)
		}},
	)
}

// never is the level of trials.quarantine that leaves no cell alone.
const never = "never"

// Bounds and defaults of what becomes of a trial that failed.
const (
	maxRetries        = 100
	defaultQuarantine = 3
)

func (f *file) readReports(n *yaml.Node) {
	d, plots := f.d, []string{"speedup", "time", "heatmap", "trials"}
	d.mapping("reports", n,
		field{name: "x", read: func(n *yaml.Node) {
			if name, ok := d.word("reports.x", n, axisNames()); ok {
				f.Reports.X, _ = AxisNamed(name)
			}
		}},
		field{name: "plots", read: func(n *yaml.Node) {
			f.Reports.Plots = nil
			for _, item := range items(n) {
				if plot, ok := d.word("plot", item, plots); ok && !slices.Contains(f.Reports.Plots, plot) {
					f.Reports.Plots = append(f.Reports.Plots, plot)
				}
			}
		}},
	)
}
