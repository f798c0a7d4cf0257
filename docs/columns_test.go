package docs_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/journal"
	"iosweep/reports"
	"iosweep/reports/table"
)

// columns returns the columns of a CSV file of a run, without the axes.
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
		return isAxis && a != experiments.Files // its column is the number of items
	})
}

var meaning = regexp.MustCompile("(?m)^\\| `([a-zA-Z0-9_]+)` \\| (.*) \\|$")

// meanings returns the rows of a table of columns and their meanings.
func meanings(text string) (list []table.Meaning) {
	for _, m := range meaning.FindAllStringSubmatch(text, -1) {
		list = append(list, table.Meaning{Name: m[1], Doc: m[2]})
	}
	return list
}

func TestColumnsAreAllDescribed(t *testing.T) {
	dir := t.TempDir()
	log := &journal.Log{Run: journal.Run{Repeats: 1, Plots: []string{}, Metrics: []journal.Metric{{Name: "NAME", Better: journal.BetterHigher}}, Published: &journal.Published{Baseline: -1}, Nodes: []journal.Node{{Name: "n1"}}}}
	for i := range 2 * estimate.ScalingPoints { // two sweeps, which make scaling.csv and effects.csv
		workers, strategy := strconv.Itoa(i/2+1), []string{"threads", "processes"}[i%2]
		log.Run.Cells = append(log.Run.Cells, journal.Cell{Name: "copy/" + strategy + "/workers=" + workers, Levels: map[string]string{"strategy": strategy, "workers": workers}, Baseline: 0})
		log.Trials = append(log.Trials, journal.Trial{
			Trial: i + 1, Round: 1, Phase: journal.Measured, Cell: i, Attempt: 1, Status: journal.OK, Node: "n1",
			Measurement: &journal.Measurement{Seconds: 1, Work: 1, Files: i/2 + 1},
		})
	}
	mkdir := func(path string) error { return os.Mkdir(path, 0o755) }
	if err := reports.WriteAll(dir, mkdir, reports.New(log)); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"trials.csv", "summary.csv", "details.csv", "effects.csv", "scaling.csv", "published.csv", "nodes.csv"} {
		described := firstCells(pageAt(t, "results.md").section(t, "### "+file))
		if diff := cmp.Diff(columns(t, dir, file), described); diff != "" {
			t.Errorf("columns of %s and of results.md differ (-file +page):\n%s", file, diff)
		}
		if diff := cmp.Diff(reports.Columns()[file], meanings(pageAt(t, "results.md").section(t, "### "+file))); diff != "" {
			t.Errorf("meanings of the columns of %s in the code and in results.md differ (-code +page):\n%s", file, diff)
		}
	}
}

func TestExportFormatsAreAllDescribed(t *testing.T) {
	var names []string
	for _, f := range reports.Formats {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff(names, firstCells(pageAt(t, "results.md").section(t, "## Export"))); diff != "" {
		t.Errorf("formats of the program and of results.md differ (-program +page):\n%s", diff)
	}
}
