//go:build linux || darwin

package sysinfo

import (
	"os"

	"golang.org/x/sys/unix"
)

// SpaceOf returns the free space on the file system of an existing path. Space reserved for root
// does not count as free, even for root: the machine needs it, and benchmarks do not.
func SpaceOf(path string) (Space, error) {
	var fs unix.Statfs_t
	var file unix.Stat_t
	err := unix.Statfs(path, &fs)
	for err == unix.EINTR {
		err = unix.Statfs(path, &fs)
	}
	if err == nil {
		err = unix.Stat(path, &file)
	}
	if err != nil {
		return Space{}, &os.PathError{Op: "statfs", Path: path, Err: err}
	}
	block := blockSize(&fs)
	return Space{
		Known: true, FileSystem: uint64(file.Dev), Block: block,
		Free: int64(fs.Bavail) * block, Total: int64(fs.Blocks) * block, Files: int64(fs.Files), FilesFree: int64(fs.Ffree),
		LongestName: longestName(&fs),
	}, nil
}

// Writable returns an error if this process cannot create files in an existing directory. It does
// not create one.
func Writable(dir string) error {
	if err := unix.Access(dir, unix.W_OK|unix.X_OK); err != nil {
		return &os.PathError{Op: "access", Path: dir, Err: err}
	}
	return nil
}
