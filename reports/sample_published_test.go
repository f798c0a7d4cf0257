package reports

import (
	"math"
	"strconv"
	"strings"

	"iosweep/journal"
)

// asPrinted is a printed number: "63.4" is 63.4 with a unit of 0.1.
func asPrinted(text string) journal.Figure {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	_, decimals, _ := strings.Cut(text, ".")
	return journal.Figure{Value: value, Unit: math.Pow10(-len(decimals))}
}

func allPrinted(texts string) (list []journal.Figure) {
	for text := range strings.FieldsSeq(texts) {
		list = append(list, asPrinted(text))
	}
	return list
}

// A publishedRow is a row of a sample table: its figures are separated by spaces,
// and its cells are given as [cell, baseline].
type publishedRow struct {
	method, runs, mean, speedup, claim, when string
	programs, own                            [][2]int
}

// publish holds a sample run against a table whose first row is the baseline.
func publish(log *journal.Log, source string, rows ...publishedRow) *journal.Log {
	table := &journal.Published{Source: source, CPUs: 8, OS: "macOS", Measure: journal.MeasureSeconds, Tolerance: 0.05}
	for _, r := range rows {
		row := journal.PublishedRow{
			Method: r.method, Runs: allPrinted(r.runs), Speedup: allPrinted(r.speedup),
			Claim: r.claim, WhenFaster: r.when,
		}
		if r.mean != "" {
			row.Mean = new(asPrinted(r.mean))
		}
		for _, c := range r.programs {
			row.Cells = append(row.Cells, journal.PublishedCell{Cell: c[0], Baseline: c[1], Program: true})
		}
		for _, c := range r.own {
			row.Cells = append(row.Cells, journal.PublishedCell{Cell: c[0], Baseline: c[1]})
		}
		table.Rows = append(table.Rows, row)
	}
	log.Run.Published = table
	for i := range log.Run.Cells {
		if strings.HasPrefix(log.Run.Cells[i].Levels["strategy"], "python") {
			log.Run.Cells[i].Concurrency = 0 // nobody knows what a program does
		}
	}
	return log
}

// contender makes the trials of a cell those of a program.
func contender(t *journal.Trial) {
	if m := t.Measurement; m != nil {
		m.Startup = nil
		m.Latency, m.LatencyP50, m.LatencyP90, m.LatencyP99, m.LatencyMax = "", nil, nil, nil, nil
	}
}

func undoing(t *journal.Trial) {
	contender(t)
	t.Measurement.Finding = `verification: item 0 "data-0000.csv": missing; 200 of 200 items wrong`
}

func one(cell, baseline int) [][2]int { return [][2]int{{cell, baseline}} }

// saveFiles is a quick run of the published table of saving files on a machine
// of two cpus.
func saveFiles() *journal.Log {
	own := func(levels string, mean float64, seed uint64) sampleCell {
		return sampleCell{levels: "operation=write strategy=" + levels, base: 1, seconds: around(mean, 5, seed)}
	}
	program := func(name string, mean float64, seed uint64) sampleCell {
		c := own(name, mean, seed)
		c.change = contender
		return c
	}
	quick := program("python-threads", 0.985, 13)
	quick.seconds = quick.seconds[:1]
	undone := program("python-asyncio-as-published", 0.7, 19)
	undone.change = undoing
	missing := sampleCell{levels: "operation=write strategy=python-uvloop", base: 1, skip: `"python3.14t" is not installed`}
	log := sampleLog(5,
		program("python-sequential", 1.0, 11),
		own("sequential", 0.100, 12),
		quick,
		own("threads workers=100 chunk_size=1", 0.060, 14),
		program("python-processes", 0.58, 15),
		own("processes workers=8 chunk_size=1", 0.05, 16),
		program("python-processes-batch", 0.54, 17),
		own("processes workers=8 chunk_size=625", 0.052, 18),
		undone,
		program("python-asyncio", 1.09, 20),
		missing,
	)
	log.Run.Cells[10].Optional = true
	log.Run.Machine.CPUs = 2
	log.Run.Profile = "quick"
	return publish(log, "Multithreaded File Saving, SuperFastPython, 2023",
		publishedRow{method: "Sequential", runs: "63.6 63.3 63.3", mean: "63.4", programs: one(0, 0), own: one(1, 1)},
		publishedRow{method: "Threads", runs: "64.5 65.8 63.5", mean: "64.6", speedup: "0.98", programs: one(2, 0), own: one(3, 1), when: "Writing does scale where nothing else holds a lock."},
		publishedRow{method: "Processes", runs: "21.8 21.3 21.2", mean: "21.43", speedup: "2.96", programs: one(4, 0), own: one(5, 1)},
		publishedRow{method: "Processes/Batch", runs: "20.4 21.0 21.2", mean: "20.86", speedup: "3.04", programs: one(6, 0), own: one(7, 1)},
		publishedRow{method: "Processes/Threads", runs: "19.9 20.7 21.1", mean: "20.56", speedup: "3.08"},
		publishedRow{method: "Asyncio", runs: "66.1 63.8 61.6", mean: "62.36", speedup: "1.02", programs: [][2]int{{8, 0}, {9, 0}, {10, 0}}},
	)
}

