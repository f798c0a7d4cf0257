package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/internal/markdown"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/plot"
)

// writeMarkdown writes report.md, for people and for the web pages of a repository. The most
// important parts come first: the run, its problems, the tables, the pictures, and how
// to read them.
func writeMarkdown(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.Writer(w)) // its first error sticks until Flush
	writeTitle(out, d)
	if d.Published != nil {
		writeMarkdownPublished(out, d)
	}
	if d.AB != nil {
		fmt.Fprintf(out, "\n## BASE and NEW\n\n%s\n\n", markdown.Paragraph(d.AB.SumUp()))
		writeABTable(out, d)
	}
	writeSentences(out, "## Warnings", d.Warnings)
	writeFailures(out, d)
	e := excerptOf(d, rowsPerTable(d, markdownRows, markdownAllRows), maxTables)
	for i, g := range e.Tables {
		writeMarkdownTable(out, d, g, e.parts[i])
	}
	for _, sentence := range e.remainder(moreLinks) {
		fmt.Fprintf(out, "\n%s\n", sentence)
	}
	writeMarkdownEffects(out, d)
	writeMarkdownScaling(out, d)
	writeMarkdownNodes(out, d)
	writePictures(out, "\n## Pictures\n", d.Pictures, func(p plot.Picture) bool { return p.Kind != plot.Published })
	writeMarkdownNext(out, d)
	writeReading(out, d, e.footnotes(d))
	return out.Flush()
}

// maxOfKind is the largest number of pictures of a kind in a report.
const maxOfKind = 4

// writePictures writes links to the wanted pictures, under a heading if there are any. If there are
// many of a kind, it shows some, spread over the tables, and counts the others.
func writePictures(out io.Writer, heading string, pictures []plot.Picture, wanted func(plot.Picture) bool) {
	total, seen, more := map[string]int{}, map[string]int{}, 0
	for _, p := range pictures {
		total[p.Kind]++
	}
	for _, p := range pictures {
		if !wanted(p) {
			continue
		}
		i, n := seen[p.Kind], total[p.Kind]
		seen[p.Kind]++
		if n > maxOfKind && i*maxOfKind/n == (i-1)*maxOfKind/n && i > 0 {
			more++
			continue
		}
		mark, file := "!", p.Files[0].Name // PNG if there is one, then SVG
		if strings.HasSuffix(file, ".pdf") {
			mark = "" // pages show no PDF: link to it
		}
		fmt.Fprintf(out, "%s\n%s[%s](plots/%s)\n", heading, mark, markdown.Escape(p.Alt), file)
		heading = ""
	}
	if more > 0 {
		fmt.Fprintf(out, "\n%s more: [%s](%s).\n", format.Count(more, "picture"), plotsDir, plotsDir)
	}
}

func writeTitle(out io.Writer, d *Content) {
	r := d.Run
	fmt.Fprintf(out, "# %s\n", markdown.Escape(runTitle(&r)))
	if r.Description != "" {
		fmt.Fprintf(out, "\n%s\n", markdown.Prose(r.Description))
	}
	writeMarkdownOverview(out, d)
	fmt.Fprintf(out, "\n%s: %s\n\n%s\n", markdown.Code(r.Name), markdown.Escape(strings.Join(planSentences(d), " ")), markdown.Escape(machineSentence(d.Data)+programsSentence(&d.Run)))
	writeInterpreters(out, d.Interpreters)
	writePrograms(out, &r)
	writeSources(out, d)
	if flags := flagsInMarkdown(r); flags != "" {
		fmt.Fprintf(out, "\nOverrides: %s.\n", flags)
	}
}

// runTitle returns the title of a run, with its profile.
func runTitle(r *journal.Run) string {
	title := cmp.Or(r.Title, r.Name)
	if r.Profile != "" {
		title += fmt.Sprintf(" (profile %s)", r.Profile)
	}
	return title
}

