//go:build !linux

package runner

import (
	"errors"
	"fmt"

	"iosweep/internal/workspace"
)

// syncFilesystem is known on Linux alone.
func syncFilesystem(*workspace.Workspace) error {
	return fmt.Errorf("syncing a whole file system: %w", errors.ErrUnsupported)
}
