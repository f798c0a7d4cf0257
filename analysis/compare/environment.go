package compare

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Difference is one property in which two runs differ.
type Difference struct {
	// Kind is the effect of the difference on the meaning of verdicts.
	Kind DifferenceKind `json:"kind"`
	What string         `json:"what"`
	Base string         `json:"base"`
	New  string         `json:"new"`
}

// A DifferenceKind classifies differences by their effect on a comparison.
type DifferenceKind string

// The kinds of differences.
const (
	OfMachine DifferenceKind = "machine" // the comparison compares machines
	OfCode    DifferenceKind = "code"    // the usual subject of a comparison
	OfPlan    DifferenceKind = "plan"    // the way the run was measured
	OfInputs  DifferenceKind = "inputs"  // the dataset: such cells are not compared
)

// String returns a text such as "kernel: 6.12.0 -> 6.18.1".
func (d Difference) String() string { return fmt.Sprintf("%s: %s -> %s", d.What, d.Base, d.New) }

// none is the text for a property that one of the runs does not have.
const none = "none"

// differences returns the differences between the runs, the most important ones first. With several runs,
// each side has all its values.
func (c *Comparison) differences() (list []Difference) {
	type property struct {
		kind DifferenceKind
		what string
	}
	runs := c.Runs()
	var order []property
	values := map[property][]string{} // of each run
	for i := range runs[1:] {
		for _, d := range differencesOf(runs[0], runs[i+1]) {
			p := property{d.Kind, format.OneLine(d.What)}
			if d.Base == d.New {
				continue
			}
			if values[p] == nil {
				order = append(order, p)
				values[p] = slices.Repeat([]string{cmp.Or(format.OneLine(d.Base), none)}, len(runs))
			}
			values[p][i+1] = cmp.Or(format.OneLine(d.New), none)
		}
	}
	join := func(values []string) string {
		values = slices.Clone(values)
		slices.Sort(values)
		return strings.Join(slices.Compact(values), " and ")
	}
	kinds := []DifferenceKind{OfMachine, OfCode, OfPlan}
	slices.SortStableFunc(order, func(a, b property) int {
		return cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind))
	})
	for _, p := range order {
		n := len(c.BaseRuns)
		list = append(list, Difference{p.kind, p.what, join(values[p][:n]), join(values[p][n:])})
	}
	return append(list, c.inputDifferences()...)
}

// differencesOf returns the properties of two runs, also the equal ones.
func differencesOf(base, next Run) []Difference {
	a, b := base.Run, next.Run
	return slices.Concat(
		machineDifferences(machinesOf(&a), machinesOf(&b)),
		[]Difference{{OfCode, "iosweep", a.Iosweep, b.Iosweep}, {OfCode, "Go", a.Go, b.Go}},
		programDifferences(a, b),
		versionDifferences(a, b),
		interpreterDifferences(base.Interpreters, next.Interpreters),
		sourceDifferences(a, b),
		definitionDifferences(a, b),
		planDifferences(a, b),
	)
}

// machinesOf returns the machine of a run or, if it has several nodes, the machine of each of them.
func machinesOf(r *journal.Run) []*journal.Machine {
	if len(r.Nodes) == 0 {
		return []*journal.Machine{&r.Machine}
	}
	list := make([]*journal.Machine, len(r.Nodes))
	for i := range list {
		list[i] = &r.Nodes[i].Machine
	}
	return list
}

// machineDifferences compares the machines of two runs. It compares the displayed sizes, because the
// memory of one machine differs by a few pages under another kernel.
func machineDifferences(a, b []*journal.Machine) (list []Difference) {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	for _, fact := range []struct {
		name string
		of   func(*journal.Machine) string
	}{
		{"host", func(m *journal.Machine) string { return m.Host }},
		{"system", func(m *journal.Machine) string { return m.OS }},
		{"kernel", func(m *journal.Machine) string { return m.Kernel }},
		{"cpu model", func(m *journal.Machine) string { return m.CPUModel }},
		{"cpus", func(m *journal.Machine) string { return number(m.CPUs) }},
		{"memory", func(m *journal.Machine) string { return analysis.MemoryText(m.Memory) }},
		{"file system", func(m *journal.Machine) string { return m.Filesystem }},
		{"mount options", func(m *journal.Machine) string { return m.Mount }},
		{"governor", func(m *journal.Machine) string { return m.Governor }},
	} {
		list = append(list, Difference{OfMachine, fact.name, different(a, fact.of), different(b, fact.of)})
	}
	return list
}

