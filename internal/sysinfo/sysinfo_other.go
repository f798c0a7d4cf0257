//go:build !linux

package sysinfo

func readSystem(*Machine) {}

// FilesystemOf returns an unknown file system: it is implemented only on Linux.
func FilesystemOf(string) Filesystem { return Filesystem{} }

func (r Root) snapshot() snapshot { return snapshot{} }

// BlockDeviceOf returns no device: only Linux shows the counters of devices in this way.
func BlockDeviceOf(string) BlockDevice { return "" }
