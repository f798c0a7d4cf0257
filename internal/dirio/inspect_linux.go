//go:build !portable

package dirio

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// inspect returns what an open file is.
func inspect(f File) (Status, error) {
	var stat unix.Stat_t
	err := unix.Fstat(f.fd, &stat)
	return Status{modeFrom(stat.Mode), stat.Nlink > 1}, os.NewSyscallError("fstat", err)
}

// modeOf is the mode of what has a name in the folder. No link is followed.
func (f Folder) modeOf(name string) (fs.FileMode, error) {
	var stat unix.Stat_t
	err := unix.Fstatat(f.FD, name, &stat, unix.AT_SYMLINK_NOFOLLOW)
	return modeFrom(stat.Mode), os.NewSyscallError("fstatat", err)
}

// modeFrom is a mode of the kernel's as package fs has it.
func modeFrom(mode uint32) fs.FileMode {
	m := fs.FileMode(mode) & fs.ModePerm
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return m
	case unix.S_IFDIR:
		return m | fs.ModeDir
	case unix.S_IFLNK:
		return m | fs.ModeSymlink
	case unix.S_IFIFO:
		return m | fs.ModeNamedPipe
	case unix.S_IFSOCK:
		return m | fs.ModeSocket
	case unix.S_IFCHR:
		return m | fs.ModeDevice | fs.ModeCharDevice
	case unix.S_IFBLK:
		return m | fs.ModeDevice
	}
	return m | fs.ModeIrregular
}