// different joins the different values of a fact, in the order of the machines.
func different(machines []*journal.Machine, of func(*journal.Machine) string) string {
	var values []string
	for _, m := range machines {
		if v := of(m); v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return strings.Join(values, " and ")
}

// programDifferences compares the programs that both runs have. It leaves out a program
// that only one run has, because the other run has no program to compare it with.
func programDifferences(a, b journal.Run) (list []Difference) {
	for _, name := range slices.Sorted(maps.Keys(a.Programs)) {
		path, both := b.Programs[name]
		if !both {
			continue
		}
		if !strings.HasPrefix(name, "{here}/") { // the directory of the experiment may be another one
			list = append(list, Difference{OfCode, "program " + name, a.Programs[name], path})
		}
		if was, is := a.ProgramSums[name], b.ProgramSums[name]; was != "" && is != "" {
			list = append(list, Difference{OfCode, "content of program " + name, "sha256 " + was, "sha256 " + is})
		}
	}
	return list
}

// versionDifferences compares the versions that programs of both runs printed.
func versionDifferences(a, b journal.Run) (list []Difference) {
	for i := range a.Versions {
		v := &a.Versions[i]
		at := slices.IndexFunc(b.Versions, func(other journal.Version) bool { return slices.Equal(other.Argv, v.Argv) })
		if at >= 0 {
			list = append(list, Difference{OfCode, "version of " + v.Name(), v.Line(), b.Versions[at].Line()})
		}
	}
	return list
}

// interpreterDifferences compares the interpreters that both runs have. The program of a shim is
// the same for every interpreter.
func interpreterDifferences(a, b []journal.Interpreter) (list []Difference) {
	_, before := groupInterpreters(a)
	names, now := groupInterpreters(b)
	for _, name := range names {
		if was, known := before[name]; known {
			list = append(list, Difference{OfCode, "interpreter " + name.text, strings.Join(was, " and "), strings.Join(now[name], " and ")})
		}
	}
	return list
}

// sourceDifferences compares the revisions that both runs have. The name of a branch may stand for
// another commit in each run.
func sourceDifferences(a, b journal.Run) (list []Difference) {
	for _, was := range a.Sources {
		for _, is := range b.Sources {
			if was.Revision == is.Revision && filepath.Base(was.Git) == filepath.Base(is.Git) {
				list = append(list, Difference{OfCode, "revision " + was.Revision, was.Identity(), is.Identity()})
			}
		}
	}
	return list
}

// An interpreterName is the name of an interpreter in an experiment.
type interpreterName struct {
	text        string
	placeholder bool
}

// groupInterpreters describes the interpreters of each name. Sessions may have found several.
func groupInterpreters(list []journal.Interpreter) (names []interpreterName, found map[interpreterName][]string) {
	found = map[interpreterName][]string{}
	for i := range list {
		name := interpreterName{list[i].Name(), list[i].Placeholder}
		if found[name] == nil {
			names = append(names, name)
		}
		found[name] = append(found[name], list[i].String())
	}
	return names, found
}

// definitionDifferences compares the commands that both runs have.
func definitionDifferences(a, b journal.Run) (list []Difference) {
	for _, is := range b.Commands {
		for _, was := range a.Commands {
			if was.Name == is.Name {
				list = append(list, commandDifferences(was, is)...)
			}
		}
	}
	return list
}

// commandDifferences compares two definitions of one command.
func commandDifferences(a, b journal.Command) []Difference {
	list := []Difference{
		{OfCode, "operation of " + b.Name, a.Operation, b.Operation},
		{OfCode, "command line of " + b.Name, commandLineOf(a), commandLineOf(b)},
		{OfCode, "environment of " + b.Name, strings.Join(a.Env, " "), strings.Join(b.Env, " ")},
		{OfCode, "expectation of " + b.Name, expectationOf(a), expectationOf(b)},
	}
	scripts := map[string]string{}
	maps.Copy(scripts, a.Scripts)
	maps.Copy(scripts, b.Scripts)
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		list = append(list, Difference{OfCode, "content of " + name, shortSum(a.Scripts[name]), shortSum(b.Scripts[name])})
	}
	return list
}

func commandLineOf(c journal.Command) string { return strings.Trim(fmt.Sprintf("%q", c.Run), "[]") }

func expectationOf(c journal.Command) string {
	switch {
	case c.ExpectError != "":
		return fmt.Sprintf("to fail with %q", c.ExpectError)
	case c.ExpectFailure:
		return "to fail"
	}
	return "to succeed"
}

