//go:build unix

package runner

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// explain adds the limit that was met to an error of the system's, because the
// error alone does not say what to change.
func explain(err error) error {
	if !errors.Is(err, unix.EMFILE) {
		return err
	}
	limit, ok := descriptorLimit()
	if !ok {
		return err
	}
	return fmt.Errorf("%w (this process may have %d descriptors; ulimit -n raises it, fewer workers need less)", err, limit)
}

// descriptorLimit is how many descriptors this process may have: the hard limit,
// because the Go runtime raises the soft one to it at the start of a program. The
// processes of a trial, which are this program too, have as many.
func descriptorLimit() (limit uint64, ok bool) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0, false
	}
	return uint64(l.Cur), true
}
