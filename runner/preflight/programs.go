package preflight

import (
	"cmp"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

// whyStepMissing returns the reason why a program of a command's own operation cannot run on this
// machine, or "".
func whyStepMissing(e *experiments.Experiment, c experiments.Command) string {
	op, own := e.OperationNamed(c.Operation)
	if !own {
		return ""
	}
	for _, argv := range op.Programs() {
		program := argv[0]
		if hasPlaceholder(program) || filepath.Base(program) != program {
			continue
		}
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Sprintf("%s is not installed (the operation %q runs it)", program, op.Name)
		}
	}
	return ""
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

// whyNoProgram returns the reason why a program of a cell's contender cannot run, if it depends on
// the levels of the cell. It may be the first word, or an argument that a script of sh -c starts.
// Otherwise whyNoProgram returns "".
func (p *Prepared) whyNoProgram(c experiments.Cell) string {
	cmd, ok := p.Plan.Experiment.Command(c)
	if !ok || !slices.ContainsFunc(cmd.Run, hasPlaceholder) {
		return ""
	}
	levels := maps.Collect(p.Plan.Experiment.FactorsOf(c))
	if hasPlaceholder(cmd.Run[0]) {
		return whyNotInPath(cmd.KnownArgv(levels)[0], cmd.Name)
	}
	if !slices.ContainsFunc(cmd.Run, isPlaceholder) {
		return ""
	}
	argv := experiments.Fill(cmd.Run, p.knownValues(levels))
	for _, program := range p.started(argv) {
		if i := slices.Index(argv, program); i > 0 && isPlaceholder(cmd.Run[i]) {
			if why := whyNotInPath(program, cmd.Name); why != "" {
				return why
			}
		}
	}
	return ""
}

func hasPlaceholder(s string) bool { return strings.Contains(s, "{") }

// isPlaceholder reports whether a text is one placeholder and nothing else.
func isPlaceholder(s string) bool {
	return strings.HasPrefix(s, "{") && strings.IndexByte(s, '}') == len(s)-1 && !strings.HasPrefix(s, "{{")
}

// An unavailableName names a strategy or a command that cannot run on this machine, and the
// reason.
type unavailableName struct{ name, why string }

// unavailable lists the strategies and commands of an experiment that cannot run on this
// machine. Trials run as processes of the same machine under the same limits, so a check in this
// process is enough.
func unavailable(e *experiments.Experiment) (list []unavailableName) {
	for _, c := range e.Commands {
		if why := cmp.Or(whyMissing(c), whyStepMissing(e, c)); why != "" {
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
