//go:build unix

package process

import (
	"os"
	"os/signal"
	"syscall"
)

// NotifyContinued tells of SIGCONT. That this process is stopped, nobody can tell it
// while it is.
func NotifyContinued(c chan<- os.Signal) { signal.Notify(c, syscall.SIGCONT) }
