package journal

import (
	"errors"
	"fmt"
	"slices"
)

// A Log is the content of a journal.
type Log struct {
	Run Run // the last one, which has every cell of the runs before it
	// Replaced contains the experiment files of the runs before Run.
	Replaced []string
	Trials   []Trial
	Notes    []Note
	// End is the offset in the file where the last whole line ends, and where the next
	// line goes.
	End int64
	// Torn is the number of bytes after End. They belong to a line that was cut off
	// during its write, as by a power failure. They are not part of the log.
	Torn int
}

// Finished reports whether the run has finished: its last note reports it.
func (log *Log) Finished() bool {
	return len(log.Notes) > 0 && log.Notes[len(log.Notes)-1].Kind == NoteFinished
}

// IsReplaced reports whether an experiment file is the one of a run before Run.
func (log *Log) IsReplaced(source string) bool {
	return slices.ContainsFunc(log.Replaced, func(old string) bool { return SameSource(old, source) })
}

// growTrials reserves memory for about this number of further trials. A list that grows
// step by step is copied many times, and exists twice during each copy.
func (log *Log) growTrials(trials int64) {
	const most = 1 << 20 // a limit, because a file of zeros may suggest any number
	log.Trials = slices.Grow(log.Trials, int(min(max(trials, 0)*21/20, most)))
}

// add adds one entry to the log. The first entry must be a run.
func (log *Log) add(e *Entry) error {
	if log.Run.Version == 0 && e.Run == nil {
		return errors.New("the first entry of a journal must be a run")
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

// addTrial adds a trial. Trials are numbered without gaps, so a wrong number reveals a
// missing line or a repeated one.
func (log *Log) addTrial(t *Trial) error {
	if err := log.checkCell(t.Cell); err != nil {
		return err
	}
	switch n := len(log.Trials) + 1; {
	case t.Trial > n:
		return fmt.Errorf("it is trial %d, but trial %d must follow: a line before it is missing", t.Trial, n)
	case t.Trial < n:
		return fmt.Errorf("it is trial %d, but trial %d must follow: an earlier line is repeated", t.Trial, n)
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

// addRun adds the first run, or a later one whose plan has changed.
func (log *Log) addRun(r *Run) error {
	if log.Run.Version != 0 {
		if err := checkContinues(&log.Run, r); err != nil {
			return err
		}
		log.Replaced = append(log.Replaced, log.Run.Origin.Source)
	}
	log.Run = *r
	return nil
}
