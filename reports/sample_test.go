package reports

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"iosweep/journal"
)

// morning is when every sample run started.
var morning = time.Date(2025, 3, 14, 8, 30, 0, 0, time.UTC)

// A sampleCell is what a sample run holds of one cell.
type sampleCell struct {
	levels  string // "operation=write strategy=threads workers=4"
	base    int
	seconds []float64 // of the measured rounds, from 1; 0: failed
	skip    string
	change  func(*journal.Trial)
}

// levelsOf reads "a=1 b=2", with a workload beneath.
func levelsOf(s string) map[string]string {
	levels := map[string]string{"files": "5000", "lines": "5000", "values": "10", "content": "rows", "seed": "1", "workspace": "."}
	for pair := range strings.FieldsSeq(s) {
		name, level, _ := strings.Cut(pair, "=")
		levels[name] = level
	}
	return levels
}

func nameOf(s string) string {
	fields := strings.Fields(s)
	return strings.TrimPrefix(strings.Join(fields, "/"), "operation=")
}

// sampleLog is a run of the given cells with trials in the order of rounds.
func sampleLog(repeats int, cells ...sampleCell) *journal.Log {
	log := &journal.Log{Run: journal.Run{
		Version: journal.FormatVersion, ID: "0190f0a1", PlanHash: "c0ffee", Name: "save-files",
		Title: "Save 5,000 CSV files", Description: "The same files, written in every way.",
		StartedAt: morning, Iosweep: "v1.2.0", Go: "go1.26.0", Repeats: repeats, Warmup: 1, Order: "shuffled", Seed: 7,
		X: "workers", Plots: []string{"speedup", "time", "heatmap", "trials"},
		Machine: journal.Machine{
			Host: "bench-1", OS: "linux", Kernel: "6.12.0", CPUModel: "AMD EPYC 7543",
			CPUs: 8, Memory: 64 << 30, Filesystem: "ext4",
		},
	}}
	for _, c := range cells {
		cell := journal.Cell{
			Name: nameOf(c.levels), Levels: levelsOf(c.levels), Baseline: c.base,
			Files: 5000, Bytes: 240_000_000, Skip: c.skip, Concurrency: 1,
		}
		fmt.Sscan(cell.Levels["workers"], &cell.Concurrency)
		if _, ok := cell.Levels["flavour"]; ok {
			cell.Custom = []string{"flavour"}
		}
		log.Run.Cells = append(log.Run.Cells, cell)
	}
	for round := range repeats {
		for i, c := range cells {
			if round < len(c.seconds) {
				log.Trials = append(log.Trials, sampleTrial(log, i, round+1, c))
			}
		}
	}
	return log
}

func sampleTrial(log *journal.Log, cell, round int, c sampleCell) journal.Trial {
	n := len(log.Trials) + 1
	t := journal.Trial{
		Trial: n, Round: round, Phase: journal.Measured, Cell: cell, Name: log.Run.Cells[cell].Name,
		Status: journal.OK, StartedAt: morning.Add(time.Duration(n) * 70 * time.Second),
	}
	if seconds := c.seconds[round-1]; seconds > 0 {
		t.Measurement = sampleMeasurement(seconds)
	} else {
		t.Status, t.Error = journal.Failed, "file-00017.csv: 0 bytes, 48,000 wanted"
	}
	if c.change != nil {
		c.change(&t)
	}
	return t
}

func sampleMeasurement(seconds float64) *journal.Measurement {
	first, p50, p99 := seconds*0.9, seconds/5000, seconds/1000
	histogram := hdrhistogram.New(1000, int64(time.Hour), 2)
	for i := range int64(100) {
		if err := histogram.RecordValue(int64(seconds*1e5) * (i + 1)); err != nil {
			panic(err)
		}
	}
	encoded, err := histogram.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	if err != nil {
		panic(err)
	}
	return &journal.Measurement{
		Seconds: seconds, Startup: new(0.01), Work: seconds - 0.01, FirstDone: &first,
		User: new(seconds / 2), System: new(seconds / 4), MaxRSS: new(int64(50 << 20)),
		VoluntarySwitches: new(int64(1200)), InvoluntarySwitches: new(int64(30)),
		Files: 5000, Bytes: 240_000_000, OutputBytes: 240_000_000,
		Latency: string(encoded), LatencyP50: &p50, LatencyP90: &p99, LatencyP99: &p99, LatencyMax: &p99,
	}
}

