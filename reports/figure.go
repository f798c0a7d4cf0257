package reports

import (
	"cmp"
	"slices"

	"iosweep/internal/estimate"
)

// A figure is one column of a table for people.
type figure struct {
	title string
	text  func(*Summary) string
	// weight says how much would be lost without the column: where room is
	// short the lightest goes first.
	weight int
}

// figuresOf are the columns that the cells of a table have something for, from
// left to right.
func figuresOf(cells []*Summary) []figure {
	any := func(f func(*Summary) bool) bool { return anyCell(cells, f) }
	list := []figure{{"mean", func(s *Summary) string { return MeanSeconds(s.Seconds) }, 10}}
	if any(func(s *Summary) bool { return s.Blocked.OK }) {
		list = append(list, figure{"blocked", func(s *Summary) string { return Seconds(s.Blocked) }, 6})
	}
	list = append(list, figure{"median", func(s *Summary) string { return Seconds(s.Seconds.Median) }, 1})
	if any(func(s *Summary) bool { return s.Speedup.Value.OK && !s.IsBaseline() }) {
		list = append(list,
			figure{"speed-up", speedupText, 10},
			figure{"95% interval", func(s *Summary) string { return TimesInterval(s.Speedup.CI) }, 7})
	}
	if any(func(s *Summary) bool { return s.Efficiency.OK }) {
		list = append(list, figure{"efficiency", func(s *Summary) string { return Percent(s.Efficiency) }, 2})
	}
	list = append(list, figure{"files/s", func(s *Summary) string { return trimRate(s.FilesPerSecond) }, 3})
	if any(func(s *Summary) bool { return s.BytesPerSecond.OK && s.BytesPerSecond.X > 0 }) {
		list = append(list, figure{"rate", func(s *Summary) string { return ByteRate(s.BytesPerSecond) }, 4})
	}
	if any(func(s *Summary) bool { return s.Corrupt.OK }) {
		list = append(list, figure{"corrupt", corruptText, 8})
	}
	return append(list, figure{"verdict", verdictText, 9})
}

func speedupText(s *Summary) string { return Times(s.Speedup.Value) }

// verdictText says how a cell came out.
func verdictText(s *Summary) string {
	verdict := string(s.Verdict)
	if s.IsBaseline() {
		verdict = "baseline"
	}
	switch {
	case s.Status == StatusIncomplete && verdict != "" && s.Seconds.N > 0:
		return verdict + " (incomplete)" // what its trials say holds all the same
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
	if s.Corrupt.X == 0 {
		return "0"
	}
	return digits(s.Corrupt.X, 3)
}

func trimRate(v estimate.Value) string {
	text := FileRate(v)
	if !v.OK {
		return text
	}
	return text[:len(text)-len("/s")]
}

func anyCell(cells []*Summary, f func(*Summary) bool) bool { return slices.ContainsFunc(cells, f) }
