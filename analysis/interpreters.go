package analysis

import (
	"fmt"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// A use is a contender with a level of the axis python. For a contender without {python}, the
// level is empty.
type use struct {
	command, level string
	placeholder    bool
}

// An interpreterIndex has the interpreter of each use, or nil if sessions found several.
type interpreterIndex map[use]*journal.Interpreter

func indexInterpreters(list []journal.Interpreter) interpreterIndex {
	index := interpreterIndex{}
	for i := range list {
		in := &list[i]
		u := use{placeholder: in.Placeholder}
		if in.Placeholder {
			u.level = in.Program
		}
		for _, u.command = range in.Commands {
			if _, known := index[u]; known {
				index[u] = nil
			} else {
				index[u] = in
			}
		}
	}
	return index
}

// of returns the Python interpreter in which a cell runs. It returns nil for a built-in strategy,
// for another program, for a run before this was recorded, and if sessions found different
// interpreters.
func (index interpreterIndex) of(c *journal.Cell) *journal.Interpreter {
	command := c.Levels[experiments.Strategy.String()]
	in, known := index[use{command, c.Levels[experiments.Python.String()], true}]
	literal, literalKnown := index[use{command: command}]
	switch {
	case known && literalKnown: // the command was edited between two sessions
		return nil
	case known:
		return in
	}
	return literal
}

// startup returns the measured start of the interpreter in which a cell runs.
func (index interpreterIndex) startup(c *journal.Cell) estimate.Value {
	if in := index.of(c); in != nil && in.Startup != nil {
		return estimate.Of(*in.Startup)
	}
	return estimate.Value{}
}

// shortTrial is the fraction of a mean time from which the start of an interpreter is shown.
const shortTrial = 0.1

// startupFootnotes name the contenders whose time is to a large part the start of their
// interpreter. There is one sentence for each interpreter.
func (d *Data) startupFootnotes(shown func(*Summary) bool) (list []string) {
	index := indexInterpreters(d.Interpreters)
	short := map[*journal.Interpreter][]*Summary{}
	for _, s := range d.Cells() {
		if in := index.of(&s.Cell); in != nil && shown(s) && s.InterpreterStartup.OK && s.Seconds.Mean.OK && s.InterpreterStartup.X >= shortTrial*s.Seconds.Mean.X {
			short[in] = append(short[in], s)
		}
	}
	for i := range d.Interpreters {
		in := &d.Interpreters[i]
		if cells := short[in]; cells != nil {
			list = append(list, fmt.Sprintf("The start of the interpreter (%s) is part of the time: %s.", in.Kind(), format.Join(startupParts(cells))))
		}
	}
	return atMost(3, list, "further notes about the start of interpreters are omitted; details.csv has the start of each")
}

// startupParts describes for each contender how much of its time the start of the interpreter is.
// The cells have the same interpreter.
func startupParts(cells []*Summary) (parts []string) {
	var names []string
	means := map[string][]estimate.Value{} // shortest and longest, by contender
	for _, s := range cells {
		name, mean := s.Cell.Levels[experiments.Strategy.String()], s.Seconds.Mean
		span := means[name]
		if span == nil {
			names = append(names, name)
			span = []estimate.Value{mean, mean}
		}
		if mean.X < span[0].X {
			span[0] = mean
		}
		if mean.X > span[1].X {
			span[1] = mean
		}
		means[name] = span
	}
	startup := cells[0].InterpreterStartup
	for _, name := range names {
		shortest, longest := means[name][0], means[name][1]
		time := format.Seconds(shortest)
		if most := format.Seconds(longest); most != time {
			time += " to " + most
		}
		part := format.Seconds(startup) + " of " + time
		if startup.X >= shortest.X { // both are measurements, so a shorter time is possible
			part = "about all of " + time
		}
		parts = append(parts, part+" in "+name)
	}
	return parts
}
