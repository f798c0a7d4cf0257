package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/journal"
	"iosweep/reports/html"
	"iosweep/reports/table"
)

// hasNodes reports whether the run was merged from the shards of a sweep on a cluster.
func hasNodes(c *Content) bool { return c.Nodes != nil }

// nodesFile is the name of the file with the results by node.
const nodesFile = "nodes.csv"

// nodeNames returns the names of the nodes of a run.
func nodeNames(r *journal.Run) string {
	names := make([]string, len(r.Nodes))
	for i := range names {
		names[i] = r.Nodes[i].Name
	}
	return format.Several(names)
}

// The largest numbers of rows of a table of nodes.
const (
	terminalNodes = 8
	pageNodes     = 500 // of the speed-ups in report.html
)

// writeNodesCSV writes one row per cell and node.
func writeNodesCSV(w io.Writer, d *Content) error {
	fields := append(nodeFields(), lifted(summaryMetrics(d.Run))...)
	if judge := d.Judge.Key(); d.Judge.IsTail() {
		fields = append(fields, lifted(withNames(tailFields(), judge+"_mean_seconds", judge+"_ci95_low_seconds", judge+"_ci95_high_seconds"))...)
	}
	axes := axisColumns(d.Run, func(r analysis.NodeResult) journal.Cell { return r.Cell })
	var rows []analysis.NodeResult
	if d.Nodes != nil {
		rows = d.Nodes.Results
	}
	return table.WriteCSV(w, slices.Concat(fields[:1], axes, fields[1:]), rows)
}

// nodeFields returns the columns that are not axes. The first goes before the axes, the others after them.
func nodeFields() []table.Column[analysis.NodeResult] {
	type row = analysis.NodeResult
	column := table.New[row]
	words := func(name, doc string, f func(*analysis.Node) string) table.Column[row] {
		return column(name, doc, func(r row) table.Value { return table.Words(f(r.Node)) })
	}
	whole := func(name, doc string, f func(*analysis.Node) int64) table.Column[row] {
		return column(name, doc, func(r row) table.Value {
			if n := f(r.Node); n > 0 {
				return table.Whole(n)
			}
			return table.Value{Number: true}
		})
	}
	facts := []table.Column[row]{
		words("node", "name of the node", func(n *analysis.Node) string { return n.Name }),
		words("host", "its host name", func(n *analysis.Node) string { return n.Machine.Host }),
		words("cpu_model", "model of its processor", func(n *analysis.Node) string { return n.Machine.CPUModel }),
		whole("cpus", "number of its cpus", func(n *analysis.Node) int64 { return int64(n.Machine.CPUs) }),
		words("usable_cpus", "cpus that the job could use, as a list such as `0-3,8`", func(n *analysis.Node) string { return n.Usable }),
		column("cpu_quota", "limit of the control group as a number of cpus; empty without a limit", func(r row) table.Value {
			if r.Node.Quota <= 0 {
				return table.Value{Number: true}
			}
			return table.Number(analysis.ValueOf(r.Node.Quota))
		}),
		whole("memory_bytes", "size of the memory", func(n *analysis.Node) int64 { return n.Machine.Memory }),
		whole("memory_limit_bytes", "memory limit of the control group; empty without a limit", func(n *analysis.Node) int64 { return n.MemoryLimit }),
		words("microcode", "version of the microcode", func(n *analysis.Node) string { return n.Microcode }),
		words("governor", "governor of the frequency", func(n *analysis.Node) string { return n.Machine.Governor }),
		words("kernel", "version of the kernel", func(n *analysis.Node) string { return n.Machine.Kernel }),
		words("filesystem", "file system of the first workspace", func(n *analysis.Node) string { return n.Machine.Filesystem }),
		words("mount", "its mount options", func(n *analysis.Node) string { return n.Machine.Mount }),
	}
	fields := slices.Concat(summaryFields(), detailFields())
	return slices.Concat(lifted(withNames(fields, "cell")), facts, lifted(withNames(fields, "files", "bytes", "trials", "failed", "good_trials",
		"mean_seconds", "ci95_low_seconds", "ci95_high_seconds", "baseline", "speedup", "speedup_ci95_low", "speedup_ci95_high")))
}

// withNames returns the columns with these names, in the order of the names.
func withNames[Row any](columns []table.Column[Row], names ...string) []table.Column[Row] {
	list := make([]table.Column[Row], len(names))
	for i, name := range names {
		list[i] = columns[slices.IndexFunc(columns, func(c table.Column[Row]) bool { return c.Name == name })]
	}
	return list
}

