package program

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
)

// An Operation describes what trials of a cell check, in addition to their command.
type Operation struct {
	Checks []Check `json:"checks,omitempty"`
	// Items and Bytes are the amount of work.
	Items int   `json:"items"`
	Bytes int64 `json:"bytes"`
	// Reference contains the paths of the parts of the baseline's outcome; nil: this trial makes it.
	Reference map[string]string `json:"reference,omitempty"`
	// KeepStdout is the file that gets the standard output of the program; empty: none.
	KeepStdout string `json:"keep_stdout,omitempty"`
}

// A Check is one check of an outcome. Exactly one of Files, Run, Stdout, ExitCode and SameAs is set.
type Check struct {
	Files string `json:"files,omitempty"` // a pattern of paths below the output directory
	Count int64  `json:"count,omitempty"` // of the files that match it; OneOrMore: any number above 0

	Run []string `json:"run,omitempty"` // a program that must exit with 0

	Stdout string `json:"stdout,omitempty"` // a pattern that the standard output must match

	ExitCode string `json:"exit_code,omitempty"` // of the command: a number, or any

	SameAs string `json:"same_as,omitempty"` // what must equal the outcome of the baseline
}

// OneOrMore is the count of a check that allows any number of files above 0.
const OneOrMore = -1

// The parts of an outcome that SameAs compares.
const (
	Output = "output"
	Stdout = "stdout"
	Input  = "input"
)

// anyExitCode is the exit code of a check that allows all of them.
const anyExitCode = "any"

// JudgeExit returns the error of a program that has ended. It is nil if its exit code is the expected
// one. A program that was ended by a signal has no exit code.
func (op *Operation) JudgeExit(ended error) error {
	want := "0"
	for _, c := range op.Checks {
		if c.ExitCode != "" {
			want = c.ExitCode
		}
	}
	code := 0
	if exit, ok := errors.AsType[*exec.ExitError](ended); ok {
		code = exit.ExitCode()
	} else if ended != nil {
		return ended
	}
	switch {
	case code < 0: // a signal
		return ended
	case want == anyExitCode || want == strconv.Itoa(code):
		return nil
	case want == "0":
		return ended
	}
	return fmt.Errorf("exit status %d, expected %s", code, want)
}
