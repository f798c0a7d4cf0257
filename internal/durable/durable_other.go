//go:build !unix

package durable

import (
	"os"
	"path/filepath"
)

// replace puts content under a name by a temporary file, a sync and a rename.
// The library that does so elsewhere does not offer it for Windows, where a
// rename replaces the file but promises nothing about a power failure.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if c := f.Close(); err == nil {
		err = c
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name()) // it is of no use to anybody
	}
	return err
}

// SyncDir does nothing: Windows cannot open a directory for syncing and makes
// its names durable with the file.
func SyncDir(string) error { return nil }
