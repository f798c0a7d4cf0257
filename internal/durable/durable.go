// Package durable writes derived files so that a reader, and a machine whose
// power fails, sees the whole file or the old one, never half of it: a
// temporary file, a sync, a rename, and a sync of the directory.
package durable

import "path/filepath"

// WriteFile puts data under a name. The file is new to whoever opens it: an old
// one stays as it was for those who have it open.
func WriteFile(path string, data []byte) error {
	if err := replace(path, data); err != nil {
		return err
	}
	// Without this the rename may be lost with the power, though not the data.
	return SyncDir(filepath.Dir(path))
}
