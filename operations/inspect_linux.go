//go:build !portable

package operations

import (
	"os"

	"golang.org/x/sys/unix"
)

// isLinked says whether an open file has a second name.
func isLinked(f openFile) (bool, error) {
	var stat unix.Stat_t
	err := unix.Fstat(f.fd, &stat)
	return stat.Nlink > 1, os.NewSyscallError("fstat", err)
}
