//go:build !linux

package sysinfo

func readSystem(*Machine) {}

// FilesystemOf returns an unknown file system: it is implemented only on Linux.
func FilesystemOf(string) Filesystem { return Filesystem{} }

func (r Root) snapshot() snapshot { return snapshot{} }
