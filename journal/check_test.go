package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// checkedRun returns a run with a value in every checked field, and a trial of it.
func checkedRun() (*Run, *Trial) {
	r := typicalRun(3)
	r.Cells[1].Custom = []string{"chunk_size"}
	r.Cells[2].Retired, r.Cells[2].Baseline = true, 1
	r.Adaptive = &Adaptive{Min: 2, Width: 0.02}
	r.Found = []string{"python3.9", "/opt/pythön/bin/python3"}
	r.Published = &Published{Measure: MeasureSeconds, Tolerance: 0.05, FileSize: &PrintedSize{Figure{1e6, 1e6}, "MB", true}, Workload: &WorkloadSizes{Smallest: 1, Largest: 2, Total: 3}, Rows: []PublishedRow{{
		Method: "Threads", Runs: []Figure{{1.5, 0.1}}, Mean: &Figure{1.5, 0.1}, Speedup: []Figure{{2, 1}, {3, 1}},
		Cells: []PublishedCell{{Cell: 1}},
	}}}
	return r, typicalTrial(r, 0, seeded())
}

var invalid = []struct {
	name string
	do   func(*Run, *Trial)
	want string // part of the reason
}{
	{"an id with a path", func(r *Run, _ *Trial) { r.ID = "../../home" }, `its id "../../home"`},
	{"an endless id", func(r *Run, _ *Trial) { r.ID = strings.Repeat("x", 1000) }, "its id"},
	{"negative repeats", func(r *Run, _ *Trial) { r.Repeats = -1 }, "-1 repeats"},
	{"too many warm-ups", func(r *Run, _ *Trial) { r.Warmup = 1 << 40 }, "1099511627776 warm-ups"},
	{"negative cpus", func(r *Run, _ *Trial) { r.Machine.CPUs = -8 }, "-8 cpus"},
	{"more trials at least than at most", func(r *Run, _ *Trial) { r.Adaptive.Min = 99 }, "from 99 to 10 times"},
	{"an interval of width 0", func(r *Run, _ *Trial) { r.Adaptive.Width = 0 }, "an interval of 0"},
	{"a year of five digits", func(r *Run, _ *Trial) {
		r.StartedAt = time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("", -3600*2))
	}, "in the year 10000"},
	{"an interpreter of two lines", func(r *Run, _ *Trial) { r.Found[1] = "a\nb" }, `it found the interpreter "a\nb"`},
	{"an interpreter without a name", func(r *Run, _ *Trial) { r.Found[0] = "" }, `it found the interpreter ""`},
	{"a long interpreter", func(r *Run, _ *Trial) { r.Found[0] = strings.Repeat("x", 201) }, "from 1 to 200 bytes"},
	{"too many interpreters", func(r *Run, _ *Trial) { r.Found = make([]string, 1001) }, "it found 1001 interpreters"},
	{"a baseline that is no cell", func(r *Run, _ *Trial) { r.Cells[1].Baseline = 77 }, "its cell 1: its baseline is cell 77 of 3"},
	{"a baseline before the first", func(r *Run, _ *Trial) { r.Cells[1].Baseline = -1 }, "cell -1 of 3"},
	{"a baseline with a baseline", func(r *Run, _ *Trial) { r.Cells[0].Baseline = 1 }, "has another baseline itself"},
	{"a baseline that is retired", func(r *Run, _ *Trial) { r.Cells[0].Retired = true }, "which is retired"},
	{"a retired cell's baseline that is no cell", func(r *Run, _ *Trial) { r.Cells[2].Baseline = 3 }, "cell 3 of 3"},
	{"negative files", func(r *Run, _ *Trial) { r.Cells[0].Files = -1 }, "-1 files"},
	{"too many bytes", func(r *Run, _ *Trial) { r.Cells[0].Bytes = 1 << 62 }, "its cell 0: it has"},
	{"negative concurrency", func(r *Run, _ *Trial) { r.Cells[0].Concurrency = -2 }, "a concurrency of -2"},
	{"negative left out", func(r *Run, _ *Trial) { r.Cells[0].LeftOut = map[string]int{"link": -1} }, `-1 entries of the kind "link"`},
	{"an axis without a level", func(r *Run, _ *Trial) { r.Cells[1].Custom = []string{"colour"} }, `its axis "colour" has no level`},
	{"an axis twice", func(r *Run, _ *Trial) { r.Cells[1].Custom = []string{"chunk_size", "chunk_size"} }, `"chunk_size" has no level, or is listed twice`},
	{"a metric with markup", func(r *Run, _ *Trial) { r.Metrics = []Metric{{Name: "<b>", Better: BetterLower}} }, `its metric "<b>" has an invalid name`},
	{"a metric twice", func(r *Run, _ *Trial) {
		r.Metrics = []Metric{{"a", "x", "", "", BetterLower}, {"a", "x", "", "", BetterLower}}
	}, `its metric "a" is listed twice`},
	{"a metric that is better somehow", func(r *Run, _ *Trial) { r.Metrics = []Metric{{Name: "a", Better: "big"}} }, `its metric "a" is better "big"`},
	{"a judge that is no metric", func(r *Run, _ *Trial) { r.Judge = "a" }, `judged by the metric "a", which it does not have`},
	{"an unknown measure", func(r *Run, _ *Trial) { r.Published.Measure = "miles" }, `the measure "miles"`},
	{"a negative tolerance", func(r *Run, _ *Trial) { r.Published.Tolerance = -1 }, "the tolerance -1"},
	{"a table of a machine with negative cpus", func(r *Run, _ *Trial) { r.Published.CPUs = -1 }, "-1 cpus"},
	{"a speed-up with three ends", func(r *Run, _ *Trial) { r.Published.Rows[0].Speedup = make([]Figure, 3) }, "a speed-up with 3 ends"},
	{"a negative figure", func(r *Run, _ *Trial) { r.Published.Rows[0].Mean.Value = -1 }, `"Threads" has the figure -1`},
	{"a huge figure", func(r *Run, _ *Trial) { r.Published.Rows[0].Runs[0].Unit = 1e300 }, "in units of 1e+300"},
	{"a negative size", func(r *Run, _ *Trial) { r.Published.FileSize.Value = -1 }, "the size -1"},
	{"a huge size", func(r *Run, _ *Trial) { r.Published.FileSize.Unit = 1e300 }, "in units of 1e+300"},
	{"a smallest file above the largest", func(r *Run, _ *Trial) { r.Published.Workload.Smallest = 5 }, "files of 5 to 2 bytes"},
	{"a negative total", func(r *Run, _ *Trial) { r.Published.Workload.Total = -5 }, "-5 in all"},

	{"trial 0", func(_ *Run, t *Trial) { t.Trial = 0 }, "its number is 0"},
	{"the next trial but one", func(_ *Run, t *Trial) { t.Trial = 2 }, "trial 2, but trial 1 must follow"},
	{"an unknown phase", func(_ *Run, t *Trial) { t.Phase = "full" }, `its phase is "full"`},
	{"no phase", func(_ *Run, t *Trial) { t.Phase = "" }, `its phase is ""`},
	{"an unknown status", func(_ *Run, t *Trial) { t.Status = "fine" }, `its status is "fine"`},
	{"round 0", func(_ *Run, t *Trial) { t.Round = 0 }, "its round is 0"},
	{"an absurd round", func(_ *Run, t *Trial) { t.Round = 1 << 40 }, "its round is 1099511627776"},
	{"a negative attempt", func(_ *Run, t *Trial) { t.Attempt = -1 }, "attempt -1"},
	{"more attempts than trials", func(_ *Run, t *Trial) { t.Attempt = 1 << 31 }, "attempt 2147483648 of its cell"},
	{"a cell that is not there", func(_ *Run, t *Trial) { t.Cell = 3 }, "cell 3 of 3"},
	{"ok without a measurement", func(_ *Run, t *Trial) { t.Measurement = nil }, "no measurement"},
	{"ok and void", func(_ *Run, t *Trial) { t.Void = true }, "ok and void"},
	{"a time in the year 0", func(_ *Run, t *Trial) { t.StartedAt = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) }, "in the year 0"},
	{"negative seconds", func(_ *Run, t *Trial) { t.Measurement.Seconds = -1 }, "its seconds is -1"},
	{"endless seconds", func(_ *Run, t *Trial) { t.Measurement.Seconds = 1e300 }, "its seconds is 1e+300"},
	{"seconds below the resolution of a clock", func(_ *Run, t *Trial) { t.Measurement.Seconds = 5e-324 }, "its seconds is 5e-324"},
	{"a negative latency", func(_ *Run, t *Trial) { t.Measurement.LatencyP99 = new(-0.5) }, "its latency_p99_seconds is -0.5"},
	{"an absurd share", func(_ *Run, t *Trial) { t.Measurement.StealFraction = new(1e200) }, "its steal_fraction is 1e+200"},
	{"negative bytes", func(_ *Run, t *Trial) { t.Measurement.Bytes = -5 }, "its bytes are -5"},
	{"negative memory", func(_ *Run, t *Trial) { t.Measurement.MaxRSS = new(int64(-5)) }, "its max_rss_bytes are -5"},
	{"a negative sum", func(_ *Run, t *Trial) { t.Measurement.SumRSS = new(int64(-6)) }, "its sum_rss_bytes are -6"},
	{"negative corrupt items", func(_ *Run, t *Trial) { t.Measurement.CorruptItems = new(-5) }, "its corrupt_items are -5"},
}

