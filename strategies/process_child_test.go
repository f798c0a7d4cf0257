//go:build unix

package strategies

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/operations"
)

// TestWorkerDeathIsExplained checks that the error says how the process ended, whichever symptom
// is noticed first.
func TestWorkerDeathIsExplained(t *testing.T) {
	for name, test := range map[string]struct {
		script, want string
		call         func(p *workerProcess) error
	}{
		"before its hello": {"kill -KILL $$", "died: signal: killed", func(p *workerProcess) error {
			_, err := p.expect(frameHello)
			return err
		}},
		"within a frame's header": {`printf 'D\001'; kill -SEGV $$`, "died: signal: segmentation fault", func(p *workerProcess) error {
			_, err := p.expect(frameDone)
			return err
		}},
		"within a frame's body": {`printf 'D\005\000\000\000half'; kill -KILL $$`, "died: signal: killed", func(p *workerProcess) error {
			_, err := p.expect(frameDone)
			return err
		}},
		"while it is given tasks": {`exec <&-; kill -KILL $$`, "died: signal: killed", sendUntilBroken},
		"after a failed frame":    {`exec <&-; printf 'E\003\000\000\000why'`, "why", sendUntilBroken},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := startWorker(Job{Command: func() *exec.Cmd { return exec.Command("sh", "-c", test.script) }})
			if err != nil {
				t.Fatal(err)
			}
			defer p.kill()
			err = test.call(p)
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Fatalf("got error %v, want %q", err, test.want)
			}
			var ended *exec.ExitError
			if errors.As(err, &ended) != strings.Contains(test.want, "signal") {
				t.Errorf("%v: errors.As does not find the exit status", err)
			}
		})
	}
}

// sendUntilBroken sends tasks until the pipe is broken.
func sendUntilBroken(p *workerProcess) error {
	for {
		if err := p.sendTasks([]span{{0, 1}}, false); err != nil {
			return err
		}
	}
}

// TestLockThatCannotBeOpened checks that the job fails and that no worker continues without a lock.
func TestLockThatCannotBeOpened(t *testing.T) {
	f := newFake(t)
	f.Staged = true
	job := f.job(t, 10)
	job.Sink = operations.SinkLocked
	command := job.Command
	job.Command = func() *exec.Cmd {
		cmd := command()
		cmd.Env = append(cmd.Env, lockEnv+"="+filepath.Join(t.TempDir(), "none", "lock"))
		return cmd
	}
	if _, err := Run(t.Context(), processes{}, job); err == nil || !strings.Contains(err.Error(), "lock: no such file or directory") {
		t.Errorf("got error %v, want one about the lock", err)
	}
	if h := f.readLog(); strings.Contains(string(h), "load") {
		t.Error("items were done without a lock")
	}
}
