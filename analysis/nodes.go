package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"iosweep/internal/format"
	"iosweep/journal"
)

// Nodes are the machines of a run that was merged from the shards of a sweep, and the results by node.
// Each round of a cell and its baseline comes from one node, so every pair of trials does, too.
type Nodes struct {
	// List is in the order of the journal.
	List []Node
	// Results has an element for each cell and each node that measured it, by cell and then by node.
	Results []NodeResult
	// Compared has the cells, other than baselines, that two or more nodes measured.
	Compared []NodeComparison
	// Sentences are the result of comparing the nodes.
	Sentences []string
}

// A Node is a machine, with counts of what it measured.
type Node struct {
	journal.Node
	Cells          int // with a measured trial
	Trials, Failed int // measured rounds, as in a Summary
}

// A NodeResult contains the results of a cell on one node. Its Summary describes the trials of this node
// only. It has times, metrics, the speed-up and, for a baseline, the drift. It has no verdict, because
// the verdict is about all trials.
type NodeResult struct {
	*Summary
	Node *Node
}

// A NodeComparison contains the results of a cell that two or more nodes measured.
type NodeComparison struct {
	Cell    *Summary // of all nodes
	Results []NodeResult
}

// nodes computes the results by node; nil if the run was measured on one machine.
func (d *Data) nodes() *Nodes {
	if len(d.Run.Nodes) == 0 {
		return nil
	}
	n := &Nodes{List: make([]Node, len(d.Run.Nodes))}
	places := d.nodePlaces()
	for i, node := range d.Run.Nodes {
		n.List[i].Node = node
	}
	for _, s := range d.Cells() {
		parts := make([]*Summary, len(n.List))
		for _, r := range s.results {
			place, known := places[r.Node]
			if !known {
				continue
			}
			if parts[place] == nil {
				parts[place] = &Summary{Index: s.Index, Cell: s.Cell, Status: s.Status, Baseline: s.Baseline, Control: s.Control}
			}
			part := parts[place]
			part.results = append(part.results, r)
			if r.good() {
				part.Good = append(part.Good, r.Trial)
			}
		}
		c := NodeComparison{Cell: s}
		for place, part := range parts {
			if part == nil || !d.describePart(part) {
				continue
			}
			node := &n.List[place]
			node.Cells++
			node.Trials += part.Trials
			node.Failed += part.Failed
			c.Results = append(c.Results, NodeResult{part, node})
		}
		n.Results = append(n.Results, c.Results...)
		if len(c.Results) > 1 && !s.IsBaseline() && s.Speedup.Value.OK {
			n.Compared = append(n.Compared, c)
		}
	}
	n.Sentences = n.sentences(d.Judge)
	return n
}

// nodePlaces returns the index of each node by its name.
func (d *Data) nodePlaces() map[string]int {
	places := make(map[string]int, len(d.Run.Nodes))
	for i := range d.Run.Nodes {
		places[d.Run.Nodes[i].Name] = i
	}
	return places
}

// describePart computes the results of a cell on one node. It returns false if the node measured no
// round of the cell.
func (d *Data) describePart(part *Summary) bool {
	c := part.count(&d.Run)
	part.Trials, part.Failed = c.measured, c.failed
	part.Seconds = part.describe(SecondsOf(part.Good))
	part.setFigures(MetricsOf(&d.Run), d.Judge)
	if base := d.baselineOf(part); base != nil {
		part.Speedup = d.Judge.speedup(base, part)
	}
	if part.IsBaseline() {
		part.Drift = part.driftOf(part.Good)
	}
	return part.Trials > 0
}

// sentences names a cell whose speed-ups on two nodes differ beyond their intervals, or says that no cell
// was measured on two nodes.
func (n *Nodes) sentences(judge Figure) []string {
	if len(n.List) > 1 && !slices.ContainsFunc(n.List, func(node Node) bool { return node.Cells == 0 }) && !n.sharesCell() {
		return []string{"Each cell was measured on one node only, so there is no " + judge.SpeedupName() + " by node to compare."}
	}
	var farthest NodeComparison
	var slow, fast NodeResult
	cells, distance := 0, 0.0
	for _, c := range n.Compared {
		a, b, apart := c.apart()
		if apart == 0 {
			continue
		}
		if cells++; apart > distance {
			farthest, slow, fast, distance = c, a, b, apart
		}
	}
	if cells == 0 {
		return nil
	}
	text := fmt.Sprintf("%s has different %s on different nodes: %s, but %s. The 95%% intervals do not overlap.",
		farthest.Cell.Cell.Name, judge.SpeedupsName(), fast.speedupText(), slow.speedupText())
	if cells > 1 {
		text += fmt.Sprintf(" This is so for %s, too.", format.Count(cells-1, "other cell"))
	}
	return []string{text}
}

// sharesCell reports whether two nodes measured the same cell.
func (n *Nodes) sharesCell() bool {
	for i := 1; i < len(n.Results); i++ {
		if n.Results[i].Index == n.Results[i-1].Index {
			return true
		}
	}
	return false
}

// apart returns the two results whose intervals of the speed-up are farthest apart, and the gap between
// the intervals as a factor above 1. The factor is 0 if all intervals overlap.
func (c NodeComparison) apart() (slow, fast NodeResult, factor float64) {
	for _, a := range c.Results {
		for _, b := range c.Results {
			_, high := a.Speedup.CI.Bounds()
			low, _ := b.Speedup.CI.Bounds()
			if gap := low.Over(high); gap.OK && gap.X > max(1, factor) {
				slow, fast, factor = a, b, gap.X
			}
		}
	}
	return slow, fast, factor
}

