package trial

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"iosweep/internal/process"
	"iosweep/internal/workload"
	"iosweep/internal/workspace"
	"iosweep/journal"
	"iosweep/operations"
)

// runCommand measures a contender: from just before it is started until it and
// all that it started have ended, the start of its interpreter included. What it leaves behind is
// verified like the work of any strategy, unless an error of its own is what it
// was expected to end with.
func (spec *Spec) runCommand(ctx context.Context, op operations.Operation, ws *workspace.Workspace) (m *journal.Measurement, err error) {
	c := spec.Command
	cached, err := setCache(ctx, op, spec.Site)
	if err != nil {
		return nil, err
	}
	around := observe(cached)
	begun := time.Now()
	ran := runProgram(ctx, c)
	defer func() { err = spec.markFault(ws, m, err, &ran.stderr) }()
	if ran.err == nil && spec.Site.Sync == operations.SyncEnd {
		ran.err = ws.Sync()
	}
	took := time.Since(begun)
	m, own, child := around.end(spec.Site)
	if child > own { // else its own is not known: it begins with this process's peak
		m.MaxRSS = &child
	}
	m.Seconds, m.Work = took.Seconds(), took.Seconds()
	if c.ExpectError != "" {
		err := c.judgeError(m, ran.err, &ran.stderr)
		// Where the trial was is of no interest once it is over, and differs.
		m.Finding = strings.ReplaceAll(m.Finding, spec.Site.Output, "{output}")
		return m, err
	}
	if ran.err != nil {
		return m, fmt.Errorf("%s: %w%s", c.Name, ran.err, ran.stderr.quoted())
	}
	if m.Blocked, err = blockedSeconds(ran.stdout.text(), m.Seconds); err != nil {
		return m, fmt.Errorf("%s: %w", c.Name, err)
	}
	return m, c.judge(m, spec.verifyCommand(op, m, ran.read))
}

// verifyCommand checks a contender's outcome and notes what there is of it.
func (spec *Spec) verifyCommand(op operations.Operation, m *journal.Measurement, read int64) error {
	outcome, err := spec.commandOutcome(op, read)
	m.Files, m.Bytes, m.OutputBytes = outcome.Items, outcome.Bytes, outcome.OutputBytes
	if spec.Site.Unlocked() {
		m.CorruptItems = &outcome.CorruptItems
	}
	if err == nil {
		err = spec.checkWaits(op, m)
	}
	if err != nil {
		return fmt.Errorf(journal.Unverified+"%w", err)
	}
	return nil
}

// checkWaits refuses the outcome of a program that has not waited for its items:
// what they say of it can be written down without.
func (spec *Spec) checkWaits(op operations.Operation, m *journal.Measurement) error {
	if op.Info().Needs != operations.NeedsNothing {
		return nil // the items were made before
	}
	atOnce := spec.Workers * max(1, spec.Threads) // 0: it was not told
	if wait := workload.MinWait(spec.Site.Workload, atOnce); m.Seconds < wait.Seconds() {
		return fmt.Errorf("it took %.3g s, and to wait for its items takes %.3f s at least", m.Seconds, wait.Seconds())
	}
	return nil
}

// commandOutcome is what a contender left behind. A read leaves nothing but the
// count that the kernel kept of the bytes read.
func (spec *Spec) commandOutcome(op operations.Operation, read int64) (operations.Outcome, error) {
	if op.Info().Name != "read" {
		return spec.verify(op, nil)
	}
	files, want := spec.Site.Manifest.Len(), spec.Site.Manifest.Bytes()
	if read < want {
		return operations.Outcome{Bytes: read}, fmt.Errorf("it read %d bytes of %d", read, want)
	}
	return operations.Outcome{Items: files, Bytes: want}, nil
}

// A programRun is what came of running a program.
type programRun struct {
	err    error // how it ended, if not well
	read   int64 // bytes, where the system tells
	stdout outputHead
	stderr stderrTail
}

// orphanTimeout is how long the processes that a program leaves behind may take to
// end by themselves.
const orphanTimeout = 2 * time.Second

// runProgram runs a contender to its end, and to that of all that it started: this
// process has adopted its orphans.
func runProgram(ctx context.Context, c *Command) *programRun {
	ran := &programRun{stdout: outputHead{most: maxKept}}
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Dir = c.Dir
	cmd.Stdout = &ran.stdout
	// It goes on to the runner as it comes: of a contender that is killed at its
	// timeout, nothing else remains.
	cmd.Stderr = io.MultiWriter(&ran.stderr, os.Stderr)
	// A grandchild that keeps a pipe open does not keep the trial open.
	cmd.WaitDelay = 2 * time.Second
	process.KillWithParent(cmd)
	before := process.ReadIO().Read
	starts.Lock()
	ran.err = cmd.Start()
	starts.Unlock()
	if ran.err == nil {
		ran.err = cmd.Wait()
	} else {
		ran.err = process.ExplainLimit(ran.err)
	}
	// Its work is done when all that it started has ended: who leaves work to a
	// process that outlives it is not done sooner.
	alone := process.AwaitOrphans(orphanTimeout)
	// What this process itself read meanwhile is what the contender said.
	ran.read = process.ReadIO().Read - before - ran.stdout.size - ran.stderr.size
	if errors.Is(ran.err, exec.ErrWaitDelay) {
		ran.err = errors.New("it ended and left a process behind that holds its output open")
	}
	if ran.err == nil && !alone {
		ran.err = fmt.Errorf("it ended and left a process behind, which did not end within %v", orphanTimeout)
	}
	return ran
}
