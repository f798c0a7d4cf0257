package sysinfo

import "golang.org/x/sys/unix"

func unitOf(fs *unix.Statfs_t) int64 { return int64(fs.Bsize) }
