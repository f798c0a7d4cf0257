package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// The exit codes are a contract, because scripts depend on them.
const (
	exitGood         = 0
	exitFailures     = 1 // complete, but a cell failed or was skipped
	exitUnwritten    = 1 // complete, but an output cannot be written
	exitUsage        = 2 // wrong usage, or an invalid experiment file
	exitIncomplete   = 3 // budget spent, disk full, machine failed, or --fail-fast
	exitContradicted = 4 // reproduce: a published row is contradicted
	exitFound        = 4 // a cell meets a condition of --fail-on
	exitSignalled    = 128
)

// An exitError is an error with an exit code. If err is nil, nothing is printed.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// incomplete wraps the error of a run that could not continue.
func incomplete(err error) error { return &exitError{exitIncomplete, err} }

// unwritten wraps the error of an output, if there is one. The measurements are not affected.
func unwritten(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{exitUnwritten, err}
}

// withoutRepeats removes repeated lines. One cause can give the same error twice: if a
// disk fails, writing the journal and closing it both report the error.
func withoutRepeats(text string) string {
	seen := map[string]bool{}
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		twice := seen[line]
		seen[line] = line != ""
		return twice
	})
	return strings.Join(lines, "\n")
}

// codeOf returns the exit code of an error. An error without a code is a usage error: it
// comes from cobra, or from an invalid file.
func codeOf(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &e):
		return e.code
	default:
		return exitUsage
	}
}

// signalled returns the exit code of a program that a signal ended.
func signalled(s syscall.Signal) int { return exitSignalled + int(s) }
