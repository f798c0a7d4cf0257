package workspace

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
)

// mounted reports whether the path of the workspace now leads through another mount. The inode
// alone does not show that: a directory that is bind-mounted onto itself has the same inode.
func (w *Workspace) mounted() bool {
	fd, err := unix.Open(w.path, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return false // Check reports a missing directory
	}
	defer unix.Close(fd)
	now, err := dirio.MountOf(fd)
	before, beforeErr := dirio.MountOf(w.dir.fd())
	return err == nil && beforeErr == nil && before != now
}

// Mounts returns the mount points at a path and below it. The path is absolute and without
// symbolic links. On systems that do not list their mounts it returns none.
func Mounts(path string) (points []string) {
	for _, m := range mounts() {
		if Inside(m.point, path) {
			points = append(points, m.point)
		}
	}
	return points
}

// Overlap returns the path at which a directory appears within a tree, also through a bind
// mount, or "" if it does not. Both paths are absolute and without symbolic links.
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
		seen := location{m.device, m.root}
		if !Inside(point, tree) {
			if !Inside(tree, point) {
				continue
			}
			// The tree is within this mount, or another mount hides it.
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

// A location is a path within a file system, independent of its mount points.
type location struct {
	device string // major:minor
	path   string
}

// locate returns the location of a path.
func locate(all []mount, path string) (at location, known bool) {
	longest := -1
	for _, m := range all { // of two mounts at one point, the later one hides the earlier one
		if Inside(path, m.point) && len(m.point) >= longest {
			rel, err := filepath.Rel(m.point, path)
			if err != nil {
				continue
			}
			longest, known = len(m.point), true
			at = location{m.device, filepath.Join(m.root, rel)}
		}
	}
	return at, known
}

// A mount is one line of proc_pid_mountinfo(5).
type mount struct {
	device string
	root   string // the mounted directory within the file system
	point  string
	kind   string // type of the file system
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

// unescape reverses the kernel's escapes for white space and backslashes in a path.
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`, `\043`, "#").Replace
