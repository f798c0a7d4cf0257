package docs_test

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iosweep/analysis"
	"iosweep/analysis/compare"
	"iosweep/analysis/gate"
	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/journal"
	"iosweep/reports"
)

func TestColumnsOfAComparisonAreAllDescribed(t *testing.T) {
	log := &journal.Log{Run: journal.Run{
		Repeats: 1, Cells: []journal.Cell{{Name: "copy"}},
		Metrics: []journal.Metric{{Name: "rate", Better: journal.BetterHigher}}, Judge: "rate",
	}}
	c, err := compare.Compare(analysis.New(log), analysis.New(log), compare.CompareOptions{Margin: estimate.Margin})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reports.WriteComparisonCSV(&b, c); err != nil {
		t.Fatal(err)
	}
	header, err := csv.NewReader(&b).Read()
	if err != nil {
		t.Fatal(err)
	}
	header = slices.DeleteFunc(header, func(name string) bool {
		a, isAxis := experiments.AxisNamed(name)
		return isAxis && a != experiments.Files // its column is the number of items
	})
	described := firstCells(pageAt(t, "comparing.md").section(t, "## CSV and JSON"))
	if diff := cmp.Diff(header, described); diff != "" {
		t.Errorf("columns of a comparison and of comparing.md differ (-columns +page):\n%s", diff)
	}
	if diff := cmp.Diff(reports.Columns()["compare"], meanings(pageAt(t, "comparing.md").section(t, "## CSV and JSON"))); diff != "" {
		t.Errorf("meanings of the columns in the code and in comparing.md differ (-code +page):\n%s", diff)
	}
}

func TestWordsOfFailOnAreAllDescribed(t *testing.T) {
	described := firstCells(pageAt(t, "comparing.md").section(t, "## In CI"))
	want, got := slices.Sorted(slices.Values(gate.Words())), slices.Sorted(slices.Values(described))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words of --fail-on in the code and in comparing.md differ (-code +page):\n%s", diff)
	}
}

// TestTrialsOfTheRankTestAreRight compares the table of required trials with the rank test.
func TestTrialsOfTheRankTestAreRight(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^\| (?:\d+ to )?(\d+) \| (\d+) \|$`).FindAllStringSubmatch(pageAt(t, "comparing.md").text, -1)
	for _, row := range rows {
		most, err := strconv.Atoi(row[1])
		if err != nil {
			t.Fatal(err)
		}
		trials, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatal(err)
		}
		refuses := func(cells, trials int) bool {
			return estimate.MinRankP(trials, trials)*float64(cells) < 1-estimate.Confidence
		}
		if !refuses(most, trials) || refuses(most, trials-1) {
			t.Errorf("%d is not the smallest number of trials for %d cells", trials, most)
		}
		if most > 1 && refuses(most+1, trials) {
			t.Errorf("%d trials are enough for %d cells too", trials, most+1)
		}
	}
	if len(rows) < 5 {
		t.Errorf("got %d rows, want at least 5", len(rows))
	}
}
