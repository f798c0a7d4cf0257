package docs_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/experiments"
	"iosweep/reports"
	"iosweep/runner/journal"
)

// columns are those of a CSV file of a run, without the axes.
func columns(t *testing.T, dir, file string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	header, err := csv.NewReader(f).Read()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(header, func(name string) bool {
		a, isAxis := experiments.AxisNamed(name)
		return isAxis && a != experiments.Files // whose column is the count
	})
}

func TestColumnsAreAllDescribed(t *testing.T) {
	dir := t.TempDir()
	log := &journal.Log{Run: journal.Run{Plots: []string{}, Cells: []journal.Cell{{Name: "copy"}}, Published: &journal.Published{Baseline: -1}}}
	mkdir := func(path string) error { return os.Mkdir(path, 0o755) }
	if err := reports.WriteAll(dir, mkdir, reports.New(log)); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"trials.csv", "summary.csv", "published.csv"} {
		described := firstCells(pageAt(t, "results.md").section(t, "### "+file))
		if diff := cmp.Diff(columns(t, dir, file), described); diff != "" {
			t.Errorf("the columns of %s differ from those in results.md (-file +page):\n%s", file, diff)
		}
	}
}
