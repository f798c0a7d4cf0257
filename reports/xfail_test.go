package reports

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iosweep/journal"
	"iosweep/reports/table"
)

// TestFilterOnOKSelectsOnlyCompletedWork filters the files of an old run as an analyst does. The run
// has two contenders that fail as expected, one by its outcome and one by its exit status. Their
// trials must not be selected.
func TestFilterOnOKSelectsOnlyCompletedWork(t *testing.T) {
	log, err := journal.ReadFile(filepath.Join("..", "journal", "testdata", "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	d := New(log)
	for _, test := range []struct {
		file   string
		rows   [][]string
		each   int // rows per cell
		reason string
	}{
		{"trials.csv", records(t, writeTrialsCSV, d), 4, "error"},
		{"summary.csv", records(t, writeSummaryCSV, d), 1, "reason"},
	} {
		at := func(row []string, column string) string { return row[slices.Index(test.rows[0], column)] }
		counts := map[string]int{}
		for _, row := range test.rows[1:] {
			key := at(row, "strategy") + " " + at(row, "status") + " " + at(row, test.reason)
			counts[key]++
			if at(row, "sum_rss_bytes") != "" {
				t.Errorf("%s: %s has the memory of all processes, which the run did not measure", test.file, key)
			}
		}
		for _, want := range []string{
			"sequential ok ", "cp ok ", "refuses xfail exit status 1: cannot copy",
			`idle xfail verification: item 0 "data-0000.csv": missing; 3 of 3 items wrong`,
		} {
			if counts[want] != test.each {
				t.Errorf("%s: got %d rows %q, want %d; all rows: %v", test.file, counts[want], want, test.each, counts)
			}
		}
	}
	if json := string(exported(t, writeJSON, d)); strings.Count(json, `"status": "xfail"`) != 2 || strings.Count(json, `"status": "ok"`) != 2 {
		t.Errorf("the JSON has other statuses than twice xfail and twice ok:\n%s", json)
	}
	shown := tableOf(t, d, table.Options{Width: 200})
	if strings.Count(shown, " xfail\n") != 2 || strings.Contains(shown, "\nxfail: ") {
		t.Errorf("the table does not show two verdicts xfail, or lists them as failures:\n%s", shown)
	}

	// benchstat compares only lines with equal configurations.
	results, _ := readBenchmarks(t, exported(t, writeBenchmarks, d))
	for _, r := range results {
		status, done := r.GetConfig("status"), strings.Contains(r.Name.String(), "=sequential") || strings.Contains(r.Name.String(), "=cp")
		if done != (status == "") || !done && status != "xfail" {
			t.Errorf("%s has the status %q", r.Name, status)
		}
	}
	if len(results) != 12 {
		t.Errorf("got %d results, want 12", len(results))
	}
}
