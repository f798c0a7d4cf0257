package sysinfo

import "golang.org/x/sys/unix"

// casefold is the attribute of a directory of ext4 or f2fs that ignores case: FS_CASEFOLD_FL in
// linux/fs.h.
const casefold = 0x40000000

// FoldsCase reports whether names in a directory that differ only in case are equal. False may
// also mean that this is unknown, as on a network file system.
func FoldsCase(dir string) bool {
	switch FilesystemOf(dir).Type {
	case "vfat", "exfat":
		return true
	}
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	flags, err := unix.IoctlGetUint32(fd, unix.FS_IOC_GETFLAGS)
	return err == nil && flags&casefold != 0
}
