package trial

import (
	"errors"
	"fmt"
	"os"

	"iosweep/internal/process"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
)

// A Spec is one trial, as its child process is told over standard input.
type Spec struct {
	Setting
	Strategy string `json:"strategy,omitempty"` // empty for a contender
	Workers  int    `json:"workers"`
	Threads  int    `json:"threads"`
	Chunk    int    `json:"chunk"` // 0: auto
	Queue    int    `json:"queue"`
	Pool     string `json:"pool"`

	Command *Command `json:"command,omitempty"`
}

// A Command is a contender's command line, filled in.
type Command struct {
	Name          string   `json:"name"`
	Argv          []string `json:"argv"`
	Env           []string `json:"env"`
	Dir           string   `json:"dir"`
	ExpectFailure bool     `json:"expect_failure,omitempty"`
	// ExpectError is a text of standard error; empty: success is expected.
	ExpectError string `json:"expect_error,omitempty"`
}

// A Setting is what any process of a trial needs to open its operation.
type Setting struct {
	Operation string          `json:"operation"`
	Site      operations.Site `json:"site"`
	Manifest  string          `json:"manifest"`  // path
	Workspace string          `json:"workspace"` // the run's own directory
	RunID     string          `json:"run_id"`
	Lock      string          `json:"lock"` // a file for worker processes to lock
	// Descriptors is how many a process may have open at once.
	Descriptors int `json:"descriptors"`
}

// A response is what the child process of a trial answers.
type response struct {
	Status      journal.Status       `json:"status"` // OK, Failed or Crashed
	Error       string               `json:"error,omitempty"`
	Fault       string               `json:"fault,omitempty"` // what the machine would not do; see fault.Of
	Limit       string               `json:"limit,omitempty"` // the limit of the machine that it met; see process.ExplainLimit
	Measurement *journal.Measurement `json:"measurement,omitempty"`
	// Suspended says why nothing is measured. It is answered beforehand, too, by itself.
	Suspended string `json:"suspended,omitempty"`
}

// plausible reports whether an answer is one that Trial gives.
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

// enter makes a setting ready in this process: the workspace is inherited and the
// manifest read. Close the workspace in the end.
func (s *Setting) enter() (operations.Operation, *workspace.Workspace, error) {
	op, ok := operations.Named(s.Operation)
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
