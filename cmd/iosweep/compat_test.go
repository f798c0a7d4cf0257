package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iosweep/experiments"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/runner/catalogue"
	"iosweep/runner/preflight"
	"iosweep/runner/schedule"
)

// TestFilesOfEarlierVersions reads the files of testdata/compat, each directory of which a released or
// development version has written. They are never edited.
func TestFilesOfEarlierVersions(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join("..", "..", "testdata", "compat", "*"))
	noError(t, err)
	if len(dirs) < 3 {
		t.Fatalf("testdata/compat has only %q", dirs)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			log, err := journal.ReadDir(dir)
			noError(t, err)
			checkPlan(t, dir, log)
			checkColumns(t, dir, log)
		})
	}
}

// checkPlan checks that the experiment still gives the cells, their names and the plan hash of the journal.
func checkPlan(t *testing.T, dir string, log *journal.Log) {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(dir, "experiment.yaml"))
	noError(t, err)
	run := &log.Run
	if run.Origin.Source != "" && run.Origin.Source != string(source) {
		t.Error("experiment.yaml is not the one of the journal")
	}
	e, err := experiments.Parse(source, experiments.Options{
		File: "experiment.yaml", Catalogue: catalogue.New(), CPUs: run.Machine.CPUs, Set: run.Overrides, Only: run.Only, Profile: run.Profile,
	})
	noError(t, err)
	if len(e.Cells) != len(run.Cells) {
		t.Fatalf("the experiment has %d cells, and the journal %d", len(e.Cells), len(run.Cells))
	}
	for i, c := range preflight.PlannedCells(e) {
		if c.Name != run.Cells[i].Name {
			t.Errorf("cell %d is %s, and the journal has %s", i, c.Name, run.Cells[i].Name)
		}
	}
	if hash := schedule.NewPlan(e).Hash; hash != run.PlanHash {
		t.Errorf("the plan hash is %s, and the journal has %s", hash, run.PlanHash)
	}
}

// header returns the names of the columns of a CSV file.
func header(t *testing.T, data []byte) []string {
	t.Helper()
	names, err := csv.NewReader(bytes.NewReader(data)).Read()
	noError(t, err)
	return names
}

// lostColumns returns the columns that a file no longer has, or not in the order of before.
func lostColumns(before, after []string) (lost []string) {
	for _, name := range before {
		i := slices.Index(after, name)
		if i < 0 {
			lost = append(lost, name)
			continue
		}
		after = after[i+1:]
	}
	return lost
}

// withoutNegative removes the lower ends of intervals below 0. Earlier versions wrote them for times and speed-ups, which
// cannot be negative. Now such an interval has no lower end.
func withoutNegative(t *testing.T, data []byte) []byte {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	noError(t, err)
	var b bytes.Buffer
	for _, row := range rows {
		for i, name := range rows[0] {
			if (name == "ci95_low_seconds" || name == "speedup_ci95_low") && strings.HasPrefix(row[i], "-") {
				row[i] = ""
			}
		}
	}
	noError(t, csv.NewWriter(&b).WriteAll(rows))
	return b.Bytes()
}

// checkColumns checks that the CSV files have the columns of the earlier version with the same values, in the same order.
func checkColumns(t *testing.T, dir string, log *journal.Log) {
	t.Helper()
	files, err := reports.Files(reports.New(log))
	noError(t, err)
	compared := 0
	for _, f := range files {
		old, err := os.ReadFile(filepath.Join(dir, f.Name))
		if os.IsNotExist(err) || filepath.Ext(f.Name) != ".csv" {
			continue
		}
		noError(t, err)
		compared++
		if lost := lostColumns(header(t, old), header(t, f.Data)); lost != nil {
			t.Errorf("%s has lost %q, or has them in another order", f.Name, lost)
		}
		if where := reports.ColumnDifference(f.Data, withoutNegative(t, old)); where != "" {
			t.Errorf("%s differs%s", f.Name, where)
		}
	}
	if compared < 2 {
		t.Errorf("only %d CSV files were compared", compared)
	}
}
