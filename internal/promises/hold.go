package main

import (
	"fmt"
	"strings"

	"iosweep/internal/estimate"
	"iosweep/journal"
)

// A line is a promise with what was measured of it.
type line struct {
	what, by, against string
	rounds            int // that both have, or runs of a benchmark
	figure            estimate.Value
	interval          estimate.Interval
	bestOf            bool // of the cells of a run, over its rounds
	atLeast           bool
	bound             float64
	why               string // there is no figure
}

// reached says whether the figure itself keeps the promise.
func (l line) reached() bool { return l.figure.OK && l.keeps(l.figure.X) }

// uncertain says that an end of the interval says otherwise.
func (l line) uncertain() bool {
	return l.interval.OK && (l.keeps(l.interval.Low) != l.reached() || l.keeps(l.interval.High) != l.reached())
}

func (l line) keeps(x float64) bool {
	if l.atLeast {
		return x >= l.bound
	}
	return x <= l.bound
}

// hold finds the cells of a promise in a run, and takes the best of those that may
// keep it. The figure is the median over the rounds of the ratio within a round: what
// slows a whole round down cancels.
func (p promise) hold(r *results) (line, error) {
	l := line{bestOf: true, atLeast: p.faster, bound: p.bound, against: p.against["strategy"]}
	theirs := r.matching(p.against)
	if len(theirs) > 1 {
		return l, fmt.Errorf("%d cells are a %q of %q: expected one; run the experiment engines in one workspace", len(theirs), p.against["strategy"], p.against["operation"])
	}
	ours := r.matching(p.by)
	if len(theirs) == 0 || len(ours) == 0 {
		l.what, l.why = p.against["operation"], "the run has no such cells"
		return l, nil
	}
	other := theirs[0]
	l.what, l.against = workOf(r.cells[other])+", "+p.figure.name, wayOf(r.cells[other])
	l.why = r.why(other)
	if len(r.rounds[other]) > 0 {
		l.why = r.why(ours[0])
	}
	for _, cell := range ours {
		s := estimate.Describe(p.ratios(r.pairs(cell, other, p.figure)))
		if s.N < l.rounds {
			continue // a cell with fewer rounds would win by luck
		}
		if s.Median.OK && (!l.figure.OK || s.N > l.rounds || p.better(s.Median.X, l.figure.X)) {
			l.figure, l.interval, l.rounds = s.Median, s.MedianCI, s.N
			l.by, l.why = wayOf(r.cells[cell]), ""
		}
	}
	return l, nil
}

func (p promise) ratios(ours, theirs []float64) []float64 {
	list := make([]float64, len(ours))
	for i := range list {
		list[i] = ours[i] / theirs[i]
		if p.faster {
			list[i] = theirs[i] / ours[i]
		}
	}
	return list
}

func (p promise) better(x, than float64) bool {
	if p.faster {
		return x > than
	}
	return x < than
}

// workOf is what a cell works on, in words.
func workOf(c journal.Cell) string {
	each := c.Levels["size"] + " B"
	if c.Levels["content"] == "rows" {
		each = c.Levels["lines"] + " lines"
	}
	return fmt.Sprintf("%s %d x %s", c.Levels["operation"], c.Files, each)
}

// wayOf is how a cell does it.
func wayOf(c journal.Cell) string {
	words := []string{c.Levels["strategy"]}
	for _, axis := range []string{"workers", "chunk_size", "sink", "layout"} {
		if level := c.Levels[axis]; level != "" {
			words = append(words, axis+" "+level)
		}
	}
	return strings.Join(words, ", ")
}
