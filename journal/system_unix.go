//go:build unix

package journal

import (
	"errors"
	"os"
	"syscall"
)

// noFollow has a link not opened, and what it leads to not written.
const noFollow = syscall.O_NOFOLLOW

// mayRun reports whether a process may be there. Of one on another host nothing is
// known.
func mayRun(who holder) bool {
	if host, err := os.Hostname(); err != nil || host != who.Host {
		return true
	}
	// Signal 0 asks without sending anything; see kill(2).
	return !errors.Is(syscall.Kill(who.PID, 0), syscall.ESRCH)
}
