package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/journal"
	"iosweep/operations"
	"iosweep/strategies"
)

// skipWithoutRings skips the test if io_uring is unavailable.
func skipWithoutRings(t *testing.T) {
	t.Helper()
	s, _ := strategies.Named("io_uring")
	if why := strategies.Unavailable(s); why != "" {
		t.Skip(why)
	}
}

// TestDescriptorsOfRings checks that a cell passes with exactly the number of descriptors that it
// needs according to preflight, and is skipped with one less. The first cell is limited by the
// table of its ring, the second by the folders of its items.
func TestDescriptorsOfRings(t *testing.T) {
	skipWithoutRings(t)
	nested := t.TempDir()
	for i := range 60 {
		dir := filepath.Join(nested, fmt.Sprintf("%02d", i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "x"), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		cell string
		need uint64 // at least
	}{
		{"workload: {files: 200, lines: 2}\ngrid: {operation: copy, strategy: io_uring, workers: 40}", 40 * operations.MaxFiles},
		{"workload: {from: " + nested + "}\ngrid: {operation: copy, strategy: io_uring, workers: 10, threads: 2}", 2 * 10 * 2},
	} {
		source := "name: x\ntrials: {repeats: 1, warmup: 0}\nbaseline: {strategy: io_uring}\n" + test.cell
		need := neededBy(t, source)
		if need < test.need {
			t.Errorf("%s: got %d needed descriptors, want at least %d", test.cell, need, test.need)
		}
		log := runLimited(t, source, need, need)
		if log.Run.Cells[0].Skip != "" || len(log.Trials) != 1 || log.Trials[0].Status != journal.OK {
			t.Errorf("%s: with the %d descriptors that it needs: got skipped %q, trials %+v; want one good trial", test.cell, need, log.Run.Cells[0].Skip, log.Trials)
		}
		if skip := runLimited(t, source, need-1, need-1).Run.Cells[0].Skip; !strings.Contains(skip, fmt.Sprintf("needs up to %d descriptors", need)) {
			t.Errorf("%s: with one less: got skipped for %q, want the need of %d descriptors", test.cell, skip, need)
		}
	}
}
