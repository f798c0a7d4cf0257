package cluster

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// A Merged is the journal of a sweep.
type Merged struct {
	Log     *journal.Log
	Missing []int // shards that are not done
	// Parts are the trials of rounds that no attempt used: the machine or the job ended in the middle.
	// Duplicates are trials of measured rounds that another attempt has, too. Disturbed are the trials of
	// rounds that two attempts measured at the same time on one machine. The journal has the last ones only.
	Parts, Duplicates, Disturbed int
	// Problems say which attempts cannot be used.
	Problems []string
}

// Merge makes one journal of all attempts. It depends on their files alone. The order of the trials is the order
// of the plan. Of each round, the first attempt that has it whole is used. Attempts with different programs
// are refused.
func (s *Sweep) Merge() (*Merged, error) {
	m := &merger{Sweep: s, Merged: Merged{Log: &journal.Log{Run: s.Run}}}
	for n := range s.Shards {
		if err := m.addShard(n); err != nil {
			return nil, err
		}
	}
	if err := m.checkBinaries(); err != nil {
		return nil, err
	}
	m.sortTrials()
	m.finishHeader()
	m.addNotes()
	return &m.Merged, nil
}

// A merger is the state of Merge.
type merger struct {
	*Sweep
	Merged
	used   []*Attempt // with at least one round in the journal, by start
	all    []*Attempt
	trials []placed
	cells  []bool // by cell: its fields come from an attempt
	// ends has the number of trials up to the last trial of a cell in an attempt.
	ends map[cellOf]int
}

// A cellOf is a cell of the plan in an attempt.
type cellOf struct {
	of   *Attempt
	cell int
}

// A placed is a trial with its place in the order of the plan.
type placed struct {
	journal.Trial
	round int // of the plan, from 0
	of    *Attempt
}

func (m *merger) addShard(n int) error {
	list, err := m.Attempts(n)
	if err != nil {
		return err
	}
	m.load(list)
	for _, a := range list {
		if a.Problem != nil {
			for line := range strings.SplitSeq(a.Problem.Error(), "\n") {
				m.Problems = append(m.Problems, fmt.Sprintf("a file of shard %d is not used: %s", n, line))
			}
		}
		if a.Damage != nil {
			m.refuse(a, a.Damage.Error())
		}
	}
	m.dropOtherInputs(list)
	if !isWhole(list) {
		m.Missing = append(m.Missing, n)
	}
	m.all = append(m.all, list...)
	whole, unused := wholeRounds(list)
	for i := range whole {
		m.addRound(n, &whole[i], list)
	}
	for i := range unused {
		switch r := &unused[i]; {
		case r.phase != journal.Measured: // each attempt has its own warm-up
		case r.whole:
			m.Duplicates += len(r.trials)
		default:
			m.Parts += len(r.trials)
		}
	}
	// One journal after the other, so that not all of them are in memory.
	for _, a := range list {
		if a.Log != nil {
			a.Log = &journal.Log{Run: a.Run, Notes: a.Log.Notes}
		}
	}
	return nil
}

// refuse says why an attempt is not used. If it marks its shard as done, or others build on it, the shard is run again
// only without its files.
func (m *merger) refuse(a *Attempt, why string) {
	m.Problems = append(m.Problems, fmt.Sprintf("the attempt %s of shard %d is not used: %s\nif the shard is not done otherwise, remove %s.*, and submit it again", a.Name, a.Shard, why, a.path("")))
}

// isWhole reports whether a shard is done by an attempt that can be used, as can all that it builds on. The attempts
// must be loaded.
func isWhole(list []*Attempt) bool {
	usable := func(name string) bool {
		return slices.ContainsFunc(list, func(a *Attempt) bool { return a.Name == name && a.Log != nil })
	}
	return slices.ContainsFunc(list, func(a *Attempt) bool {
		return a.Done != nil && a.Log != nil && !slices.ContainsFunc(a.Done.Earlier, func(name string) bool { return !usable(name) })
	})
}

// dropOtherInputs leaves out attempts whose inputs differ from the inputs of the first attempt with a whole round. An
// attempt checks the same before it begins.
func (m *merger) dropOtherInputs(list []*Attempt) {
	var first *Attempt
	for _, a := range list {
		if a.Log == nil {
			continue
		}
		if first == nil {
			if slices.ContainsFunc(a.rounds(), func(r round) bool { return r.whole && r.phase == journal.Measured }) {
				first = a
			}
			continue
		}
		if cell := OtherInputs(&first.Run, &a.Run); cell != "" {
			m.refuse(a, fmt.Sprintf("on %s the inputs of %s are not those on %s", a.Node(), cell, first.Node()))
			a.Log = nil
		}
	}
}

