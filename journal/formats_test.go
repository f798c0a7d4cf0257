package journal

import (
	"os"
	"path/filepath"
	"testing"
)

// TestJournalsOfEarlierVersionsAreRead checks that old measurements stay readable. The
// last iosweep of format 1 and the first of format 2 wrote the first two journals. The
// third was extended and changed back. The fourth has contenders that fail as expected. The last has
// a profile, overrides and a selection of cells.
func TestJournalsOfEarlierVersionsAreRead(t *testing.T) {
	for _, test := range []struct {
		name                                  string
		version, cells, trials, notes, before int
	}{
		{"format-1", 1, 6, 24, 1, 0},
		{"format-2", 2, 7, 33, 4, 1},
		{"extended", 2, 7, 39, 10, 2},
		{"expected", 2, 4, 16, 2, 0},
		{"profiled", 2, 14, 42, 2, 0},
	} {
		log, err := ReadFile(filepath.Join("testdata", test.name+".jsonl"))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if log.Run.Version != test.version || len(log.Run.Cells) != test.cells || len(log.Trials) != test.trials || len(log.Notes) != test.notes || len(log.Replaced) != test.before {
			t.Errorf("%s: format %d, %d cells, %d trials, %d notes and %d runs before, want %+v",
				test.name, log.Run.Version, len(log.Run.Cells), len(log.Trials), len(log.Notes), len(log.Replaced), test)
		}
		info, err := os.Stat(filepath.Join("testdata", test.name+".jsonl"))
		if err != nil || log.End != info.Size() || log.Torn != 0 {
			t.Errorf("%s: it ends at %d with %d bytes torn: %v", test.name, log.End, log.Torn, err)
		}
	}
}
