//go:build !linux && !darwin

package sysinfo

// SpaceOf is not known here.
func SpaceOf(string) (Space, error) { return Space{}, nil }

// Writable is not known here before something is made.
func Writable(string) error { return nil }