// lifted returns columns of summaries as columns of the results by node.
func lifted(columns []table.Column[*analysis.Summary]) []table.Column[analysis.NodeResult] {
	type row = analysis.NodeResult
	list := make([]table.Column[row], len(columns))
	for i, c := range columns {
		list[i] = table.Column[row]{Name: c.Name, Doc: c.Doc, Title: c.Title, Words: c.Words, Weight: c.Weight}
		if c.Value != nil {
			list[i].Value = func(r row) table.Value { return c.Value(r.Summary) }
		}
		if c.Text != nil {
			list[i].Text = func(r row) string { return c.Text(r.Summary) }
		}
	}
	return list
}

// A nodeFact is a fact about a node for people.
type nodeFact struct {
	name string
	of   func(*analysis.Node) string
}

// mainFacts are in every table of nodes.
var mainFacts = []nodeFact{
	{"processor", func(n *analysis.Node) string { return n.Machine.CPUModel }},
	{"cpus", func(n *analysis.Node) string { return format.Thousands(int64(n.Machine.CPUs)) }},
	{"memory", func(n *analysis.Node) string { return analysis.MemoryText(n.Machine.Memory) }},
	{"kernel", func(n *analysis.Node) string { return n.Machine.Kernel }},
}

// otherFacts are in the table of nodes if the nodes differ in them.
var otherFacts = []nodeFact{
	{"microcode", func(n *analysis.Node) string { return n.Microcode }},
	{"governor", func(n *analysis.Node) string { return n.Machine.Governor }},
	{"usable cpus", func(n *analysis.Node) string { return n.Usable }},
	{"limits", limitsText},
	{"file system", func(n *analysis.Node) string {
		return strings.TrimSuffix(n.Machine.Filesystem+" ("+n.Machine.Mount+")", " ()")
	}},
}

// limitsText describes the limits of the control group; empty if there are none.
func limitsText(n *analysis.Node) string {
	var parts []string
	if n.Quota > 0 {
		parts = append(parts, format.Digits(n.Quota, 3)+" cpus")
	}
	if n.MemoryLimit > 0 {
		parts = append(parts, analysis.MemoryText(n.MemoryLimit)+" of memory")
	}
	return strings.Join(parts, ", ")
}

// isShared reports whether all nodes have the same value.
func (f nodeFact) isShared(n *analysis.Nodes) bool {
	return !slices.ContainsFunc(n.List, func(node analysis.Node) bool { return f.of(&node) != f.of(&n.List[0]) })
}

// nodesSheet returns the table of the first nodes.
func nodesSheet(n *analysis.Nodes, rows int) table.Sheet {
	type row = *analysis.Node
	var columns []table.Column[row]
	for i, f := range mainFacts {
		c := table.Text(f.name, 9-i, f.of).Where(func(r row) bool { return f.of(r) != "" })
		c.Words = f.name != "cpus" && f.name != "memory"
		columns = append(columns, c)
	}
	for i, f := range otherFacts {
		if !f.isShared(n) {
			columns = append(columns, table.Text(f.name, 5-i, func(r row) string { return cmp.Or(f.of(r), format.Undefined) }).Left())
		}
	}
	columns = append(columns,
		table.Text("cells", 10, func(r row) string { return format.Thousands(int64(r.Cells)) }),
		table.Text("trials", 10, func(r row) string { return format.Thousands(int64(r.Trials)) }),
		table.Text("failed", 10, func(r row) string { return format.Thousands(int64(r.Failed)) }).Where(func(r row) bool { return r.Failed > 0 }))
	list := make([]row, rows)
	for i := range list {
		list[i] = &n.List[i]
	}
	return table.Of([]table.Column[row]{table.Text("node", 0, func(r row) string { return r.Name })}, columns, list)
}

// sharedFacts describes the facts that all nodes share and the table does not have; empty if there are none.
func sharedFacts(n *analysis.Nodes) string {
	var parts []string
	for _, f := range otherFacts {
		if v := f.of(&n.List[0]); v != "" && f.isShared(n) {
			parts = append(parts, f.name+" "+v)
		}
	}
	switch {
	case parts == nil:
		return ""
	case len(n.List) == 1:
		return "The node has " + format.Join(parts) + "."
	}
	return "All nodes have " + format.Join(parts) + "."
}

