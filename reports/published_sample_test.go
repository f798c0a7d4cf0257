package reports

import (
	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// appendFile returns a run whose published table has no times, but claims about corruption.
func appendFile() *journal.Log {
	corrupt := func(counts ...int) func(*journal.Trial) {
		return func(t *journal.Trial) { t.Measurement.CorruptItems = &counts[(t.Round-1)%len(counts)] }
	}
	log := analysistest.Log(3,
		analysistest.Cell{Levels: "operation=append strategy=python-lock", Base: 2, Seconds: analysistest.Around(1.2, 3, 41), Change: analysistest.AsContender},
		analysistest.Cell{Levels: "operation=append strategy=python-no-lock", Base: 2, Seconds: analysistest.Around(1.1, 3, 42), Change: corrupt(0, 0, 0)},
		analysistest.Cell{Levels: "operation=append strategy=threads workers=1000 sink=locked", Base: 2, Seconds: analysistest.Around(1.0, 3, 43)},
		analysistest.Cell{Levels: "operation=append strategy=threads workers=1000 sink=unlocked", Base: 2, Seconds: analysistest.Around(1.0, 3, 44), Change: corrupt(12, 9, 30)},
	)
	log = analysistest.WithTable(log, "Multithreaded File Appending, lesson 7",
		analysistest.Row{Method: "With a lock", Claim: journal.ClaimIntact, Programs: analysistest.OneCell(0, -1), Own: analysistest.OneCell(2, -1)},
		analysistest.Row{Method: "Without", Claim: journal.ClaimCorrupt, Programs: analysistest.OneCell(1, -1), Own: analysistest.OneCell(3, -1)},
	)
	log.Run.Published.Baseline = -1
	return log
}

// saveBehind returns a run whose published table has blocked times.
func saveBehind() *journal.Log {
	blocked := func(part float64) func(*journal.Trial) {
		return func(t *journal.Trial) {
			analysistest.AsContender(t)
			t.Measurement.Blocked = new(t.Measurement.Seconds * part)
		}
	}
	log := analysistest.Log(5,
		analysistest.Cell{Levels: "operation=write strategy=python-foreground", Base: 0, Seconds: analysistest.Around(0.5, 5, 51), Change: analysistest.AsContender},
		analysistest.Cell{Levels: "operation=write strategy=python-thread", Base: 0, Seconds: analysistest.Around(0.5, 5, 52), Change: blocked(0.001)},
		analysistest.Cell{Levels: "operation=write strategy=python-process", Base: 0, Seconds: analysistest.Around(0.6, 5, 53), Change: blocked(0.05)},
	)
	log = analysistest.WithTable(log, "One-Off Background File I/O Tasks",
		analysistest.Row{Method: "Foreground", Programs: analysistest.OneCell(0, 0)},
		analysistest.Row{Method: "New thread", Claim: journal.ClaimFaster, Programs: analysistest.OneCell(1, 0)},
		analysistest.Row{Method: "New process", Claim: journal.ClaimFaster, Programs: analysistest.OneCell(2, 0)},
	)
	log.Run.Published.Measure = journal.MeasureBlocked
	return log
}

// loadFiles returns a noisy run of a table with a variant, a program that must fail, a row
// without a claim, and cells of two sizes. The printed sizes are wrong.
func loadFiles() *journal.Log {
	failing := func(t *journal.Trial) {
		analysistest.AsContender(t)
		t.Measurement.Finding = "exit status 1: OSError: [Errno 24] Too many open files: '{output}/data-0248.csv'"
	}
	noisy := func(t *journal.Trial) {
		analysistest.AsContender(t)
		t.Measurement.SumRSS = new(int64(400 << 20))
		if t.Round < 3 {
			t.Measurement.Noise = "other processes kept 0.9 cpus busy"
		}
	}
	log := analysistest.Log(5,
		analysistest.Cell{Levels: "operation=read strategy=python-sequential", Seconds: analysistest.Around(2.5, 5, 61), Change: analysistest.AsContender},
		analysistest.Cell{Levels: "operation=read strategy=python-as-published", Seconds: analysistest.Around(1.6, 5, 62), Change: noisy},
		analysistest.Cell{Levels: "operation=read strategy=python-returning", Seconds: analysistest.Around(11, 5, 63), Change: noisy},
		analysistest.Cell{Levels: "operation=write strategy=python-unbounded", Base: 3, Seconds: analysistest.Around(0.1, 5, 64), Change: failing},
		analysistest.Cell{Levels: "operation=write strategy=python-foreground size=1000", Base: 4, Seconds: analysistest.Around(0.01, 5, 65), Change: analysistest.AsContender},
		analysistest.Cell{Levels: "operation=write strategy=python-foreground size=1000000", Base: 5, Seconds: analysistest.Around(0.02, 5, 66), Change: analysistest.AsContender},
		analysistest.Cell{Levels: "operation=write strategy=python-thread size=1000", Base: 4, Seconds: analysistest.Around(0.02, 5, 67), Change: analysistest.AsContender},
		analysistest.Cell{Levels: "operation=write strategy=python-thread size=1000000", Base: 5, Seconds: analysistest.Around(0.01, 5, 68), Change: analysistest.AsContender},
		analysistest.Cell{Levels: "operation=read strategy=threads workers=8", Seconds: analysistest.Around(0.2, 5, 69)},
	)
	log = analysistest.WithTable(log, "Concurrent File I/O, lesson 6",
		analysistest.Row{Method: "Sequential", Runs: "~2.5", Programs: [][2]int{{0, 0}, {4, 4}, {5, 5}}},
		analysistest.Row{Method: "Processes/Threads", Runs: "1.4", Speedup: "2 2.5", Programs: [][2]int{{1, 0}, {2, 0}}, Own: analysistest.OneCell(8, 0)},
		analysistest.Row{Method: "Unbounded", Claim: journal.ClaimFails, Programs: analysistest.OneCell(3, -1)},
		analysistest.Row{Method: "Thread", Claim: journal.ClaimNone, Programs: [][2]int{{6, 4}, {7, 5}}},
	)
	t := log.Run.Published
	t.Python = "3.10"
	t.FileSize = &journal.PrintedSize{Figure: journal.Figure{Value: 1e6, Unit: 1e6}, Name: "MB", About: true}
	t.TotalSize = &journal.PrintedSize{Figure: journal.Figure{Value: 5e9, Unit: 1e9}, Name: "GB", About: true}
	t.Workload = &journal.WorkloadSizes{Smallest: 239_034, Largest: 250_035, Total: 1_244_988_660}
	t.Rows[1].Cells[1].Differs = "returns the texts, so each is sent from one process to another"
	t.Rows[2].Error = "Too many open files: 'tmp/data-2554.csv'"
	return log
}
