package runner

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"iosweep/internal/oneline"
	"iosweep/journal"
)

// The programs of contenders are part of the machine, as its kernel is: a security update may
// replace one, and the experiment file does not have it. So a change is a warning in every report,
// with the content and the version before and after. A script beside the experiment file is part
// of the experiment, so resume refuses its change; see schedule.Changes.

const resumedWithAnother = "The run was resumed with another %s: %s, before %s."

// programWarnings returns a warning for each program and interpreter that differs from the one
// of the earlier sessions. The times of two programs do not belong in one cell.
func (r *run) programWarnings(log *journal.Log, planned *journal.Run) []string {
	list, named := r.interpreterWarnings(log)
	for _, name := range slices.Sorted(maps.Keys(planned.Programs)) {
		was, known := log.Run.Programs[name]
		is := planned.Programs[name]
		oldSum, sum := log.Run.ProgramSums[name], planned.ProgramSums[name]
		describe := func(text, version string) string {
			if version != "" {
				text += " (" + version + ")"
			}
			return text
		}
		oldVersion, version := log.Run.VersionOf(name), planned.VersionOf(name)
		text := ""
		switch {
		case !known || named[name] || strings.HasPrefix(name, "{here}/"): // a script, and its directory may move
		case was != is:
			text = fmt.Sprintf(resumedWithAnother, "program "+name, describe(is, version), describe(was, oldVersion)) + r.mixed(name)
		case oldSum != "" && sum != "" && oldSum != sum:
			text = fmt.Sprintf(resumedWithAnother, "content of "+is, describe("sha256 "+sum, version), describe("sha256 "+oldSum, oldVersion)) + r.mixed(name)
		}
		if text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
		named[name] = named[name] || text != ""
	}
	for i := range planned.Versions {
		v := &planned.Versions[i]
		at := slices.IndexFunc(log.Run.Versions, func(was journal.Version) bool { return slices.Equal(was.Argv, v.Argv) })
		if at >= 0 && !named[v.Name()] && (log.Run.Versions[at].Text != v.Text || log.Run.Versions[at].Problem != v.Problem) {
			list = append(list, fmt.Sprintf(resumedWithAnother, "version of "+v.Name(), v.Line(), log.Run.Versions[at].Line()))
		}
	}
	for i := range list {
		list[i] = oneline.Of(list[i]) // a journal may contain control characters
	}
	return list
}

// mixed names the contenders whose cells have trials of two programs.
func (r *run) mixed(program string) string {
	commands := r.Programs().Commands[program]
	if len(commands) == 0 {
		return ""
	}
	return fmt.Sprintf(" Cells of %s may have trials of both.", strings.Join(commands, ", "))
}

// unknownVersions returns a warning for each program whose version is unknown.
func (r *run) unknownVersions() (list []string) {
	for i := range r.Versions {
		if v := &r.Versions[i]; v.Problem != "" {
			list = append(list, oneline.Of(fmt.Sprintf("The version of the programs of %s is unknown: %s: %s.", strings.Join(v.Commands, ", "), strings.Join(v.Argv, " "), v.Problem)))
		}
	}
	return list
}

// warnChangedPrograms notes programs that were replaced since the last trial, such as by an
// update.
func (r *run) warnChangedPrograms() error {
	programs := r.Programs()
	for _, name := range slices.Sorted(maps.Keys(programs.Paths)) {
		if strings.HasPrefix(name, "{here}/") {
			continue // see checkScripts
		}
		was := programs.Details[name]
		now, changed := programs.Changed(name)
		if !changed {
			continue
		}
		if err := r.warn(oneline.Of(fmt.Sprintf("The program %s (%s) was changed during the run, at %s: %s, before %s.%s", name, programs.Paths[name],
			time.Now().Format(time.TimeOnly), sumText(now), sumText(was), r.mixed(name)))); err != nil {
			return err
		}
	}
	return nil
}

func sumText(d journal.ProgramDetails) string {
	if d.SHA256 == "" {
		return d.Problem
	}
	return "sha256 " + d.SHA256[:16]
}