// planSentences describe the plan of a run, how much of it is completed, and when it was measured.
func planSentences(d *Content) []string {
	r := &d.Run
	measured, planned := 0, 0
	for _, s := range d.Summaries {
		measured += s.Trials
		planned += s.Trials
		if s.Status != analysis.StatusSkipped && !s.Cell.Retired && !s.Precise {
			planned += max(0, r.RepeatsOf(&s.Cell)-s.Trials)
		}
	}
	plan := fmt.Sprintf("%s, %s each", format.Count(len(r.Cells), "cell"), analysis.Repeats(r))
	if r.Warmup > 0 {
		plan += fmt.Sprintf(" after %s", format.Count(r.Warmup, "warm-up"))
	}
	plan += fmt.Sprintf("%s, in %s order (seed %d): %s of %s completed.", analysis.StoppingAt(r), r.Order, r.Seed, format.Thousands(int64(measured)), format.Count(planned, "measured trial"))
	when := fmt.Sprintf("Run on %s with iosweep %s", format.Moment(r.StartedAt), cmp.Or(r.Iosweep, "of an unknown version"))
	if r.Go != "" {
		when += fmt.Sprintf(", built with %s", r.Go)
	}
	list := []string{plan, when + "."}
	if sentence := d.SessionsSentence(); sentence != "" {
		list = append(list, sentence)
	}
	return list
}

// writeInterpreters describes the Python interpreters of contenders, each in a line of a list.
func writeInterpreters(out io.Writer, list []journal.Interpreter) {
	if len(list) == 0 {
		return
	}
	fmt.Fprint(out, "\nPython interpreters:\n\n")
	for i := range list {
		fmt.Fprintf(out, "- %s.\n", markdown.Escape(interpreterText(&list[i])))
	}
}

// writeSources describes the revisions of programs, each in a line of a list.
func writeSources(out io.Writer, d *Content) {
	if len(d.Run.Sources) == 0 {
		return
	}
	fmt.Fprint(out, "\nRevisions:\n\n")
	for _, s := range d.Run.Sources {
		fmt.Fprintf(out, "- %s.\n", markdown.Escape(sourceText(s)))
	}
}

// sourceText describes a revision of a program and its repository.
func sourceText(s journal.Source) string {
	return analysis.DescribeSource(s) + ", of " + s.Git
}

func interpreterText(in *journal.Interpreter) string {
	text := fmt.Sprintf("%s is %s", in.Name(), in)
	if in.StartMethod != "" {
		text += fmt.Sprintf("; multiprocessing starts processes by %s", in.StartMethod)
	}
	if in.Startup != nil {
		text += fmt.Sprintf("; its start takes %s", format.Seconds(analysis.ValueOf(*in.Startup)))
	}
	return format.OneLine(text)
}

// overrideFlags returns the flags of the command line that changed the experiment file.
func overrideFlags(r journal.Run) (flags []string) {
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				flags = append(flags, flag+" "+format.OneLine(v))
			}
		}
	}
	add("--profile", r.Profile)
	add("--set", r.Overrides...)
	add("--only", r.Only...)
	return flags
}

// flagsInMarkdown returns the flags of overrideFlags as code.
func flagsInMarkdown(r journal.Run) string {
	flags := overrideFlags(r)
	for i := range flags {
		flags[i] = markdown.Code(flags[i])
	}
	return strings.Join(flags, ", ")
}

// machineSentence describes the machine, or what all nodes have in common. It leaves out unknown values.
func machineSentence(d *analysis.Data) string {
	m := d.Machine()
	var parts []string
	if n := len(d.Run.Nodes); n > 1 {
		parts = append(parts, fmt.Sprintf("%s (see Nodes)", format.Count(n, "node")))
	}
	add := func(format string, v string) {
		if v != "" {
			parts = append(parts, fmt.Sprintf(format, v))
		}
	}
	add("host %s", m.Host)
	add("%s", strings.TrimSpace(m.OS+" "+m.Kernel))
	if m.CPUs > 0 {
		add("%s", format.Count(m.CPUs, "cpu"))
	}
	add("%s", m.CPUModel)
	if m.Memory > 0 {
		add("%s of memory", format.Bytes(analysis.ValueOf(float64(m.Memory))))
	}
	add("file system %s", m.Filesystem)
	return "Machine: " + strings.Join(parts, ", ") + "."
}

