package analysis

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"slices"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/shell"
	"iosweep/journal"
)

// A programFinder finds the programs of cells. Cells with the same programs share a list, because
// reading the scripts of 100,000 cells would take seconds.
type programFinder struct {
	run   *journal.Run
	known map[string][]string // by argv
}

// of returns the recorded programs that the contender of a cell starts, as far as its argv shows
// them.
func (f *programFinder) of(c *journal.Cell) []string {
	i := slices.IndexFunc(f.run.Commands, func(cmd journal.Command) bool {
		return cmd.Name == c.Levels[experiments.Strategy.String()]
	})
	if i < 0 || len(f.run.Commands[i].Run) == 0 || len(f.run.Programs) == 0 {
		return nil
	}
	values := map[string]string{"here": "{here}", experiments.Python.String(): cmp.Or(c.Levels[experiments.Python.String()], "{python}")}
	for _, axis := range c.Custom { // an argument with a level of another axis is no program
		values[axis] = c.Levels[axis]
	}
	template := f.run.Commands[i].Run
	argv := experiments.Fill(template, values)
	argv[0] = experiments.Fill(template[:1], withHere(c.Levels, values))[0]
	key := strings.Join(argv, "\x00")
	names, known := f.known[key]
	if !known {
		for _, name := range shell.Of(argv).Programs {
			if f.run.Programs[name] != "" {
				names = append(names, name)
			}
		}
		f.known[key] = names
	}
	return names
}

// withHere returns the levels and the values of a cell.
func withHere(levels, values map[string]string) map[string]string {
	all := maps.Clone(levels)
	maps.Copy(all, values)
	return all
}

// text describes the programs of a cell.
func (f *programFinder) text(c *journal.Cell) string {
	var list []string
	for _, name := range f.of(c) {
		if text := ProgramText(f.run, name, sha256.Size*2); text != "" {
			name += " (" + text + ")"
		}
		list = append(list, name)
	}
	return strings.Join(list, "; ")
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
	find := programFinder{&d.Run, map[string][]string{}}
	for _, s := range d.Cells() {
		if shown(s) {
			for _, name := range find.of(&s.Cell) {
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
