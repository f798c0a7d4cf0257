package analysistest

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"iosweep/journal"
)

// A Builder builds a journal: trial after trial, note after note.
type Builder struct {
	*journal.Log
	Now        time.Time
	means      []float64 // mean seconds, by cell
	random     *rand.Rand
	timeFactor float64 // multiplies all times of the present session
	Phase      journal.Phase
	Round      int
}

// NewBuilder returns a Builder for a run of the cells, without trials. The first element of
// Seconds of each cell is its mean.
func NewBuilder(repeats int, cells ...Cell) *Builder {
	w := &Builder{Log: Log(repeats, cells...), Now: StartTime, random: rand.New(rand.NewPCG(1, 2)), timeFactor: 1, Phase: journal.Warmup, Round: 1}
	for _, c := range cells {
		w.means = append(w.means, c.Seconds[0])
	}
	w.Trials = nil
	return w
}

// In begins a measured round.
func (w *Builder) In(round int) *Builder {
	w.Phase, w.Round = journal.Measured, round
	return w
}

// Good adds a successful trial of each cell.
func (w *Builder) Good(cells ...int) *Builder {
	for _, cell := range cells {
		seconds := w.means[cell] * w.timeFactor * (1 + 0.02*w.random.NormFloat64())
		w.Add(cell, journal.OK, "").Measurement = Measurement(seconds)
	}
	return w
}

// Bad adds a failed trial without a measurement.
func (w *Builder) Bad(cell int, status journal.Status, text string) *Builder {
	w.Add(cell, status, text)
	return w
}

// Void adds a void trial. The machine caused its failure, so the trial does not count.
func (w *Builder) Void(cell int, text string) *Builder {
	w.Add(cell, journal.Failed, text).Void = true
	return w
}

// Add adds a trial of a cell in the present round and returns it.
func (w *Builder) Add(cell int, status journal.Status, text string) *journal.Trial {
	attempt := 1
	for _, t := range w.Trials {
		if t.Cell == cell && t.Phase == w.Phase && t.Round == w.Round {
			attempt++
		}
	}
	w.Now = w.Now.Add(70 * time.Second)
	w.Trials = append(w.Trials, journal.Trial{
		Trial: len(w.Trials) + 1, Round: w.Round, Phase: w.Phase, Cell: cell, Name: w.Run.Cells[cell].Name, Attempt: attempt,
		Status: status, Error: text, StartedAt: w.Now,
	})
	return &w.Trials[len(w.Trials)-1]
}

// Note adds a note.
func (w *Builder) Note(kind, text string) *Builder {
	w.Notes = append(w.Notes, journal.Note{At: w.Now, Kind: kind, Text: text, After: len(w.Trials)})
	return w
}

// Quarantine adds the note that a cell is quarantined.
func (w *Builder) Quarantine(cell int) *Builder {
	w.Note(journal.NoteQuarantined, w.Run.Cells[cell].Name+" gets no more trials")
	w.Notes[len(w.Notes)-1].Cell = &cell
	return w
}

// Resume begins another session, hours later. Times in it are longer by timeFactor.
func (w *Builder) Resume(timeFactor float64) *Builder {
	w.Now = w.Now.Add(9 * time.Hour)
	w.timeFactor = timeFactor
	return w.Note(journal.NoteResumed, "by another process")
}

// Until returns the journal up to the first note of a kind, without the cells that were
// added to the plan later.
func Until(log *journal.Log, kind string, cells int) *journal.Log {
	cut := *log
	at := slices.IndexFunc(log.Notes, func(n journal.Note) bool { return n.Kind == kind })
	cut.Notes, cut.Trials = log.Notes[:at+1], log.Trials[:log.Notes[at].After]
	cut.Run.Cells = slices.Clone(log.Run.Cells[:cells])
	for i := range cut.Run.Cells {
		cut.Run.Cells[i].Retired = false
	}
	return &cut
}

// Eventful returns a run with many kinds of events: it was interrupted, stopped by a full
// disk, resumed and extended. It has a quarantined cell, a cell that was repeated after a
// timeout, a cell that was repeated after a wrong outcome, and a retired cell.
func Eventful() *journal.Log {
	log := *eventfulOnce()
	return &log
}

// CellsBeforeExtension is the number of cells of the eventful run before it was extended.
const CellsBeforeExtension = 8

var eventfulOnce = sync.OnceValue(func() *journal.Log {
	const diskFull = "item 17 \"file-00017.csv\": write: no space left on device"
	w := NewBuilder(5,
		Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{63.4}},
		Cell{Levels: "operation=write strategy=threads workers=2 chunk_size=1", Seconds: []float64{33}},
		Cell{Levels: "operation=write strategy=threads workers=4 chunk_size=1", Seconds: []float64{18.3}},
		Cell{Levels: "operation=write strategy=processes workers=4 chunk_size=1", Seconds: []float64{19.9}},
		Cell{Levels: "operation=write strategy=python-threads workers=4", Seconds: []float64{90}},
		Cell{Levels: "operation=write strategy=async workers=4 chunk_size=1", Seconds: []float64{17.2}},
		Cell{Levels: "operation=append strategy=sequential", Base: 6, Seconds: []float64{2.1}},
		Cell{Levels: "operation=append strategy=threads workers=4 chunk_size=1 sink=locked", Base: 6, Seconds: []float64{1.9}},
		Cell{Levels: "operation=write strategy=threads workers=8 chunk_size=1", Seconds: []float64{11.7}},
	)
	const python = "exit status 1: \x1b[31mMemoryError\x1b[0m"
	w.Good(0, 1, 2, 3, 5, 6, 7).Bad(4, journal.Failed, python)
	w.In(1).Good(0, 1, 2, 3).Bad(4, journal.Failed, python).
		Bad(5, journal.Failed, journal.Unverified+"file-00017.csv: 0 bytes, 48,000 wanted").Good(5, 6, 7)
	w.In(2).Good(0, 1, 2).Bad(3, journal.Timeout, "killed at the timeout of 10m0s (trials.timeout)").Good(3).
		Bad(4, journal.Crashed, "ended by signal: killed").Quarantine(4)
	w.Note(journal.NoteInterrupted, "interrupted")

	w.Resume(1).Note(journal.NoteRepeated, "the machine was suspended").Good(5, 6, 7)
	w.In(3).Good(0, 1, 2, 3, 5, 6).Void(7, diskFull)
	w.Note(journal.NoteFault, "the disk is full")

	w.Resume(0.9).Note(journal.NoteWarning, "The run was resumed with another kernel: 6.12.1, before 6.12.0.")
	w.Run.Cells[1].Retired = true
	w.Phase, w.Round = journal.Warmup, 1
	w.Good(8).In(1).Good(8).In(2).Good(8).In(3).Good(7, 8)
	w.In(4).Good(0, 2, 3, 5, 6, 7, 8).In(5).Good(0, 2, 3, 5, 6, 7, 8)
	w.Note(journal.NoteFinished, "done")
	return w.Log
})

// NewPair returns a Builder with a baseline and one other cell.
func NewPair(repeats int) *Builder {
	w := NewBuilder(repeats,
		Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8}},
		Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2}},
	)
	w.Run.Warmup = 0
	w.Phase = journal.Measured
	return w
}
