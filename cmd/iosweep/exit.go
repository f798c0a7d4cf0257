package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// The exit codes are a contract: scripts depend on them.
const (
	exitGood         = 0
	exitFailures     = 1 // done, but a cell failed or was skipped
	exitUnwritten    = 1 // done, but an output cannot be written
	exitUsage        = 2 // usage, or an invalid experiment file
	exitIncomplete   = 3 // budget spent, disk full, machine failed, or --fail-fast
	exitContradicted = 4 // reproduce: a published row is contradicted
	exitFound        = 4 // compare: a cell is what --fail-on names
	exitSignalled    = 128
)

// An exit is an error with an exit code. Its text, if any, is printed.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// incomplete wraps the error of a run that could not go on.
func incomplete(err error) error { return &exit{exitIncomplete, err} }

// unwritten wraps the error of an output. No measurement is lost by it.
func unwritten(err error) error { return &exit{exitUnwritten, err} }

// once returns the text without repeated lines. One cause may give the same error in
// several places: a disk that fails does so for the journal, and again when it is
// closed.
func once(text string) string {
	seen := map[string]bool{}
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool {
		twice := seen[line]
		seen[line] = line != ""
		return twice
	})
	return strings.Join(lines, "\n")
}

// codeOf returns the exit code of an error. An error that is no exit is one of usage:
// it comes from cobra, or from a file that is not what it should be.
func codeOf(err error) int {
	var e *exit
	switch {
	case err == nil:
		return exitGood
	case errors.As(err, &e):
		return e.code
	default:
		return exitUsage
	}
}

// signalled returns the exit code of a run that a signal ended.
func signalled(s syscall.Signal) int { return exitSignalled + int(s) }
