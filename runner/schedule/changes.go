package schedule

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"iosweep/journal"
)

// Changes says line by line how a planned run differs from a previous one in what is
// measured, and in which order: what would make one table out of two. Lines that
// begin with "-" are of the previous run alone, with "+" of the plan alone, with "~" of both.
func Changes(previous, planned *journal.Run) []string {
	var list []string
	setting := func(key string, old, now any) {
		if old != now {
			list = append(list, fmt.Sprintf("~ trials.%s: %v, now %v", key, old, now))
		}
	}
	setting("repeats", repeatsOf(previous), repeatsOf(planned))
	setting("warmup", previous.Warmup, planned.Warmup)
	setting("order", previous.Order, planned.Order)
	setting("seed", previous.Seed, planned.Seed)
	list = append(list, commandChanges(previous, planned)...)
	list = append(list, MapCells(previous, planned).changes(previous, planned)...)
	if len(list) == 0 && previous.PlanHash != planned.PlanHash {
		list = append(list, "~ grid: the same cells in another order, which is another order of the trials")
	}
	return list
}

// repeatsOf is how often a run measures its cells, as its file has it.
func repeatsOf(run *journal.Run) string {
	if a := run.Adaptive; a != nil {
		return fmt.Sprintf("{min: %d, max: %d, ci: %.6g%%}", a.Min, run.Repeats, 100*a.Width)
	}
	return fmt.Sprint(run.Repeats)
}

// commandChanges are the contenders that come and go, and those that both have and
// define differently.
func commandChanges(previous, planned *journal.Run) (list []string) {
	before, after := commandsByName(previous), commandsByName(planned)
	for _, was := range previous.Commands {
		if _, ok := after[was.Name]; !ok {
			list = append(list, "- commands."+was.Name)
		}
	}
	for _, is := range planned.Commands {
		was, ok := before[is.Name]
		if !ok {
			list = append(list, "+ commands."+is.Name)
		}
		if !ok || sameCommand(was, is) {
			continue
		}
		text := fmt.Sprintf("%s, now %s", describeCommand(was), describeCommand(is))
		for _, script := range slices.Sorted(maps.Keys(is.Scripts)) {
			if was.Scripts[script] != is.Scripts[script] {
				text = script + " is not what it was"
			}
		}
		list = append(list, "~ commands."+is.Name+": "+text)
	}
	return list
}

func describeCommand(c journal.Command) string {
	text := fmt.Sprintf("%q", c.Run)
	if len(c.Env) > 0 {
		text += fmt.Sprintf(" with %q", c.Env)
	}
	if c.ExpectError != "" {
		text += fmt.Sprintf(", expected to fail with %q", c.ExpectError)
	} else if c.ExpectFailure {
		text += ", expected to fail"
	}
	return text
}

// changes are the cells that come and go, and those whose baseline is another.
func (c CellMap) changes(previous, planned *journal.Run) (list []string) {
	called := map[string]*journal.Cell{} // of the plan, by name
	for i := range planned.Cells {
		called[planned.Cells[i].Name] = &planned.Cells[i]
	}
	for i, cell := range previous.Cells {
		now := c.CellOf[i]
		switch {
		case now < 0 && !cell.Retired:
			list = append(list, "- "+cell.Name+whyDifferent(&cell, called[cell.Name]))
		case now >= 0 && cell.Retired:
			list = append(list, "+ "+cell.Name+" (again)")
		case now >= 0 && c.Merged[i].Baseline != cell.Baseline:
			list = append(list, fmt.Sprintf("~ %s: its baseline was %s, now %s", cell.Name, previous.Cells[cell.Baseline].Name, c.Merged[c.Merged[i].Baseline].Name))
		}
	}
	for _, cell := range c.Merged[len(previous.Cells):] {
		list = append(list, "+ "+cell.Name)
	}
	return list
}

// whyDifferent says why a cell is another than one that is called the same, if there
// is one and it is not for its command, of which there is a line already.
func whyDifferent(old, now *journal.Cell) string {
	if now == nil {
		return ""
	}
	if !sameInputs(old, now) {
		return fmt.Sprintf(": its inputs were %d files of %d bytes, now %d of %d, or of other content", old.Files, old.Bytes, now.Files, now.Bytes)
	}
	for _, axis := range slices.Sorted(maps.Keys(now.Levels)) {
		if old.Levels[axis] != now.Levels[axis] {
			return fmt.Sprintf(": %s was %s, now %s", axis, old.Levels[axis], now.Levels[axis])
		}
	}
	return ""
}

// CommandSums names definitions, by the command's name; see journal.Cell.
func CommandSums(commands []journal.Command) map[string]string {
	list := map[string]string{}
	for _, c := range commands {
		sum := sha256.Sum256(fmt.Append(nil, describeCommand(c), c.Operation, c.Scripts)) // maps are printed in order
		list[c.Name] = hex.EncodeToString(sum[:8])
	}
	return list
}
