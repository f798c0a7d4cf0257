package analysistest

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

// StartTime is the time at which every sample run starts.
var StartTime = time.Date(2025, 3, 14, 8, 30, 0, 0, time.UTC)

// A Cell describes one cell of a sample run.
type Cell struct {
	Levels  string // "operation=write strategy=threads workers=4"
	Base    int
	Seconds []float64 // seconds of the measured rounds, from round 1; 0: failed
	Skip    string
	Change  func(*journal.Trial)
}

// levelsOf parses "a=1 b=2" and adds a workload.
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

// Log returns a run of the cells. Its trials are in the order of rounds.
func Log(repeats int, cells ...Cell) *journal.Log {
	log := &journal.Log{Run: journal.Run{
		Version: journal.FormatVersion, ID: "0190f0a1", PlanHash: "c0ffee", Name: "save-files",
		Title: "Save 5,000 CSV files", Description: "The same files, written in every way.",
		StartedAt: StartTime, Iosweep: "v1.2.0", Go: "go1.26.0", Repeats: repeats, Warmup: 1, Order: "shuffled", Seed: 7,
		X: "workers", Plots: []string{"speedup", "time", "heatmap", "trials"},
		Machine: journal.Machine{
			Host: "bench-1", OS: "linux", Kernel: "6.12.0", CPUModel: "AMD EPYC 7543",
			CPUs: 8, Memory: 64 << 30, Filesystem: "ext4",
		},
	}}
	for _, c := range cells {
		cell := journal.Cell{
			Name: nameOf(c.Levels), Levels: levelsOf(c.Levels), Baseline: c.Base,
			Files: 5000, Bytes: 240_000_000, Skip: c.Skip, Concurrency: 1,
		}
		fmt.Sscan(cell.Levels["workers"], &cell.Concurrency)
		if _, ok := cell.Levels["flavour"]; ok {
			cell.Custom = []string{"flavour"}
		}
		log.Run.Cells = append(log.Run.Cells, cell)
	}
	for round := range repeats {
		for i, c := range cells {
			if round < len(c.Seconds) {
				log.Trials = append(log.Trials, Trial(log, i, round+1, c))
			}
		}
	}
	return log
}

// Trial returns the next trial of a log, for a cell in a round.
func Trial(log *journal.Log, cell, round int, c Cell) journal.Trial {
	n := len(log.Trials) + 1
	t := journal.Trial{
		Trial: n, Round: round, Phase: journal.Measured, Cell: cell, Name: log.Run.Cells[cell].Name,
		Status: journal.OK, StartedAt: StartTime.Add(time.Duration(n) * 70 * time.Second),
	}
	if seconds := c.Seconds[round-1]; seconds > 0 {
		t.Measurement = Measurement(seconds)
	} else {
		t.Status, t.Error = journal.Failed, "file-00017.csv: 0 bytes, 48,000 wanted"
	}
	if c.Change != nil {
		c.Change(&t)
	}
	return t
}

// Measurement returns a complete measurement with this time.
func Measurement(seconds float64) *journal.Measurement {
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
		User: new(seconds / 2), System: new(seconds / 4), MaxRSS: new(int64(50 << 20)), SumRSS: new(int64(120 << 20)),
		VoluntarySwitches: new(int64(1200)), InvoluntarySwitches: new(int64(30)),
		Files: 5000, Bytes: 240_000_000, OutputBytes: 240_000_000,
		Latency: string(encoded), LatencyP50: &p50, LatencyP90: &p99, LatencyP99: &p99, LatencyMax: &p99,
	}
}

// Around returns n times near a mean, with a drift that all cells of a round share.
func Around(mean float64, n int, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 1))
	list := make([]float64, n)
	for i := range list {
		list[i] = mean * (1 + 0.01*float64(i)) * (1 + 0.02*random.NormFloat64())
	}
	return list
}

// Judge gives a run a metric with a value for each good trial, and makes the run judge it. values has
// the values of each cell, from round 1.
func Judge(log *journal.Log, metric journal.Metric, values ...[]float64) *journal.Log {
	log.Run.Metrics, log.Run.Judge = append(log.Run.Metrics, metric), metric.Name
	for i := range log.Trials {
		if t := &log.Trials[i]; t.Measurement != nil && len(values[t.Cell]) >= t.Round {
			if t.Measurement.Metrics == nil {
				t.Measurement.Metrics = map[string]float64{}
			}
			t.Measurement.Metrics[metric.Name] = values[t.Cell][t.Round-1]
		}
	}
	return log
}

