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

// writeMarkdown writes for people, and for the web pages of a repository. It gives what
// they need first: what was run, what is wrong with it, the tables, the pictures, and how
// to read all that.
func writeMarkdown(w io.Writer, d *Content) error {
	out := bufio.NewWriter(oneline.Writer(w)) // its first error sticks until Flush
	writeTitle(out, d)
	if d.Published != nil {
		writeMarkdownPublished(out, d)
	}
	writeSentences(out, "## Warnings", d.Warnings)
	writeFailures(out, d)
	for _, g := range d.Groups {
		writeMarkdownGroup(out, g)
	}
	writeMarkdownScaling(out, d)
	writePictures(out, "\n## Pictures\n", d.Pictures, func(p plot.Picture) bool { return p.Kind != plot.Published })
	writeReading(out, d)
	return out.Flush()
}

// writePictures shows the pictures that are wanted, beneath a heading if there are any.
func writePictures(out io.Writer, heading string, pictures []plot.Picture, wanted func(plot.Picture) bool) {
	for _, p := range pictures {
		if !wanted(p) {
			continue
		}
		fmt.Fprintf(out, "%s\n![%s](plots/%s)\n", heading, markdown.Escape(p.Alt), p.File)
		heading = ""
	}
}

func writeTitle(out io.Writer, d *Content) {
	r := d.Run
	title := cmp.Or(r.Title, r.Name)
	if r.Profile != "" {
		title += fmt.Sprintf(" (profile %s)", r.Profile)
	}
	fmt.Fprintf(out, "# %s\n", markdown.Escape(title))
	if r.Description != "" {
		fmt.Fprintf(out, "\n%s\n", markdown.Prose(r.Description))
	}
	measured, planned := 0, 0
	for _, s := range d.Summaries {
		measured += s.Trials
		planned += s.Trials
		if s.Status != analysis.StatusSkipped && !s.Cell.Retired && !s.Precise {
			planned += max(0, r.Repeats-s.Trials)
		}
	}
	fmt.Fprintf(out, "\n%s: %s, %s each", markdown.Code(r.Name), format.Count(len(r.Cells), "cell"), analysis.Repeats(&r))
	if r.Warmup > 0 {
		fmt.Fprintf(out, " after %s", format.Count(r.Warmup, "warm-up"))
	}
	fmt.Fprintf(out, "%s, in %s order (seed %d): %s of %s done.", analysis.StoppingAt(&r), markdown.Escape(r.Order), r.Seed, format.Thousands(int64(measured)), format.Count(planned, "measured trial"))
	fmt.Fprintf(out, " Run on %s with iosweep %s", format.Moment(r.StartedAt), markdown.Escape(cmp.Or(r.Iosweep, "of an unknown version")))
	if r.Go != "" {
		fmt.Fprintf(out, ", built with %s", markdown.Escape(r.Go))
	}
	fmt.Fprint(out, ".")
	if said := d.SessionsSentence(); said != "" {
		fmt.Fprintf(out, " %s", said)
	}
	fmt.Fprintf(out, "\n\n%s\n", machineSentence(&d.Run))
	if said := commandLine(r); said != "" {
		fmt.Fprintf(out, "\nOver the file were laid: %s.\n", said)
	}
}

// commandLine is what was said beside the experiment file.
func commandLine(r journal.Run) string {
	var flags []string
	add := func(flag string, values ...string) {
		for _, v := range values {
			if v != "" {
				flags = append(flags, markdown.Code(flag+" "+format.OneLine(v)))
			}
		}
	}
	add("--profile", r.Profile)
	add("--set", r.Overrides...)
	add("--only", r.Only...)
	return strings.Join(flags, ", ")
}

// machineSentence says what was measured on; what is not known is left out.
func machineSentence(run *journal.Run) string {
	m := run.Machine
	var parts []string
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
	sentence := "Machine: " + strings.Join(parts, ", ") + "."
	var programs []string
	for _, name := range slices.Sorted(maps.Keys(run.Programs)) {
		programs = append(programs, name+" is "+run.Programs[name])
	}
	if len(programs) > 0 {
		sentence += " Programs: " + strings.Join(programs, ", ") + "."
	}
	return markdown.Escape(sentence)
}

func writeFailures(out io.Writer, d *Content) {
	t := d.Troubles
	if len(t.Cells) == 0 {
		return
	}
	fmt.Fprint(out, "\n## Failed, skipped and unfinished cells\n\n")
	if t.Status != "" {
		fmt.Fprintf(out, "All %s are %s: %s\n", format.Count(len(d.Summaries), "cell"), t.Status, markdown.Escape(format.OneLine(t.Reason)))
		return
	}
	fmt.Fprint(out, "| cell | status | trials | failed | reason |\n| --- | --- | ---: | ---: | --- |\n")
	for _, s := range t.Cells {
		fmt.Fprintf(out, "| %s | %s | %d | %d | %s |\n", markdown.Escape(s.Cell.Name), s.Status, s.Trials, s.Failed, markdown.Escape(format.OneLine(s.Reason)))
	}
	if t.Omitted > 0 {
		fmt.Fprintf(out, "\nAnd %s more: [summary.csv](summary.csv) names them all.\n", format.Count(t.Omitted, "cell"))
	}
}

