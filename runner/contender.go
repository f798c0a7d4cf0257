package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"iosweep/operations"
	"iosweep/runner/journal"
)

// runCommand measures a contender: from just before it is started until it has
// been reaped, the start of its interpreter included. What it leaves behind is
// verified like the work of any strategy.
func (spec *trialSpec) runCommand(ctx context.Context, op operations.Operation) (*journal.Measurement, error) {
	var said tail
	cached, err := setCache(ctx, op, spec.Site)
	if err != nil {
		return nil, err
	}
	before := startUsage()
	begun := time.Now()
	read, runErr := runProgram(ctx, spec.Command, &said)
	if runErr == nil && spec.Site.Sync == operations.SyncEnd {
		runErr = syncFilesystem(spec.Site.Output)
	}
	took := time.Since(begun)
	used := before.since()
	peak := used.children
	if peak <= peakMemory() {
		peak = 0 // a child begins with this process's peak, so its own is below and not known
	}
	m := used.measurement(peak)
	m.CachedFraction = cached
	m.Seconds, m.Work = took.Seconds(), took.Seconds()
	if runErr != nil {
		return m, fmt.Errorf("%s: %w%s", spec.Command.Name, runErr, said.quoted())
	}
	outcome, err := spec.verifyCommand(op, read)
	m.Files, m.Bytes, m.OutputBytes = outcome.Items, outcome.Bytes, outcome.OutputBytes
	if spec.Site.Unlocked() {
		m.CorruptItems = &outcome.CorruptItems
	}
	if err != nil {
		err = fmt.Errorf("verification: %w", err)
	}
	return m, spec.Command.judge(m, err)
}

// judge turns the verdict of the verification round where failing it is what
// the experiment expects to find.
func (c *commandSpec) judge(m *journal.Measurement, err error) error {
	switch {
	case !c.ExpectFailure:
		return err
	case err == nil:
		return fmt.Errorf("verification: %s was expected to fail it, and passed", c.Name)
	}
	m.Finding = err.Error()
	return nil
}

// verifyCommand checks a contender's outcome. A read leaves nothing behind but
// the count that the kernel kept of the bytes read.
func (spec *trialSpec) verifyCommand(op operations.Operation, read int64) (operations.Outcome, error) {
	if op.Info().Name != "read" {
		return spec.verify(op, nil)
	}
	files, want := len(spec.Site.Manifest.Files), spec.Site.Manifest.Bytes()
	if read < want {
		return operations.Outcome{Bytes: read}, fmt.Errorf("it read %d bytes of %d", read, want)
	}
	return operations.Outcome{Items: files, Bytes: want}, nil
}

// runProgram runs a contender and returns how many bytes it read, where the
// system tells.
func runProgram(ctx context.Context, c *commandSpec, said *tail) (read int64, err error) {
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Env = append(os.Environ(), c.Env...)
	cmd.Dir = c.Dir
	// It goes on to the runner as it comes: of a contender that is killed at its
	// timeout, nothing else remains.
	cmd.Stderr = io.MultiWriter(said, os.Stderr)
	// A grandchild that keeps the pipe open does not keep the trial open.
	cmd.WaitDelay = 2 * time.Second
	bindToParent(cmd)
	before := bytesRead()
	err = cmd.Run()
	// What this process itself read meanwhile is what the contender said.
	read = bytesRead() - before - said.size
	if errors.Is(err, exec.ErrWaitDelay) {
		err = errors.New("it ended and left a process behind that holds its output open")
	}
	return read, err
}

// tailSize is how much of a program's last words is kept.
const tailSize = 64 << 10

// tail keeps the end of what is written to it.
type tail struct {
	buf  []byte
	size int64 // of all that was written
}

func (t *tail) Write(p []byte) (int, error) {
	t.size += int64(len(p))
	t.buf = append(t.buf, p...)
	if over := len(t.buf) - tailSize; over > 0 {
		t.buf = append(t.buf[:0], t.buf[over:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return strings.ToValidUTF8(string(t.buf), "\uFFFD") }

// quoted is the last line, for the end of an error message.
func (t *tail) quoted() string {
	text := bytes.TrimSpace(t.buf)
	if len(text) == 0 {
		return ""
	}
	if i := bytes.LastIndexByte(text, '\n'); i >= 0 {
		text = text[i+1:]
	}
	const most = 300
	if len(text) > most {
		text = text[len(text)-most:]
	}
	return ": " + strings.ToValidUTF8(string(text), "\uFFFD")
}