// OtherInputs returns the name of a cell with different inputs in two attempts of a shard, or "".
func OtherInputs(a, b *journal.Run) string {
	for i := range a.Cells {
		x, y := &a.Cells[i], &b.Cells[i]
		if x.Inputs != "" && y.Inputs != "" && x.Inputs != y.Inputs || x.Source != "" && y.Source != "" && x.Source != y.Source {
			return x.Name
		}
	}
	return ""
}

// addRound adds the trials of a round that is whole.
func (m *merger) addRound(n int, r *round, list []*Attempt) {
	shard := &m.Shards[n]
	if r.phase == journal.Warmup && shard.First > 1 {
		return // the first part of the table has the same warm-up rounds
	}
	disturbed := m.disturbs(r, list)
	for _, t := range r.trials {
		local := t.Cell
		t.Cell = shard.Cells[local]
		m.addCell(t.Cell, r.of, local)
		t.Node = r.of.Node()
		if disturbed && t.Measurement != nil {
			copied := *t.Measurement
			copied.Noise = strings.TrimPrefix(copied.Noise+"; another attempt of the same shard ran on this machine", "; ")
			t.Measurement = &copied
			m.Disturbed++
		}
		m.trials = append(m.trials, placed{t, m.indexOf(r.roundKey), r.of})
	}
	if !slices.Contains(m.used, r.of) {
		m.used = append(m.used, r.of)
	}
}

// indexOf returns the index of a round in the plan.
func (m *merger) indexOf(k roundKey) int {
	if k.phase == journal.Warmup {
		return k.number - 1
	}
	return m.Run.Warmup + k.number - 1
}

// disturbs reports whether another attempt of the shard ran on the same machine during a round.
func (m *merger) disturbs(r *round, list []*Attempt) bool {
	start, end := r.span()
	return slices.ContainsFunc(list, func(a *Attempt) bool {
		return a != r.of && a.Log != nil && a.Run.Machine.Host == r.of.Run.Machine.Host && a.Start().Before(end) && a.latest().After(start)
	})
}

// addCell takes what an attempt found about a cell.
func (m *merger) addCell(cell int, a *Attempt, local int) {
	if m.cells == nil {
		m.cells = make([]bool, len(m.Run.Cells))
		m.Log.Run.Cells = slices.Clone(m.Run.Cells)
	}
	if m.cells[cell] {
		return
	}
	m.cells[cell] = true
	found := a.Run.Cells[local]
	found.Baseline = m.Run.Cells[cell].Baseline
	m.Log.Run.Cells[cell] = found
}

// checkBinaries returns an error if attempts ran different programs.
func (m *merger) checkBinaries() error {
	for _, a := range m.used {
		if sum := a.Run.Attempt.Binary; sum != m.Binary {
			return fmt.Errorf("the attempt %s of shard %d ran another iosweep (SHA-256 %.16s, version %s) than the sweep (SHA-256 %.16s): results of two programs do not belong in one table\nremove its files %s.*, and submit the shard again: iosweep submit",
				a.Name, a.Shard, sum, a.Run.Iosweep, m.Binary, a.path(""))
		}
	}
	return nil
}

// sortTrials brings the trials into the order of the plan, and numbers them.
func (m *merger) sortTrials() {
	rank := map[int][]int{} // by round: the place of each cell
	rankOf := func(t *placed) int {
		if rank[t.round] == nil {
			order := schedule.Order(m.Run.Order, m.Run.Seed, len(m.Run.Cells), t.round)
			rank[t.round] = make([]int, len(order))
			for place, cell := range order {
				rank[t.round][cell] = place
			}
		}
		return rank[t.round][t.Cell]
	}
	slices.SortFunc(m.trials, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.round, b.round), cmp.Compare(rankOf(&a), rankOf(&b)), cmp.Compare(a.Trial.Trial, b.Trial.Trial))
	})
	m.Log.Trials = make([]journal.Trial, len(m.trials))
	m.ends = map[cellOf]int{}
	for i := range m.trials {
		t := &m.trials[i]
		m.Log.Trials[i] = t.Trial
		m.Log.Trials[i].Trial = i + 1
		m.ends[cellOf{t.of, t.Cell}] = i + 1
	}
	m.trials = nil
}

