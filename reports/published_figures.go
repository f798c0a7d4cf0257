package reports

import (
	"cmp"
	"slices"

	"iosweep/analysis/reproduce"
	"iosweep/internal/format"
	"iosweep/reports/table"
)

// A publishedLine is one line of the table for people: what a row says, a cell
// that does it, or both.
type publishedLine struct {
	method  *reproduce.Method  // nil on a line that goes on with the row above
	attempt *reproduce.Attempt // nil on a line of what was published alone
}

// inOneLine puts a row on the line of its first cell.
func inOneLine(r *reproduce.Reproduction) []publishedLine {
	var list []publishedLine
	for _, p := range r.Pairings() {
		line := publishedLine{p.Method, p.Attempt}
		if n := len(p.Method.Attempts); n > 0 && p.Attempt != &p.Method.Attempts[0] {
			line.method = nil
		}
		list = append(list, line)
	}
	return list
}

// beneath puts the cells beneath the row, so that a name takes one column.
func beneath(r *reproduce.Reproduction) []publishedLine {
	var list []publishedLine
	for i := range r.Methods {
		m := &r.Methods[i]
		list = append(list, publishedLine{method: m})
		for k := range m.Attempts {
			list = append(list, publishedLine{attempt: &m.Attempts[k]})
		}
	}
	return list
}

// publishedFigures are the columns of what the table says.
func publishedFigures(r *reproduce.Reproduction) []table.Column[publishedLine] {
	of := func(title string, weight int, f func(*reproduce.Method) string) table.Column[publishedLine] {
		return table.Text(title, weight, func(l publishedLine) string {
			if l.method == nil {
				return ""
			}
			return f(l.method)
		})
	}
	var list []table.Column[publishedLine]
	has := func(f func(reproduce.Method) bool) bool { return slices.ContainsFunc(r.Methods, f) }
	if has(func(m reproduce.Method) bool { return m.Seconds.OK }) {
		title := "published\ntime"
		if r.IsBlocked() {
			title = "published\nblocked"
		}
		list = append(list, of(title, 3, func(m *reproduce.Method) string { return reproduce.PrintedTime(*m) }))
	}
	title := "published\nspeed-up"
	if !has(func(m reproduce.Method) bool { return m.Speedup.OK }) {
		title = "published\nclaim"
	}
	return append(list, of(title, 8, func(m *reproduce.Method) string {
		if reproduce.IsOfCorruption(m.Claim) {
			return m.Claim
		}
		return cmp.Or(reproduce.PrintedFactor(*m), format.Undefined)
	}))
}

// measuredFigures are the columns of what was measured.
func measuredFigures(r *reproduce.Reproduction) []table.Column[publishedLine] {
	of := func(title string, weight int, f func(*reproduce.Attempt) string) table.Column[publishedLine] {
		return table.Text(title, weight, func(l publishedLine) string {
			switch {
			case l.attempt != nil:
				return f(l.attempt)
			case len(l.method.Attempts) == 0:
				return format.Undefined
			}
			return ""
		})
	}
	title := "mean"
	if r.IsBlocked() {
		title = "blocked"
	}
	list := []table.Column[publishedLine]{of(title, 4, func(a *reproduce.Attempt) string { return format.MeanSeconds(a.Seconds) })}
	has := func(f func(*reproduce.Attempt) bool) bool {
		for a := range r.Attempts() {
			if f(a) {
				return true
			}
		}
		return false
	}
	if slices.ContainsFunc(r.Methods, func(m reproduce.Method) bool { return m.Claim != "" && !reproduce.IsOfCorruption(m.Claim) }) {
		list = append(list,
			of("speed-up", 10, func(a *reproduce.Attempt) string { return format.Times(a.Speedup.Value) }),
			of("95% interval", 7, func(a *reproduce.Attempt) string { return format.TimesInterval(a.Speedup.CI) }))
	}
	if has(func(a *reproduce.Attempt) bool { return a.Corrupt.OK }) {
		list = append(list, of("corrupt", 9, reproduce.CorruptOf))
	}
	if has(func(a *reproduce.Attempt) bool { return a.Size != "" }) {
		list = append(list, of("size", 5, sizeText).Left())
	}
	return append(list, of("verdict", 9, outcomeText).Painted(outcomeTone))
}

// outcomeTone is how good what came of an attempt is.
func outcomeTone(l publishedLine) table.Tone {
	if l.attempt == nil {
		return table.Plain
	}
	switch l.attempt.Outcome {
	case reproduce.Reproduced, reproduce.Limited:
		return table.Good
	case reproduce.Contradicted:
		return table.Bad
	case reproduce.Undecided:
		return table.Doubtful
	}
	return table.Plain
}

// sizeText is the size of what was found, and by what it was judged.
func sizeText(a *reproduce.Attempt) string {
	if a.Outcome == reproduce.Limited && a.Size != reproduce.SizeUncertain {
		return string(a.Size) + "/cpu"
	}
	return string(a.Size)
}

// outcomeText says how an attempt came out, or what it is where it claims nothing.
func outcomeText(a *reproduce.Attempt) string {
	switch {
	case a.Outcome != "":
		return string(a.Outcome)
	case a.Baseline == a.Cell:
		return "baseline"
	}
	return format.Undefined
}
