package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"iosweep/internal/process"
	"iosweep/internal/units"
	"iosweep/journal"
)

// A child is what came of running the process of a trial.
type child struct {
	state  *os.ProcessState // nil if it was never started
	err    error
	asked  bool // it was asked to end: at its timeout, or with the run
	halted bool // it was found stopped, when it was asked to end
	stdout outputHead
	stderr stderrTail
}

// result is what the process answered; its Status is "" if it did not come to
// that. What it said of a suspension, it has said as soon as it knew.
func (c *child) result() (result response) {
	for answers := json.NewDecoder(bytes.NewReader(c.stdout.buf)); ; {
		var next response
		if err := answers.Decode(&next); errors.Is(err, io.EOF) {
			return result
		} else if err != nil {
			// Something else is written there, by a contender perhaps: then the answers
			// before it may be forged, too.
			return response{Suspended: result.Suspended}
		}
		if next.Suspended == "" {
			next.Suspended = result.Suspended
		}
		result = next
	}
}

// judge fills a record with how the process ended.
func (c *child) judge(result response, timeout time.Duration, record *journal.Trial) {
	whole := result.Status != "" && c.state != nil && c.state.Success()
	signal, signalled := "", false
	if c.state != nil {
		signal, signalled = process.FatalSignal(c.state)
	}
	switch {
	case !c.stdout.whole():
		record.Error = fmt.Sprintf("the trial's process answered more than %s: a program of the trial writes to it", units.Size(maxResponse))
	case whole && !result.plausible():
		record.Error = "the trial's process gave an answer that cannot be: a program of the trial may have written it"
	case whole:
		record.Status, record.Error, record.Measurement = result.Status, result.Error, result.Measurement
		record.Void = result.Fault != ""
		if result.Status == journal.Crashed && !strings.Contains(result.Error, "signal: ") {
			record.Error += c.crashLine()
		}
	case c.asked, errors.Is(c.err, context.DeadlineExceeded):
		// However it went about ending, it was told to.
		record.Status = journal.Timeout
		record.Error = fmt.Sprintf("killed at the timeout of %v (trials.timeout)", timeout)
	case c.state == nil:
		// Nothing of the cell was done: this process may start no more, or may not
		// open what it takes.
		record.Void = true
		record.Error = "the trial's process cannot be started: " + process.ExplainLimit(c.err).Error()
	case signalled:
		record.Status = journal.Crashed
		record.Error = "ended by signal: " + signal
	default:
		record.Status = journal.Crashed
		record.Error = fmt.Sprintf("the trial's process ended without a result: %v", c.state)
		if words := c.crashLine(); words != "" {
			record.Error += words
		} else {
			record.Error += c.stderr.quoted()
		}
	}
}

// threadLimit is the limit that ended a program of Go which could start no more
// threads: newosproc in runtime/os_linux.go.
func (c *child) threadLimit() string {
	if c.state == nil || c.state.ExitCode() != 2 || !bytes.Contains(c.stderr.buf, []byte("runtime: failed to create new OS thread")) {
		return ""
	}
	return "no more threads may be started; ulimit -u raises it, or pids.max of the control group"
}

var goCrash = regexp.MustCompile(`(?m)^(panic|fatal error|SIG[A-Z0-9]+): .*$`)

// crashLine is the line with which a Go program says why it crashed. It ends with
// exit code 2 then, also where a signal was the reason.
func (c *child) crashLine() string {
	if line := goCrash.Find(c.stderr.buf); line != nil {
		return ": " + brief(line)
	}
	return ""
}

// maxResponse is how much of an answer is kept. One is a measurement of a few KiB;
// but a contender may find the pipe and write to it.
const maxResponse = 16 << 20

func newChild() *child { return &child{stdout: outputHead{most: maxResponse}} }
