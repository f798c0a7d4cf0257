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
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return err
	}
	return fmt.Errorf("%w (this process may have %d descriptors; ulimit -n raises it, fewer workers need less)", err, limit.Cur)
}
