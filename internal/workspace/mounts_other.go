//go:build !linux

package workspace

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
