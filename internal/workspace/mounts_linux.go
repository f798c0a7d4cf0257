package workspace

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// mounted reports whether the path of the workspace leads through another mount than
// it did. A directory that is bound to its own place has the same inode there.
func (w *Workspace) mounted() bool {
	fd, err := unix.Open(w.path, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return false // which Check has seen
	}
	defer unix.Close(fd)
	is, err := dirio.MountOf(fd)
	was, alsoErr := dirio.MountOf(w.dir.fd())
	return err == nil && alsoErr == nil && was != is
}

// Mounts lists what is mounted below a path, and at the path itself. The path is
// absolute and without symbolic links. A system that does not tell has none.
func Mounts(path string) (points []string) {
	for _, m := range mounts() {
		if Inside(m.point, path) {
			points = append(points, m.point)
		}
	}
	return points
}

// Overlap reports where a directory shows up within a tree, also through a bind
// mount in the tree or of it; "" if it does not. Both paths are absolute and without
// symbolic links.
func Overlap(dir, tree string) string {
	if Inside(dir, tree) {
		return dir
	}
	all := mounts()
	at, known := locate(all, dir)
	if !known {
		return ""
	}
	for _, m := range all {
		point := m.point
		seen := place{m.device, m.root}
		if !Inside(point, tree) {
			if !Inside(tree, point) {
				continue
			}
			// The tree is within this mount, or hidden by another one.
			if seen, known = locate(all, tree); !known {
				continue
			}
			point = tree
		}
		if seen.device == at.device && Inside(at.path, seen.path) {
			rel, _ := filepath.Rel(seen.path, at.path)
			return filepath.Join(point, rel)
		}
	}
	return ""
}

// A place is where something lies within a file system, wherever that is mounted.
type place struct {
	device string // major:minor
	path   string
}

// locate finds the place of a path.
func locate(all []mount, path string) (at place, known bool) {
	longest := -1
	for _, m := range all { // of two at one point the later one hides the other
		if Inside(path, m.point) && len(m.point) >= longest {
			rel, err := filepath.Rel(m.point, path)
			if err != nil {
				continue
			}
			longest, known = len(m.point), true
			at = place{m.device, filepath.Join(m.root, rel)}
		}
	}
	return at, known
}

// A mount is a line of proc_pid_mountinfo(5).
type mount struct {
	device string
	root   string // what of the file system is mounted
	point  string
	kind   string // of the file system
}

func mounts() (list []mount) {
	info, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	for line := range bytes.Lines(info) {
		before, after, _ := strings.Cut(string(line), " - ")
		fields := strings.Fields(before)
		if len(fields) < 5 {
			continue
		}
		kind, _, _ := strings.Cut(after, " ")
		list = append(list, mount{fields[2], unescape(fields[3]), unescape(fields[4]), kind})
	}
	return list
}

// unescape undoes how the kernel writes white space and backslashes in a path.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`, `\043`, "#").Replace
