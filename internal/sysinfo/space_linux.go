package sysinfo

import "golang.org/x/sys/unix"

// unitOf is what statfs(2) counts blocks in. f_bsize is what transfers best, and
// the same on most file systems, but not on all: statvfs(3) takes f_frsize too.
func unitOf(fs *unix.Statfs_t) int64 {
	if fs.Frsize > 0 {
		return int64(fs.Frsize)
	}
	return int64(fs.Bsize)
}
