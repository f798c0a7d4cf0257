package analysis

import (
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/shell"
	"iosweep/journal"
)

// CellPrograms returns the recorded programs that the contender of a cell starts, as far as its
// argv shows them.
func (d *Data) CellPrograms(c *journal.Cell) (names []string) {
	i := slices.IndexFunc(d.Run.Commands, func(cmd journal.Command) bool {
		return cmd.Name == c.Levels[experiments.Strategy.String()]
	})
	if i < 0 || len(d.Run.Programs) == 0 {
		return nil
	}
	values := maps.Clone(c.Levels)
	values["here"] = "{here}"
	for _, name := range experiments.TrialPlaceholders() {
		values[name] = "{" + name + "}"
	}
	if values[experiments.Python.String()] == "" {
		values[experiments.Python.String()] = "{python}"
	}
	for _, name := range shell.Of(experiments.Fill(d.Run.Commands[i].Run, values)).Programs {
		if d.Run.Programs[name] != "" {
			names = append(names, name)
		}
	}
	return names
}

// programsText describes the programs of a cell.
func (d *Data) programsText(c *journal.Cell) string {
	names := d.CellPrograms(c)
	for i, name := range names {
		if text := ProgramText(&d.Run, name, sha256.Size*2); text != "" {
			names[i] += " (" + text + ")"
		}
	}
	return strings.Join(names, "; ")
}

// ProgramText describes a program: its version, and the SHA-256 of its file up to a number of
// digits. It returns "" if neither is known.
func ProgramText(r *journal.Run, name string, digits int) string {
	var parts []string
	if v := r.VersionOf(name); v != "" {
		parts = append(parts, v)
	}
	details := r.ProgramDetails[name]
	sum := details.SHA256
	if sum == "" {
		sum = r.ProgramSums[name] // of an earlier version of iosweep
	}
	switch {
	case sum != "":
		short := sum[:min(digits, len(sum))]
		if short != details.SHA256 {
			short += "…"
		}
		parts = append(parts, "SHA-256 "+short)
	case details.Problem != "":
		parts = append(parts, "SHA-256 unknown: "+details.Problem)
	}
	return strings.Join(parts, ", ")
}

// versionsFootnote names the programs of the shown cells whose versions are known.
func (d *Data) versionsFootnote(shown func(*Summary) bool) []string {
	if len(d.Run.Versions) == 0 {
		return nil
	}
	started := map[string]bool{}
	for _, s := range d.Cells() {
		if shown(s) {
			for _, name := range d.CellPrograms(&s.Cell) {
				started[name] = true
			}
		}
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(started)) {
		if d.Run.VersionOf(name) != "" {
			list = append(list, name+" ("+ProgramText(&d.Run, name, 8)+")")
		}
	}
	if list == nil {
		return nil
	}
	const most = 10
	text := "Versions: " + strings.Join(list[:min(most, len(list))], "; ")
	if len(list) > most {
		text += "; report.html has the others"
	}
	return []string{text + "."}
}
