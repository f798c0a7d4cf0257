package reports

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"iosweep/analysis"
	"iosweep/analysis/analysistest"
	"iosweep/journal"
	"iosweep/reports/table"
)

// scattered returns a run whose baseline has times that vary as much as their mean.
func scattered() *journal.Log {
	return analysistest.Log(3,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{147e-6, 78e-6, 72e-6}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{234e-6, 216e-6, 226e-6}},
	)
}

// scatteredTable returns such a run of a published table.
func scatteredTable() *journal.Log {
	log := analysistest.SaveFiles()
	factors := []float64{3, 0.2, 0.1, 1.5, 0.05}
	for i := range log.Trials {
		if t := &log.Trials[i]; t.Cell <= 1 && t.Measurement != nil {
			t.Measurement.Seconds *= factors[t.Round-1]
		}
	}
	return log
}

// withSeconds sets the times of all trials of a run. A sample run takes 0 as a failure.
func withSeconds(log *journal.Log, seconds float64) *journal.Log {
	for i := range log.Trials {
		log.Trials[i].Measurement.Seconds = seconds
	}
	return log
}

// negative matches an interval or a mean with a bound below 0.
var negative = regexp.MustCompile(`-[0-9.]+ ?(–|to )|(–|to )-[0-9]|open–-|\(-[0-9]`)

// TestNoBoundIsBelowZero checks that no format has a bound of a time or of a speed-up below 0.
func TestNoBoundIsBelowZero(t *testing.T) {
	for name, log := range map[string]*journal.Log{"run": scattered(), "published table": scatteredTable()} {
		d := New(log)
		for _, r := range slices.Concat(All, Formats) {
			if r.Applies != nil && !r.Applies(d) || r.Name == "markdown" {
				continue
			}
			text := withoutScripts(exported(t, r.Write, d))
			if strings.HasSuffix(r.Name, "csv") {
				checkBounds(t, name, rowsOf(t, text))
			} else if found := negative.Find(text); found != nil {
				t.Errorf("%s: %s has %q", name, r.Name, found)
			}
		}
		if text := tableOf(t, d, table.Options{Width: 120}); negative.MatchString(text) || !strings.Contains(text, "open–") {
			t.Errorf("%s: the table is\n%s", name, text)
		}
	}

	d := New(scattered())
	for _, want := range []string{"99.0 (open–203) µs", "open–0.836"} {
		if !strings.Contains(tableOf(t, d, table.Options{Width: 120}), want) || !strings.Contains(markdownOf(t, d), want) {
			t.Errorf("the reports do not have %s", want)
		}
	}
	var cells []map[string]any
	if err := json.Unmarshal(exported(t, writeJSON, d), &cells); err != nil {
		t.Fatal(err)
	}
	if low, high := cells[0]["ci95_low_seconds"], cells[0]["ci95_high_seconds"]; low != nil || high == nil {
		t.Errorf("in JSON the mean has the bounds %v and %v", low, high)
	}
	if low, high := cells[1]["speedup_ci95_low"], cells[1]["speedup_ci95_high"]; low != nil || high == nil {
		t.Errorf("in JSON the speed-up has the bounds %v and %v", low, high)
	}
}

// checkBounds checks the columns of intervals. The column of an open lower end is empty.
func checkBounds(t *testing.T, name string, rows [][]string) {
	t.Helper()
	for i, column := range rows[0] {
		if !strings.Contains(column, "ci95") || strings.Contains(column, "drift") {
			continue
		}
		for _, row := range rows[1:] {
			if strings.HasPrefix(row[i], "-") {
				t.Errorf("%s: %s of %s is %s", name, column, row[0], row[i])
			}
		}
	}
}

func TestNoBoundOfAComparisonIsBelowZero(t *testing.T) {
	wide := []analysistest.Cell{ofWorkers(4, []float64{147e-6, 78e-6, 72e-6})}
	narrow := []analysistest.Cell{ofWorkers(4, []float64{234e-6, 216e-6, 226e-6})}
	base, next := sides(wide, narrow)
	c := compared(t, base, next)
	for format := range writers {
		if text := written(t, c, format); negative.MatchString(text) {
			t.Errorf("the %s is\n%s", format, text)
		}
	}
	if text := written(t, c, "text"); !strings.Contains(text, "99.0 (open–203) µs") || !strings.Contains(text, "open–0.90") {
		t.Errorf("the table is\n%s", text)
	}
	row := tableOfContrasts(t, c)[0]
	if row["speedup_ci95_low"] != "" || row["speedup_ci95_high"] == "" || row["speedup"] == "" {
		t.Errorf("the CSV has %v", row)
	}
}

// undefined matches a number that no report may contain.
var undefined = regexp.MustCompile(`\b(NaN|Inf)\b`)

// TestReportsOfExtremeTimes checks that every report can be written, without NaN and infinities.
func TestReportsOfExtremeTimes(t *testing.T) {
	for name, log := range map[string]*journal.Log{
		"zero":     withSeconds(scattered(), 0),
		"one cell": withSeconds(analysistest.Log(1, analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{1}}), 0),
		"longest":  withSeconds(scattered(), 1e9),
		"table":    withSeconds(analysistest.SaveFiles(), 0),
	} {
		d := New(log)
		for _, r := range slices.Concat(All, Formats) {
			if r.Applies != nil && !r.Applies(d) || r.Name == "markdown" {
				continue
			}
			if text := withoutScripts(exported(t, r.Write, d)); undefined.Match(text) {
				t.Errorf("%s: %s is\n%s", name, r.Name, text)
			}
		}
		if text := tableOf(t, d, table.Options{Width: 120}); undefined.MatchString(text) {
			t.Errorf("%s: the table is\n%s", name, text)
		}
	}
}

// TestComparisonOfZeroTimes checks that times of 0 have no geometric mean.
func TestComparisonOfZeroTimes(t *testing.T) {
	base, next := sides(many(2, 5, 1, 1), many(2, 5, 1, 9))
	c := compared(t, withSeconds(base, 0), next)
	if c.Mean.OK {
		t.Errorf("the geometric mean is %v", c.Mean)
	}
	for format := range writers {
		if text := written(t, c, format); undefined.MatchString(text) {
			t.Errorf("the %s is\n%s", format, text)
		}
	}
}

// TestOpenIsExplained: below a table that shows the word "open", the terminal explains it. Other tables
// have no such note.
func TestOpenIsExplained(t *testing.T) {
	steady := withSeconds(scattered(), 1)
	other := withSeconds(scattered(), 1)
	other.Run.ID = "other"
	for name, test := range map[string]struct {
		text string
		want bool
	}{
		"run":               {tableOf(t, New(scattered()), table.Options{}), true},
		"steady run":        {tableOf(t, New(steady), table.Options{}), false},
		"comparison":        {written(t, compared(t, steady, scattered()), "text"), true},
		"steady comparison": {written(t, compared(t, steady, other), "text"), false},
	} {
		if got := strings.Contains(strings.Join(strings.Fields(test.text), " "), analysis.OpenNote(analysis.Figure{})); got != test.want {
			t.Errorf("%s: explained %v, want %v:\n%s", name, got, test.want, test.text)
		}
	}
}
