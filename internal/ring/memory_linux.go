package ring

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Map gives n bytes, one at least, outside of the Go heap: all zero, from a page
// boundary on. They take no memory until they are touched. Unmap gives them back.
func Map(n int) ([]byte, error) {
	m, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("map %d bytes: %w", n, err)
	}
	return m, nil
}

// Unmap gives back what Map gave, all of it. No request may be using it.
func Unmap(m []byte) error { return unix.Munmap(m) }
