package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"iosweep/internal/lazyregexp"
	"iosweep/internal/process"
	"iosweep/internal/units"
	"iosweep/journal"
)

// A child contains the state and the output of a trial's process that has ended.
type child struct {
	state     *os.ProcessState // nil if it was never started
	err       error
	cancelled bool // it was asked to end, at its timeout or with the run
	stopped   bool // it was stopped when it was asked to end
	stdout    outputHead
	stderr    stderrTail
}

// result returns the response of the process. Its Status is "" if the process has written no
// final response. A suspension and the programs of checks are reported before the final response.
func (c *child) result() (result response) {
	for responses := json.NewDecoder(bytes.NewReader(c.stdout.buf)); ; {
		var next response
		if err := responses.Decode(&next); errors.Is(err, io.EOF) {
			return result
		} else if err != nil {
			// Another program, perhaps a contender, has written to the pipe. Then the earlier
			// responses may be forged, too.
			return response{Suspended: result.Suspended}
		}
		if next.Suspended == "" {
			next.Suspended = result.Suspended
		}
		result = next
	}
}

// judge sets the status, the error and the measurement of a record.
func (c *child) judge(result response, timeout string, record *journal.Trial) {
	complete := result.Status != "" && c.state != nil && c.state.Success()
	signal, signalled := "", false
	if c.state != nil {
		signal, signalled = process.FatalSignal(c.state)
	}
	switch {
	case !c.stdout.isComplete():
		record.Error = fmt.Sprintf("the trial's process wrote more than %s to its stdout: a program of the trial writes there too", units.Size(maxResponse))
	case complete && !result.plausible():
		record.Error = "the trial's process wrote an impossible response: a program of the trial may have written it"
	case complete:
		record.Status, record.Error, record.Measurement = result.Status, result.Error, result.Measurement
		record.Void = result.Fault != ""
		if result.Status == journal.Crashed && !strings.Contains(result.Error, "signal: ") {
			record.Error += c.crashLine()
		}
	case c.cancelled, errors.Is(c.err, context.DeadlineExceeded):
		// The exit status does not matter, because the process was asked to end.
		record.Status = journal.Timeout
		record.Error = "killed at the timeout of " + timeout
		if result.Check != "" {
			record.Error = "verify: " + result.Check + ": " + record.Error
		}
	case c.state == nil:
		// The work did not start: this process may not start another process, or may not open
		// the files that this needs.
		record.Void = true
		record.Error = "the trial's process cannot be started: " + process.ExplainLimit(c.err).Error()
	case signalled:
		record.Status = journal.Crashed
		record.Error = "ended by signal: " + signal
	default:
		record.Status = journal.Crashed
		record.Error = fmt.Sprintf("the trial's process ended without a result: %v", c.state)
		if line := c.crashLine(); line != "" {
			record.Error += line
		} else {
			record.Error += c.stderr.quoted()
		}
	}
}

// threadLimit returns the limit that kept a Go program from starting another thread, or "". See
// newosproc in runtime/os_linux.go.
func (c *child) threadLimit() string {
	if c.state == nil || c.state.ExitCode() != 2 || !bytes.Contains(c.stderr.buf, []byte("runtime: failed to create new OS thread")) {
		return ""
	}
	return "no more threads may be started; raise the limit with ulimit -u or pids.max of the control group"
}

var goCrash = lazyregexp.New(`(?m)^(panic|fatal error|SIG[A-Z0-9]+): .*$`)

// crashLine returns the line in which a Go program reports why it crashed, or "". Such a program
// exits with 2, even if a signal was the reason.
func (c *child) crashLine() string {
	if line := goCrash().Find(c.stderr.buf); line != nil {
		return ": " + brief(line)
	}
	return ""
}

// maxResponse limits the output that is kept. A response is a measurement of a few KiB, but a
// contender may find the pipe and write to it.
const maxResponse = 16 << 20

func newChild() *child { return &child{stdout: outputHead{max: maxResponse}} }
