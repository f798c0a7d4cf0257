package reports

import (
	"fmt"
	"io"
	"slices"

	"iosweep/analysis"
	"iosweep/experiments"
	"iosweep/internal/markdown"
)

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
