//go:build !linux

package sysinfo

// DirectAlignment returns 0, because other systems have no direct reads.
func DirectAlignment(string, bool) int64 { return 0 }