// zipFiles is a run in which compressing in the workers gains what the table
// says cannot be gained.
func zipFiles() *journal.Log {
	levels := []string{
		"python-sequential", "sequential", "python-threads-lock", "threads workers=100 sink=locked",
		"python-threads-collector", "threads workers=100 sink=collector", "threads workers=100 sink=parallel",
	}
	means := []float64{3.4, 2.1, 3.42, 2.12, 3.38, 2.08, 1.1}
	var cells []sampleCell
	for i, l := range levels {
		c := sampleCell{levels: "operation=zip strategy=" + l, base: 1, seconds: around(means[i], 5, uint64(30+i))}
		if strings.HasPrefix(l, "python") {
			c.change = contender
		}
		cells = append(cells, c)
	}
	when := "zipping does scale once compression leaves the lock."
	return publish(sampleLog(5, cells...), "Multithreaded File Zipping, SuperFastPython, 2021",
		publishedRow{method: "Sequential", runs: "136.9", programs: one(0, 0), own: one(1, 1)},
		publishedRow{method: "Threads, lock", runs: "135.2", programs: one(2, 0), own: one(3, 1)},
		publishedRow{method: "Threads, no lock", runs: "136.0", when: when, programs: one(4, 0), own: [][2]int{{5, 1}, {6, 1}}},
	)
}

// appendFile is a run whose table says nothing of time, but what comes out whole.
func appendFile() *journal.Log {
	corrupt := func(counts ...int) func(*journal.Trial) {
		return func(t *journal.Trial) { t.Measurement.CorruptItems = &counts[(t.Round-1)%len(counts)] }
	}
	log := sampleLog(3,
		sampleCell{levels: "operation=append strategy=python-lock", base: 2, seconds: around(1.2, 3, 41), change: contender},
		sampleCell{levels: "operation=append strategy=python-no-lock", base: 2, seconds: around(1.1, 3, 42), change: corrupt(0, 0, 0)},
		sampleCell{levels: "operation=append strategy=threads workers=1000 sink=locked", base: 2, seconds: around(1.0, 3, 43)},
		sampleCell{levels: "operation=append strategy=threads workers=1000 sink=unlocked", base: 2, seconds: around(1.0, 3, 44), change: corrupt(12, 9, 30)},
	)
	log = publish(log, "Multithreaded File Appending, lesson 7",
		publishedRow{method: "With a lock", claim: journal.ClaimIntact, programs: one(0, -1), own: one(2, -1)},
		publishedRow{method: "Without", claim: journal.ClaimCorrupt, programs: one(1, -1), own: one(3, -1)},
	)
	log.Run.Published.Baseline = -1
	return log
}

// saveBehind is a run whose table is of how long the caller is held up.
func saveBehind() *journal.Log {
	blocked := func(part float64) func(*journal.Trial) {
		return func(t *journal.Trial) {
			contender(t)
			t.Measurement.Blocked = new(t.Measurement.Seconds * part)
		}
	}
	log := sampleLog(5,
		sampleCell{levels: "operation=write strategy=python-foreground", base: 0, seconds: around(0.5, 5, 51), change: contender},
		sampleCell{levels: "operation=write strategy=python-thread", base: 0, seconds: around(0.5, 5, 52), change: blocked(0.001)},
		sampleCell{levels: "operation=write strategy=python-process", base: 0, seconds: around(0.6, 5, 53), change: blocked(0.05)},
	)
	log = publish(log, "One-Off Background File I/O Tasks",
		publishedRow{method: "Foreground", programs: one(0, 0)},
		publishedRow{method: "New thread", claim: journal.ClaimFaster, programs: one(1, 0)},
		publishedRow{method: "New process", claim: journal.ClaimFaster, programs: one(2, 0)},
	)
	log.Run.Published.Measure = journal.MeasureBlocked
	return log
}
