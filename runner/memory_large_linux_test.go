package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"iosweep/internal/sysinfo"
)

// The memory of a process of a trial has these limits, for files of any size. They hold for a
// block_size of auto.
const (
	mostForAProcess = 64 << 20
	mostForAWorker  = 8 << 20
)

// roomyDir returns a directory with at least this much free space, in memory if possible.
func roomyDir(t *testing.T, room int64) string {
	t.Helper()
	for _, parent := range []string{"/dev/shm", t.TempDir()} {
		space, err := sysinfo.SpaceOf(parent)
		if err != nil || space.Known && space.Free < room {
			continue
		}
		dir, err := os.MkdirTemp(parent, "iosweep-large-")
		if err == nil {
			t.Cleanup(func() { os.RemoveAll(dir) })
			return dir
		}
	}
	t.Skipf("neither /dev/shm nor the directory of temporary files has %d bytes of free space", room)
	return ""
}

// checkPeaks runs an experiment in a directory, and checks the peak memory of the largest process of
// each trial.
func checkPeaks(t *testing.T, dir, source string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it makes and compresses large files")
	}
	log := runGood(t, source, dir)
	for _, trial := range log.Trials {
		levels := log.Run.Cells[trial.Cell].Levels
		workers := int64(2) // in one process, which has them all
		if levels["strategy"] == "sequential" || levels["strategy"] == "processes" {
			workers = 1
		}
		peak, most := bytesOf(trial.Measurement.MaxRSS), mostForAProcess+workers*mostForAWorker
		if peak <= 0 || peak > most {
			t.Errorf("%s: its largest process has %d MiB, want at most %d MiB", trial.Name, peak>>20, most>>20)
		}
		t.Logf("%s: %d MiB", trial.Name, peak>>20)
	}
	for _, cell := range log.Run.Cells {
		if cell.Skip != "" {
			t.Logf("%s: skipped: %s", cell.Name, cell.Skip)
		}
	}
}

// TestMemoryOfLargeFiles does every operation on files that are larger than a process may be.
func TestMemoryOfLargeFiles(t *testing.T) {
	checkPeaks(t, roomyDir(t, 3<<30), `
name: large
workload: {files: 2, content: rows, lines: 1400000}
grid:
  - {operation: [read, write, copy, append, zip, unzip], strategy: sequential}
  - {operation: [read, write, copy, append, zip, unzip], strategy: [threads, processes], workers: 2}
  - {operation: [write, copy, append, zip], strategy: pipeline, workers: 2}
  - {operation: [read, write, copy], strategy: io_uring, workers: 2}
  - {operation: append, strategy: [threads, processes], workers: 2, sink: collector}
  - {operation: zip, strategy: [threads, processes, pipeline], workers: 2, sink: [collector, parallel]}
  - {operation: [read, copy], strategy: threads, workers: 2, split: 16MiB}
trials: {repeats: 1, warmup: 0}
`)
}

// TestMemoryOfHugeFile reads a file of 16 GiB. The file is sparse and only read, because an
// operation that writes would need 16 GiB of space: a copy has no holes.
func TestMemoryOfHugeFile(t *testing.T) {
	dir := roomyDir(t, 1<<30)
	tree := filepath.Join(dir, "tree")
	if err := os.Mkdir(tree, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(tree, "huge"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(16 << 30); err != nil {
		t.Skip(err) // the file system has a limit
	}
	checkPeaks(t, dir, fmt.Sprintf(`
name: huge
workload: {from: %q}
grid:
  - {operation: read, strategy: sequential}
  - {operation: read, strategy: threads, workers: 2, split: 1GiB}
trials: {repeats: 1, warmup: 0}
`, tree))
}
