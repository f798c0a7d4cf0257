package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// A Log is a journal read back.
type Log struct {
	Run    Run
	Trials []Trial
	Notes  []Note
	// Torn counts the bytes of a last line that was cut off while it was
	// written, as by a power failure. They are no part of the log.
	Torn int
}

// A DamageError says that a journal is damaged elsewhere than at its torn end.
// Nothing after the damage is trusted.
type DamageError struct {
	Line   int
	Offset int64 // of the line's first byte
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("line %d, at byte %d, is damaged: %s", e.Line, e.Offset, e.Reason)
}

// ReadDir reads the journal of a run's directory.
func ReadDir(dir string) (*Log, error) {
	path := filepath.Join(dir, FileName)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	log, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return log, nil
}

// Read reads a journal. Damage is a *DamageError; a torn end is not damage.
func Read(r io.Reader) (*Log, error) {
	lines := bufio.NewReaderSize(r, 1<<16)
	log := &Log{}
	var offset int64
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		whole := err == nil
		if whole {
			line = line[:len(line)-1]
		} else if len(line) == 0 {
			break
		}
		entry, bad := decodeLine(line)
		if bad != nil && !whole {
			log.Torn = len(line)
			break
		}
		if bad == nil {
			bad = log.add(entry, n)
		}
		if bad != nil {
			return nil, &DamageError{Line: n, Offset: offset, Reason: bad.Error()}
		}
		if !whole {
			break // the entry is whole, only its line feed is missing
		}
		offset += int64(len(line)) + 1
	}
	if log.Run.Version == 0 {
		return nil, errors.New("it holds no run: its first line was never written whole")
	}
	return log, nil
}

// add takes one entry into the log; n is the number of its line.
func (log *Log) add(e Entry, n int) error {
	switch {
	case n == 1 && e.Run == nil:
		return errors.New("a journal begins with the run, and this is something else")
	case e.Run != nil && n != 1:
		return errors.New("a second run in one journal")
	case e.Run != nil:
		if e.Run.Version > FormatVersion {
			return fmt.Errorf("it is of format %d and this iosweep reads up to %d: use a newer one", e.Run.Version, FormatVersion)
		}
		if err := checkPublished(e.Run.Published, len(e.Run.Cells)); err != nil {
			return err
		}
		log.Run = *e.Run
	case e.Trial != nil:
		if e.Trial.Cell < 0 || e.Trial.Cell >= len(log.Run.Cells) {
			return fmt.Errorf("it names cell %d of %d", e.Trial.Cell, len(log.Run.Cells))
		}
		log.Trials = append(log.Trials, *e.Trial)
	case e.Note != nil:
		log.Notes = append(log.Notes, *e.Note)
	default:
		return errors.New("an entry of a kind that this iosweep does not know")
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
