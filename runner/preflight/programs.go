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

// whyMissing says why a contender cannot run on this machine, or "".
func whyMissing(c experiments.Command) string {
	if c.Operation == "read" && !process.CanVerifyReads {
		return fmt.Sprintf("what %s reads cannot be verified on %s", c.Name, runtime.GOOS)
	}
	for _, program := range c.Requires {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (the command %q requires it)", program, c.Name)
		}
	}
	// A placeholder or a path is known only when the trial is.
	if program := c.Run[0]; filepath.Base(program) == program && !hasPlaceholder(program) {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (it is what the command %q runs)", program, c.Name)
		}
	}
	return ""
}

// Programs are where the programs of contenders are, by name, every link on the
// way followed: python3 leads to python3.11. Those that are not there are left out.
func Programs(e *experiments.Experiment) map[string]string {
	found := map[string]string{}
	for _, c := range e.Commands {
		for _, program := range append([]string{c.Run[0]}, c.Requires...) {
			path, err := exec.LookPath(program)
			if err != nil || hasPlaceholder(program) {
				continue
			}
			if real, err := filepath.EvalSymlinks(path); err == nil {
				path = real
			}
			found[program] = path
		}
	}
	return found
}

func hasPlaceholder(s string) bool { return strings.Contains(s, "{") }

// An unavailableName is a strategy or a command that cannot be run on this machine, and why.
type unavailableName struct{ name, why string }

// unavailable lists what an experiment asks for and this machine does not have. Trials are
// processes of the same machine under the same limits, so what can be had here can be had
// there.
func unavailable(e *experiments.Experiment) (list []unavailableName) {
	for _, c := range e.Commands {
		if why := whyMissing(c); why != "" {
			list = append(list, unavailableName{c.Name, why})
		}
	}
	asked := map[string]bool{}
	for _, c := range e.Cells {
		name := c.Level(experiments.Strategy)
		s, builtIn := strategies.Named(name)
		if !builtIn || asked[name] {
			continue
		}
		asked[name] = true
		if why := strategies.Unavailable(s); why != "" {
			list = append(list, unavailableName{name, fmt.Sprintf("%s is not to be had on this machine: %s", name, why)})
		}
	}
	return list
}
