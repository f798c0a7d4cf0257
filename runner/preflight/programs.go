package preflight

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"iosweep/experiments"
	"iosweep/internal/process"
	"iosweep/strategies"
)

// whyMissing returns the reason why a contender cannot run on this machine, or "".
func whyMissing(c experiments.Command) string {
	if c.Operation == "read" && !process.CanVerifyReads {
		return fmt.Sprintf("iosweep cannot verify on %s that %s reads its inputs", runtime.GOOS, c.Name)
	}
	if why := whyNoGit(c); why != "" {
		return why
	}
	for _, program := range c.Requires {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (the command %q requires it)", program, c.Name)
		}
	}
	if hasPlaceholder(c.Run[0]) {
		return "" // see whyNoProgram
	}
	return whyNotInPath(c.Run[0], c.Name)
}

// whyNotInPath returns the reason why a program cannot run, or "". A program with a path is
// looked up when its trial is prepared.
func whyNotInPath(program, command string) string {
	if program == "" || filepath.Base(program) != program {
		return ""
	}
	if _, err := exec.LookPath(program); err != nil {
		return fmt.Sprintf("%s is not installed (the command %q runs it)", program, command)
	}
	return ""
}

// whyNoProgram returns the reason why the program of a cell's contender cannot run, if it depends
// on the levels of the cell. Otherwise it returns "".
func (p *Prepared) whyNoProgram(c experiments.Cell) string {
	cmd, ok := p.Plan.Experiment.Command(c)
	if !ok || !hasPlaceholder(cmd.Run[0]) {
		return ""
	}
	return whyNotInPath(cmd.KnownArgv(maps.Collect(p.Plan.Experiment.FactorsOf(c)))[0], cmd.Name)
}

// maxScript is the size of the largest file that is taken for a script of a program.
const maxScript = 16 << 20

// Programs returns the paths of the programs of contenders, by name, with all symbolic links
// resolved: for example python3.11 for python3. The name of an interpreter that {python} stands
// for is its level of the axis python or, without a level, {python}. Files that arguments name by
// an absolute path may be scripts of a program, so they are included. Missing programs are left
// out.
func (p *Prepared) Programs() map[string]string {
	found := map[string]string{}
	for i := range p.Interpreters {
		if in := &p.Interpreters[i]; in.Placeholder {
			found[in.Name()] = realPath(in.Executable)
		}
	}
	seen := map[string]bool{}
	addProgram := func(program string) {
		if path, err := exec.LookPath(program); err == nil && !seen[program] {
			found[program] = realPath(path)
		}
		seen[program] = true
	}
	for _, c := range p.Plan.Experiment.Commands {
		for _, program := range c.Requires {
			addProgram(program)
		}
	}
	for _, argv := range p.Plan.Experiment.KnownArgvs() {
		addProgram(argv[0])
		for _, arg := range argv[1:] {
			if !filepath.IsAbs(arg) || seen[arg] {
				continue
			}
			seen[arg] = true
			if info, err := os.Stat(arg); err == nil && info.Mode().IsRegular() && info.Size() <= maxScript {
				found[arg] = realPath(arg)
			}
		}
	}
	return found
}

func hasPlaceholder(s string) bool { return strings.Contains(s, "{") }

// An unavailableName names a strategy or a command that cannot run on this machine, and the
// reason.
type unavailableName struct{ name, why string }

// unavailable lists the strategies and commands of an experiment that cannot run on this
// machine. Trials run as processes of the same machine under the same limits, so a check in this
// process is enough.
func unavailable(e *experiments.Experiment) (list []unavailableName) {
	for _, c := range e.Commands {
		if why := whyMissing(c); why != "" {
			list = append(list, unavailableName{c.Name, why})
		}
	}
	checked := map[string]bool{}
	for _, c := range e.Cells {
		name := c.Level(experiments.Strategy)
		s, builtIn := strategies.Named(name)
		if !builtIn || checked[name] {
			continue
		}
		checked[name] = true
		if why := strategies.Unavailable(s); why != "" {
			list = append(list, unavailableName{name, fmt.Sprintf("%s is not available on this machine: %s", name, why)})
		}
	}
	return list
}
