package workspace

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// lockHolder is the process that has a lock of flock(2) on a file, 0 if that is not
// known: proc_locks(5).
func lockHolder(f *os.File) int {
	var stat unix.Stat_t
	if unix.Fstat(int(f.Fd()), &stat) != nil {
		return 0
	}
	locks, err := os.ReadFile("/proc/locks")
	if err != nil {
		return 0
	}
	file := fmt.Sprintf("%02x:%02x:%d", unix.Major(stat.Dev), unix.Minor(stat.Dev), stat.Ino)
	for line := range bytes.Lines(locks) {
		fields := bytes.Fields(line)
		if len(fields) > 5 && string(fields[1]) == "FLOCK" && string(fields[5]) == file {
			pid, _ := strconv.Atoi(string(fields[4]))
			return max(pid, 0)
		}
	}
	return 0
}

// hasAccessList reports whether a directory has an access list (acl(5)). Then the bits
// of its group are those of the list's mask, and others may be on it.
func hasAccessList(dir string) bool {
	size, err := unix.Getxattr(dir, "system.posix_acl_access", nil)
	return err == nil && size > 0
}

// topDirectory is FS_TOPDIR_FL of linux/fs.h, the attribute T of chattr(1): directories
// that are made in such a one have nothing to do with each other.
const topDirectory = 0x00020000

// spread sets the attribute and reports whether it is set. File systems that do not know
// it do not need it, and whoever may not set it measures all the same.
func spread(dir directory) bool {
	fd := dir.fd()
	flags, err := unix.IoctlGetUint32(fd, unix.FS_IOC_GETFLAGS)
	if err != nil {
		return false
	}
	return unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, int(flags|topDirectory)) == nil
}

// Sync writes out everything that waits for the disk that the workspace is on. It uses
// the open directory: what a contender has put under its name may block, or be elsewhere.
func (w *Workspace) Sync() error {
	if err := unix.Syncfs(int(w.File().Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: w.Path(), Err: err}
	}
	return nil
}
