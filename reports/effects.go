package reports

import (
	"fmt"
	"io"
	"strings"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/reports/html"
	"iosweep/reports/table"
)

// effectsFile is the name of the file with the effects of axes.
const effectsFile = "effects.csv"

// hasEffects reports whether a table has at least two axes.
func hasEffects(c *Content) bool { return len(c.Effects) > 0 }

// writeEffectsCSV writes one row for each axis and each pair of axes of each table.
func writeEffectsCSV(w io.Writer, c *Content) error {
	return table.WriteCSV(w, effectFields(), effectRows(c.Effects))
}

func effectRows(list []analysis.Effects) (rows []*analysis.Effect) {
	for i := range list {
		for k := range list[i].List {
			rows = append(rows, &list[i].List[k])
		}
	}
	return rows
}

// effectFields returns the columns of effects.csv.
func effectFields() []table.Column[*analysis.Effect] {
	type row = *analysis.Effect
	column := table.New[row]
	number := func(name, doc string, f func(row) analysis.Value) table.Column[row] {
		return column(name, doc, func(r row) table.Value { return table.Number(f(r)) })
	}
	return []table.Column[row]{
		column("table", "heading of the table, with its baseline if several tables have the same", func(r row) table.Value { return table.Words(r.Of.Name) }).As("table", 0, func(r row) string { return r.Of.Name }),
		column("factor", "name of the axis. A pair of axes is written as `strategy x workers`: what they explain together, beyond each of them", func(r row) table.Value { return table.Words(r.Factor()) }).As("axis", 0, row.Factor),
		column("levels", "number of levels that are compared, or of pairs of levels", func(r row) table.Value { return table.Whole(len(r.Levels)) }).As("levels", 1, func(r row) string { return format.Thousands(int64(len(r.Levels))) }),
		number("share", "part of the variance between cells that the axis explains, from 0 to 1, without noise. Empty if the cells differ by less than twice the noise of their means", func(r row) analysis.Value { return r.Share }).As("share", 9, func(r row) string { return percent(r.Share) }),
		column("share_ci95_low", "lower end of the 95% interval of the share; empty with fewer than three rounds", func(r row) table.Value { return low(r.ShareCI) }).As("interval of share", 4, func(r row) string { return percents(r.ShareCI) }),
		column("share_ci95_high", "upper end of the 95% interval of the share", func(r row) table.Value { return high(r.ShareCI) }),
		column("best", "the best level. Of a pair it is the combination that is better than both levels alone predict, such as `threads x 8`", func(r row) table.Value { return table.Words(r.BestLevel()) }).As("best", 6, func(r row) string { return levelText(r, r.Best) }).Left(),
		column("worst", "the worst level", func(r row) table.Value { return table.Words(r.WorstLevel()) }).As("worst", 5, func(r row) string { return levelText(r, r.Worst) }).Left(),
		number("effect", "time of the worst level / time of the best level, as geometric means. For a judged metric of which more is better, best / worst", func(r row) analysis.Value { return r.Ratio }).As("effect", 8, func(r row) string { return format.Times(r.Ratio) }),
		column("effect_ci95_low", "lower end of the 95% interval of the effect; allows for the choice of two levels among all (Bonferroni)", func(r row) table.Value { return low(r.RatioCI) }).As("interval of effect", 3, func(r row) string { return format.TimesInterval(r.RatioCI) }),
		column("effect_ci95_high", "upper end of the 95% interval of the effect", func(r row) table.Value { return high(r.RatioCI) }),
		number("p_adjusted", "p value of the hypothesis that the axis has no effect, adjusted by Holm's method over the rows of the table", func(r row) analysis.Value { return r.Adjusted }).As("adjusted p", 2, func(r row) string { return format.Probability(r.Adjusted) }),
	}
}

// levelText returns a level, or a pair of levels, as people write them.
func levelText(e *analysis.Effect, level int) string {
	var names []string
	for i, name := range e.Levels[level].Names {
		names = append(names, analysis.LevelText(e.Factors[i], name))
	}
	return strings.Join(names, " x ")
}

// percent returns a share such as "71.2%".
func percent(v analysis.Value) string {
	if !v.OK {
		return format.Undefined
	}
	return fmt.Sprintf("%.1f%%", 100*v.X)
}

// percents returns an interval such as "64.1–78.3%".
func percents(i analysis.Interval) string {
	if !i.OK {
		return format.Undefined
	}
	return fmt.Sprintf("%.1f–%.1f%%", 100*i.Low, 100*i.High)
}

// effectsText explains the table of effects.
func effectsText() string {
	return `This section shows which axes make the cells of a table differ. The share is the part of the variance between cells that
an axis explains, without noise. A pair of axes, such as strategy x workers, explains the rest that both alone do not: the best
number of workers may depend on the strategy. The effect is how many times better the best level is than the worst one: of times,
worst / best. For a pair, best and worst are compared with the prediction from both levels. The shares need not add up to 100%: more
than two axes may act together, and in an incomplete grid axes overlap.`
}

// effectsSheet returns the table for people. It has the names of the tables if the run has several.
func effectsSheet(c *Content, list []analysis.Effects) table.Sheet {
	keys := table.Pick(effectFields(), "axis")
	if len(c.Tables) > 1 {
		keys = table.Pick(effectFields(), "table", "axis")
	}
	return table.Of(keys, table.Pick(effectFields(), "levels", "share", "interval of share", "best", "worst", "effect", "interval of effect", "adjusted p"), effectRows(list))
}

// maxEffects is the largest number of tables with effects in report.md.
const maxEffects = 10

// writeMarkdownEffects writes the section on the effects of axes.
func writeMarkdownEffects(out io.Writer, c *Content) {
	if !hasEffects(c) {
		return
	}
	shown := c.Effects[:min(maxEffects, len(c.Effects))]
	fmt.Fprintf(out, "\n## What matters\n\n%s\n\n", effectsText())
	fmt.Fprint(out, effectsSheet(c, shown).Markdown())
	if more := len(c.Effects) - len(shown); more > 0 {
		fmt.Fprintf(out, "\n%s more: [%s](%s).\n", format.Count(more, "table"), effectsFile, effectsFile)
	}
}

// effectsTable returns the section for the page, or nil if there is none.
func effectsTable(c *Content) *html.Table {
	if !hasEffects(c) {
		return nil
	}
	return &html.Table{Heading: "What matters", Before: []string{plain(effectsText())}, Sheet: effectsSheet(c, c.Effects)}
}