// writePrograms describes the programs of contenders, each in a line of a list. Runs of earlier
// versions of iosweep have only paths; see programsSentence.
func writePrograms(out io.Writer, run *journal.Run) {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(run.ProgramDetails)) {
		lines = append(lines, fmt.Sprintf("%s is %s (%s)", name, run.Programs[name], analysis.ProgramText(run, name, 64)))
	}
	for i := range run.Versions {
		if v := &run.Versions[i]; run.Programs[v.Name()] == "" || v.Problem != "" {
			lines = append(lines, v.Name()+": "+v.Line())
		}
	}
	if lines == nil {
		return
	}
	fmt.Fprint(out, "\nPrograms:\n\n")
	for _, line := range lines {
		fmt.Fprintf(out, "- %s.\n", markdown.Escape(format.OneLine(line)))
	}
}

// programsSentence has the paths of the programs, after a space; it is empty if the run has none,
// or if writePrograms describes them.
func programsSentence(run *journal.Run) string {
	if len(run.ProgramDetails) > 0 {
		return ""
	}
	var programs []string
	for _, name := range slices.Sorted(maps.Keys(run.Programs)) {
		programs = append(programs, name+" is "+run.Programs[name])
	}
	if len(programs) == 0 {
		return ""
	}
	return " Programs: " + strings.Join(programs, ", ") + "."
}

func writeFailures(out io.Writer, d *Content) {
	t := d.Troubles
	if len(t.Groups) == 0 {
		return
	}
	fmt.Fprint(out, "\n## Failed, skipped and incomplete cells\n\n")
	if t.Status != "" {
		fmt.Fprintf(out, "All %s are %s: %s\n", format.Count(len(d.Cells()), "cell"), t.Status, markdown.Escape(format.OneLine(t.Reason)))
		return
	}
	fmt.Fprint(out, "| cell | status | trials | failed | reason |\n| --- | --- | ---: | ---: | --- |\n")
	groups, omitted := t.Shown()
	for _, g := range groups {
		fmt.Fprintf(out, "| %s | %s | %d | %d | %s |\n", markdown.Escape(g.Name()), g.Cells[0].Status, g.Trials, g.Failed, markdown.Escape(format.OneLine(g.Reason)))
	}
	if omitted > 0 {
		fmt.Fprintf(out, "\n%s more: %s.\n", format.Count(omitted, "cell"), moreLinks)
	}
}

// writeMarkdownNext writes the runs that would answer open questions.
func writeMarkdownNext(out io.Writer, d *Content) {
	if len(d.Next) == 0 {
		return
	}
	fmt.Fprint(out, "\n## What to run next\n")
	for _, n := range d.Next[:min(len(d.Next), markdownNext)] {
		fmt.Fprintf(out, "\n%s\n", markdown.Paragraph(n.Sentence()))
		if n.Command != "" {
			fmt.Fprintf(out, "\n```sh\n%s\n```\n", oneline.Of(n.Command))
		}
	}
	if more := len(d.Next) - markdownNext; more > 0 {
		fmt.Fprintf(out, "\n%s more: [report.html](report.html).\n", format.Count(more, "question"))
	}
}

// moreLinks are links to the files that have all cells.
const moreLinks = "[report.html](report.html), [summary.csv](summary.csv)"

