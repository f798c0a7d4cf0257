package reproduce

import "fmt"

// A Contradiction is a published row that the program which does what was
// published does not bear out.
type Contradiction struct {
	Method   string
	Cell     string // the name of the first cell that contradicts it
	Sentence string // for people
}

// Contradicted are the rows that programs contradict, in the order of the table;
// nil if there are none. That iosweep's own strategies contradict a row is a
// finding, not a contradiction: they do the work in another way.
func (r *Reproduction) Contradicted() []Contradiction {
	if r == nil {
		return nil
	}
	var list []Contradiction
	for _, m := range r.Methods {
		if a := m.contradiction(); a != nil {
			sentence := fmt.Sprintf("%s: published as %s, and %s contradicts it: %s", m.Printed.Method, m.saying(), a.Contender, a.Reason)
			if a.Baseline != nil {
				sentence += fmt.Sprintf(", against %s", a.Baseline.Cell.Name)
			}
			list = append(list, Contradiction{m.Printed.Method, a.Cell.Cell.Name, sentence + "."})
		}
	}
	return list
}

// contradiction is the first program that contradicts the row; nil if none does.
func (m *Method) contradiction() *Attempt {
	for _, a := range m.Attempts {
		if a.Program && a.Outcome == Contradicted {
			return a
		}
	}
	return nil
}

// saying is the claim of a row, with the factor that it rests on.
func (m *Method) saying() string {
	if !m.Speedup.OK || IsOfCorruption(m.Claim) {
		return m.Claim
	}
	return fmt.Sprintf("%s (%s)", m.Claim, PrintedFactor(m))
}
