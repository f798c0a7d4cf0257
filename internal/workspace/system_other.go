//go:build !linux

package workspace

import (
	"errors"
	"fmt"
	"os"
)

// lockHolder is not known here.
func lockHolder(*os.File) int { return 0 }

// hasAccessList does not know access lists.
func hasAccessList(string) bool { return false }

// spread does nothing here: it is for ext4.
func spread(directory) bool { return false }

func (w *Workspace) mounted() bool { return false }

// Mounts does not know what is mounted here.
func Mounts(string) []string { return nil }

// Overlap reports whether a directory lies within a tree; it does not know of mounts
// here.
func Overlap(dir, tree string) string {
	if Inside(dir, tree) {
		return dir
	}
	return ""
}

// A Cgroup is a control group, of which there are none here.
type Cgroup struct{}

// NewCgroup makes none here.
func NewCgroup(string) (*Cgroup, error) { return nil, errors.ErrUnsupported }

// RemoveCgroup has nothing to end here.
func RemoveCgroup(string) {}

// FD is never called.
func (*Cgroup) FD() int { return -1 }

// Kill is never called.
func (*Cgroup) Kill() {}

// Close is never called.
func (*Cgroup) Close() error { return nil }

// Sync is known on Linux alone.
func (w *Workspace) Sync() error {
	return fmt.Errorf("syncing a whole file system: %w", errors.ErrUnsupported)
}