func writeMarkdownGroup(out io.Writer, g analysis.Group) {
	fmt.Fprintf(out, "\n## %s\n\n", markdown.Escape(g.Heading))
	if !g.Measured {
		fmt.Fprintln(out, nothingMeasured)
		return
	}
	cell := g.Cells[0].Cell
	if b := g.Baseline; b != nil {
		cell = b.Cell
		fmt.Fprintf(out, "Speed-ups are against %s, which took %s (median %s, %s).",
			markdown.Code(cell.Name), format.MeanSeconds(b.Seconds), format.Seconds(b.Seconds.Median), format.Count(b.Seconds.N, "good trial"))
	}
	fmt.Fprintf(out, " One trial works on %s, %s.\n\n", format.Count(cell.Files, "file"), format.Bytes(analysis.ValueOf(float64(cell.Bytes))))

	fmt.Fprint(out, summarySheet(g.Factors, g.Shown).Markdown())
	if g.Omitted > 0 {
		fmt.Fprintf(out, "\nThese are the fastest and the slowest of %s; [summary.csv](summary.csv) has them all.\n", format.Count(len(g.Cells), "cell"))
	}
	// The second table is for whoever doubts the first. It is folded, where the page can be.
	fmt.Fprintf(out, "\n<details>\n<summary>Details</summary>\n\n%s\n</details>\n", detailsSheet(g.Factors, g.Shown).Markdown())
}

// writeIllustrated writes report.md where it is asked for alone: drawn first, so that it
// is the same, with links to the pictures beside it and warnings of those that fail.
func writeIllustrated(w io.Writer, d *Content) error {
	if len(d.Pictures) == 0 {
		d.Draw()
	}
	return writeMarkdown(w, d)
}

// writeReading ends the report with what its figures mean, and with what they
// do not say.
func writeReading(out io.Writer, d *Content) {
	fmt.Fprintf(out, `
## How to read this

- **mean ± half** is the mean time of the good trials with its 95%% interval (Student's t).
- **speed-up** is the mean time of the baseline divided by the mean time of the cell: above 1 the cell is faster. Its
  95%% interval is Fieller's for a ratio of means, paired by round, so that what slowed a whole round down cancels.
  "open" means that the trials do not bound it; a lower end below 0 means that they scatter as widely as they last.
- **verdict** is "equivalent" if the whole interval lies within %.0f%% of 1; "faster" or "slower" if it lies on one side
  of 1 and the p value, adjusted by Holm over the cells of the table, is below 0.05; else "inconclusive": these trials
  cannot tell, which is not the same as no difference.
- **efficiency** is the speed-up divided by the workers that can have a cpu of their own. There is none unless the
  baseline is the work of one worker.
- **rates** are total work over total time. Failed trials are counted and named, and are in no estimate.
- **Details**: the interval of the median assumes no distribution, and takes six trials. CV is the standard deviation divided
  by the mean. Outliers lie more than 1.5 (mild) or 3 (far) interquartile ranges beyond the middle half of their cell's
  trials. They are kept; of five trials chance makes a far one in one cell of seven. p is of the paired t-test; the signed-rank
  p beside it assumes no distribution, and cannot be below 0.05 with fewer than six pairs.
- All of it holds for this machine, this file system and this state of its cache.
`, 100*analysis.Margin)
	if least := analysis.LeastRepeats(&d.Run); least < 5 {
		fmt.Fprintf(out, "- With fewer than 5 repeats the intervals lean on times being normally distributed; here there are %d.\n", least)
	}
	has := func(f func(*analysis.Summary) bool) bool { return slices.ContainsFunc(d.Cells(), f) }
	if has(func(s *analysis.Summary) bool { return s.Cell.Levels[experiments.Cache.String()] == "cold" }) {
		fmt.Fprintln(out, "- \"cold\" means that the data of the files were not in memory; their metadata were.")
	}
	if has(func(s *analysis.Summary) bool { return s.Serial.OK }) {
		fmt.Fprintln(out, "- **serial** is the part of the work that seems not to be shared out (Karp and Flatt): where it grows with the workers, having\n  many of them is what costs. Above 100% the cell is slower than its baseline; below 0 faster than so many workers or cpus.")
	}
	if has(func(s *analysis.Summary) bool { return s.Blocked.OK }) {
		fmt.Fprintln(out, "- **blocked** is how long the caller waited before it could go on; the mean is until all work was done.")
	}
	if has(func(s *analysis.Summary) bool { return s.Corrupt.OK }) {
		fmt.Fprintln(out, "- **corrupt** is how many items of one trial came out wrong, on average. There the damage is the result.")
	}
	if d.Published != nil {
		writePublishedReading(out, d.Published)
	}
	for _, note := range d.Footnotes {
		fmt.Fprintf(out, "- %s\n", markdown.Paragraph(note))
	}
}
