package analysis

import (
	"fmt"

	"iosweep/experiments"
	"iosweep/internal/estimate"
	"iosweep/internal/format"
	"iosweep/journal"
)

// Interpreter returns the Python interpreter in which a cell runs, as the last session found it.
// It returns nil for a built-in strategy, for another program, and for a run before this was
// recorded.
func (d *Data) Interpreter(s *Summary) *journal.Interpreter {
	for i := range d.Interpreters {
		if in := &d.Interpreters[i]; in.Runs(&s.Cell) {
			return in
		}
	}
	return nil
}

// interpreterStartup returns the measured start of the interpreter in which a cell runs.
func (d *Data) interpreterStartup(s *Summary) estimate.Value {
	if in := d.Interpreter(s); in != nil && in.Startup != nil {
		return estimate.Of(*in.Startup)
	}
	return estimate.Value{}
}

// shortTrial is the fraction of a mean time from which the start of an interpreter is shown.
const shortTrial = 0.1

// startupFootnotes name the contenders whose time is to a large part the start of their
// interpreter. There is one sentence for each interpreter.
func (d *Data) startupFootnotes() (list []string) {
	for i := range d.Interpreters {
		in := &d.Interpreters[i]
		if in.Startup == nil {
			continue
		}
		startup := estimate.Of(*in.Startup)
		var names []string
		shortest, longest := map[string]estimate.Value{}, map[string]estimate.Value{}
		for _, s := range d.Cells() {
			mean := s.Seconds.Mean
			if !in.Runs(&s.Cell) || !mean.OK || startup.X < shortTrial*mean.X {
				continue
			}
			name := s.Cell.Levels[experiments.Strategy.String()]
			low, known := shortest[name]
			if !known {
				names = append(names, name)
			}
			if !known || mean.X < low.X {
				shortest[name] = mean
			}
			if mean.X > longest[name].X {
				longest[name] = mean
			}
		}
		var parts []string
		for _, name := range names {
			time := format.Seconds(shortest[name])
			if most := format.Seconds(longest[name]); most != time {
				time += " to " + most
			}
			part := format.Seconds(startup) + " of " + time
			if startup.X >= shortest[name].X { // both are measurements, so a shorter time is possible
				part = "about all of " + time
			}
			parts = append(parts, part+" in "+name)
		}
		if parts != nil {
			list = append(list, fmt.Sprintf("The start of the interpreter (%s) is part of the time: %s.", in.Kind(), format.Join(parts)))
		}
	}
	return atMost(list, "further notes about the start of interpreters are omitted; details.csv has the start of each")
}
