//go:build !portable

package operations

// Fd is a descriptor's.
func (f openFile) Fd() uintptr { return uintptr(f.fd) }
