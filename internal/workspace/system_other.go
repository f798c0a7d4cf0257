//go:build !linux

package workspace

import (
	"errors"
	"fmt"
	"os"
)

// lockHolder returns 0: the process is unknown on this system.
func lockHolder(*os.File) int { return 0 }

// hasAccessList returns false: access lists are not supported on this system.
func hasAccessList(string) bool { return false }

// spread does nothing: it is only for ext4.
func spread(directory) bool { return false }

func (w *Workspace) mounted() bool { return false }

// Mounts returns nil: the mounts are unknown on this system.
func Mounts(string) []string { return nil }

// Overlap returns the directory if it is within the tree. It does not detect mounts on this
// system.
func Overlap(dir, tree string) string {
	if Inside(dir, tree) {
		return dir
	}
	return ""
}

// A Cgroup is a control group. This system has none.
type Cgroup struct{}

// NewCgroup returns an error on this system.
func NewCgroup(string) (*Cgroup, error) { return nil, errors.ErrUnsupported }

// RemoveCgroup does nothing on this system.
func RemoveCgroup(string) {}

// FD is never called.
func (*Cgroup) FD() int { return -1 }

// Kill is never called.
func (*Cgroup) Kill() {}

// Close is never called.
func (*Cgroup) Close() error { return nil }

// Sync is supported only on Linux.
func (w *Workspace) Sync() error {
	return fmt.Errorf("syncing a whole file system: %w", errors.ErrUnsupported)
}