// TestInvalidValuesAreDamage checks that invalid values are refused although the checksum
// is right.
func TestInvalidValuesAreDamage(t *testing.T) {
	run, trial := checkedRun()
	if _, err := Read(bytes.NewReader(encode(t, Entry{Run: run}, Entry{Trial: trial}))); err != nil {
		t.Fatalf("a valid run and trial: %v", err)
	}
	for _, test := range invalid {
		run, trial := checkedRun()
		test.do(run, trial)
		_, err := Read(bytes.NewReader(encodeUnchecked(t, run, trial)))
		var damage *DamageError
		if !errors.As(err, &damage) || !strings.Contains(damage.Reason, test.want) {
			t.Errorf("%s: got %v, want damage with %q", test.name, err, test.want)
		}
	}
}

// encodeUnchecked returns the journal of a run and a trial, and does not check their
// values.
func encodeUnchecked(t *testing.T, run *Run, trial *Trial) []byte {
	t.Helper()
	// encoding/json does not write years of five digits, but it reads them with a zone.
	year := []byte("0001-01-01T00:00:00Z")
	if run.StartedAt.UTC().Year() > 9999 {
		run.StartedAt, year = time.Time{}, []byte("9999-12-31T23:00:00-02:00")
	}
	payload, err := json.Marshal(Entry{Run: run})
	if err != nil {
		t.Fatal(err)
	}
	payload = bytes.Replace(payload, []byte("0001-01-01T00:00:00Z"), year, 1)
	return append(frame(payload), encode(t, Entry{Trial: trial})...)
}

// TestInvalidValuesAreNotWritten checks that Append refuses entries that could not be
// read again.
func TestInvalidValuesAreNotWritten(t *testing.T) {
	w, err := Create(filepath.Join(t.TempDir(), FileName))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, test := range invalid {
		run, trial := checkedRun()
		test.do(run, trial)
		was := w.end
		wrong := slices.ContainsFunc([]Entry{{Run: run}, {Trial: trial}}, func(e Entry) bool {
			before := w.end
			return w.Append(e) != nil && w.end == before
		})
		// The writer does not check an entry against earlier entries.
		if !wrong && !strings.HasPrefix(test.want, "trial 2,") && test.want != "cell 3 of 3" {
			t.Errorf("%s: it was written, at %d", test.name, was)
		}
	}
}
