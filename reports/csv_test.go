package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"

	"github.com/google/go-cmp/cmp"
)

// records writes a report and reads it with encoding/csv.
func records(t *testing.T, write func(io.Writer, *Content) error, d *Content) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, d); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("\r")) {
		t.Error("a line end has a carriage return")
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// The names of columns must not change: scripts of users depend on them.
const axisHeader = "operation,strategy,workers,threads,chunk_size,queue,sink,level,layout,cache,sync,pool,workspace,lines,values,size,content,seed,from,block_size,split,revision,python,flavour"

func TestHeaders(t *testing.T) {
	d := New(analysistest.Typical())
	for _, test := range []struct {
		file  string
		write func(io.Writer, *Content) error
		want  string
	}{
		{"summary.csv", writeSummaryCSV, "cell," + axisHeader + ",files,bytes,trials,failed,status,reason,mean_seconds,variance_seconds2," +
			"stddev_seconds,cv,median_seconds,min_seconds,max_seconds,ci95_low_seconds,ci95_high_seconds,baseline,speedup," +
			"speedup_ci95_low,speedup_ci95_high,p_value,p_adjusted,verdict,efficiency,files_per_second,bytes_per_second," +
			"user_seconds,system_seconds,max_rss_bytes,latency_p50_seconds,latency_p99_seconds,latency_max_seconds,stop_reason,sum_rss_bytes,verified," +
			"rank,best_set,behind_best,behind_best_ci95_low,behind_best_ci95_high," +
			"bound_by,ceiling_fraction,ceiling"},
		{"trials.csv", writeTrialsCSV, "trial,round,phase,cell," + axisHeader + ",status,error,started_at,seconds,startup_seconds,work_seconds," +
			"first_done_seconds,blocked_seconds,user_seconds,system_seconds,max_rss_bytes,voluntary_switches," +
			"involuntary_switches,files,bytes,output_bytes,corrupt_items,latency_p50_seconds,latency_p90_seconds," +
			"latency_p99_seconds,latency_max_seconds,cached_fraction,steal_fraction,noise,sum_rss_bytes," +
			"cpu_utilization,device_busy_fraction,device_read_bytes,device_write_bytes,run_delay_seconds"},
		{"details.csv", writeDetailsCSV, "cell,good_trials,median_ci95_low_seconds,median_ci95_high_seconds,outliers,far_outliers,pairs," +
			"p_signed_rank,serial_fraction,startup_seconds,cached_fraction,stored_bytes,steal_fraction,others_cpus," +
			"throttled_fraction,pressure_cpu,pressure_io,pressure_memory,noisy_trials,baseline_drift," +
			"baseline_drift_ci95_low,baseline_drift_ci95_high,interpreter_startup_seconds,inconclusive_because,programs," +
			"cpu_utilization,device_busy_fraction,device_read_bytes,device_write_bytes,run_delay_seconds," +
			"latency_p99_mean_seconds,latency_p99_ci95_low_seconds,latency_p99_ci95_high_seconds,latency_p99_speedup,latency_p99_speedup_ci95_low," +
			"latency_p99_speedup_ci95_high,latency_p99_p_value,latency_p99_p_adjusted,latency_p99_verdict," +
			"latency_max_mean_seconds,latency_max_ci95_low_seconds,latency_max_ci95_high_seconds,latency_max_speedup,latency_max_speedup_ci95_low," +
			"latency_max_speedup_ci95_high,latency_max_p_value,latency_max_p_adjusted,latency_max_verdict"},
	} {
		if diff := cmp.Diff(strings.Split(test.want, ","), records(t, test.write, d)[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.file, diff)
		}
	}
}

func TestColumnsAreUnique(t *testing.T) {
	log := analysistest.Log(1, analysistest.Cell{Levels: "operation=write strategy=mine status=red seconds=1 axis_seconds=2 colour=blue", Seconds: []float64{1}})
	log.Run.Cells[0].Custom = []string{"status", "seconds", "axis_seconds", "colour"}
	for file, write := range map[string]func(io.Writer, *Content) error{"summary": writeSummaryCSV, "trials": writeTrialsCSV} {
		rows := records(t, write, New(log))
		level := map[string]string{}
		for i, name := range rows[0] {
			if _, twice := level[name]; twice {
				t.Errorf("%s.csv has the column %q twice", file, name)
			}
			level[name] = rows[1][i]
		}
		want := map[string]string{"status": "ok", "axis_status": "red", "axis_seconds": "1", "axis_axis_seconds": "2", "colour": "blue"}
		for name, value := range want {
			if level[name] != value {
				t.Errorf("%s.csv: the column %q has the value %q, want %q", file, name, level[name], value)
			}
		}
	}
}

func TestQuotingIsReversible(t *testing.T) {
	awkward := "he said \"no\", twice;\nthen = left, |*_`<b>"
	log := analysistest.Log(1, analysistest.Cell{Levels: "operation=write", Seconds: []float64{0}})
	log.Trials[0].Error = awkward
	rows := records(t, writeTrialsCSV, New(log))
	found := false
	for _, value := range rows[1] {
		found = found || value == awkward
	}
	if !found {
		t.Errorf("%q is not among %q", awkward, rows[1])
	}
}

func TestUndefinedIsEmptyInCSV(t *testing.T) {
	for _, row := range records(t, writeSummaryCSV, New(analysistest.Typical()))[1:] {
		for _, value := range row {
			if strings.Contains(value, "NaN") || strings.Contains(value, "Inf") {
				t.Errorf("%q in the row of %s", value, row[0])
			}
		}
	}
	log := analysistest.Log(1, analysistest.Cell{Levels: "operation=write", Seconds: []float64{0.5}})
	rows := records(t, writeSummaryCSV, New(log))
	got := map[string]string{}
	for i, name := range rows[0] {
		got[name] = rows[1][i]
	}
	for _, name := range []string{"variance_seconds2", "stddev_seconds", "cv", "ci95_low_seconds", "ci95_high_seconds", "speedup_ci95_low", "p_value", "p_adjusted", "verdict"} {
		if got[name] != "" {
			t.Errorf("%s of one trial is %q", name, got[name])
		}
	}
	if got["mean_seconds"] != "0.5" || got["median_seconds"] != "0.5" {
		t.Errorf("mean %q, median %q", got["mean_seconds"], got["median_seconds"])
	}
}

func TestJSONHasTheColumnsOfTheCSV(t *testing.T) {
	d := New(analysistest.Typical())
	header := append(records(t, writeSummaryCSV, d)[0], records(t, writeDetailsCSV, d)[0][1:]...) // the cell only once
	var b bytes.Buffer
	if err := writeJSON(&b, d); err != nil {
		t.Fatal(err)
	}
	var objects []map[string]any
	if err := json.Unmarshal(b.Bytes(), &objects); err != nil {
		t.Fatal(err)
	}
	if len(objects) != len(d.Summaries) {
		t.Fatalf("got %d objects, want %d", len(objects), len(d.Summaries))
	}
	for _, name := range header {
		if _, ok := objects[0][name]; !ok {
			t.Errorf("no key %q", name)
		}
	}
	if len(objects[0]) != len(header) {
		t.Errorf("got %d keys, want %d", len(objects[0]), len(header))
	}
	skipped := objects[6]
	if skipped["mean_seconds"] != nil || skipped["verdict"] != nil || skipped["trials"] != 0.0 {
		t.Errorf("a skipped cell has mean %v, verdict %v, %v trials", skipped["mean_seconds"], skipped["verdict"], skipped["trials"])
	}
	b.Reset()
	if err := writeJSON(&b, New(analysistest.Log(1))); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("a run without cells has the JSON %q (%v)", b.String(), err)
	}
}
