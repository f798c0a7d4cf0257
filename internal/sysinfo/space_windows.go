package sysinfo

import (
	"os"

	"golang.org/x/sys/windows"
)

// SpaceOf returns the free space on the volume of an existing path, within the quota of the user.
func SpaceOf(path string) (Space, error) {
	var volume [windows.MAX_LONG_PATH]uint16
	var free, total uint64
	var serial uint32
	name, err := windows.UTF16PtrFromString(path)
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(name, &free, &total, nil)
	}
	if err == nil {
		err = windows.GetVolumePathName(name, &volume[0], uint32(len(volume)))
	}
	if err == nil {
		err = windows.GetVolumeInformation(&volume[0], nil, 0, &serial, nil, nil, nil, 0)
	}
	if err != nil {
		return Space{}, &os.PathError{Op: "GetDiskFreeSpaceEx", Path: path, Err: err}
	}
	const block = 4096 // the size of a cluster of NTFS, up to 16 TiB
	return Space{Known: true, FileSystem: uint64(serial), Block: block, Free: int64(free), Total: int64(total)}, nil
}

// Writable always returns nil on this system: it cannot find out without creating a file.
func Writable(string) error { return nil }