// Excerpt chooses the cells whose speed-ups on two nodes differ most, with at most rows results; 0 or less
// means all. It returns the number of results that it leaves out. Of a cell with more results it keeps the
// slowest and the fastest nodes.
func (n *Nodes) Excerpt(rows int) (shown []NodeComparison, omitted int) {
	total := 0
	for _, c := range n.Compared {
		total += len(c.Results)
	}
	if rows <= 0 || total <= rows {
		return n.Compared, 0
	}
	ranked := slices.Clone(n.Compared)
	slices.SortStableFunc(ranked, func(a, b NodeComparison) int { return cmp.Compare(b.spread(), a.spread()) })
	left := rows
	for _, c := range ranked {
		if len(c.Results) > left && len(shown) > 0 {
			break
		}
		c.Results = c.extremes(left)
		shown = append(shown, c)
		left -= len(c.Results)
	}
	slices.SortFunc(shown, func(a, b NodeComparison) int { return a.Cell.Index - b.Cell.Index })
	return shown, total - (rows - left)
}

// spread returns the highest speed-up divided by the lowest.
func (c NodeComparison) spread() float64 {
	low, high := math.Inf(1), 0.0
	for _, r := range c.Results {
		if v := r.Speedup.Value; v.OK {
			low, high = min(low, v.X), max(high, v.X)
		}
	}
	return high / low
}

// extremes returns at most n results: those with the lowest and with the highest speed-ups.
func (c NodeComparison) extremes(n int) []NodeResult {
	middle := len(c.Results) - n
	if middle <= 0 {
		return c.Results
	}
	ranked := slices.Clone(c.Results)
	slices.SortStableFunc(ranked, func(a, b NodeResult) int { return cmp.Compare(a.Speedup.Value.X, b.Speedup.Value.X) })
	out := ranked[n/2 : n/2+middle]
	return slices.DeleteFunc(slices.Clone(c.Results), func(r NodeResult) bool {
		return slices.ContainsFunc(out, func(o NodeResult) bool { return o.Node == r.Node })
	})
}

func (r NodeResult) speedupText() string {
	return fmt.Sprintf("%s (%s) on %s", format.Times(r.Speedup.Value), format.TimesInterval(r.Speedup.CI), r.Node.Name)
}

// ResultsByNode returns the results of a cell on each node that measured it. A run of one machine has none.
func (d *Data) ResultsByNode(s *Summary) []NodeResult {
	if d.Nodes == nil {
		return nil
	}
	compare := func(r NodeResult, index int) int { return r.Index - index }
	start, _ := slices.BinarySearchFunc(d.Nodes.Results, s.Index, compare)
	end, _ := slices.BinarySearchFunc(d.Nodes.Results, s.Index+1, compare)
	return d.Nodes.Results[start:end]
}

// byNode returns the summaries of all cells. A cell that several nodes measured has one for each of them.
func (d *Data) byNode() (list []*Summary) {
	for _, s := range d.Cells() {
		if parts := d.ResultsByNode(s); len(parts) > 1 {
			for _, part := range parts {
				list = append(list, part.Summary)
			}
			continue
		}
		list = append(list, s)
	}
	return list
}

// CPUs returns the number of cpus of the machine that measured some cells. Of several nodes it returns the
// fewest and the most; 0 if none of them measured the cells.
func (d *Data) CPUs(cells ...*Summary) (fewest, most int) {
	if len(d.Run.Nodes) == 0 {
		return d.Run.Machine.CPUs, d.Run.Machine.CPUs
	}
	places := d.nodePlaces()
	for _, s := range cells {
		for _, r := range s.results {
			if place, known := places[r.Node]; known {
				n := d.Run.Nodes[place].Machine.CPUs
				if most == 0 {
					fewest = n
				}
				fewest, most = min(fewest, n), max(most, n)
			}
		}
	}
	return fewest, most
}

// Machine returns the machine of the run. If the run has several nodes, it has only the facts that all of
// them share.
func (d *Data) Machine() journal.Machine {
	m := d.Run.Machine
	for _, node := range d.Run.Nodes {
		o := &node.Machine
		keepShared(&m.Host, o.Host)
		keepShared(&m.OS, o.OS)
		keepShared(&m.Kernel, o.Kernel)
		keepShared(&m.CPUModel, o.CPUModel)
		keepShared(&m.CPUs, o.CPUs)
		if MemoryText(m.Memory) != MemoryText(o.Memory) { // the kernel keeps a part, which differs
			m.Memory = 0
		}
		keepShared(&m.Filesystem, o.Filesystem)
		keepShared(&m.Mount, o.Mount)
		keepShared(&m.Governor, o.Governor)
	}
	return m
}

// keepShared sets a fact to its zero value if another node has another one.
func keepShared[T comparable](fact *T, other T) {
	if *fact != other {
		*fact = *new(T)
	}
}

// MemoryText returns a size of memory for people; empty if it is unknown.
func MemoryText(n int64) string {
	if n <= 0 {
		return ""
	}
	return format.Bytes(ValueOf(float64(n)))
}

// NodeChanges returns the places, between the numbers of two trials, at which the next trial of a table
// comes from another node.
func (g *Table) NodeChanges() (places []float64) {
	var trials []*journal.Trial
	for _, s := range g.Cells {
		for _, r := range s.results {
			trials = append(trials, r.Trial)
		}
	}
	slices.SortFunc(trials, func(a, b *journal.Trial) int { return a.Trial - b.Trial })
	for i := 1; i < len(trials); i++ {
		if before, t := trials[i-1], trials[i]; before.Node != t.Node {
			places = append(places, float64(before.Trial+t.Trial)/2)
		}
	}
	return places
}

// isOfOneNode reports whether one machine measured all trials.
func isOfOneNode(trials []*journal.Trial) bool {
	return !slices.ContainsFunc(trials, func(t *journal.Trial) bool { return t.Node != trials[0].Node })
}
