package trial

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"

	"iosweep/journal"
)

// judge turns the verdict of the verification round where failing it is what
// the experiment expects to find.
func (c *Command) judge(m *journal.Measurement, err error) error {
	switch {
	case !c.ExpectFailure:
		return err
	case err == nil:
		return fmt.Errorf(journal.Unverified+"%s was expected to fail it, and passed", c.Name)
	}
	m.Finding = err.Error()
	return nil
}

// judgeError reports whether a program failed as the experiment expects: by itself,
// with the expected text on standard error, of which the last 64 KiB count. How
// it did is the finding. One that a signal ended has not got so far as to fail.
func (c *Command) judgeError(m *journal.Measurement, ended error, said *stderrTail) error {
	if ended == nil {
		return fmt.Errorf("%s: exit status 0%s", c.UnmetExpectation(), said.quoted())
	}
	var exit *exec.ExitError
	line, found := said.lineWith(c.ExpectError)
	if !found || !errors.As(ended, &exit) || !exit.Exited() {
		return fmt.Errorf("%s: %w%s", c.UnmetExpectation(), ended, said.quoted())
	}
	m.Finding = fmt.Sprintf("%v: %s", ended, line)
	return nil
}

// UnmetExpectation says what was expected of a program that did something else.
func (c *Command) UnmetExpectation() string {
	return fmt.Sprintf("%s was expected to exit with an error and to say %q on standard error, and did not", c.Name, c.ExpectError)
}

// blockedWord begins the line on standard output with which a contender says
// how long its caller was held up, in seconds:
//
//	blocked_seconds 0.0012
//
// Nobody but the program itself can know: from outside it is done when its last
// file is.
const blockedWord = "blocked_seconds"

// decimal is a number as programs print one, with or without an exponent. What
// else strconv would take (a sign, NaN, hexadecimal) is no length of time.
var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?$`)

// blockedSeconds is what the last such line of an output says; nil if there is
// none. A line that is malformed, or that claims more than the whole trial of so
// many seconds, is an error: it was meant to say something.
func blockedSeconds(output []byte, whole float64) (*float64, error) {
	var last *float64
	for line := range bytes.Lines(output) {
		fields := bytes.Fields(line)
		if len(fields) == 0 || string(fields[0]) != blockedWord {
			continue
		}
		x := 0.0
		ok := len(fields) == 2 && decimal.Match(fields[1])
		if ok {
			var err error
			x, err = strconv.ParseFloat(string(fields[1]), 64)
			ok = err == nil && x <= whole
		}
		if !ok {
			return nil, fmt.Errorf("its standard output has the line %q: expected %s and a decimal number of seconds, from 0 to the %g that the trial took",
				brief(bytes.TrimSpace(line)), blockedWord, whole)
		}
		last = &x
	}
	return last, nil
}
