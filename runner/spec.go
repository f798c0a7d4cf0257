package runner

import (
	"errors"
	"fmt"
	"os"

	"iosweep/internal/workspace"
	"iosweep/operations"
	"iosweep/runner/journal"
)

// A trialSpec is one trial, as its child process is told over standard input.
type trialSpec struct {
	setting
	Strategy string `json:"strategy,omitempty"` // empty for a contender
	Workers  int    `json:"workers"`
	Threads  int    `json:"threads"`
	Chunk    int    `json:"chunk"` // 0: auto
	Queue    int    `json:"queue"`
	Pool     string `json:"pool"`
	Lock     string `json:"lock"`

	Command *commandSpec `json:"command,omitempty"`
}

// A commandSpec is a contender's command line, filled in.
type commandSpec struct {
	Name          string   `json:"name"`
	Argv          []string `json:"argv"`
	Env           []string `json:"env"`
	Dir           string   `json:"dir"`
	ExpectFailure bool     `json:"expect_failure,omitempty"`
	// ExpectError is a text of standard error; empty: success is expected.
	ExpectError string `json:"expect_error,omitempty"`
}

// A setting is what any process of a trial needs to open its operation.
type setting struct {
	Operation string          `json:"operation"`
	Site      operations.Site `json:"site"`
	Manifest  string          `json:"manifest"`  // path
	Workspace string          `json:"workspace"` // the run's own directory
	RunID     string          `json:"run_id"`
	// Descriptors is how many a process may have open at once.
	Descriptors int `json:"descriptors"`
}

// A trialResult is what the child process of a trial answers.
type trialResult struct {
	Status      string               `json:"status"` // journal.OK or journal.Failed
	Error       string               `json:"error,omitempty"`
	Fault       string               `json:"fault,omitempty"` // what the machine would not do; see faultOf
	Measurement *journal.Measurement `json:"measurement,omitempty"`
	// Suspended says why nothing is measured. It is answered beforehand, too, by itself.
	Suspended string `json:"suspended,omitempty"`
}

// enter makes a setting ready in this process: the manifest is read and the
// workspace attached. Close the workspace in the end.
func (s *setting) enter() (operations.Operation, *workspace.Workspace, error) {
	op, ok := operations.Named(s.Operation)
	if !ok {
		return nil, nil, fmt.Errorf("unknown operation %q", s.Operation)
	}
	f, err := os.Open(s.Manifest)
	if err != nil {
		return nil, nil, err
	}
	s.Site.Manifest, err = operations.ReadManifest(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, nil, fmt.Errorf("manifest: %w", err)
	}
	limitGarbage(s.Site.Manifest.Memory())
	ws, err := workspace.Attach(s.Workspace, s.RunID)
	if err != nil {
		return nil, nil, err
	}
	s.Site.Dirs = ws
	return op, ws, nil
}
