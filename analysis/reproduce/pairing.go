package reproduce

import (
	"iosweep/internal/format"
	"iosweep/journal"
)

// A Pairing is an attempt with the row that it is of. A row without attempts is
// in a pairing with an empty one.
type Pairing struct {
	*Method
	*Attempt
}

// Pairings are all of them, in the order of the table.
func (r *Reproduction) Pairings() []Pairing {
	if r == nil {
		return nil
	}
	var list []Pairing
	for _, m := range r.Methods {
		for _, a := range m.Attempts {
			list = append(list, Pairing{m, a})
		}
		if len(m.Attempts) == 0 {
			list = append(list, Pairing{m, nil})
		}
	}
	return list
}

// NoCell is said of a row that no cell of the run stands for.
const NoCell = "no cell of this run does what the row says"

// Kind is "program" or "strategy".
func (a *Attempt) Kind() string {
	if a.Program {
		return "program"
	}
	return "strategy"
}

// BaselineName is the cell that the speed-up is against; empty if there is none.
func (a *Attempt) BaselineName() string {
	if a.Baseline == nil {
		return ""
	}
	return a.Baseline.Cell.Name
}

// IsBlocked reports whether figures are of how long the caller was held up.
func (r *Reproduction) IsBlocked() bool { return r.Table.Measure == journal.MeasureBlocked }

// CorruptOf is how many items came out corrupt, of how many.
func CorruptOf(a *Attempt) string {
	if !a.Corrupt.OK {
		return format.Undefined
	}
	return format.Average(a.Corrupt.X) + " of " + format.Thousands(int64(a.Items))
}
