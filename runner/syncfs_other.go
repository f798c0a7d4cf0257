//go:build !linux

package runner

import (
	"errors"
	"fmt"
)

// syncFilesystem is known on Linux alone.
func syncFilesystem(string) error {
	return fmt.Errorf("syncing a whole file system: %w", errors.ErrUnsupported)
}
