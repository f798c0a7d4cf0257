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
	"iosweep/runner/program"
)

// runCommand measures a contender, from just before its start until it and all processes that it
// started have ended. So the time includes the start of an interpreter. The outcome is verified
// like the outcome of a strategy, unless the experiment expects an error of the contender.
func (spec *Spec) runCommand(ctx context.Context, op operations.Operation, ws *workspace.Workspace) (m *journal.Measurement, err error) {
	c := spec.Command
	cached, err := setCache(ctx, op, spec.Site)
	if err != nil {
		return nil, err
	}
	observed := observe(ws.Path(), cached)
	begun := time.Now()
	ran := runProgram(ctx, c)
	defer func() { err = spec.markFault(ws, m, err, &ran.stderr) }()
	if spec.Program != nil {
		ran.err = spec.Program.JudgeExit(ran.err)
	}
	if ran.err == nil && spec.Site.Sync == operations.SyncEnd {
		ran.err = ws.Sync()
	}
	took := time.Since(begun)
	m, own, child := observed.end(spec.Site, ran.endReading())
	m.RunDelay = nil // it is of this process, which only waits
	if child > own { // a child's peak starts at the peak of this process, so a lower one cannot be seen
		m.MaxRSS = &child
	}
	m.Seconds, m.Work = took.Seconds(), took.Seconds()
	if c.ExpectError != "" {
		err := c.judgeError(m, ran.err, &ran.stderr)
		// The path of the output differs between trials, so it must not be part of the finding.
		m.Finding = strings.ReplaceAll(m.Finding, spec.Site.Output, "{output}")
		return m, err
	}
	if ran.err != nil {
		return m, fmt.Errorf("%s: %w%s", c.Name, ran.err, ran.stderr.quoted())
	}
	if m.Blocked, err = blockedSeconds(ran.stdout.text(), m.Seconds); err != nil {
		return m, fmt.Errorf("%s: %w", c.Name, err)
	}
	if spec.Program != nil {
		err = spec.verifyOwn(ctx, m, ws, ran)
	} else {
		err = spec.verifyCommand(op, m, ran.read)
	}
	if err := c.judge(m, err); err != nil {
		return m, err
	}
	if m.Metrics, err = c.metrics(ran); err != nil {
		return m, fmt.Errorf("%s: %w", c.Name, err)
	}
	return m, nil
}

// verifyCommand verifies the outcome of a contender and adds its size to the measurement.
func (spec *Spec) verifyCommand(op operations.Operation, m *journal.Measurement, read int64) error {
	outcome, err := spec.commandOutcome(op, read)
	m.Files, m.Bytes, m.OutputBytes = outcome.Items, outcome.Bytes, outcome.OutputBytes
	if spec.Site.Unlocked() {
		m.CorruptItems = &outcome.CorruptItems
	}
	if err == nil {
		err = spec.checkWaits(op, m, outcome.Waits)
	}
	if err != nil {
		return fmt.Errorf(journal.Unverified+"%w", err)
	}
	return nil
}

// checkWaits checks that a contender has waited for its items. A program can write their
// contents without waiting, because it can compute them. If it has chosen the waits itself, they
// must be as long as random ones.
func (spec *Spec) checkWaits(op operations.Operation, m *journal.Measurement, waits workload.Waits) error {
	if op.Info().Needs != operations.NeedsNothing {
		return nil // the items existed before the trial
	}
	if waits.Tasks == 0 {
		waits = workload.WaitsOf(spec.Site.Workload)
	}
	if least := waits.LeastSum(); waits.Sum < least {
		return fmt.Errorf("its %d tasks wait for %.3f s in total, but random parts of a second have a sum of at least %.3f s", waits.Tasks, waits.Sum.Seconds(), least.Seconds())
	}
	atOnce := spec.Workers * max(1, spec.Threads) // 0: unknown
	if wait := waits.Min(atOnce); m.Seconds < wait.Seconds() {
		return fmt.Errorf("it took %.3g s, but waiting for its items takes at least %.3f s", m.Seconds, wait.Seconds())
	}
	return nil
}

// commandOutcome returns the outcome of a contender. A read leaves no files, so its outcome is
// the number of bytes read, as counted by the kernel.
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

// A programRun is the result of running a program.
type programRun struct {
	err    error // nil if the program succeeded
	read   int64 // bytes read, if the system counts them
	stdout outputHead
	stderr stderrTail
	errors outputHead // the beginning of stderr, if metrics need it

	readBefore int64 // bytes read before its start
	memory     *process.MemoryWatch
}

// endReading sets the number of bytes that the program has read. Meanwhile this process itself has
// read only the contender's output and the memory of its processes. It returns the samples of that
// memory.
func (ran *programRun) endReading() (memory process.Sampled) {
	if ran.memory != nil {
		memory = ran.memory.End()
	}
	ran.read = process.ReadIO().Read - ran.readBefore - ran.stdout.size - ran.stderr.size - memory.Read
	return memory
}

// orphanTimeout is the time that the processes left by a program have to end.
const orphanTimeout = 2 * time.Second

// runProgram runs a contender, and waits until it and all processes that it started have ended.
// This process adopts its orphans.
func runProgram(ctx context.Context, c *Command) *programRun {
	ran := &programRun{stdout: outputHead{max: maxKept}}
	if len(c.Metrics) > 0 || c.Captured {
		ran.stdout.max, ran.errors.max = maxSearched, maxSearched
	}
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env = append(os.Environ(), c.Env...)
	if c.WithoutGit {
		cmd.Env = append(program.WithoutGit(os.Environ()), c.Env...)
	}
	cmd.Dir = c.Dir
	cmd.Stdout = &ran.stdout
	// The runner gets stderr immediately. After a contender was killed at its timeout, nothing
	// else remains of its output.
	cmd.Stderr = io.MultiWriter(&ran.stderr, &ran.errors, os.Stderr)
	if c.OneOutput {
		cmd.Stdout = cmd.Stderr
	}
	// A grandchild that keeps a pipe open must not delay the end of the trial.
	cmd.WaitDelay = 2 * time.Second
	process.KillWithParent(cmd)
	ran.readBefore = process.ReadIO().Read
	startMutex.Lock()
	ran.err = cmd.Start()
	startMutex.Unlock()
	if ran.err == nil {
		ran.memory = process.WatchMemory(false)
		ran.err = cmd.Wait()
	} else {
		ran.err = process.ExplainLimit(ran.err)
	}
	// The work is complete when all processes have ended. A contender must not become faster by
	// leaving work to a process that outlives it.
	orphansEnded := process.AwaitOrphans(orphanTimeout)
	if errors.Is(ran.err, exec.ErrWaitDelay) {
		ran.err = errors.New("it ended but left a process that keeps its output open")
	}
	if ran.err == nil && !orphansEnded {
		ran.err = fmt.Errorf("it ended but left a process that did not end within %v", orphanTimeout)
	}
	return ran
}
