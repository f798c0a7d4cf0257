//go:build !linux

package ceilings

// onlyLinux is the reason why a limit is not measured.
const onlyLinux = "measured on Linux only"

func systemCalls(*subject) (float64, string)     { return 0, onlyLinux }
func sequentialReads(*subject) (float64, string) { return 0, onlyLinux }
func randomReads(*subject) (float64, string)     { return 0, onlyLinux }

// A directFile is never opened on this system.
type directFile struct{}

func (*directFile) Close() error { return nil }