// shortSum returns the part of a checksum that people compare.
func shortSum(sum string) string {
	const enough = 12
	if len(sum) > enough && !strings.ContainsAny(sum, " -") {
		return "sha256 " + sum[:enough]
	}
	return sum
}

// planDifferences compares the plans of the runs.
func planDifferences(a, b journal.Run) []Difference {
	list := []Difference{
		{OfPlan, "experiment", a.Name, b.Name},
		{OfPlan, "profile", a.Profile, b.Profile},
		{OfPlan, "--set", strings.Join(a.Overrides, " "), strings.Join(b.Overrides, " ")},
		{OfPlan, "--only", strings.Join(a.Only, " "), strings.Join(b.Only, " ")},
		{OfPlan, "repeats", analysis.Repeats(&a) + analysis.StoppingAt(&a), analysis.Repeats(&b) + analysis.StoppingAt(&b)},
		{OfPlan, "warm-ups", fmt.Sprint(a.Warmup), fmt.Sprint(b.Warmup)},
		{OfPlan, "order", a.Order, b.Order},
		{OfPlan, "workspace", strings.Join(a.Workspaces, " "), strings.Join(b.Workspaces, " ")},
	}
	if a.Order == "shuffled" && b.Order == "shuffled" {
		list = append(list, Difference{OfPlan, "seed of the order", fmt.Sprint(a.Seed), fmt.Sprint(b.Seed)})
	}
	for _, is := range b.Metrics {
		for _, was := range a.Metrics {
			if was.Name == is.Name {
				list = append(list, Difference{OfPlan, "metric " + is.Name, describeMetric(was), describeMetric(is)})
			}
		}
	}
	if !journal.SameSource(a.Origin.Source, b.Origin.Source) {
		list = append(list, Difference{OfPlan, "experiment file", "as it was", "edited"})
	}
	return list
}

func describeMetric(m journal.Metric) string {
	return strings.TrimSpace(fmt.Sprintf("%s%s %s, better %s", m.Stdout, m.Stderr, m.Unit, m.Better))
}

// inputDifferences returns the differences between the inputs of cells, each with the
// number of its cells.
func (c *Comparison) inputDifferences() (list []Difference) {
	cells := map[Difference]int{}
	for _, x := range c.Contrasts {
		if x.Status != DifferentWork {
			continue
		}
		d := Difference{x.work.Kind, x.work.What, cmp.Or(format.OneLine(x.work.Base), none), cmp.Or(format.OneLine(x.work.New), none)}
		if cells[d]++; cells[d] == 1 {
			list = append(list, d)
		}
	}
	for i, d := range list {
		list[i].What = "inputs of " + format.Count(cells[d], "cell")
	}
	return list
}

// OfKind returns the names of the differences of one kind.
func (c *Comparison) OfKind(kind DifferenceKind) (list []string) {
	for _, d := range c.Differences {
		if d.Kind == kind {
			list = append(list, d.What)
		}
	}
	return list
}

// meaning explains the effect of the differences on the verdicts.
func (c *Comparison) meaning() string {
	machine, code := c.OfKind(OfMachine), c.OfKind(OfCode)
	switch {
	case c.SameRun && len(c.Differences) == 0:
		return ""
	case len(machine) > 0 && len(code) > 0:
		return fmt.Sprintf("The machine (%s) and the code (%s) differ. A verdict shows their effect together, and not which of them is the cause.", format.Join(machine), format.Several(code))
	case len(machine) > 0 && c.SumUpSpeedups() != "":
		return fmt.Sprintf("The machine differs (%s), so the verdicts on times compare machines and not code. The verdicts against the baseline exclude a machine that is slower for all cells alike.", format.Join(machine))
	case len(machine) > 0:
		return fmt.Sprintf("The machine differs (%s), so this compares machines and not code. A verdict shows the effect of all differences together.", format.Join(machine))
	case len(code) > 0:
		return fmt.Sprintf("The machine is the same. The code differs (%s).", format.Several(code))
	case len(c.Differences) == 0:
		text := "Everything that a run records is the same: machine, versions, programs, plan and inputs."
		if len(c.New.Run.Programs) > 0 {
			text += " Modules and libraries that programs load are not recorded."
		}
		return text
	}
	return ""
}

// pairing explains that trials are paired, if both are the same run.
func (c *Comparison) pairing() string {
	if !c.SameRun {
		return ""
	}
	return fmt.Sprintf("BASE and NEW are the same run (%s). Trials are therefore paired by round, and only rounds of both are shown.", format.OneLine(c.Base.Run.ID))
}
