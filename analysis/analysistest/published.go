package analysistest

import (
	"math"
	"strconv"
	"strings"

	"iosweep/journal"
)

// ParseFigure parses a printed number: "63.4" is 63.4 with a unit of 0.1, and "~63.4" is 63.4
// with a unit of 10.
func ParseFigure(text string) journal.Figure {
	digits, about := strings.CutPrefix(text, "~")
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		panic(err)
	}
	if about {
		return journal.Figure{Value: value, Unit: math.Pow(10, math.Floor(math.Log10(value)))}
	}
	_, decimals, _ := strings.Cut(text, ".")
	return journal.Figure{Value: value, Unit: math.Pow10(-len(decimals))}
}

// ParseFigures parses printed numbers that are separated by spaces.
func ParseFigures(texts string) (list []journal.Figure) {
	for text := range strings.FieldsSeq(texts) {
		list = append(list, ParseFigure(text))
	}
	return list
}

// A Row is a row of a published table. Its figures are separated by spaces. Programs and
// Own contain pairs of indexes: first the index of a cell, then the index of its
// baseline.
type Row struct {
	Method, Runs, Mean, Speedup, Claim, When string
	Programs, Own                            [][2]int
}

// WithTable adds a published table to a run. Its first row is the baseline.
func WithTable(log *journal.Log, source string, rows ...Row) *journal.Log {
	table := &journal.Published{Source: source, CPUs: 8, OS: "macOS", Measure: journal.MeasureSeconds, Tolerance: 0.05}
	for _, r := range rows {
		row := journal.PublishedRow{
			Method: r.Method, Runs: ParseFigures(r.Runs), Speedup: ParseFigures(r.Speedup),
			Claim: r.Claim, WhenFaster: r.When,
		}
		if r.Mean != "" {
			row.Mean = new(ParseFigure(r.Mean))
		}
		for _, c := range r.Programs {
			row.Cells = append(row.Cells, journal.PublishedCell{Cell: c[0], Baseline: c[1], Program: true})
		}
		for _, c := range r.Own {
			row.Cells = append(row.Cells, journal.PublishedCell{Cell: c[0], Baseline: c[1]})
		}
		table.Rows = append(table.Rows, row)
	}
	log.Run.Published = table
	for i := range log.Run.Cells {
		if strings.HasPrefix(log.Run.Cells[i].Levels["strategy"], "python") {
			log.Run.Cells[i].Concurrency = 0 // the concurrency of a program is unknown
		}
	}
	return log
}

// AsContender changes a trial into a trial of a contender.
func AsContender(t *journal.Trial) {
	if m := t.Measurement; m != nil {
		m.Startup = nil
		m.Latency, m.LatencyP50, m.LatencyP90, m.LatencyP99, m.LatencyMax = "", nil, nil, nil, nil
	}
}

// AsExpectedFailure changes a trial into a trial of a contender that failed as expected.
func AsExpectedFailure(t *journal.Trial) {
	AsContender(t)
	t.Measurement.Finding = `verification: item 0 "data-0000.csv": missing; 200 of 200 items wrong`
}

// OneCell returns the cells of a Row with only one cell.
func OneCell(cell, baseline int) [][2]int { return [][2]int{{cell, baseline}} }

// SaveFiles returns a quick run of the published table about saving files, on a machine
// with two cpus.
func SaveFiles() *journal.Log {
	own := func(levels string, mean float64, seed uint64) Cell {
		return Cell{Levels: "operation=write strategy=" + levels, Base: 1, Seconds: Around(mean, 5, seed)}
	}
	program := func(name string, mean float64, seed uint64) Cell {
		c := own(name, mean, seed)
		c.Change = AsContender
		return c
	}
	quick := program("python-threads", 0.985, 13)
	quick.Seconds = quick.Seconds[:1]
	failing := program("python-asyncio-as-published", 0.7, 19)
	failing.Change = AsExpectedFailure
	missing := Cell{Levels: "operation=write strategy=python-uvloop", Base: 1, Skip: `"python3.14t" is not installed`}
	log := Log(5,
		program("python-sequential", 1.0, 11),
		own("sequential", 0.100, 12),
		quick,
		own("threads workers=100 chunk_size=1", 0.060, 14),
		program("python-processes", 0.58, 15),
		own("processes workers=8 chunk_size=1", 0.05, 16),
		program("python-processes-batch", 0.54, 17),
		own("processes workers=8 chunk_size=625", 0.052, 18),
		failing,
		program("python-asyncio", 1.09, 20),
		missing,
	)
	log.Run.Cells[10].Optional = true
	log.Run.Machine.CPUs = 2
	log.Run.Profile = "quick"
	return WithTable(log, "Multithreaded File Saving, SuperFastPython, 2023",
		Row{Method: "Sequential", Runs: "63.6 63.3 63.3", Mean: "63.4", Programs: OneCell(0, 0), Own: OneCell(1, 1)},
		Row{Method: "Threads", Runs: "64.5 65.8 63.5", Mean: "64.6", Speedup: "0.98", Programs: OneCell(2, 0), Own: OneCell(3, 1), When: "Writing does scale where nothing else holds a lock."},
		Row{Method: "Processes", Runs: "21.8 21.3 21.2", Mean: "21.43", Speedup: "2.96", Programs: OneCell(4, 0), Own: OneCell(5, 1)},
		Row{Method: "Processes/Batch", Runs: "20.4 21.0 21.2", Mean: "20.86", Speedup: "3.04", Programs: OneCell(6, 0), Own: OneCell(7, 1)},
		Row{Method: "Processes/Threads", Runs: "19.9 20.7 21.1", Mean: "20.56", Speedup: "3.08"},
		Row{Method: "Asyncio", Runs: "66.1 63.8 61.6", Mean: "62.36", Speedup: "1.02", Programs: [][2]int{{8, 0}, {9, 0}, {10, 0}}},
	)
}

// ZipFiles returns a run in which compression in the workers gains time, contrary to the
// published table.
func ZipFiles() *journal.Log {
	levels := []string{
		"python-sequential", "sequential", "python-threads-lock", "threads workers=100 sink=locked",
		"python-threads-collector", "threads workers=100 sink=collector", "threads workers=100 sink=parallel",
	}
	means := []float64{3.4, 2.1, 3.42, 2.12, 3.38, 2.08, 1.1}
	var cells []Cell
	for i, l := range levels {
		c := Cell{Levels: "operation=zip strategy=" + l, Base: 1, Seconds: Around(means[i], 5, uint64(30+i))}
		if strings.HasPrefix(l, "python") {
			c.Change = AsContender
		}
		cells = append(cells, c)
	}
	when := "zipping does scale once compression leaves the lock."
	return WithTable(Log(5, cells...), "Multithreaded File Zipping, SuperFastPython, 2021",
		Row{Method: "Sequential", Runs: "136.9", Programs: OneCell(0, 0), Own: OneCell(1, 1)},
		Row{Method: "Threads, lock", Runs: "135.2", Programs: OneCell(2, 0), Own: OneCell(3, 1)},
		Row{Method: "Threads, no lock", Runs: "136.0", When: when, Programs: OneCell(4, 0), Own: [][2]int{{5, 1}, {6, 1}}},
	)
}
