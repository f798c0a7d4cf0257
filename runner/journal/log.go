package journal

import (
	"errors"
	"fmt"
	"slices"
)

// A Log is a journal read back.
type Log struct {
	Run Run // the last one, which has every cell of those before it
	// Replaced are the experiment files of the runs before it.
	Replaced []string
	Trials   []Trial
	Notes    []Note
	// End is where the last whole line ends in the file, and where the next one
	// goes.
	End int64
	// Torn counts the bytes behind the End: of a line that was cut off while it
	// was written, as by a power failure. They are no part of the log.
	Torn int
}

// expect makes room for about so many trials more. A list that grows step by step
// is copied time and again, and for a while there twice.
func (log *Log) expect(trials int64) {
	const most = 1 << 20 // whatever a file of zeros may promise
	log.Trials = slices.Grow(log.Trials, int(min(max(trials, 0)*21/20, most)))
}

// add takes one entry into the log; the first one has to be a run.
func (log *Log) add(e *Entry) error {
	switch {
	case log.Run.Version == 0 && e.Run == nil:
		return errors.New("a journal begins with the run, and this is something else")
	case e.Run != nil:
		return log.addRun(e.Run)
	case e.Trial != nil:
		if err := log.checkCell(e.Trial.Cell); err != nil {
			return err
		}
		if n := len(log.Trials) + 1; e.Trial.Trial > n {
			return fmt.Errorf("it holds trial %d where trial %d has to follow: a line before it is missing", e.Trial.Trial, n)
		}
		log.Trials = append(log.Trials, *e.Trial)
	case e.Note != nil:
		if e.Note.Cell != nil {
			if err := log.checkCell(*e.Note.Cell); err != nil {
				return err
			}
		}
		log.Notes = append(log.Notes, *e.Note)
		log.Notes[len(log.Notes)-1].After = len(log.Trials)
	default:
		return errors.New("an entry of a kind that this iosweep does not know")
	}
	return nil
}

func (log *Log) checkCell(cell int) error {
	if cell < 0 || cell >= len(log.Run.Cells) {
		return fmt.Errorf("it names cell %d of %d", cell, len(log.Run.Cells))
	}
	return nil
}

// addRun takes the first run, or one whose plan has grown.
func (log *Log) addRun(r *Run) error {
	if r.Version < 1 {
		return fmt.Errorf("it is of format %d, and the first was 1", r.Version)
	}
	if r.Version > FormatVersion {
		return &newerError{r.Version}
	}
	if err := checkPublished(r.Published, len(r.Cells)); err != nil {
		return err
	}
	if log.Run.Version != 0 {
		if err := continues(&log.Run, r); err != nil {
			return err
		}
		log.Replaced = append(log.Replaced, log.Run.Origin.Source)
	}
	log.Run = *r
	return nil
}

// continues finds what keeps a run from being a later plan of another. Trials
// name cells by their index, so that none may be gone or be another.
func continues(past, r *Run) error {
	if r.ID != past.ID {
		return fmt.Errorf("it is of the run %q in the journal of %q", r.ID, past.ID)
	}
	if len(r.Cells) < len(past.Cells) {
		return fmt.Errorf("it has %d cells and the run before it has %d", len(r.Cells), len(past.Cells))
	}
	for i, cell := range past.Cells {
		if r.Cells[i].Name != cell.Name {
			return fmt.Errorf("its cell %d is %q, which was %q before", i, r.Cells[i].Name, cell.Name)
		}
	}
	return nil
}

// checkPublished finds what a published table names and the run does not have;
// cells is how many cells that has.
func checkPublished(p *Published, cells int) error {
	if p == nil {
		return nil
	}
	if p.Baseline < -1 || p.Baseline >= len(p.Rows) {
		return fmt.Errorf("its published table has row %d of %d as its baseline", p.Baseline, len(p.Rows))
	}
	for _, row := range p.Rows {
		for _, c := range row.Cells {
			if c.Cell < 0 || c.Cell >= cells {
				return fmt.Errorf("its published row %q names cell %d of %d", row.Method, c.Cell, cells)
			}
			if c.Baseline < -1 || c.Baseline >= cells {
				return fmt.Errorf("its published row %q names cell %d of %d as a baseline", row.Method, c.Baseline, cells)
			}
		}
	}
	return nil
}
