package reports

import (
	"cmp"

	"iosweep/analysis"
	"iosweep/internal/format"
	"iosweep/reports/table"
)

// figuresOf are the columns that the cells of a table have something for, from
// left to right.
func figuresOf(cells []*analysis.Summary) []table.Figure[*analysis.Summary] {
	column := table.NewFigure[*analysis.Summary]
	any := func(f func(*analysis.Summary) bool) bool { return analysis.AnyCell(cells, f) }
	list := []table.Figure[*analysis.Summary]{column("mean", func(s *analysis.Summary) string { return format.MeanSeconds(s.Seconds) }, 10)}
	if any(func(s *analysis.Summary) bool { return s.Blocked.OK }) {
		list = append(list, column("blocked", func(s *analysis.Summary) string { return format.Seconds(s.Blocked) }, 6))
	}
	list = append(list, column("median", func(s *analysis.Summary) string { return format.Seconds(s.Seconds.Median) }, 1))
	if any(func(s *analysis.Summary) bool { return s.Speedup.Value.OK && !s.IsBaseline() }) {
		list = append(list,
			column("speed-up", speedupText, 10),
			column("95% interval", func(s *analysis.Summary) string { return format.TimesInterval(s.Speedup.CI) }, 7))
	}
	if any(func(s *analysis.Summary) bool { return s.Efficiency.OK }) {
		list = append(list, column("efficiency", func(s *analysis.Summary) string { return format.Percent(s.Efficiency) }, 2))
	}
	list = append(list, column("files/s", func(s *analysis.Summary) string { return format.TrimRate(s.FilesPerSecond) }, 3))
	if any(func(s *analysis.Summary) bool { return s.BytesPerSecond.OK && s.BytesPerSecond.X > 0 }) {
		list = append(list, column("rate", func(s *analysis.Summary) string { return format.ByteRate(s.BytesPerSecond) }, 4))
	}
	if any(func(s *analysis.Summary) bool { return s.Corrupt.OK }) {
		list = append(list, column("corrupt", corruptText, 8))
	}
	return append(list, column("verdict", verdictText, 9))
}

func speedupText(s *analysis.Summary) string { return format.Times(s.Speedup.Value) }

// verdictText says how a cell came out.
func verdictText(s *analysis.Summary) string {
	verdict := string(s.Verdict)
	if s.IsBaseline() {
		verdict = "baseline"
	}
	switch {
	case s.Status == analysis.StatusOK && s.Undone > 0:
		return "not done"
	case s.Cell.Retired && verdict != "" && s.Seconds.N > 0 && s.Status != analysis.StatusFailed:
		return verdict + " (retired)"
	case s.Status == analysis.StatusIncomplete && verdict != "" && s.Seconds.N > 0:
		return verdict + " (incomplete)" // what its trials say holds all the same
	case s.Status != analysis.StatusOK && s.Cell.Retired:
		return string(s.Status) + " (retired)"
	case s.Status != analysis.StatusOK:
		return string(s.Status)
	}
	return cmp.Or(verdict, format.Undefined)
}

// corruptText is how many items came out wrong, where that is a result.
func corruptText(s *analysis.Summary) string {
	if !s.Corrupt.OK {
		return format.Undefined
	}
	return format.Average(s.Corrupt.X)
}
