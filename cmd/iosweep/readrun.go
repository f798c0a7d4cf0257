package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"iosweep/journal"
)

// readRun reads the journal in a results directory. path may also be a journal file.
func readRun(path string) (*journal.Log, error) {
	read := journal.ReadDir
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		read = journal.ReadFile
	}
	return readJournal(read, path, runOrJournalArg)
}

const runOrJournalArg = runArg + ", or its " + journal.FileName

// readDir reads the journal in a results directory. It is for commands that write there.
func readDir(dir string) (*journal.Log, error) { return readJournal(journal.ReadDir, dir, runArg) }

// readJournal calls read. If path is no journal, it adds the expected kind of file to the error.
func readJournal(read func(string) (*journal.Log, error), path, what string) (*journal.Log, error) {
	log, err := read(path)
	var missing *fs.PathError // does not exist, or is not a regular file
	var damage *journal.DamageError
	if errors.As(err, &missing) || errors.As(err, &damage) && damage.Line == 1 { // damage in line 1 may mean that it is another kind of file
		err = fmt.Errorf("%w; expected %s", err, what)
	}
	return log, err
}