// finishHeader takes from the attempts what the plan does not have.
func (m *merger) finishHeader() {
	run := &m.Log.Run
	slices.SortFunc(m.used, (*Attempt).compare)
	for _, a := range m.all { // a skipped cell has no trial
		if a.Log == nil {
			continue
		}
		for local, cell := range m.Shards[a.Shard].Cells {
			if a.Run.Cells[local].Skip != "" {
				m.addCell(cell, a, local)
			}
		}
	}
	run.Programs, run.ProgramSums, run.ProgramDetails = map[string]string{}, map[string]string{}, map[string]journal.ProgramDetails{}
	run.CPUs = m.Run.Machine.CPUs
	for i, a := range m.used {
		if i == 0 {
			run.StartedAt, run.Machine, run.Go, run.Iosweep = a.Run.StartedAt, a.Run.Machine, a.Run.Go, a.Run.Iosweep
			run.Workspaces, run.Filesystems = a.Run.Workspaces, a.Run.Filesystems
		}
		if !slices.ContainsFunc(run.Nodes, func(n journal.Node) bool { return n.Name == a.Node() }) {
			run.Nodes = append(run.Nodes, a.Run.Attempt.Node)
		}
		addMissing(run.Programs, a.Run.Programs)
		addMissing(run.ProgramSums, a.Run.ProgramSums)
		addMissing(run.ProgramDetails, a.Run.ProgramDetails)
		for _, v := range a.Run.Versions {
			if !slices.ContainsFunc(run.Versions, func(had journal.Version) bool { return slices.Equal(had.Argv, v.Argv) }) {
				run.Versions = append(run.Versions, v)
			}
		}
		for _, source := range a.Run.Sources {
			if !slices.ContainsFunc(run.Sources, func(had journal.Source) bool {
				return had.Identity() == source.Identity() && had.Revision == source.Revision
			}) {
				run.Sources = append(run.Sources, source)
			}
		}
	}
	if run.CPUs == run.Machine.CPUs {
		run.CPUs = 0
	}
	slices.SortFunc(run.Nodes, func(a, b journal.Node) int { return compareNames(a.Name, b.Name) })
}

func addMissing[V any](to, from map[string]V) {
	for name, v := range from {
		if _, known := to[name]; !known {
			to[name] = v
		}
	}
}

// addNotes adds the notes of the attempts, warnings about the nodes and, if nothing is missing, the last note.
func (m *merger) addNotes() {
	notes := m.nodeNotes()
	end := m.Log.Run.StartedAt
	for _, a := range m.used {
		end = latest(end, a.latest())
		for _, n := range a.Log.Notes {
			switch n.Kind {
			case journal.NoteQuarantined, journal.NotePrecise, journal.NoteKept, journal.NoteRepeated, journal.NoteBuilt, journal.NoteInterpreter:
				if n.Cell != nil {
					n.Cell = new(m.Shards[a.Shard].Cells[*n.Cell])
				}
				// A later trial lifts a quarantine, so its note follows the last trial of the attempt.
				n.After = 0
				if n.Kind == journal.NoteQuarantined && n.Cell != nil {
					n.After = m.ends[cellOf{a, *n.Cell}]
				}
				if !slices.ContainsFunc(notes, func(had journal.Note) bool {
					return had.Kind == n.Kind && had.Text == n.Text && sameCell(had.Cell, n.Cell)
				}) {
					notes = append(notes, n)
				}
			}
		}
	}
	slices.SortStableFunc(notes, func(a, b journal.Note) int { return cmp.Compare(a.After, b.After) })
	for i := range m.Log.Trials {
		end = latest(end, endOf(&m.Log.Trials[i]))
	}
	text := fmt.Sprintf("%s of %s, from %s", units.Count(len(m.Log.Trials), "trial"), units.Count(len(m.Shards)-len(m.Missing), "shard"), units.Count(len(m.Log.Run.Nodes), "node"))
	last := journal.Note{At: end, Kind: journal.NoteFinished, Text: text, After: len(m.Log.Trials)}
	if len(m.Missing) > 0 {
		last.Kind = journal.NoteInterrupted
		last.Text = fmt.Sprintf("%s; not done: %s", text, Describe(m.Missing))
	}
	m.Log.Notes = append(notes, last)
}

