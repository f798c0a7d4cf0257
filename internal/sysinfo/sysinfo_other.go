//go:build !linux

package sysinfo

func readSystem(*Machine) {}

// FilesystemOf is known on Linux alone.
func FilesystemOf(string) Filesystem { return Filesystem{} }

// A CPUClock is the machine's processor time so far; known on Linux alone.
type CPUClock struct{}

// ReadCPUClock reads nothing here.
func ReadCPUClock() CPUClock { return CPUClock{} }

// StealSince is never ok here.
func (CPUClock) StealSince(CPUClock) (share float64, ok bool) { return 0, false }
