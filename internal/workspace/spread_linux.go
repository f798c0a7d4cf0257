package workspace

import "golang.org/x/sys/unix"

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
