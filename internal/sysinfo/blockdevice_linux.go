package sysinfo

import "golang.org/x/sys/unix"

// BlockDeviceOf returns the device below a directory.
func BlockDeviceOf(dir string) BlockDevice {
	var file unix.Stat_t
	if unix.Stat(dir, &file) != nil {
		return ""
	}
	dev := uint64(file.Dev) // its type depends on the architecture
	return Host.device(unix.Major(dev), unix.Minor(dev))
}
