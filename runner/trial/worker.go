package trial

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"iosweep/internal/dirio"
	"iosweep/internal/process"
	"iosweep/internal/workspace"
	"iosweep/operations"
	"iosweep/strategies"
)

// Worker implements the hidden command `iosweep worker`, a worker process of a strategy.
// When Worker returns an error, the parent process has already received it.
func Worker(ctx context.Context, in io.Reader, out io.Writer) error {
	process.RestoreName()
	process.CatchFileLimitSignal()
	var held *workspace.Workspace
	var s Setting
	open := func(spec json.RawMessage) (operations.Task, error) {
		if err := json.Unmarshal(spec, &s); err != nil {
			return nil, err
		}
		op, ws, err := s.enter()
		if err != nil {
			return nil, err
		}
		held = ws
		s.Site.Manifest.HideChecksums()
		// The process has one P more than workers: see job.
		dirio.HoldProcessors(apart(s.Site.Sink))
		process.GrowDescriptorTable(s.Descriptors)
		task, err := op.Open(s.Site)
		process.DropGarbage(s.Site.Manifest.Memory())
		return task, err
	}
	lock := func() (*os.File, error) { return held.OpenFile(s.Lock, os.O_RDWR|os.O_CREATE, 0o600) }
	err := strategies.Serve(ctx, in, out, strategies.Host{Open: open, Lock: lock, PeakMemory: process.PeakMemory, RunDelay: process.RunDelay})
	if held != nil {
		err = errors.Join(err, held.Close())
	}
	return err
}
