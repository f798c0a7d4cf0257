package reports

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// detailsRow returns the row of a cell in details.csv, by column.
func detailsRow(t *testing.T, d *Content, cell int) map[string]string {
	t.Helper()
	rows := records(t, writeDetailsCSV, d)
	row := map[string]string{}
	for i, name := range rows[0] {
		row[name] = rows[cell+1][i]
	}
	return row
}

func wantFields(t *testing.T, row map[string]string, want map[string]string) {
	t.Helper()
	for name, value := range want {
		got, ok := row[name]
		x, errX := strconv.ParseFloat(got, 64)
		y, errY := strconv.ParseFloat(value, 64)
		if near := errX == nil && errY == nil && math.Abs(x-y) <= 1e-9*math.Abs(y); !ok || got != value && !near {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
}

func TestDetailsOfACell(t *testing.T) {
	disturb := func(tr *journal.Trial) {
		m := tr.Measurement
		m.Stored, m.StealFraction, m.Others = new(int64(100*tr.Round)), new(0.01*float64(tr.Round)), new(0.5)
		if tr.Round == 3 {
			m.Noise, m.Others = "noise", nil // the processor time of other processes is unknown
		}
	}
	log := analysistest.Log(8,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8, 8.1, 8.2, 8.3, 8.4, 8.5, 8.6, 8.7}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6, 9}, Change: disturb},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=1", Seconds: []float64{8, 8, 8}},
		analysistest.Cell{Levels: "operation=write strategy=io_uring", Skip: "not here"},
	)
	d := New(log)
	// The smallest and the seventh of 8 numbers bound the median. By chance the median is outside in
	// 1 + 9 of 256 samples.
	wantFields(t, detailsRow(t, d, 1), map[string]string{
		"good_trials": "8", "median_ci95_low_seconds": "2", "median_ci95_high_seconds": "2.6", "outliers": "0", "far_outliers": "1",
		"pairs": "8", "stored_bytes": "450", "steal_fraction": "0.045", "others_cpus": "0.5", "noisy_trials": "1",
		"throttled_fraction": "", "baseline_drift": "", "p_signed_rank": "0.015625",
	})
	speedup := 66.8 / 25.1
	serial := (1/speedup - 0.25) / 0.75
	wantFields(t, detailsRow(t, d, 1), map[string]string{"serial_fraction": strconv.FormatFloat(serial, 'g', -1, 64)})
	// The times are 8 + 0.1 (round-1). So the last is 0.7 more than the first, the mean is 8.35, and all
	// are on the fitted line.
	wantFields(t, detailsRow(t, d, 0), map[string]string{"pairs": "", "p_signed_rank": "", "serial_fraction": "", "noisy_trials": "0"})
	if drift, err := strconv.ParseFloat(detailsRow(t, d, 0)["baseline_drift"], 64); err != nil || math.Abs(drift-0.7/8.35) > 1e-9 {
		t.Errorf("the baseline drifted by %v (%v), want %v", drift, err, 0.7/8.35)
	}
	wantFields(t, detailsRow(t, d, 2), map[string]string{"pairs": "3", "serial_fraction": "", "median_ci95_low_seconds": ""})
	wantFields(t, detailsRow(t, d, 3), map[string]string{"good_trials": "0", "outliers": "", "far_outliers": "", "noisy_trials": "", "startup_seconds": ""})
}

// TestCustomAxisNamedLikeDetail checks a custom axis with the name of a column of details.csv. In JSON
// the columns of summary.csv and of details.csv are keys of one object.
func TestCustomAxisNamedLikeDetail(t *testing.T) {
	log := analysistest.Log(1, analysistest.Cell{Levels: "operation=write", Seconds: []float64{1}})
	log.Run.Cells[0].Levels["outliers"], log.Run.Cells[0].Custom = "mine", []string{"outliers"}
	d := New(log)
	var names []string
	for _, c := range slices.Concat(summaryColumns(d.Run), detailFields()) {
		if c.Name != "" && slices.Contains(names, c.Name) {
			t.Errorf("two columns have the name %s", c.Name)
		}
		names = append(names, c.Name)
	}
	if !slices.Contains(names, "axis_outliers") {
		t.Errorf("the columns are %q", names)
	}
}

func TestDetailsInTheReport(t *testing.T) {
	log := analysistest.Log(6,
		analysistest.Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8, 8, 8, 8, 8, 80}},
		analysistest.Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2, 2.1, 2.2, 2.1, 2, 2.1}},
	)
	text := markdownOf(t, New(log))
	for _, want := range []string{
		"| strategy | workers | good trials | median | 95% interval | CV | outliers | p | adjusted p | signed-rank p | serial |\n",
		"| sequential | – | 6 | 8.00 s | 8.00 to 80.0 s | 147% | 1 far | – | – | – | – |\n",
		"| threads | 4 | 6 | 2.10 s | 2.00 to 2.20 s | 3.6% | none |",
		"| 0.0312 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report has no %q:\n%s", want, text)
		}
	}
}
