package sysinfo

import "golang.org/x/sys/unix"

func blockSize(fs *unix.Statfs_t) int64 { return int64(fs.Bsize) }

// longestName returns the limit of all file systems of macOS.
func longestName(*unix.Statfs_t) int64 { return unix.NAME_MAX }
