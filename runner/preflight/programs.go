package preflight

import (
	"fmt"
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
	for _, program := range c.Requires {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (the command %q requires it)", program, c.Name)
		}
	}
	// A program with a placeholder or a path is known only when its trial is prepared.
	if program := c.Run[0]; filepath.Base(program) == program && !hasPlaceholder(program) {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (the command %q runs it)", program, c.Name)
		}
	}
	return ""
}

// Programs returns the paths of the programs of contenders, by name, with all symbolic links
// resolved: for example python3.11 for python3. The name of an interpreter that {python} stands
// for is its level of the axis python or, without a level, {python}. Missing programs are left
// out.
func (p *Prepared) Programs() map[string]string {
	found := map[string]string{}
	for i := range p.Interpreters {
		if in := &p.Interpreters[i]; in.Placeholder {
			found[in.Name()] = realPath(in.Executable)
		}
	}
	for _, c := range p.Plan.Experiment.Commands {
		for _, program := range append([]string{c.Run[0]}, c.Requires...) {
			path, err := exec.LookPath(program)
			if err != nil || hasPlaceholder(program) {
				continue
			}
			found[program] = realPath(path)
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
