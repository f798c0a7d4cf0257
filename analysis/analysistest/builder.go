package analysistest

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"iosweep/journal"
)

// A Builder is a journal that is being written: trial after trial, note after note.
type Builder struct {
	*journal.Log
	Now     time.Time
	means   []float64 // by cell
	random  *rand.Rand
	session float64 // how fast the machine is at the time
	Phase   journal.Phase
	Round   int
}

func NewBuilder(repeats int, cells ...Cell) *Builder {
	w := &Builder{Log: Log(repeats, cells...), Now: StartTime, random: rand.New(rand.NewPCG(1, 2)), session: 1, Phase: journal.Warmup, Round: 1}
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

// Good are trials of cells that end well.
func (w *Builder) Good(cells ...int) *Builder {
	for _, cell := range cells {
		seconds := w.means[cell] * w.session * (1 + 0.02*w.random.NormFloat64())
		w.Add(cell, journal.OK, "").Measurement = Measurement(seconds)
	}
	return w
}

// Bad is a trial that does not.
func (w *Builder) Bad(cell int, status journal.Status, text string) *Builder {
	w.Add(cell, status, text)
	return w
}

// Void is one that the machine would not do.
func (w *Builder) Void(cell int, text string) *Builder {
	w.Add(cell, journal.Failed, text).Void = true
	return w
}

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

func (w *Builder) Note(kind, text string) *Builder {
	w.Notes = append(w.Notes, journal.Note{At: w.Now, Kind: kind, Text: text, After: len(w.Trials)})
	return w
}

func (w *Builder) Quarantine(cell int) *Builder {
	w.Note(journal.NoteQuarantined, w.Run.Cells[cell].Name+" gets no more trials")
	w.Notes[len(w.Notes)-1].Cell = &cell
	return w
}

// Resume begins another session, hours later.
func (w *Builder) Resume(speed float64) *Builder {
	w.Now = w.Now.Add(9 * time.Hour)
	w.session = speed
	return w.Note(journal.NoteResumed, "by another process")
}

// Until is the journal as it was after the first note of a kind, before anything
// was added to its plan.
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

// Eventful is a run that had everything: it was interrupted, stopped by a full disk,
// extended, and has a cell that was quarantined, one that was repeated after a
// timeout, one after a wrong outcome, and one that is no longer in the experiment.
func Eventful() *journal.Log {
	log := *eventfulOnce()
	return &log
}

// CellsBeforeExtension is how many cells the night had before it was extended.
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

// Pair returns a diary of a baseline and one cell, with this number of repeats.
func NewPair(repeats int) *Builder {
	w := NewBuilder(repeats,
		Cell{Levels: "operation=write strategy=sequential", Seconds: []float64{8}},
		Cell{Levels: "operation=write strategy=threads workers=4", Seconds: []float64{2}},
	)
	w.Run.Warmup = 0
	w.Phase = journal.Measured
	return w
}
