package trial

import (
	"errors"
	"fmt"
	"os/exec"

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

// judgeError says whether a program failed as the experiment expects: by itself,
// with the expected text on standard error, of which the last 64 KiB count. How
// it did is the finding. One that a signal ended has not got so far as to fail.
func (c *Command) judgeError(m *journal.Measurement, ended error, said *tail) error {
	if ended == nil {
		return fmt.Errorf("%s: exit status 0%s", c.Unmet(), said.quoted())
	}
	var exit *exec.ExitError
	line, found := said.lineWith(c.ExpectError)
	if !found || !errors.As(ended, &exit) || !exit.Exited() {
		return fmt.Errorf("%s: %w%s", c.Unmet(), ended, said.quoted())
	}
	m.Finding = fmt.Sprintf("%v: %s", ended, line)
	return nil
}

// Unmet says what was expected of a program that did something else.
func (c *Command) Unmet() string {
	return fmt.Sprintf("%s was expected to exit with an error and to say %q on standard error, and did not", c.Name, c.ExpectError)
}