func writeMarkdownTable(out io.Writer, d *Content, g analysis.Table, part analysis.Excerpt) {
	fmt.Fprintf(out, "\n## %s\n\n", markdown.Escape(g.Heading))
	if !g.Measured {
		fmt.Fprintln(out, nothingMeasured)
		return
	}
	for _, sentence := range answers(d, g) {
		fmt.Fprintf(out, "%s\n\n", markdown.Paragraph(sentence))
	}
	if conditions := g.ConditionsSentence(); conditions != "" {
		fmt.Fprintf(out, "%s.\n\n", markdown.Paragraph(conditions))
	}
	if b := g.Baseline; b != nil {
		fmt.Fprintf(out, "The baseline of the %s is %s, with a mean %s of %s (median %s, %s).\n\n",
			g.Judge.SpeedupsName(), markdown.Code(b.Cell.Name), g.Judge.Name(), markdown.Escape(b.Judged.MeanText()), markdown.Escape(b.Judged.MedianText()), format.Count(b.Seconds.N, "good trial"))
	}
	fmt.Fprint(out, summarySheet(d.Run, g.Factors, part.Cells).Markdown())
	for _, sentence := range remainder(part, moreLinks) {
		fmt.Fprintf(out, "\n%s\n", sentence)
	}
	if part.Omitted > 0 {
		return // details.csv has the details of all cells
	}
	// The second table is for readers who want to check the first. It is folded where the page supports that.
	fmt.Fprintf(out, "\n<details>\n<summary>Details</summary>\n\n%s\n</details>\n", detailsSheet(g.Factors, part.Cells).Markdown())
	writeMarkdownTails(out, g, part.Cells)
}

// writeIllustrated writes report.md as a separate export. It draws the pictures first, so
// that the text is the same as in the results directory. The text then has links to the
// pictures, and a warning for each picture that fails.
func writeIllustrated(w io.Writer, d *Content) error {
	if len(d.Pictures) == 0 && !d.NoPictures {
		d.Draw()
	}
	return writeMarkdown(w, d)
}

// writeReading writes the last section, which explains the figures of the report and their
// limits.
func writeReading(out io.Writer, d *Content, footnotes []string) {
	fmt.Fprintf(out, "\n## How to read this\n\n%s\n", readingText(d))
	for _, note := range footnotes {
		fmt.Fprintf(out, "- %s\n", markdown.Paragraph(note))
	}
}

// meanText explains the columns with means.
func meanText(d *Content) string {
	if len(d.Run.Metrics) == 0 && d.Judge.IsTime() {
		return "- **mean** is the mean time of the good trials ± half of its 95% interval (Student's t).\n"
	}
	title := "mean"
	if !d.Judge.IsTime() {
		title = "mean time"
	}
	text := fmt.Sprintf("- **%s** is the mean time of the good trials ± half of its 95%% interval (Student's t).\n", title)
	if d.Judge.IsTail() {
		text += fmt.Sprintf("- **%s** is the mean of this latency of the good trials ± half of its 95%% interval. The run is judged by it.\n", d.Judge.Name())
	}
	for _, f := range analysis.MetricsOf(&d.Run) {
		better := "Lower"
		if f.HigherIsBetter() {
			better = "Higher"
		}
		text += fmt.Sprintf("- **%s** is the mean of a metric that the program prints, ± half of its 95%% interval. %s is better.\n", f.Name(), better)
	}
	return text
}

// speedupText begins the explanation of the speed-up.
func speedupText(judge analysis.Figure) string {
	if judge.IsTime() {
		return "- **speed-up** is the mean time of the baseline divided by the mean time of the cell: above 1 the cell is faster. Only\n"
	}
	name, of, over := judge.Name(), "baseline", "cell"
	if judge.HigherIsBetter() {
		of, over = over, of
	}
	return fmt.Sprintf("- **speed-up** is about %s: its mean of the %s divided by its mean of the %s. Above 1 the cell is better,\n  which the verdicts call faster. Only\n", name, of, over)
}

