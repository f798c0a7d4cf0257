//go:build !linux

package ring

// Reason returns the reason why there are no rings.
func Reason(error) string { return "io_uring is available only on Linux" }

// Check returns nil on this system; see Reason.
func Check() error { return nil }
