package sysinfo

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

func readSystem(m *Machine) {
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		m.Kernel = unix.ByteSliceToString(name.Release[:])
	}
	m.CPUModel = modelName(Host.Text("/proc/cpuinfo"))
	m.Memory = Host.Memory().Total
	m.Governor = Host.Text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
	m.Driver = Host.Text("/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver")
	if cpus, limited := Host.Quota(); limited {
		m.Quota = &cpus
	}
}

// modelName returns the model of the first processor in the text of /proc/cpuinfo, or "" if the
// architecture does not report it. It does not use procfs, which rejects the whole file because of
// one number that it cannot parse, such as "cpu MHz : Unknown".
func modelName(cpuinfo string) string { return fieldOf(cpuinfo, "model name") }

// FilesystemOf finds the mount of a path: the longest mount point that contains it. If several
// mounts have the same mount point, it takes the last, which hides the others. The format of the
// lines is described in proc_pid_mountinfo(5).
func FilesystemOf(path string) Filesystem {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Filesystem{}
	}
	real, err = filepath.Abs(real)
	if err != nil {
		return Filesystem{}
	}
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return Filesystem{}
	}
	defer f.Close()
	var best Filesystem
	for lines := bufio.NewScanner(f); lines.Scan(); {
		before, after, ok := strings.Cut(lines.Text(), " - ")
		mount, super := strings.Fields(before), strings.Fields(after)
		if !ok || len(mount) < 6 || len(super) < 2 {
			continue
		}
		point := unescape(mount[4])
		if covers(point, real) && len(point) >= len(best.Mount) {
			best = Filesystem{Type: super[0], Device: unescape(super[1]), Mount: point, Options: options(mount[5], super[2:])}
		}
	}
	return best
}

// covers reports whether a path is at or below a mount point.
func covers(point, path string) bool {
	return point == "/" || path == point || strings.HasPrefix(path, point+"/")
}

// unescape replaces the octal escapes that mountinfo uses for white space and backslashes.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// options returns the options of the mount and of the file system, each once, as findmnt(8) does.
// For example, noatime is an option of the mount, and sync is an option of the file system. It
// leaves out rw of the file system, because the mount can still be read-only.
func options(mount string, super []string) string {
	list := strings.Split(mount, ",")
	for _, texts := range super {
		for option := range strings.SplitSeq(texts, ",") {
			if option != "rw" && !slices.Contains(list, option) {
				list = append(list, option)
			}
		}
	}
	return strings.Join(list, ",")
}

// blockSize returns the size of the blocks that statfs(2) counts. It is f_frsize, as for statvfs(3).
// f_bsize is the optimal size of a transfer, and differs from it on some file systems.
func blockSize(fs *unix.Statfs_t) int64 {
	if fs.Frsize > 0 {
		return int64(fs.Frsize)
	}
	return int64(fs.Bsize)
}

// longestName returns the maximum length of a name in bytes.
func longestName(fs *unix.Statfs_t) int64 { return int64(fs.Namelen) }
