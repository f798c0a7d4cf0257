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
func readDir(dir string) (*journal.Log, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory; expected %s", dir, runArg)
	}
	return readJournal(journal.ReadDir, dir, runArg)
}

// readJournal calls read. If path is no journal, it adds the expected kind of file to the error.
func readJournal(read func(string) (*journal.Log, error), path, what string) (*journal.Log, error) {
	log, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("%s does not exist; expected %s", path, what)
		}
		return nil, fmt.Errorf("%s contains no run: it has no %s; expected %s", path, journal.FileName, what)
	}
	var unusable *fs.PathError // not a regular file, or not readable
	var damage *journal.DamageError
	if errors.As(err, &unusable) || errors.As(err, &damage) && damage.Line == 1 { // damage in line 1 may mean that it is another kind of file
		err = fmt.Errorf("%w; expected %s", err, what)
	}
	return log, err
}