// readingText returns the explanations as a list in Markdown, without the footnotes.
func readingText(d *Content) string {
	out := &strings.Builder{}
	here := "this machine, this file system"
	if len(d.Run.Nodes) > 1 {
		here = "these nodes, their file systems"
	}
	fmt.Fprint(out, meanText(d), speedupText(d.Judge))
	fmt.Fprintf(out, `  rounds count in which both have a good trial, so it may differ from the quotient of the means shown. Its
  95%% interval is Fieller's interval for a ratio of means. Trials are paired by round, so a slowdown of a whole round
  cancels. %s
- **verdict** is "equivalent" if the whole interval is within %.0f%% of 1. It is "faster" or "slower" if the interval is on
  one side of 1 and the adjusted p value is below 0.05. The p value is adjusted by Holm's method over the cells of the
  table. In all other cases it is "inconclusive": these trials cannot show a difference, which does not mean that there is none.
- **efficiency** is the speed-up divided by the number of workers that can have a cpu to themselves. It is defined only
  if the baseline has one worker.
- **rates** are total work divided by total time. Failed trials are counted and listed, but no estimate includes them.
- **Details**: the interval of the median assumes no distribution, and needs at least six trials. CV is the standard
  deviation divided by the mean. Outliers are more than 1.5 (mild) or 3 (far) interquartile ranges outside the middle half
  of the trials of their cell. Every estimate includes them; with five trials, one cell in seven has a far outlier by chance.
  p is the p value of the paired t-test. The signed-rank p assumes no distribution, and cannot be below 0.05 with fewer
  than six pairs.
- All results are valid only for %s and this state of the page cache.
`, analysis.OpenNote(d.Judge), 100*analysis.Margin, here)
	if least := analysis.MinRepeats(&d.Run); least < 5 {
		fmt.Fprintf(out, "- With fewer than 5 repeats the intervals depend on normally distributed times; this run has %d.\n", least)
	}
	if a := d.Run.Adaptive; a != nil && a.Race > 0 {
		fmt.Fprint(out, "- The cells raced. A race stops early, so all intervals and p values of this run come from a confidence sequence, which\n  is valid after every round. A speed-up is the geometric mean of the ratios by round. The median has no interval, and there\n  is no signed-rank p.\n")
	}
	has := func(f func(*analysis.Summary) bool) bool { return slices.ContainsFunc(d.Cells(), f) }
	if has(func(s *analysis.Summary) bool { return s.Cell.Levels[experiments.Cache.String()] == "cold" }) {
		fmt.Fprintln(out, "- \"cold\" means that the data of the files were not in memory, but their metadata were.")
	}
	if has(func(s *analysis.Summary) bool { return s.Serial.OK }) {
		fmt.Fprintln(out, "- **serial** is the fraction of the work that seems to be serial (Karp and Flatt). If it grows with the number of workers, the\n  overhead of many workers limits the speed-up. Above 100% the cell is slower than its baseline. Below 0% its speed-up is\n  higher than its number of workers or cpus.")
	}
	if has((*analysis.Summary).HasTails) {
		fmt.Fprint(out, tailsText)
	}
	if has(func(s *analysis.Summary) bool { return s.Ceiling.Fraction.OK }) {
		fmt.Fprintln(out, "- **of limit** is the rate of the cell divided by the measured limit of the machine that it comes closest to.")
	}
	if has(func(s *analysis.Summary) bool { return s.BoundBy != "" }) {
		fmt.Fprintln(out, "- **bound by** names what limits the cell: its cpus, the device below the workspace, or waiting for locks, timers or other\n  computers. It is \"mixed\" if cpus and device are both used. **cpus busy** is the cpu time divided by\n  the time of all usable cpus, and **device busy** the part of the time in which the device had a request.")
	}
	if has(func(s *analysis.Summary) bool { return s.Blocked.OK }) {
		fmt.Fprintln(out, "- **blocked** is the time until the caller could continue; the mean is the time until all work was done.")
	}
	if has(func(s *analysis.Summary) bool { return s.Corrupt.OK }) {
		fmt.Fprintln(out, "- **corrupt** is the mean number of wrong items per trial. In these cells the damage is part of the result, not a failure.")
	}
	if d.Published != nil {
		writePublishedReading(out, d.Published)
	}
	return strings.TrimRight(out.String(), "\n")
}
