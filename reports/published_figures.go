package reports

import (
	"cmp"
	"slices"
)

// A publishedLine is one line of the table for people: what a row says, a cell
// that does it, or both.
type publishedLine struct {
	method  *Method  // nil on a line that goes on with the row above
	attempt *Attempt // nil on a line of what was published alone
}

// inOneLine puts a row on the line of its first cell.
func inOneLine(r *Reproduction) []publishedLine {
	var list []publishedLine
	for _, p := range r.pairings() {
		line := publishedLine{p.Method, p.Attempt}
		if n := len(p.Method.Attempts); n > 0 && p.Attempt != &p.Method.Attempts[0] {
			line.method = nil
		}
		list = append(list, line)
	}
	return list
}

// beneath puts the cells beneath the row, so that a name takes one column.
func beneath(r *Reproduction) []publishedLine {
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
func publishedFigures(r *Reproduction) []figure[publishedLine] {
	of := func(title string, weight int, f func(*Method) string) figure[publishedLine] {
		return figure[publishedLine]{title, func(l publishedLine) string {
			if l.method == nil {
				return ""
			}
			return f(l.method)
		}, weight}
	}
	var list []figure[publishedLine]
	has := func(f func(Method) bool) bool { return slices.ContainsFunc(r.Methods, f) }
	if has(func(m Method) bool { return m.Seconds.OK }) {
		title := "published\ntime"
		if r.isBlocked() {
			title = "published\nblocked"
		}
		list = append(list, of(title, 3, func(m *Method) string { return printedTime(*m) }))
	}
	title := "published\nspeed-up"
	if !has(func(m Method) bool { return m.Speedup.OK }) {
		title = "published\nclaim"
	}
	return append(list, of(title, 8, func(m *Method) string {
		if isOfCorruption(m.Claim) {
			return m.Claim
		}
		return cmp.Or(printedFactor(*m), undefined)
	}))
}

// measuredFigures are the columns of what was measured.
func measuredFigures(r *Reproduction) []figure[publishedLine] {
	of := func(title string, weight int, f func(*Attempt) string) figure[publishedLine] {
		return figure[publishedLine]{title, func(l publishedLine) string {
			switch {
			case l.attempt != nil:
				return f(l.attempt)
			case len(l.method.Attempts) == 0:
				return undefined
			}
			return ""
		}, weight}
	}
	title := "mean"
	if r.isBlocked() {
		title = "blocked"
	}
	list := []figure[publishedLine]{of(title, 4, func(a *Attempt) string { return MeanSeconds(a.Seconds) })}
	has := func(f func(*Attempt) bool) bool {
		for a := range r.attempts() {
			if f(a) {
				return true
			}
		}
		return false
	}
	if slices.ContainsFunc(r.Methods, func(m Method) bool { return m.Claim != "" && !isOfCorruption(m.Claim) }) {
		list = append(list,
			of("speed-up", 10, func(a *Attempt) string { return Times(a.Speedup.Value) }),
			of("95% interval", 7, func(a *Attempt) string { return TimesInterval(a.Speedup.CI) }))
	}
	if has(func(a *Attempt) bool { return a.Corrupt.OK }) {
		list = append(list, of("corrupt", 9, corruptOf))
	}
	if has(func(a *Attempt) bool { return a.Size != "" }) {
		list = append(list, of("size", 5, sizeText))
	}
	return append(list, of("verdict", 9, outcomeText))
}

// sizeText is the size of what was found, and by what it was judged.
func sizeText(a *Attempt) string {
	if a.Outcome == Limited && a.Size != SizeUncertain {
		return string(a.Size) + "/cpu"
	}
	return string(a.Size)
}

// outcomeText says how an attempt came out, or what it is where it claims nothing.
func outcomeText(a *Attempt) string {
	switch {
	case a.Outcome != "":
		return string(a.Outcome)
	case a.Baseline == a.Cell:
		return "baseline"
	}
	return undefined
}
