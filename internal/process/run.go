package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// Run runs a program without input, for at most a time. set sets the streams, the directory and
// the environment. What the program leaves running is killed.
func Run(ctx context.Context, limit time.Duration, argv []string, set func(*exec.Cmd)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it did not end within %v", limit))
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	set(cmd)
	Setsid(cmd) // in an own group, which can be killed
	KillWithParent(cmd)
	cmd.Cancel = func() error { return KillGroup(cmd.Process) }
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		_ = KillGroup(cmd.Process)
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrWaitDelay): // a child of the program may have kept its output open
		return nil
	}
	return err
}
