package workspace

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// lockHolder returns the process that has locked a file with flock(2), or 0 if that is
// unknown: proc_locks(5).
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

// hasAccessList reports whether a directory has an access list (acl(5)). If so, its group
// permission bits are the mask of the list, and the list may contain other users.
func hasAccessList(dir string) bool {
	size, err := unix.Getxattr(dir, "system.posix_acl_access", nil)
	return err == nil && size > 0
}

// topDirectory is FS_TOPDIR_FL of linux/fs.h, the attribute T of chattr(1). It declares that
// the directories in such a directory are unrelated.
const topDirectory = 0x00020000

// spread sets the attribute and reports whether it is set. Other file systems do not need it.
// If the user may not set it, the measurement still works.
func spread(dir directory) bool {
	fd := dir.fd()
	flags, err := unix.IoctlGetUint32(fd, unix.FS_IOC_GETFLAGS)
	if err != nil {
		return false
	}
	return unix.IoctlSetPointerInt(fd, unix.FS_IOC_SETFLAGS, int(flags|topDirectory)) == nil
}

// Sync writes all waiting data of the workspace's file system to disk. It uses the open
// directory, because a contender may have replaced the path by a file that blocks.
func (w *Workspace) Sync() error {
	if err := unix.Syncfs(int(w.File().Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: w.Path(), Err: err}
	}
	return nil
}
