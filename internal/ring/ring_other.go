//go:build !linux

package ring

// Reason says why there are no rings.
func Reason(error) string { return "io_uring is there on Linux alone" }

// Check says nothing: see Reason.
func Check() error { return nil }
