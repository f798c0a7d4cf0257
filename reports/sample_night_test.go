package reports

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"iosweep/journal"
)

// A diary is a journal that is being written: trial after trial, note after note.
type diary struct {
	*journal.Log
	now     time.Time
	means   []float64 // by cell
	random  *rand.Rand
	sitting float64 // how fast the machine is at the time
	phase   journal.Phase
	round   int
}

func newDiary(repeats int, cells ...sampleCell) *diary {
	w := &diary{Log: sampleLog(repeats, cells...), now: morning, random: rand.New(rand.NewPCG(1, 2)), sitting: 1, phase: journal.Warmup, round: 1}
	for _, c := range cells {
		w.means = append(w.means, c.seconds[0])
	}
	w.Trials = nil
	return w
}

// in begins a measured round.
func (w *diary) in(round int) *diary {
	w.phase, w.round = journal.Measured, round
	return w
}

// good are trials of cells that end well.
func (w *diary) good(cells ...int) *diary {
	for _, cell := range cells {
		seconds := w.means[cell] * w.sitting * (1 + 0.02*w.random.NormFloat64())
		w.add(cell, journal.OK, "").Measurement = sampleMeasurement(seconds)
	}
	return w
}

// bad is a trial that does not.
func (w *diary) bad(cell int, status journal.Status, text string) *diary {
	w.add(cell, status, text)
	return w
}

// void is one that the machine would not do.
func (w *diary) void(cell int, text string) *diary {
	w.add(cell, journal.Failed, text).Void = true
	return w
}

func (w *diary) add(cell int, status journal.Status, text string) *journal.Trial {
	attempt := 1
	for _, t := range w.Trials {
		if t.Cell == cell && t.Phase == w.phase && t.Round == w.round {
			attempt++
		}
	}
	w.now = w.now.Add(70 * time.Second)
	w.Trials = append(w.Trials, journal.Trial{
		Trial: len(w.Trials) + 1, Round: w.round, Phase: w.phase, Cell: cell, Name: w.Run.Cells[cell].Name, Attempt: attempt,
		Status: status, Error: text, StartedAt: w.now,
	})
	return &w.Trials[len(w.Trials)-1]
}

func (w *diary) note(kind, text string) *diary {
	w.Notes = append(w.Notes, journal.Note{At: w.now, Kind: kind, Text: text, After: len(w.Trials)})
	return w
}

func (w *diary) quarantine(cell int) *diary {
	w.note(journal.NoteQuarantined, w.Run.Cells[cell].Name+" gets no more trials")
	w.Notes[len(w.Notes)-1].Cell = &cell
	return w
}

// resume begins another sitting, hours later.
func (w *diary) resume(speed float64) *diary {
	w.now = w.now.Add(9 * time.Hour)
	w.sitting = speed
	return w.note(journal.NoteResumed, "by another process")
}

// until is the journal as it was after the first note of a kind, before anything
// was added to its plan.
func until(log *journal.Log, kind string, cells int) *journal.Log {
	cut := *log
	at := slices.IndexFunc(log.Notes, func(n journal.Note) bool { return n.Kind == kind })
	cut.Notes, cut.Trials = log.Notes[:at+1], log.Trials[:log.Notes[at].After]
	cut.Run.Cells = slices.Clone(log.Run.Cells[:cells])
	for i := range cut.Run.Cells {
		cut.Run.Cells[i].Retired = false
	}
	return &cut
}

// night is a run that had everything: it was interrupted, stopped by a full disk,
// extended, and has a cell that was quarantined, one that was repeated after a
// timeout, one after a wrong outcome, and one that is no longer in the experiment.
func night() *journal.Log {
	log := *nightOnce()
	return &log
}

// cellsAtFirst is how many cells the night had before it was extended.
const cellsAtFirst = 8

var nightOnce = sync.OnceValue(func() *journal.Log {
	const diskFull = "item 17 \"file-00017.csv\": write: no space left on device"
	w := newDiary(5,
		sampleCell{levels: "operation=write strategy=sequential", seconds: []float64{63.4}},
		sampleCell{levels: "operation=write strategy=threads workers=2 chunk_size=1", seconds: []float64{33}},
		sampleCell{levels: "operation=write strategy=threads workers=4 chunk_size=1", seconds: []float64{18.3}},
		sampleCell{levels: "operation=write strategy=processes workers=4 chunk_size=1", seconds: []float64{19.9}},
		sampleCell{levels: "operation=write strategy=python-threads workers=4", seconds: []float64{90}},
		sampleCell{levels: "operation=write strategy=async workers=4 chunk_size=1", seconds: []float64{17.2}},
		sampleCell{levels: "operation=append strategy=sequential", base: 6, seconds: []float64{2.1}},
		sampleCell{levels: "operation=append strategy=threads workers=4 chunk_size=1 sink=locked", base: 6, seconds: []float64{1.9}},
		sampleCell{levels: "operation=write strategy=threads workers=8 chunk_size=1", seconds: []float64{11.7}},
	)
	const python = "exit status 1: \x1b[31mMemoryError\x1b[0m"
	w.good(0, 1, 2, 3, 5, 6, 7).bad(4, journal.Failed, python)
	w.in(1).good(0, 1, 2, 3).bad(4, journal.Failed, python).
		bad(5, journal.Failed, journal.Unverified+"file-00017.csv: 0 bytes, 48,000 wanted").good(5, 6, 7)
	w.in(2).good(0, 1, 2).bad(3, journal.Timeout, "killed at the timeout of 10m0s (trials.timeout)").good(3).
		bad(4, journal.Crashed, "ended by signal: killed").quarantine(4)
	w.note(journal.NoteInterrupted, "interrupted")

	w.resume(1).note(journal.NoteRepeated, "the machine was suspended").good(5, 6, 7)
	w.in(3).good(0, 1, 2, 3, 5, 6).void(7, diskFull)
	w.note(journal.NoteFault, "the disk is full")

	w.resume(0.9).note(journal.NoteWarning, "The run was resumed with another kernel: 6.12.1, before 6.12.0.")
	w.Run.Cells[1].Retired = true
	w.phase, w.round = journal.Warmup, 1
	w.good(8).in(1).good(8).in(2).good(8).in(3).good(7, 8)
	w.in(4).good(0, 2, 3, 5, 6, 7, 8).in(5).good(0, 2, 3, 5, 6, 7, 8)
	w.note(journal.NoteFinished, "done")
	return w.Log
})