// around are n times near a mean, with a drift that all cells of a round share.
func around(mean float64, n int, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	list := make([]float64, n)
	for i := range list {
		list[i] = mean * (1 + 0.01*float64(i)) * (1 + 0.02*random.NormFloat64())
	}
	return list
}

// typical is a run that has one cell of every kind. The caller may change the
// log, but not its cells and trials.
func typical() *journal.Log {
	log := *typicalOnce()
	return &log
}

var typicalOnce = sync.OnceValue(func() *journal.Log {
	blocked := func(t *journal.Trial) {
		b := t.Measurement.Seconds / 40
		t.Measurement.Blocked = &b
	}
	corrupt := func(t *journal.Trial) {
		n := 10 + t.Round
		t.Measurement.CorruptItems = &n
	}
	log := sampleLog(5,
		sampleCell{levels: "operation=write strategy=sequential", base: 0, seconds: around(63.4, 5, 1)},
		sampleCell{levels: "operation=write strategy=threads workers=4 chunk_size=1", base: 0, seconds: around(18.3, 5, 2)},
		sampleCell{levels: "operation=write strategy=threads workers=8 chunk_size=1", base: 0, seconds: around(11.7, 5, 3)},
		sampleCell{levels: "operation=write strategy=threads workers=4 chunk_size=auto", base: 0, seconds: []float64{17, 18, 0, 19, 18}},
		sampleCell{levels: "operation=write strategy=threads workers=8 chunk_size=auto", base: 0, seconds: around(12.4, 5, 4)},
		sampleCell{levels: "operation=write strategy=background workers=4 chunk_size=1", base: 0, seconds: around(64, 5, 5), change: blocked},
		sampleCell{levels: "operation=write strategy=io_uring workers=1 chunk_size=1", base: 0, skip: "io_uring is switched off: kernel.io_uring_disabled is 2"},
		sampleCell{levels: "operation=write strategy=python-threads workers=4 flavour=a|b", base: 0, seconds: around(90, 3, 6), change: contender},
		sampleCell{levels: "operation=append strategy=sequential", base: 8, seconds: around(2.1, 5, 7)},
		sampleCell{levels: "operation=append strategy=threads workers=8 chunk_size=1 sink=unlocked", base: 8, seconds: around(0.9, 5, 8), change: corrupt},
		sampleCell{levels: "operation=append strategy=threads workers=8 chunk_size=1 sink=locked", base: 8, seconds: around(2.12, 1, 9)},
	)
	log.Notes = []journal.Note{
		{At: morning.Add(time.Hour), Kind: journal.NoteWarning, Text: "The governor of cpu0 is powersave: times depend on the clock it picks."},
		{At: morning.Add(2 * time.Hour), Kind: journal.NoteBudget, Text: "the budget of 8h is spent"},
	}
	return log
})

// gridLog is a full grid: every strategy with every number of workers and chunk
// size, for every operation.
func gridLog(operations, strategies, workers, chunks []string, repeats int) *journal.Log {
	var cells []sampleCell
	seed := uint64(1)
	for _, op := range operations {
		base := len(cells)
		cells = append(cells, sampleCell{levels: "operation=" + op + " strategy=sequential", base: base, seconds: around(20, repeats, seed)})
		for s, strategy := range strategies {
			for _, w := range workers {
				for c, chunk := range chunks {
					var n float64
					fmt.Sscan(w, &n)
					speedup := n / (1 + 0.05*float64(s+1)*(n-1) + 0.002*n*(n-1)) * math.Pow(0.9, float64(c))
					seed++
					cells = append(cells, sampleCell{
						levels: fmt.Sprintf("operation=%s strategy=%s workers=%s chunk_size=%s", op, strategy, w, chunk),
						base:   base, seconds: around(20/speedup, repeats, seed),
					})
				}
			}
		}
	}
	return sampleLog(repeats, cells...)
}
