//go:build !linux

package workspace

import (
	"errors"
	"fmt"
)

// Sync is known on Linux alone.
func (w *Workspace) Sync() error {
	return fmt.Errorf("syncing a whole file system: %w", errors.ErrUnsupported)
}
