package operations

import (
	"fmt"
	"io/fs"
	"path/filepath"
)

// OutputFile is where an operation leaves its outcome: the one file that zip or
// append makes below the directory output, and output itself for an operation
// that makes a file for each item. It is what {output} stands for in a command.
func OutputFile(operation, output string) string {
	switch operation {
	case zipping{}.Info().Name:
		return filepath.Join(output, ArchiveName)
	case appending{}.Info().Name:
		return filepath.Join(output, LogName)
	}
	return output
}

// onlyFile checks that a directory holds one regular file and nothing else.
func onlyFile(path, name string) error {
	dir, err := openDirectory(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	var wrong faults
	found := false
	err = dir.walk(func(at string, kind fs.FileMode) (bool, error) {
		if at == name && kind.IsRegular() {
			found = true
		} else {
			wrong.unexpected(at, kindOf(kind))
		}
		return false, nil
	})
	if err != nil {
		return err
	}
	if err := wrong.err(0); err != nil {
		return err
	}
	if !found {
		return fmt.Errorf("%s: missing", filepath.Join(path, name))
	}
	return nil
}
