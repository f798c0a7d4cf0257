package runner

import (
	"fmt"
	"strings"

	"iosweep/internal/units"
	"iosweep/journal"
	"iosweep/runner/schedule"
)

// noteRace notes the decisions of a race after a round, if there are any: one note for all cells, because
// half of a large table may be dropped at once.
func (r *run) noteRace(change *schedule.RaceChange) error {
	for _, part := range []struct {
		cells []int
		text  string
	}{
		{change.Revived, "in the race again, because the cell that had beaten them has failed: %[1]s"},
		{change.Dropped, "%[2]s beaten by another after round %[3]d: %[1]s; %[4]d left of %[5]d"},
	} {
		if len(part.cells) == 0 {
			continue
		}
		text := fmt.Sprintf(part.text, r.severalNames(part.cells), units.Count(len(part.cells), "cell"), change.Round, len(change.Left), len(change.Cells))
		if err := r.note(journal.Note{Kind: journal.NoteRace, Text: text}); err != nil {
			return err
		}
	}
	if !change.Ended {
		return nil
	}
	text := fmt.Sprintf("ended after round %d: %s", change.Round, r.severalNames(change.Left))
	if n := len(change.Left); n > 1 {
		text = fmt.Sprintf("ended after round %d: each of %d cells is within %.4g%% of the best: %s", change.Round, n, 100*r.Plan.Experiment.Trials.Adaptive.Race, r.severalNames(change.Left))
	}
	return r.note(journal.Note{Kind: journal.NoteRace, Text: text})
}

// severalNames lists the names of cells.
func (r *run) severalNames(cells []int) string {
	const most = 3
	var names []string
	for _, cell := range cells[:min(most, len(cells))] {
		names = append(names, r.Cells[cell].Name)
	}
	text := strings.Join(names, ", ")
	if more := len(cells) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
