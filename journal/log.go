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
	if log.Run.Version == 0 && e.Run == nil {
		return errors.New("a journal begins with the run, and this is something else")
	}
	if err := e.check(); err != nil {
		return err
	}
	switch {
	case e.Run != nil:
		return log.addRun(e.Run)
	case e.Trial != nil:
		return log.addTrial(e.Trial)
	}
	return log.addNote(e.Note)
}

// addTrial takes a trial. Trials have always been numbered without a gap, so the next
// number tells a line that is missing and one that stands there again.
func (log *Log) addTrial(t *Trial) error {
	if err := log.checkCell(t.Cell); err != nil {
		return err
	}
	switch n := len(log.Trials) + 1; {
	case t.Trial > n:
		return fmt.Errorf("it holds trial %d where trial %d has to follow: a line before it is missing", t.Trial, n)
	case t.Trial < n:
		return fmt.Errorf("it holds trial %d where trial %d has to follow: a line before it stands there again", t.Trial, n)
	}
	log.Trials = append(log.Trials, *t)
	return nil
}

func (log *Log) addNote(n *Note) error {
	if n.Cell != nil {
		if err := log.checkCell(*n.Cell); err != nil {
			return err
		}
	}
	log.Notes = append(log.Notes, *n)
	log.Notes[len(log.Notes)-1].After = len(log.Trials)
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
	if log.Run.Version != 0 {
		if err := continues(&log.Run, r); err != nil {
			return err
		}
		log.Replaced = append(log.Replaced, log.Run.Origin.Source)
	}
	log.Run = *r
	return nil
}