// speedupsSheet returns the table of the speed-ups by node, and the index of the cell of each row.
func speedupsSheet(d *Content, list []analysis.NodeComparison) (sheet table.Sheet, cells []int) {
	type row = analysis.NodeResult
	var rows []row
	// A name distinguishes the cell from all that are compared, also from those that the list leaves out.
	var compared []*analysis.Summary
	for _, c := range d.Nodes.Compared {
		compared = append(compared, c.Cell)
	}
	for _, c := range list {
		for _, r := range c.Results {
			rows, cells = append(rows, r), append(cells, r.Index)
		}
	}
	name := analysis.ShortNames(d.Factors, compared)
	columns := slices.Concat([]table.Column[row]{
		table.Text("node", 20, func(r row) string { return r.Node.Name }).Left(),
	}, lifted(table.Pick(summaryFields(), "speed-up", "95% interval")), lifted(figureColumns(d.Run)[:1]), []table.Column[row]{
		table.Text("trials", 3, func(r row) string { return format.Thousands(int64(r.Trials)) }),
	})
	sheet = table.Of([]table.Column[row]{table.Text("cell", 0, func(r row) string { return name(r.Summary) })}, columns, rows)
	for i := range sheet.Heads {
		sheet.Heads[i].Name = "" // the columns of these names have the results of all nodes
	}
	return sheet, cells
}

// speedupsByNode is the title of the table of speed-ups by node.
func speedupsByNode(d *Content) string {
	title := d.Judge.SpeedupName() + " by node"
	return strings.ToUpper(title[:1]) + title[1:]
}

// omittedNodes tells how many rows a table of nodes leaves out.
func omittedNodes(n int, what, where string) []string {
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s more: %s.", format.Count(n, what), where)}
}

// omittedComparisons tells which cells a table of speed-ups by node has.
func omittedComparisons(n int, where string) []string {
	if n == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Shown: the largest differences between nodes. %s more: %s.", format.Count(n, "row"), where)}
}

// writeNodes writes the nodes and the speed-ups by node for a terminal.
func writeNodes(out io.Writer, d *Content, opt table.Options) {
	if d.Nodes == nil {
		return
	}
	rows, most := len(d.Nodes.List), cmp.Or(opt.Rows, terminalNodes)
	if most > 0 {
		rows = min(rows, most)
	}
	fmt.Fprintln(out, "\nNodes")
	writeHidden(out, nodesSheet(d.Nodes, rows).Write(out, opt), seeReport, opt)
	for _, sentence := range omittedNodes(len(d.Nodes.List)-rows, "node", nodesFile) {
		writeWrapped(out, sentence, opt)
	}
	if shown, omitted := d.Nodes.Excerpt(most); len(shown) > 0 {
		fmt.Fprintf(out, "\n%s\n", speedupsByNode(d))
		sheet, _ := speedupsSheet(d, shown)
		writeHidden(out, sheet.Write(out, opt), nodesFile, opt)
		for _, sentence := range omittedComparisons(omitted, nodesFile) {
			writeWrapped(out, sentence, opt)
		}
	}
	for _, sentence := range d.Nodes.Sentences {
		writeWrapped(out, sentence, opt)
	}
}

// writeMarkdownNodes writes the section on the nodes.
func writeMarkdownNodes(out io.Writer, d *Content) {
	if d.Nodes == nil {
		return
	}
	const link = "[nodes.csv](nodes.csv)"
	paragraphs := func(list ...string) {
		for _, sentence := range list {
			if sentence != "" {
				fmt.Fprintf(out, "\n%s\n", sentence)
			}
		}
	}
	rows := min(len(d.Nodes.List), markdownRows)
	fmt.Fprintf(out, "\n## Nodes\n\n%s", nodesSheet(d.Nodes, rows).Markdown())
	paragraphs(omittedNodes(len(d.Nodes.List)-rows, "node", link)...)
	paragraphs(markdown.Paragraph(sharedFacts(d.Nodes)))
	if shown, omitted := d.Nodes.Excerpt(markdownRows); len(shown) > 0 {
		sheet, _ := speedupsSheet(d, shown)
		fmt.Fprintf(out, "\n### %s\n\n%s", markdown.Escape(speedupsByNode(d)), sheet.Markdown())
		paragraphs(omittedComparisons(omitted, link)...)
	}
	for _, sentence := range d.Nodes.Sentences {
		paragraphs(markdown.Paragraph(sentence))
	}
}

// nodesSection returns the section of the page on the nodes; nil if the run was measured on one machine.
func nodesSection(d *Content) *html.Nodes {
	if d.Nodes == nil {
		return nil
	}
	section := &html.Nodes{Table: html.Table{Heading: "Nodes", Sheet: nodesSheet(d.Nodes, len(d.Nodes.List))}}
	if shared := sharedFacts(d.Nodes); shared != "" {
		section.Table.After = append(section.Table.After, shared)
	}
	shown, omitted := d.Nodes.Excerpt(pageNodes)
	section.Speedups = html.Table{Heading: speedupsByNode(d), After: append(omittedComparisons(omitted, nodesFile), d.Nodes.Sentences...)}
	section.Speedups.Sheet, section.Speedups.Cells = speedupsSheet(d, shown)
	return section
}
