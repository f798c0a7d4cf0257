package runner

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"iosweep/internal/workspace"
	"iosweep/operations"
	"iosweep/strategies"
)

// Worker is the life of a worker process of a strategy: what the hidden command
// `iosweep worker` does. Its error has been told to the parent process.
func Worker(ctx context.Context, in io.Reader, out io.Writer) error {
	nameProcess()
	SurviveFileLimit()
	var held *workspace.Workspace
	open := func(spec json.RawMessage) (operations.Task, error) {
		var s setting
		if err := json.Unmarshal(spec, &s); err != nil {
			return nil, err
		}
		op, ws, err := s.enter()
		if err != nil {
			return nil, err
		}
		held = ws
		hideAnswers(s.Site.Manifest)
		growTable(s.Descriptors)
		task, err := op.Open(s.Site)
		dropGarbage(s.Site.Manifest)
		return task, err
	}
	err := strategies.Serve(ctx, in, out, strategies.Host{Open: open, PeakMemory: peakMemory})
	if held != nil {
		err = errors.Join(err, held.Close())
	}
	return err
}
