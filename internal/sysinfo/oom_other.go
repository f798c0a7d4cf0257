//go:build !linux

package sysinfo

// ReadOOMKills is known on Linux alone.
func ReadOOMKills() OOMKills { return OOMKills{} }
