package main

import (
	"fmt"
	"os"
	"path/filepath"

	"iosweep/internal/oneline"
	"iosweep/internal/units"
	"iosweep/journal"
)

// adviceOnFailures returns the next step for each kind of failure in a run, one per line. A
// wrong outcome stays a failure, and a changed contender is another cell.
func adviceOnFailures(log *journal.Log, out string) (list []string) {
	f, dir := failuresOf(log), oneline.ForShell(out)
	cause := "the cause"
	if f.contender {
		cause = "any other cause"
		changed := "the command"
		if f.script {
			changed = "the command or its script"
		}
		list = append(list, fmt.Sprintf("after changing %s: iosweep resume %s --extend %s", changed, dir, oneline.ForShell(experimentOf(&log.Run, out))))
	}
	if f.retriable {
		list = append(list, fmt.Sprintf("to retry the failed trials after fixing %s: iosweep resume %s --retry-failed", cause, dir))
	}
	if f.wrong {
		list = append(list, fmt.Sprintf("a wrong outcome stays a failure, even if a retry succeeds: after fixing %s, start a new run", cause))
	}
	return list
}

// failures describes the failures of the cells that are not retired.
type failures struct {
	retriable bool // a trial failed before it completed its work
	wrong     bool // a trial had a wrong outcome
	contender bool // the cell of a contender failed
	script    bool // it has a script
}

func failuresOf(log *journal.Log) (f failures) {
	type slot struct {
		cell, round int
		phase       journal.Phase
	}
	open := map[slot]bool{} // slots whose latest trial failed, but not with a wrong outcome
	cells := map[int]bool{}
	for i := range log.Trials {
		t := &log.Trials[i]
		at := slot{t.Cell, t.Round, t.Phase}
		switch {
		case t.Void || log.Run.Cells[t.Cell].Retired:
		case t.FailedVerification():
			f.wrong = true
			cells[t.Cell] = true
			delete(open, at)
		case t.Status == journal.OK:
			delete(open, at)
		default:
			open[at] = true
		}
	}
	for at := range open {
		f.retriable = true
		cells[at.cell] = true
	}
	for cell := range cells {
		strategy := log.Run.Cells[cell].Levels["strategy"]
		for _, c := range log.Run.Commands {
			if c.Name == strategy {
				f.contender = true
				f.script = f.script || len(c.Scripts) > 0
			}
		}
	}
	return f
}

// experimentOf returns the path of the experiment file of a run, relative to the working
// directory if the file is in it. A built-in experiment has a copy in the results.
func experimentOf(run *journal.Run, out string) string {
	file := run.Origin.File
	if file == "" {
		return filepath.Join(out, "experiment.yaml")
	}
	if work, err := os.Getwd(); err == nil {
		if path, err := filepath.Rel(work, file); err == nil && filepath.IsLocal(path) {
			return path
		}
	}
	return file
}

// adviceOnSkipped returns the next step for a run with skipped cells.
func adviceOnSkipped(out string) string {
	return "to run the skipped cells after fixing the cause: iosweep resume " + oneline.ForShell(out)
}

// maxReasons limits the reasons for skipped cells that a command prints.
const maxReasons = 10

// announceSkipped prints before the first trial which cells are skipped, and why. It reports
// whether one of them is not optional.
func announceSkipped(show *progress, cells []journal.Cell) (required bool) {
	type reason struct {
		why      string
		optional bool
	}
	var reasons []reason
	names := map[reason][]string{}
	for i := range cells {
		c := &cells[i]
		if c.Skip == "" {
			continue
		}
		r := reason{c.Skip, c.Optional}
		if names[r] == nil {
			reasons = append(reasons, r)
		}
		names[r] = append(names[r], c.Name)
	}
	for i, r := range reasons {
		if i == maxReasons {
			show.Warn(fmt.Sprintf("cells are skipped for %s more", units.Count(len(reasons)-i, "reason")))
			break
		}
		text := "skipping " + firstOf(names[r]) + ": " + r.why
		if r.optional {
			show.Preparing(text + "; it is optional")
			continue
		}
		required = true
		show.Warn(text)
	}
	return required
}

// firstOf returns the name of one cell, or the number of cells with the first name.
func firstOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return units.Count(len(names), "cell") + ", for example " + names[0]
}
