package trial

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strconv"

	"iosweep/internal/lazyregexp"
	"iosweep/journal"
)

// judge inverts the result of the verification if the experiment expects a failure. The failure
// is then the finding of the trial.
func (c *Command) judge(m *journal.Measurement, err error) error {
	switch {
	case !c.ExpectFailure:
		return err
	case err == nil:
		return errors.New(journal.Unverified + c.Name + journal.PassedVerification)
	}
	m.Finding = err.Error()
	return nil
}

// judgeError returns an error unless the program failed as the experiment expects. It must exit
// with an error and print the expected text to stderr. Only the last 64 KiB count. The exit
// status and that line are the finding of the trial. A program that was ended by a signal does
// not meet the expectation.
func (c *Command) judgeError(m *journal.Measurement, ended error, stderr *stderrTail) error {
	if ended == nil {
		return errors.New(c.expectation() + journal.ExitedWithoutError + stderr.quoted())
	}
	var exit *exec.ExitError
	line, found := stderr.lineWith(c.ExpectError)
	if !found || !errors.As(ended, &exit) || !exit.Exited() {
		return fmt.Errorf("%s: %w%s", c.UnmetExpectation(), ended, stderr.quoted())
	}
	m.Finding = fmt.Sprintf("%v: %s", ended, line)
	return nil
}

// UnmetExpectation describes the expected failure of a program that did not fail in this way.
func (c *Command) UnmetExpectation() string { return c.expectation() + ", but did not" }

func (c *Command) expectation() string {
	return fmt.Sprintf("%s was expected to exit with an error and to print %q to stderr", c.Name, c.ExpectError)
}

// blockedWord begins the line on standard output in which a contender reports how many seconds
// its caller was blocked:
//
//	blocked_seconds 0.0012
//
// Only the program itself knows this. Other processes see only when its last file is complete.
const blockedWord = "blocked_seconds"

// decimal matches a decimal number with or without an exponent. strconv also accepts a sign, NaN
// and hexadecimal numbers, which are not durations.
var decimal = lazyregexp.New(`^[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$`)

// blockedSeconds returns the number in the last such line of an output, or nil if there is no
// line. A malformed line is an error, and so is a number above total, the seconds of the trial.
func blockedSeconds(output []byte, total float64) (*float64, error) {
	var last *float64
	for line := range bytes.Lines(output) {
		fields := bytes.Fields(line)
		if len(fields) == 0 || string(fields[0]) != blockedWord {
			continue
		}
		x := 0.0
		ok := len(fields) == 2 && decimal().Match(fields[1])
		if ok {
			var err error
			x, err = strconv.ParseFloat(string(fields[1]), 64)
			ok = err == nil && x <= total
		}
		if !ok {
			return nil, fmt.Errorf("its standard output has the line %q: expected %s and a decimal number of seconds, from 0 to the %g that the trial took",
				brief(bytes.TrimSpace(line)), blockedWord, total)
		}
		last = &x
	}
	return last, nil
}
