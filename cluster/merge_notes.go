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
)

// addNotes adds the notes of the attempts, warnings about the nodes and, if nothing is missing, the last note.
func (m *merger) addNotes() {
	notes := m.nodeNotes()
	end := m.Log.Run.StartedAt
	for _, a := range m.used {
		end = latest(end, a.latest())
		for _, n := range a.Log.Notes {
			switch n.Kind {
			case journal.NoteQuarantined, journal.NotePrecise, journal.NoteRace, journal.NoteKept, journal.NoteRepeated, journal.NoteBuilt, journal.NoteInterpreter:
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