func sameCell(a, b *int) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// nodeNotes returns the warnings of the attempts, each once with its nodes, and warnings about differences
// between the nodes and about trials that are not used.
func (m *merger) nodeNotes() (notes []journal.Note) {
	warn := func(at time.Time, text string) {
		notes = append(notes, journal.Note{At: at, Kind: journal.NoteWarning, Text: text})
	}
	type warning struct {
		text  string
		at    time.Time
		nodes []string
	}
	var list []*warning
	byText := map[string]*warning{}
	for _, a := range m.used {
		for _, n := range a.Log.Notes {
			if n.Kind != journal.NoteWarning {
				continue
			}
			w := byText[n.Text]
			if w == nil {
				w = &warning{text: n.Text, at: n.At}
				byText[n.Text] = w
				list = append(list, w)
			}
			if !slices.Contains(w.nodes, a.Node()) {
				w.nodes = append(w.nodes, a.Node())
			}
		}
	}
	nodes := m.Log.Run.Nodes
	for _, w := range list {
		if len(w.nodes) < len(nodes) {
			slices.SortFunc(w.nodes, compareNames)
			w.text = "On " + strings.Join(w.nodes, ", ") + ": " + w.text
		}
		warn(w.at, w.text)
	}
	start := m.Log.Run.StartedAt
	for _, text := range differences(nodes) {
		warn(start, text)
	}
	for _, text := range slices.Concat(m.otherPrograms(), m.otherRevisions()) {
		warn(start, text)
	}
	if m.Disturbed > 0 {
		warn(start, fmt.Sprintf("Two attempts of a shard ran on one machine at the same time, and disturbed %s; trials.csv marks them as noisy.", units.Count(m.Disturbed, "trial")))
	}
	var unused []string
	if m.Parts > 0 {
		unused = append(unused, units.Count(m.Parts, "trial")+" of rounds that no attempt finished")
	}
	if m.Duplicates > 0 {
		unused = append(unused, units.Count(m.Duplicates, "trial")+" of rounds that two attempts measured")
	}
	if len(unused) > 0 {
		warn(start, "Not used are "+strings.Join(unused, ", and ")+".")
	}
	return notes
}

// differences describes how nodes differ in hardware and kernel.
func differences(nodes []journal.Node) (list []string) {
	for _, fact := range []struct {
		what string
		of   func(*journal.Node) string
	}{
		{"processors", func(n *journal.Node) string { return n.Machine.CPUModel }},
		{"numbers of cpus", func(n *journal.Node) string { return units.Count(n.Machine.CPUs, "cpu") }},
		{"microcode", func(n *journal.Node) string { return n.Microcode }},
		{"memory", func(n *journal.Node) string { return units.Size(n.Machine.Memory >> 28 << 28) }}, // the kernel keeps a part
		{"kernels", func(n *journal.Node) string { return n.Machine.Kernel }},
		{"frequency governors", func(n *journal.Node) string { return n.Machine.Governor }},
		{"file systems", func(n *journal.Node) string {
			return strings.TrimSuffix(n.Machine.Filesystem+" ("+n.Machine.Mount+")", " ()")
		}},
		{"limits of cpus", func(n *journal.Node) string {
			if n.Quota == 0 {
				return "none"
			}
			return fmt.Sprintf("%.3g cpus", n.Quota)
		}},
	} {
		byValue := map[string][]string{}
		for i := range nodes {
			value := fact.of(&nodes[i])
			byValue[value] = append(byValue[value], nodes[i].Name)
		}
		if len(byValue) < 2 {
			continue
		}
		var parts []string
		for _, value := range slices.Sorted(maps.Keys(byValue)) {
			parts = append(parts, fmt.Sprintf("%s on %s", cmp.Or(value, "unknown"), strings.Join(byValue[value], ", ")))
		}
		list = append(list, fmt.Sprintf("The nodes have different %s: %s. A table was measured on one node at a time; see the results by node.", fact.what, strings.Join(parts, "; ")))
	}
	return list
}

// otherPrograms describes programs of contenders that differ between attempts.
func (m *merger) otherPrograms() (list []string) {
	for _, name := range slices.Sorted(maps.Keys(m.Log.Run.ProgramSums)) {
		byNode := map[string]string{}
		sums := map[string]bool{}
		for _, a := range m.used {
			if sum, known := a.Run.ProgramSums[name]; known {
				byNode[a.Node()] = sum
				sums[sum] = true
			}
		}
		if len(sums) < 2 {
			continue
		}
		var parts []string
		for _, node := range slices.SortedFunc(maps.Keys(byNode), compareNames) {
			parts = append(parts, byNode[node]+" on "+node)
		}
		list = append(list, fmt.Sprintf("The program %s is not the same on all nodes: sha256 %s.", name, strings.Join(parts, ", ")))
	}
	return list
}

// otherRevisions describes revisions that were another commit in other attempts: a branch has moved, or a file was
// edited. Within a shard such an attempt is refused.
func (m *merger) otherRevisions() (list []string) {
	byName := map[string][]string{}
	for i := range m.Log.Run.Sources {
		source := &m.Log.Run.Sources[i]
		name := source.Revision + " of " + source.Git
		if id := source.Identity(); !slices.Contains(byName[name], id) {
			byName[name] = append(byName[name], id)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		if ids := byName[name]; len(ids) > 1 {
			for i, id := range ids {
				ids[i] = fmt.Sprintf("%.12s", id)
			}
			list = append(list, fmt.Sprintf("The revision %s is not the same in all shards: %s. Do not compare tables of different commits.", name, strings.Join(ids, ", ")))
		}
	}
	return list
}
