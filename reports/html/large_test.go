package html_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
	"iosweep/reports"
)

// large is a run of 2,004 cells and 20,040 trials. All figures of its trials vary, so that they
// compress as badly as real ones.
func large() *journal.Log {
	log := analysistest.Grid([]string{"write", "read", "copy", "append"}, []string{"threads", "processes", "async", "io_uring", "processes+threads"},
		[]string{"1", "2", "4", "8", "12", "16", "24", "32", "48", "64"}, []string{"1", "2", "4", "8", "16", "32", "64", "128", "256", "auto"}, 0)
	log.Run.Repeats = 10
	random := rand.New(rand.NewPCG(1, 2))
	near := func(x float64) *float64 { return new(x * (1 + 0.1*random.NormFloat64())) }
	bytes := func(x float64) *int64 { return new(int64(*near(x)) &^ 4095) }
	first := analysistest.Measurement(1)
	for round := range log.Run.Repeats {
		for cell := range log.Run.Cells {
			workers, _ := strconv.ParseFloat(log.Run.Cells[cell].Levels["workers"], 64)
			t := analysistest.Trial(log, cell, round+1, analysistest.Cell{Seconds: make([]float64, log.Run.Repeats)})
			m := *first
			m.Seconds = *near(20 / (1 + workers))
			m.Startup, m.User, m.System = near(0.01), near(m.Seconds), near(m.Seconds/3)
			m.MaxRSS, m.SumRSS = bytes(50<<20), bytes(50<<20*(1+workers))
			m.VoluntarySwitches, m.InvoluntarySwitches = bytes(1e7), new(int64(random.IntN(100)))
			m.LatencyP50, m.LatencyP99, m.LatencyMax = near(1e-4), near(1e-3), near(1e-2)
			m.PressureCPU, m.PressureIO, m.Others, m.Stored = near(0.2), near(0.1), near(0.05), bytes(1e8)
			t.Status, t.Error, t.Measurement = journal.OK, "", &m
			log.Trials = append(log.Trials, t)
		}
	}
	return log
}

// TestPageOfALargeRunIsSmall checks the size of the page, with its pictures.
func TestPageOfALargeRunIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("it analyses 20,000 trials and draws them")
	}
	content := reports.New(large())
	content.Draw()
	var b bytes.Buffer
	if err := page().Write(&b, content); err != nil {
		t.Fatal(err)
	}
	if n := b.Len(); n > 3_000_000 {
		t.Errorf("the page has %d bytes, want at most 3,000,000", n)
	}
}

// BenchmarkReport measures how long all files of a run of 2,004 cells and 100,200 trials take to make
// from its journal, in seconds.
func BenchmarkReport(b *testing.B) {
	log := large()
	ten := log.Trials
	log.Run.Repeats, log.Trials = 50, nil
	for k := range 5 {
		for _, t := range ten {
			t.Round += 10 * k
			t.Trial = len(log.Trials) + 1
			log.Trials = append(log.Trials, t)
		}
	}
	dir := b.TempDir()
	path := filepath.Join(dir, "trials.jsonl")
	writeJournal(b, path, log)
	log, ten = nil, nil
	b.ResetTimer()
	for b.Loop() {
		log, err := journal.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := reports.WriteAll(dir, func(path string) error { return os.Mkdir(path, 0o755) }, reports.New(log)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/report")
}

func writeJournal(b *testing.B, path string, log *journal.Log) {
	b.Helper()
	w, err := journal.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	err = w.Append(journal.Entry{Run: &log.Run})
	for i := range log.Trials {
		err = errors.Join(err, w.Append(journal.Entry{Trial: &log.Trials[i]}))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPage measures how long the page of a large run takes to make without its pictures, to
// open, to sort and to filter, in seconds. The last three are the best of several.
func BenchmarkPage(b *testing.B) {
	content := reports.New(large())
	content.Draw()
	var made bytes.Buffer
	runtime.GC()
	debug.FreeOSMemory()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the peak of Linux begins here
	for b.Loop() {
		made.Reset()
		if err := page().Write(&made, content); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/page")
	b.ReportMetric(float64(made.Len())/1e6, "MB")
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		var kib float64
		if _, rest, found := strings.Cut(string(status), "VmHWM:"); found {
			fmt.Sscan(rest, &kib)
		}
		b.ReportMetric(kib/1024, "peak-MiB")
	}

	t := newTab(b)
	url := store(b, made.Bytes())
	best := map[string]float64{}
	measure := func(name string, script string) {
		if s := eval[float64](t, script); best[name] == 0 || s < best[name] {
			best[name] = s
		}
	}
	for range 5 {
		t.open(url, 1280, 900)
		t.waitFor(`document.querySelectorAll("#view svg").length > 0`)
		measure("s/open", `performance.getEntriesByType("navigation")[0].loadEventEnd / 1000`)
		// The time includes the layout.
		for name, action := range map[string]string{
			"s/sort":   `document.querySelector('#table-0 th[data-name="mean_seconds"] button').click()`,
			"s/filter": `document.querySelector('#filter input[value="threads"]').click()`,
		} {
			measure(name, `(start => { `+action+`; document.body.offsetHeight; return (performance.now() - start) / 1000; })(performance.now())`)
		}
	}
	for name, s := range best {
		b.ReportMetric(s, name)
	}
}
