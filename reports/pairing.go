package reports

import "iosweep/journal"

// A pairing is an attempt with the row that it is of. A row without attempts is
// in a pairing with an empty one.
type pairing struct {
	*Method
	*Attempt
}

// pairings are all of them, in the order of the table.
func (r *Reproduction) pairings() []pairing {
	if r == nil {
		return nil
	}
	var list []pairing
	for i := range r.Methods {
		m := &r.Methods[i]
		for k := range m.Attempts {
			list = append(list, pairing{m, &m.Attempts[k]})
		}
		if len(m.Attempts) == 0 {
			list = append(list, pairing{m, nil})
		}
	}
	return list
}

// noCell is said of a row that no cell of the run stands for.
const noCell = "no cell of this run does what the row says"

// The kinds of attempts.
const (
	kindProgram  = "program"
	kindStrategy = "strategy"
)

func (a *Attempt) kind() string {
	if a.Program {
		return kindProgram
	}
	return kindStrategy
}

// baselineName is the cell that the speed-up is against; empty if there is none.
func (a *Attempt) baselineName() string {
	if a.Baseline == nil {
		return ""
	}
	return a.Baseline.Cell.Name
}

// isBlocked says whether figures are of how long the caller was held up.
func (r *Reproduction) isBlocked() bool { return r.Table.Measure == journal.MeasureBlocked }

// corruptOf is how many items came out corrupt, of how many.
func corruptOf(a *Attempt) string {
	if !a.Corrupt.OK {
		return undefined
	}
	return average(a.Corrupt.X) + " of " + thousands(int64(a.Items))
}
