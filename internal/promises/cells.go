package main

import (
	"strings"

	"iosweep/journal"
)

// A where names axes, each with its levels, "|" between them; an empty one is
// that of a cell which does not use the axis.
type where map[string]string

func (w where) matches(c journal.Cell) bool {
	for axis, levels := range w {
		if !strings.Contains("|"+levels+"|", "|"+c.Levels[axis]+"|") {
			return false
		}
	}
	return true
}

// A figure is what is compared of two trials; ok is false where it does not exist.
type figure struct {
	name string
	of   func(m *journal.Measurement) float64
}

var (
	seconds = figure{"time", func(m *journal.Measurement) float64 { return m.Seconds }}
	work    = figure{"time once started", func(m *journal.Measurement) float64 { return m.Work }}
	stored  = figure{"size of the archive", func(m *journal.Measurement) float64 { return float64(m.OutputBytes) }}
)

// results are the good trials of a run.
type results struct {
	cells  []journal.Cell
	rounds []map[int]*journal.Measurement // by cell, then by round
	errors []string                       // by cell: the first one
}

// resultsOf takes a trial only if it did all of its work at the first attempt.
func resultsOf(log *journal.Log) *results {
	r := &results{
		cells:  log.Run.Cells,
		rounds: make([]map[int]*journal.Measurement, len(log.Run.Cells)),
		errors: make([]string, len(log.Run.Cells)),
	}
	for i := range r.rounds {
		r.rounds[i] = map[int]*journal.Measurement{}
	}
	for _, t := range log.Trials {
		switch {
		case t.Void || t.Phase != journal.Measured:
		case t.Status != journal.OK && r.errors[t.Cell] == "":
			r.errors[t.Cell] = string(t.Status) + ": " + t.Error
		case t.Status == journal.OK && t.Attempt <= 1 && t.Measurement != nil && t.Measurement.Finding == "":
			r.rounds[t.Cell][t.Round] = t.Measurement
		}
	}
	return r
}

// matching are the cells, by index, that a run has and has not given up.
func (r *results) matching(w where) (list []int) {
	for i, c := range r.cells {
		if !c.Retired && w.matches(c) {
			list = append(list, i)
		}
	}
	return list
}

// pairs are a figure of two cells in the rounds that both have.
func (r *results) pairs(ours, theirs int, f figure) (a, b []float64) {
	for round, m := range r.rounds[ours] {
		if other, ok := r.rounds[theirs][round]; ok {
			a, b = append(a, f.of(m)), append(b, f.of(other))
		}
	}
	return a, b
}

// why says why a cell has no figure.
func (r *results) why(cell int) string {
	switch {
	case r.cells[cell].Skip != "":
		return r.cells[cell].Skip
	case r.errors[cell] != "":
		return r.errors[cell]
	}
	return "no round has both"
}
