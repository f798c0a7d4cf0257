//go:build !portable

package dirio

// Fd is a descriptor's.
func (f File) Fd() uintptr { return uintptr(f.fd) }
