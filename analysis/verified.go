package analysis

import (
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/format"
	"iosweep/journal"
)

// unverified returns the operation of a cell if the outcomes of its trials were not verified, or "".
// An operation of the experiment may have no check of the work itself.
func (d *Data) unverified(cell *journal.Cell) string {
	name := cell.Levels[experiments.Operation.String()]
	for i := range d.Run.Operations {
		if op := &d.Run.Operations[i]; op.Name == name && op.Verify == "" {
			return name
		}
	}
	return ""
}

// unverifiedOf returns the operations of cells whose outcomes were not verified, each once.
func (d *Data) unverifiedOf(cells []*Summary) (list []string) {
	for _, s := range cells {
		if name := d.unverified(&s.Cell); name != "" && !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	return list
}

// verification describes cells whose outcomes were not verified, as a condition of a table, or
// returns "".
func (d *Data) verification(cells []*Summary) string {
	list := d.unverifiedOf(cells)
	switch {
	case len(list) == 0:
		return ""
	case slices.ContainsFunc(cells, func(s *Summary) bool { return d.unverified(&s.Cell) == "" }):
		return "not verified: " + strings.Join(list, ", ")
	}
	return "not verified"
}

// verificationFootnote names the operations that were not verified. It returns "" if there are none.
func (d *Data) verificationFootnote(shown func(*Summary) bool) string {
	list := d.unverifiedOf(slices.DeleteFunc(d.Cells(), func(s *Summary) bool { return !shown(s) }))
	if len(list) == 0 {
		return ""
	}
	return "Not verified: " + format.Several(list) + ". The experiment has no check of the work itself, so only the exit code of the commands was checked."
}
