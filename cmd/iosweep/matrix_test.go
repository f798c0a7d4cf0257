package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"iosweep/journal"
	"iosweep/operations"
	"iosweep/strategies"
)

// pairs returns a grid of the operation with every strategy that supports it, and its
// number of cells. Pairs that support sinks have one cell for each sink.
func pairs(op operations.Info) (cells int, grid string) {
	for _, s := range strategies.All {
		info := s.Info()
		if strategies.Unsupported(s, op) != "" || strategies.Unavailable(s) != "" {
			continue
		}
		line := fmt.Sprintf("  - {operation: %s, strategy: %s", op.Name, info.Name)
		n := 1
		for _, axis := range info.Axes {
			switch axis {
			case "workers", "threads", "queue":
				line += fmt.Sprintf(", %s: 2", axis)
			case "chunk_size":
				line += ", chunk_size: 7"
			case "sink":
				if n = max(1, len(op.Sinks)); len(op.Sinks) > 0 {
					line += ", sink: [" + strings.Join(op.Sinks, ", ") + "]"
				}
			}
		}
		cells += n
		grid += line + "}\n"
	}
	return cells, grid
}

// TestMatrix runs every operation with every strategy that supports it, through every sink,
// on 40 real files. It covers everything in operations.All and strategies.All.
func TestMatrix(t *testing.T) {
	for _, op := range operations.All {
		info := op.Info()
		t.Run(info.Name, func(t *testing.T) {
			if info.Name != "copy" {
				skipIfShort(t)
			}
			t.Parallel()
			cells, grid := pairs(info)
			dir := t.TempDir()
			file := writeFile(t, filepath.Join(dir, "x.yaml"),
				"name: matrix\nworkload: {files: 40, lines: 5}\ntrials: {repeats: 1, warmup: 0}\ngrid:\n"+grid)
			ws, out := t.TempDir(), filepath.Join(dir, "out")
			wantExit(t, exitGood, "run", file, "-o", out, "--workspace", ws)
			checkRun(t, out, cells, 40)
			checkEmpty(t, ws)
		})
	}
}

// checkRun checks that a run has this number of cells, and that each cell succeeded on this
// number of files, or on the number that its level of files names.
func checkRun(t *testing.T, out string, cells, files int) {
	t.Helper()
	log, err := journal.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(log.Run.Cells) != cells {
		t.Errorf("%d cells, expected %d", len(log.Run.Cells), cells)
	}
	done := map[int]bool{}
	for _, trial := range log.Trials {
		if trial.Status != journal.OK {
			t.Errorf("%s: %s: %s", trial.Name, trial.Status, trial.Error)
			continue
		}
		done[trial.Cell] = true
		if m := trial.Measurement; m.Finding != "" {
			continue // an expected failure
		}
		want := files
		if level, ok := log.Run.Cells[trial.Cell].Levels["files"]; ok {
			want, _ = strconv.Atoi(level)
		}
		if m := trial.Measurement; m.Files != want || m.Seconds <= 0 {
			t.Errorf("%s: %d files of %d in %gs", trial.Name, m.Files, want, m.Seconds)
		}
	}
	if len(done) != cells {
		t.Errorf("%d of %d cells succeeded", len(done), cells)
	}
}
