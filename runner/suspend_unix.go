//go:build unix

package runner

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyContinued tells of SIGCONT. That this process is stopped, nobody can tell it
// while it is.
func notifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }
