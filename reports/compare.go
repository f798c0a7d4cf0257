package reports

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/analysis/gate"
	"iosweep/internal/format"
	"iosweep/internal/oneline"
	"iosweep/journal"
	"iosweep/reports/table"
)

// WriteComparisonCSV writes one row for each cell of either run.
func WriteComparisonCSV(w io.Writer, c *compare.Comparison) error {
	return table.WriteCSV(w, comparisonColumns(c), c.Contrasts)
}

// comparisonColumns returns all columns of the CSV table, including the axes.
func comparisonColumns(c *compare.Comparison) []table.Column[*compare.Contrast] {
	fields := append(comparisonFields(), comparisonRuns(c.HasBetweenRuns())...)
	if !c.Judge.IsTime() {
		fields = append(fields, comparisonMetrics()...)
	}
	var both journal.Run
	for _, r := range c.Runs() {
		both.Cells = append(both.Cells, r.Run.Cells...)
	}
	axes := axisColumns(both, func(x *compare.Contrast) journal.Cell { return x.Cell().Cell })
	for i := range axes {
		// A custom axis may have the same name as another column of this table.
		others := slices.Concat(fields, axes[:i], axes[i+1:])
		for slices.ContainsFunc(others, func(o table.Column[*compare.Contrast]) bool { return o.Name == axes[i].Name }) {
			axes[i].Name = "axis_" + axes[i].Name
		}
	}
	return slices.Concat(fields[:1], axes, fields[1:])
}

// comparisonFields returns the columns that are not axes. The first goes before the axes, the
// others after them.
func comparisonFields() []table.Column[*compare.Contrast] {
	column := table.New[*compare.Contrast]
	value := func(name, doc string, f func(*compare.Contrast) analysis.Value) table.Column[*compare.Contrast] {
		return column(name, doc, func(x *compare.Contrast) table.Value { return table.Number(f(x)) })
	}
	trials := func(name, doc string, side func(*compare.Contrast) compare.Size) table.Column[*compare.Contrast] {
		return column(name, doc, func(x *compare.Contrast) table.Value {
			if !side(x).Has {
				return table.Value{Number: true}
			}
			return table.Whole(side(x).Trials)
		})
	}
	return []table.Column[*compare.Contrast]{
		column("cell", "name of the cell; the columns of the axes follow", func(x *compare.Contrast) table.Value { return table.Words(x.Name()) }),
		column("files", "number of items in one trial", func(x *compare.Contrast) table.Value { return table.Whole(x.Cell().Cell.Files) }),
		column("bytes", "size of the content of these items", func(x *compare.Contrast) table.Value { return table.Whole(x.Cell().Cell.Bytes) }),
		trials("base_trials", "number of good trials in BASE; empty if BASE does not have the cell", func(x *compare.Contrast) compare.Size { return x.BaseSize }),
		trials("new_trials", "number of good trials in NEW; empty if NEW does not have the cell", func(x *compare.Contrast) compare.Size { return x.NewSize }),
		value("base_mean_seconds", "mean of the times in BASE", func(x *compare.Contrast) analysis.Value { return secondsOf(x.Base).Mean }).As("BASE", 6, func(x *compare.Contrast) string { return x.Base.Judged.MeanText() }),
		value("new_mean_seconds", "mean of the times in NEW", func(x *compare.Contrast) analysis.Value { return secondsOf(x.New).Mean }).As("NEW", 8, func(x *compare.Contrast) string { return x.New.Judged.MeanText() }),
		value("base_median_seconds", "median of the times in BASE", func(x *compare.Contrast) analysis.Value { return secondsOf(x.Base).Median }),
		value("new_median_seconds", "median of the times in NEW", func(x *compare.Contrast) analysis.Value { return secondsOf(x.New).Median }),
		value("change", "change of the time, as a fraction: 0.1 means that NEW takes 10% longer", (*compare.Contrast).Change).As("change", 10, func(x *compare.Contrast) string { return changeText(x.Change()) }),
		value("speedup", "mean of BASE / mean of NEW; with several runs the ratio of geometric means", func(x *compare.Contrast) analysis.Value { return x.Speedup.Value }).As("speed-up", 5, func(x *compare.Contrast) string { return format.Times(x.Speedup.Value) }),
		column("speedup_ci95_low", "lower end of the 95% interval of the speed-up; empty if open", func(x *compare.Contrast) table.Value { return low(x.Speedup.CI) }).As("95% interval", 7, func(x *compare.Contrast) string { return format.TimesInterval(x.Speedup.CI) }),
		column("speedup_ci95_high", "upper end of the 95% interval of the speed-up; empty if open", func(x *compare.Contrast) table.Value { return high(x.Speedup.CI) }),
		value("p_value", "p value of the rank test, of the paired t-test if both are the same run, or of the t-test over several runs", func(x *compare.Contrast) analysis.Value { return x.P }),
		value("p_welch", "p value of Welch's t-test on logarithms; empty if both are the same run, and with several runs", func(x *compare.Contrast) analysis.Value { return x.Welch }),
		value("p_adjusted", "p value of the test that decides the verdicts, adjusted by Holm's method", func(x *compare.Contrast) analysis.Value { return x.Adjusted }).As("p", 3, func(x *compare.Contrast) string { return pText(x.Adjusted) }),
		column("test", "the test that decides the verdicts: `mann-whitney`, `welch-t`, `paired-t` or `runs-t`", func(x *compare.Contrast) table.Value { return table.Words(x.Test) }),
		column("verdict", "`slower`, `faster`, `equivalent` or `inconclusive`; empty if the cell has no verdict", func(x *compare.Contrast) table.Value { return table.Words(x.Verdict) }).As("verdict", 9, func(x *compare.Contrast) string { return cmp.Or(string(x.Verdict), format.Undefined) }).Painted(func(x *compare.Contrast) table.Tone { return verdictTones[x.Verdict] }),
		column("status", "status of the cell, as [above](#compared-cells)", func(x *compare.Contrast) table.Value { return table.Words(x.Status) }),
		column("reason", "why the cell has no verdict", func(x *compare.Contrast) table.Value { return table.Words(x.Reason) }),
		column("baseline", "name of the baseline in BASE; empty for a baseline", func(x *compare.Contrast) table.Value { return table.Words(x.Against.Baseline) }),
		value("base_speedup", "speed-up against the baseline in BASE", func(x *compare.Contrast) analysis.Value { return x.Against.Base }).As("vs baseline", 2, speedupsText).Where(against),
		value("new_speedup", "speed-up against the baseline in NEW", func(x *compare.Contrast) analysis.Value { return x.Against.New }),
		value("speedup_change", "`new_speedup` / `base_speedup`: below 1 the cell has lost against its baseline", func(x *compare.Contrast) analysis.Value { return x.Against.Change.Value }).As("its change", 4, func(x *compare.Contrast) string { return format.Times(x.Against.Change.Value) }).Where(against),
		column("speedup_change_ci95_low", "lower end of the 95% interval of this change; empty if open", func(x *compare.Contrast) table.Value { return low(x.Against.Change.CI) }).As("its interval", 3, func(x *compare.Contrast) string { return format.TimesInterval(x.Against.Change.CI) }).Where(against),
		column("speedup_change_ci95_high", "upper end of the 95% interval of this change; empty if open", func(x *compare.Contrast) table.Value { return high(x.Against.Change.CI) }),
		value("speedup_change_p_value", "p value of the t-test of this change", func(x *compare.Contrast) analysis.Value { return x.Against.Change.P }),
		value("speedup_change_p_adjusted", "the same p value, adjusted by Holm's method over all cells with a change of the speed-up", func(x *compare.Contrast) analysis.Value { return x.Against.Adjusted }),
		column("speedup_verdict", "`slower`, `faster`, `equivalent` or `inconclusive`, against the baseline; empty if there is no such verdict", func(x *compare.Contrast) table.Value { return table.Words(x.Against.Verdict) }).As("its verdict", 8, againstText).Where(against).Painted(func(x *compare.Contrast) table.Tone { return verdictTones[x.Against.Verdict] }),
		column("speedup_reason", "why the cell has no verdict against its baseline", func(x *compare.Contrast) table.Value { return table.Words(x.Against.Reason) }),

		table.Text("trials", 1, func(x *compare.Contrast) string { return plus(x.BaseSize.Trials, x.NewSize.Trials) }),
		table.Text("runs", 2, func(x *compare.Contrast) string { return plus(x.BaseSize.Runs, x.NewSize.Runs) }).Where(func(x *compare.Contrast) bool { return x.BaseSize.Runs+x.NewSize.Runs > 2 }),
	}
}

// comparisonRuns returns the columns about the runs of each side.
func comparisonRuns(between bool) []table.Column[*compare.Contrast] {
	column := table.New[*compare.Contrast]
	contained := map[bool]string{true: "yes", false: "no"}[between]
	return []table.Column[*compare.Contrast]{
		column("base_runs", "number of runs of BASE whose trials count", func(x *compare.Contrast) table.Value { return table.Whole(x.BaseSize.Runs) }),
		column("new_runs", "number of runs of NEW whose trials count", func(x *compare.Contrast) table.Value { return table.Whole(x.NewSize.Runs) }),
		column("between_runs", "`yes` if the intervals contain the variation between runs; `no` with one run on each side", func(*compare.Contrast) table.Value { return table.Words(contained) }),
		column("left_out", "the runs that do not count although the cell is compared, with the reasons; empty if all count", func(x *compare.Contrast) table.Value { return table.Words(x.Left) }),
	}
}

// against reports whether a cell has a verdict on the change of its speed-up.
func against(x *compare.Contrast) bool { return x.Against.Verdict != "" }

func againstText(x *compare.Contrast) string {
	if x.Base.IsBaseline() {
		return "baseline"
	}
	return cmp.Or(string(x.Against.Verdict), format.Undefined)
}

// speedupsText returns the speed-ups in BASE and NEW, such as "1.52× → 1.48×".
func speedupsText(x *compare.Contrast) string {
	if !against(x) {
		return format.Undefined
	}
	return format.Times(x.Against.Base) + " → " + format.Times(x.Against.New)
}

// comparisonMetrics returns the columns of runs whose judged figure is a metric.
func comparisonMetrics() []table.Column[*compare.Contrast] {
	column := table.New[*compare.Contrast]
	mean := func(s *analysis.Summary) table.Value {
		if s == nil {
			return table.Value{Number: true}
		}
		return table.Number(s.Judged.Mean)
	}
	return []table.Column[*compare.Contrast]{
		column("judge", "only if a metric or a tail is judged: its name. The change, the speed-ups and the verdicts are about it", func(x *compare.Contrast) table.Value { return table.Words(x.Cell().Judged.Key()) }),
		column("base_metric_mean", "only if a metric or a tail is judged: its mean in BASE", func(x *compare.Contrast) table.Value { return mean(x.Base) }),
		column("new_metric_mean", "only if a metric or a tail is judged: its mean in NEW", func(x *compare.Contrast) table.Value { return mean(x.New) }),
	}
}

// secondsOf returns the times of a cell in one run, or an empty sample if the run does not have
// the cell.
func secondsOf(s *analysis.Summary) analysis.Sample {
	if s == nil {
		return analysis.Sample{}
	}
	return s.Seconds
}

// comparisonSheet returns the table of a comparison for people. It shows both the change in
// percent, which is easy to read, and the speed-up, which all other tables have.
func comparisonSheet(keys []table.Column[*compare.Contrast], rows []*compare.Contrast) table.Sheet {
	columns := table.Pick(comparisonFields(), "BASE", "NEW", "trials", "runs", "change", "speed-up", "95% interval", "p", "verdict", "vs baseline", "its change", "its interval", "its verdict")
	return table.Of(keys, columns, rows)
}

// comparisonKeys returns a column for each factor that distinguishes the rows.
func comparisonKeys(c *compare.Comparison) []table.Column[*compare.Contrast] {
	return keys(c.Naming(c.Ordered()), func(x *compare.Contrast) journal.Cell { return x.Base.Cell })
}

// plus returns the numbers of trials or runs in BASE and NEW, such as "5 + 23".
func plus(base, next int) string { return fmt.Sprintf("%d + %d", base, next) }

// changeText returns a change in percent, such as "+10.2%".
func changeText(v analysis.Value) string {
	if !v.OK {
		return format.Undefined
	}
	percent := math.Round(1e8*v.X) / 1e6 // so that 9.9999999996 becomes 10.0 and not 10.00
	text := strconv.FormatFloat(percent, 'f', min(format.Decimals(percent, 3), 2), 64)
	if x, err := strconv.ParseFloat(text, 64); err == nil && x == 0 {
		if percent == 0 {
			return "0.00%" // without a sign: it is no change
		}
		// A small change may have a verdict, so it has the decimals of its first digit.
		text = strconv.FormatFloat(percent, 'f', format.Decimals(percent, 1), 64)
	}
	if percent > 0 {
		text = "+" + text
	}
	return text + "%"
}

// pText returns a p value such as "0.012" or "<0.001".
func pText(v analysis.Value) string {
	switch {
	case !v.OK:
		return format.Undefined
	case v.X < 0.001:
		return "<0.001"
	}
	// Round down, so that a value shown as 0.050 is not below 0.05.
	return strconv.FormatFloat(math.Floor(1000*v.X)/1000, 'f', 3, 64)
}

// WriteComparisonJSON writes the comparison as one object. The objects in "cells" have the
// columns of the CSV as keys. Undefined values are null.
func WriteComparisonJSON(w io.Writer, c *compare.Comparison) error {
	head, err := json.MarshalIndent(comparisonHeadOf(c), "", "  ")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(oneline.JSON(w)) // its first error sticks until Flush
	// The keys of the cells depend on the axes, so they cannot be fields of a struct. The cells
	// are inserted before the closing brace of the object.
	fmt.Fprintf(out, "%s,\n  \"cells\": ", head[:len(head)-len("\n}")])
	if err := table.WriteJSON(out, comparisonColumns(c), c.Contrasts); err != nil {
		return err
	}
	out.WriteString("}\n")
	return out.Flush()
}

// comparisonHead has all fields of the JSON object except the cells.
type comparisonHead struct {
	Base          sideHead             `json:"base"` // the first run of BASE
	New           sideHead             `json:"new"`
	BaseRuns      []sideHead           `json:"base_runs"`
	NewRuns       []sideHead           `json:"new_runs"`
	BetweenRuns   bool                 `json:"between_runs"` // the intervals contain the variation between runs
	SameRun       bool                 `json:"same_run"`
	Margin        float64              `json:"margin"`
	Test          compare.Test         `json:"test"`
	Family        int                  `json:"family"`
	SpeedupFamily int                  `json:"speedup_family"` // number of cells with a verdict against their baseline
	GeometricMean *float64             `json:"geometric_mean_speedup"`
	Counts        map[string]int       `json:"counts"` // number of cells by outcome
	Summary       string               `json:"summary"`
	Differences   []compare.Difference `json:"differences"`
	Notes         []string             `json:"notes"`
	Warnings      []string             `json:"warnings"`
}

type sideHead struct {
	Directory string    `json:"directory"`
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	StartedAt time.Time `json:"started_at"`
	Iosweep   string    `json:"iosweep"`
	Cells     int       `json:"cells"`
}

func comparisonHeadOf(c *compare.Comparison) comparisonHead {
	heads := func(runs []compare.Run) (list []sideHead) {
		for _, r := range runs {
			list = append(list, sideHead{r.Name, r.Run.ID, r.Run.Name, r.Run.StartedAt, r.Run.Iosweep, len(r.Run.Cells)})
		}
		return list
	}
	base, next := heads(c.BaseRuns), heads(c.NewRuns)
	h := comparisonHead{
		Base: base[0], New: next[0], BaseRuns: base, NewRuns: next, BetweenRuns: c.HasBetweenRuns(),
		SameRun: c.SameRun, Margin: c.Options.Margin, Test: c.Test, Family: c.Family, SpeedupFamily: c.SpeedupFamily,
		GeometricMean: orNull(c.Mean), Counts: map[string]int{}, Summary: c.SumUp(),
		Differences: append([]compare.Difference{}, c.Differences...), Notes: append(c.Remarks(), c.Notes()...), Warnings: append([]string{}, c.Warnings...),
	}
	for _, what := range gate.Words() {
		h.Counts[what] = len(c.Matching(gate.Word(what)))
	}
	return h
}
