package reports

import "cmp"

// figuresOf are the columns that the cells of a table have something for, from
// left to right.
func figuresOf(cells []*Summary) []figure[*Summary] {
	type column = figure[*Summary]
	any := func(f func(*Summary) bool) bool { return anyCell(cells, f) }
	list := []column{{"mean", func(s *Summary) string { return MeanSeconds(s.Seconds) }, 10}}
	if any(func(s *Summary) bool { return s.Blocked.OK }) {
		list = append(list, column{"blocked", func(s *Summary) string { return Seconds(s.Blocked) }, 6})
	}
	list = append(list, column{"median", func(s *Summary) string { return Seconds(s.Seconds.Median) }, 1})
	if any(func(s *Summary) bool { return s.Speedup.Value.OK && !s.IsBaseline() }) {
		list = append(list,
			column{"speed-up", speedupText, 10},
			column{"95% interval", func(s *Summary) string { return TimesInterval(s.Speedup.CI) }, 7})
	}
	if any(func(s *Summary) bool { return s.Efficiency.OK }) {
		list = append(list, column{"efficiency", func(s *Summary) string { return Percent(s.Efficiency) }, 2})
	}
	list = append(list, column{"files/s", func(s *Summary) string { return trimRate(s.FilesPerSecond) }, 3})
	if any(func(s *Summary) bool { return s.BytesPerSecond.OK && s.BytesPerSecond.X > 0 }) {
		list = append(list, column{"rate", func(s *Summary) string { return ByteRate(s.BytesPerSecond) }, 4})
	}
	if any(func(s *Summary) bool { return s.Corrupt.OK }) {
		list = append(list, column{"corrupt", corruptText, 8})
	}
	return append(list, column{"verdict", verdictText, 9})
}

func speedupText(s *Summary) string { return Times(s.Speedup.Value) }

// verdictText says how a cell came out.
func verdictText(s *Summary) string {
	verdict := string(s.Verdict)
	if s.IsBaseline() {
		verdict = "baseline"
	}
	switch {
	case s.Status == StatusOK && s.Undone > 0:
		return "not done"
	case s.Cell.Retired && verdict != "" && s.Seconds.N > 0 && s.Status != StatusFailed:
		return verdict + " (retired)"
	case s.Status == StatusIncomplete && verdict != "" && s.Seconds.N > 0:
		return verdict + " (incomplete)" // what its trials say holds all the same
	case s.Status != StatusOK && s.Cell.Retired:
		return string(s.Status) + " (retired)"
	case s.Status != StatusOK:
		return string(s.Status)
	}
	return cmp.Or(verdict, undefined)
}

// corruptText is how many items came out wrong, where that is a result.
func corruptText(s *Summary) string {
	if !s.Corrupt.OK {
		return undefined
	}
	return average(s.Corrupt.X)
}
