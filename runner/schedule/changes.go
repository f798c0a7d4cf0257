package schedule

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/units"
	"iosweep/journal"
)

// Changes lists the differences between a previous and a planned run: in the measured work,
// and in its order. If there are any, the results of the two runs do not belong in one table.
// A line that begins with "-" is about the previous run alone, with "+" about the plan alone,
// and with "~" about both.
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
	list = append(list, metricChanges(previous, planned)...)
	list = append(list, MapCells(previous, planned).changes(previous, planned)...)
	if len(list) == 0 && previous.PlanHash != planned.PlanHash {
		list = append(list, "~ grid: the cells are the same, but their order and so the order of the trials has changed")
	}
	return list
}

// repeatsOf returns the repeats of a run, as written in an experiment file.
func repeatsOf(run *journal.Run) string {
	if a := run.Adaptive; a != nil && a.Race > 0 {
		return fmt.Sprintf("{min: %d, max: %d, race: %.6g%%}", a.Min, run.Repeats, 100*a.Race)
	} else if a != nil {
		return fmt.Sprintf("{min: %d, max: %d, ci: %.6g%%}", a.Min, run.Repeats, 100*a.Width)
	}
	return fmt.Sprint(run.Repeats)
}

// commandChanges lists the contenders that were removed, added or redefined.
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
		if scripts := scriptChanges(was, is); scripts != "" {
			text = scripts
		}
		list = append(list, "~ commands."+is.Name+": "+text)
	}
	return list
}

// describeCommand returns the definition of a command. CommandSums hashes the text, so it must
// never change.
func describeCommand(c journal.Command) string {
	text := fmt.Sprintf("%q", c.Run)
	if len(c.Env) > 0 {
		text += fmt.Sprintf(" with %q", c.Env)
	}
	if c.Git != "" {
		text += fmt.Sprintf(" of %q built by %q", c.Git, c.Build)
	}
	if c.ExpectError != "" {
		text += fmt.Sprintf(", expected to fail with %q", c.ExpectError)
	} else if c.ExpectFailure {
		text += ", expected to fail"
	}
	if c.Definition != "" {
		text += ", with the operation " + c.Definition
	}
	return text
}

// changes lists the cells that were removed or added, and those whose baseline has changed.
func (c CellMap) changes(previous, planned *journal.Run) (list []string) {
	byName := map[string]*journal.Cell{} // cells of the plan
	for i := range planned.Cells {
		byName[planned.Cells[i].Name] = &planned.Cells[i]
	}
	for i, cell := range previous.Cells {
		now := c.CellOf[i]
		switch {
		case now < 0 && !cell.Retired:
			list = append(list, "- "+cell.Name+whyDifferent(&cell, byName[cell.Name]))
		case now >= 0 && cell.Retired:
			list = append(list, "+ "+cell.Name+" (again)")
		case now >= 0 && cell.Repeats != planned.Cells[now].Repeats:
			list = append(list, fmt.Sprintf("~ %s: its repeats were %d, now %d", cell.Name, previous.RepeatsOf(&cell), planned.RepeatsOf(&planned.Cells[now])))
		case now >= 0 && c.Merged[i].Baseline != cell.Baseline:
			list = append(list, fmt.Sprintf("~ %s: its baseline was %s, now %s", cell.Name, previous.Cells[cell.Baseline].Name, c.Merged[c.Merged[i].Baseline].Name))
		}
	}
	for _, cell := range c.Merged[len(previous.Cells):] {
		list = append(list, "+ "+cell.Name)
	}
	return list
}

// whyDifferent returns the reason why a cell differs from the planned cell with the same name.
// It returns "" if there is no such cell, or if only the command differs: commandChanges lists
// that.
func whyDifferent(old, now *journal.Cell) string {
	if now == nil {
		return ""
	}
	if !sameInputs(old, now) {
		switch {
		case old.Files != now.Files || old.Bytes != now.Bytes:
			return fmt.Sprintf(": its inputs were %s with %d bytes, now %d with %d", units.Count(old.Files, "file"), old.Bytes, now.Files, now.Bytes)
		case !maps.Equal(old.LeftOut, now.LeftOut):
			return fmt.Sprintf(": left out of its inputs were %s, now %s", leftOut(old), leftOut(now))
		}
		return ": the content or the names of its inputs have changed"
	}
	if !sameSource(old, now) {
		revision := now.Levels[experiments.Revision.String()]
		if revision == experiments.Worktree {
			return ": the files of the worktree have changed; restore them to continue the run"
		}
		return fmt.Sprintf(": the revision %s was %s, now %s", revision, old.Source, now.Source)
	}
	for _, axis := range slices.Sorted(maps.Keys(now.Levels)) {
		if old.Levels[axis] != now.Levels[axis] {
			return fmt.Sprintf(": %s was %s, now %s", axis, old.Levels[axis], now.Levels[axis])
		}
	}
	return ""
}

// leftOut counts the entries that were left out of the inputs of a cell.
func leftOut(cell *journal.Cell) string {
	var list []string
	for _, kind := range slices.Sorted(maps.Keys(cell.LeftOut)) {
		list = append(list, fmt.Sprintf("%d (%s)", cell.LeftOut[kind], kind))
	}
	return cmp.Or(strings.Join(list, ", "), "0")
}

// scriptChanges describes the scripts of a command that differ between two runs; "" if none does.
func scriptChanges(was, is journal.Command) string {
	var changed []string
	for _, script := range slices.Sorted(maps.Keys(is.Scripts)) {
		before, both := was.Scripts[script]
		switch now := is.Scripts[script]; {
		case !both || before == now || before == journal.MissingScript:
		case now == journal.MissingScript:
			changed = append(changed, script+" is missing")
		default:
			changed = append(changed, script+" has changed")
		}
	}
	const most = 5
	text := strings.Join(changed[:min(most, len(changed))], ", ")
	if more := len(changed) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// CommandSums returns a function that returns the checksum of the command of a cell with these
// levels, see journal.Cell. The sum includes the scripts that the command runs and the patterns of its
// metrics. For a built-in strategy it is "".
func CommandSums(commands []journal.Command, metrics []journal.Metric) func(levels map[string]string) string {
	byName, sums := map[string]journal.Command{}, map[string]string{}
	templates := map[string][]string{} // of the paths of scripts
	for _, c := range commands {
		byName[c.Name] = c
		run := experiments.Command{Run: c.Run}
		for _, s := range run.ScriptTemplates() {
			templates[c.Name] = append(templates[c.Name], s.Path)
		}
		templates[c.Name] = append(templates[c.Name], c.Files...)
	}
	return func(levels map[string]string) string {
		c, ok := byName[levels[experiments.Strategy.String()]]
		if !ok {
			return ""
		}
		var paths []string
		for _, path := range templates[c.Name] {
			paths = append(paths, experiments.FillLevels(path, levels))
		}
		key := c.Name + "\x00" + strings.Join(paths, "\x00")
		if sums[key] == "" {
			scripts := map[string]string{}
			for _, path := range paths {
				if sum := c.Scripts[path]; sum != "" && sum != journal.MissingScript {
					scripts[path] = sum
				}
			}
			text := fmt.Append(nil, describeCommand(c), c.Operation, scripts) // maps are printed in order
			for _, m := range metrics {
				text = fmt.Appendf(text, " %q %q %q", m.Name, m.Stdout, m.Stderr)
			}
			sum := sha256.Sum256(text)
			sums[key] = hex.EncodeToString(sum[:8])
		}
		return sums[key]
	}
}
