package sysinfo

import "golang.org/x/sys/unix"

func unitOf(fs *unix.Statfs_t) int64 { return int64(fs.Bsize) }

func readOnly(fs *unix.Statfs_t) bool { return fs.Flags&unix.MNT_RDONLY != 0 }
