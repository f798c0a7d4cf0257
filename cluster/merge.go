package cluster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

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
