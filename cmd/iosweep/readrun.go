package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"iosweep/journal"
)

// readRun reads the journal of a run's directory, or a journal that was taken out of
// one: it is all that is needed.
func readRun(path string) (*journal.Log, error) {
	read := journal.ReadDir
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		read = journal.ReadFile
	}
	return expecting(read, path, aRunOrJournal)
}

const aRunOrJournal = aRun + ", or its " + journal.FileName

// readDir reads the journal of a run's directory, for who writes beside it.
func readDir(dir string) (*journal.Log, error) { return expecting(journal.ReadDir, dir, aRun) }

// expecting says what DIR should have been where it is not.
func expecting(read func(string) (*journal.Log, error), path, what string) (*journal.Log, error) {
	log, err := read(path)
	var missing *fs.PathError // or it is there, and no file
	var damage *journal.DamageError
	if errors.As(err, &missing) || errors.As(err, &damage) && damage.Line == 1 { // it may be no journal at all
		err = fmt.Errorf("%w; expected is %s", err, what)
	}
	return log, err
}
