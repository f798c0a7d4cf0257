package trial

import (
	"errors"
	"fmt"
	"os"
	"time"

	"iosweep/internal/process"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
	"iosweep/runner/program"
)

// A Spec describes one trial. Its child process reads it from standard input.
type Spec struct {
	Setting
	Strategy string `json:"strategy,omitempty"` // empty for a contender
	Workers  int    `json:"workers"`
	Threads  int    `json:"threads"`
	Chunk    int    `json:"chunk"` // 0: auto
	Queue    int    `json:"queue"`
	Pool     string `json:"pool"`

	Command *Command `json:"command,omitempty"`
	// Build is a program that makes the source of a contender: git or its build. It is not a trial,
	// but runs under the same rules.
	Build *Command `json:"build,omitempty"`
	// Program has the checks of an own operation; nil for a built-in one.
	Program *program.Operation `json:"program,omitempty"`

	// Step is the name of a program that runs before or after a trial, such as prepare. Command is
	// that program, and nothing else is done. It is empty for the trial itself.
	Step string `json:"step,omitempty"`
	// Timeout limits the process; 0: the timeout of the Launcher.
	Timeout time.Duration `json:"-"`

	life *lifecycle // of this process, which runs the trial
}

// A Command is the command line of a contender, with all placeholders replaced.
type Command struct {
	Name          string   `json:"name"`
	Argv          []string `json:"argv"`
	Env           []string `json:"env"`
	Dir           string   `json:"dir"`
	ExpectFailure bool     `json:"expect_failure,omitempty"`
	// ExpectError is a text that the program must print to stderr when it fails. If it is
	// empty, the program must succeed.
	ExpectError string `json:"expect_error,omitempty"`
	// Metrics are the figures that the program must print. Judge is the name of the one that
	// speed-ups are about; empty: the seconds.
	Metrics []journal.Metric `json:"metrics,omitempty"`
	Judge   string           `json:"judge,omitempty"`

	// OneOutput sends stdout to stderr, as a build prints its errors to either.
	OneOutput bool `json:"one_output,omitempty"`
	// WithoutGit removes the variables of git from the environment.
	WithoutGit bool `json:"without_git,omitempty"`
	// Captured is set if the checks of the operation need the output.
	Captured bool `json:"captured,omitempty"`
}

// A Setting contains the values that every process of a trial needs to open its operation.
type Setting struct {
	Operation string          `json:"operation"`
	Own       *operations.Own `json:"own,omitempty"` // the operation, if the experiment defines it
	Site      operations.Site `json:"site"`
	Manifest  string          `json:"manifest"`  // path
	Workspace string          `json:"workspace"` // the run directory
	RunID     string          `json:"run_id"`
	Lock      string          `json:"lock"` // a file for worker processes to lock
	// Descriptors is the largest number of descriptors that a process has open at once.
	Descriptors int `json:"descriptors"`
}

// A response is the JSON that the child process of a trial writes to stdout.
type response struct {
	Status      journal.Status       `json:"status"` // OK, Failed or Crashed
	Error       string               `json:"error,omitempty"`
	Fault       string               `json:"fault,omitempty"` // the failure of the machine; see fault.Of
	Limit       string               `json:"limit,omitempty"` // the limit of the machine that was reached; see process.ExplainLimit
	Measurement *journal.Measurement `json:"measurement,omitempty"`
	// Suspended is the reason why nothing is measured. A process that was suspended
	// immediately writes a response with only this field. Its final response follows when
	// the work ends.
	Suspended string `json:"suspended,omitempty"`
	// Check is the check whose program is running. It is written before a program starts, because
	// a process that is ended at the timeout writes no final response.
	Check string `json:"check,omitempty"`
}

// plausible reports whether Trial could have written a response.
func (r *response) plausible() bool {
	if r.Measurement != nil && r.Measurement.Check() != nil {
		return false
	}
	switch r.Status {
	case journal.OK:
		return r.Measurement != nil
	case journal.Failed, journal.Crashed:
		return true
	}
	return false
}

// enter prepares a setting in this process: it inherits the run directory and reads the manifest.
// The caller must close the Workspace.
func (s *Setting) enter() (operations.Operation, *workspace.Workspace, error) {
	op, ok := operations.Named(s.Operation)
	if s.Own != nil {
		op, ok = *s.Own, true
	}
	if !ok {
		return nil, nil, fmt.Errorf("unknown operation %q", s.Operation)
	}
	ws, err := workspace.Inherit(process.InheritedFile(s.Workspace), s.Workspace, s.RunID)
	if err != nil {
		return nil, nil, err
	}
	f, err := ws.OpenFile(s.Manifest, os.O_RDONLY, 0)
	if err == nil {
		s.Site.Manifest, err = workload.ReadManifest(f)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("manifest: %w", err), ws.Close())
	}
	process.LimitGarbage(s.Site.Manifest.Memory())
	s.Site.Dirs = ws
	return op, ws, nil
}