// Typical returns a run with one cell of every kind. The caller may change the log, but
// not its cells and trials.
func Typical() *journal.Log {
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
	log := Log(5,
		Cell{Levels: "operation=write strategy=sequential", Base: 0, Seconds: Around(63.4, 5, 1)},
		Cell{Levels: "operation=write strategy=threads workers=4 chunk_size=1", Base: 0, Seconds: Around(18.3, 5, 2)},
		Cell{Levels: "operation=write strategy=threads workers=8 chunk_size=1", Base: 0, Seconds: Around(11.7, 5, 3)},
		Cell{Levels: "operation=write strategy=threads workers=4 chunk_size=auto", Base: 0, Seconds: []float64{17, 18, 0, 19, 18}},
		Cell{Levels: "operation=write strategy=threads workers=8 chunk_size=auto", Base: 0, Seconds: Around(12.4, 5, 4)},
		Cell{Levels: "operation=write strategy=background workers=4 chunk_size=1", Base: 0, Seconds: Around(64, 5, 5), Change: blocked},
		Cell{Levels: "operation=write strategy=io_uring workers=1 chunk_size=1", Base: 0, Skip: "io_uring is switched off: kernel.io_uring_disabled is 2"},
		Cell{Levels: "operation=write strategy=python-threads workers=4 flavour=a|b", Base: 0, Seconds: Around(90, 3, 6), Change: AsContender},
		Cell{Levels: "operation=append strategy=sequential", Base: 8, Seconds: Around(2.1, 5, 7)},
		Cell{Levels: "operation=append strategy=threads workers=8 chunk_size=1 sink=unlocked", Base: 8, Seconds: Around(0.9, 5, 8), Change: corrupt},
		Cell{Levels: "operation=append strategy=threads workers=8 chunk_size=1 sink=locked", Base: 8, Seconds: Around(2.12, 1, 9)},
	)
	log.Notes = []journal.Note{
		{At: StartTime.Add(time.Hour), Kind: journal.NoteWarning, Text: "The governor of cpu0 is powersave: times depend on the clock it picks."},
		{At: StartTime.Add(2 * time.Hour), Kind: journal.NoteBudget, Text: "the budget of 8h is spent"},
	}
	return log
})

// Grid returns the run of a full grid: every strategy with every number of workers and
// every chunk size, for every operation.
func Grid(operations, strategies, workers, chunks []string, repeats int) *journal.Log {
	var cells []Cell
	seed := uint64(1)
	for _, op := range operations {
		base := len(cells)
		cells = append(cells, Cell{Levels: "operation=" + op + " strategy=sequential", Base: base, Seconds: Around(20, repeats, seed)})
		for s, strategy := range strategies {
			for _, w := range workers {
				for c, chunk := range chunks {
					var n float64
					fmt.Sscan(w, &n)
					speedup := n / (1 + 0.05*float64(s+1)*(n-1) + 0.002*n*(n-1)) * math.Pow(0.9, float64(c))
					seed++
					cells = append(cells, Cell{
						Levels: fmt.Sprintf("operation=%s strategy=%s workers=%s chunk_size=%s", op, strategy, w, chunk),
						Base:   base, Seconds: Around(20/speedup, repeats, seed),
					})
				}
			}
		}
	}
	return Log(repeats, cells...)
}

// Near returns n times without drift. spread is their standard deviation, as a part of
// the mean.
func Near(mean, spread float64, n int, seed uint64) []float64 {
	random := rand.New(rand.NewPCG(seed, 2))
	list := make([]float64, n)
	for i := range list {
		list[i] = mean * (1 + spread*random.NormFloat64())
	}
	return list
}

// scaledTime returns the time of 5,000 files by the Universal Scalability Law.
func scaledTime(lambda, sigma, kappa, n float64) float64 {
	return 5000 / (lambda * n / (1 + sigma*(n-1) + kappa*n*(n-1)))
}

// Sweeps returns a run with four sweeps. Two of them follow the law, with a little noise.
// One has too few worker counts, and the sixth point of one has a failed trial.
func Sweeps() *journal.Log {
	cells := []Cell{{Levels: "operation=write strategy=sequential", Seconds: []float64{50, 50.5, 49.5}}}
	add := func(strategy, workers string, seconds ...float64) {
		cells = append(cells, Cell{Levels: "operation=write strategy=" + strategy + " workers=" + workers, Seconds: seconds})
	}
	for i, workers := range []string{"16", "1", "2", "4", "8", "32"} {
		var n float64
		for _, c := range workers {
			n = 10*n + float64(c-'0')
		}
		noise := 1 + 0.004*float64(i%3-1)
		a, b := noise*scaledTime(100, 0.05, 0.002, n), noise*scaledTime(120, 0.2, 0, n)
		add("threads", workers, a, a, a)
		add("processes", workers, b, 1.01*b, 0.99*b)
		if workers != "32" {
			add("async", workers, a, a, a)
			add("pipeline", workers, a, a, a)
		} else {
			add("pipeline", workers, a, 0, a)
		}
	}
	return Log(3, cells...)
}
