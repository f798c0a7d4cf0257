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
