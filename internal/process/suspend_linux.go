package process

import (
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// suspendedTime returns the time that the machine was suspended since it started.
// CLOCK_BOOTTIME continues during a suspension, CLOCK_MONOTONIC does not (clock_gettime(2)).
func suspendedTime() time.Duration {
	const maxGap = time.Millisecond
	for {
		before, boot, after := clock(unix.CLOCK_MONOTONIC), clock(unix.CLOCK_BOOTTIME), clock(unix.CLOCK_MONOTONIC)
		if after-before < maxGap { // otherwise this thread had to wait between the readings
			return boot - before
		}
	}
}

func clock(id int32) time.Duration {
	var now unix.Timespec
	if unix.ClockGettime(id, &now) != nil {
		return 0
	}
	return time.Duration(now.Nano())
}

// NotifyChildren sends a signal to c when a child ends or is stopped.
func NotifyChildren(c chan<- os.Signal) { signal.Notify(c, unix.SIGCHLD) }

// StoppedChild reports that a child of this process was stopped or continued since the last
// call; "" means none was. It does not reap children that have ended: without the flag WEXITED,
// waitid(2) ignores them.
func StoppedChild() (why string) {
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_ALL, 0, &info, unix.WSTOPPED|unix.WCONTINUED|unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || info.Signo == 0 {
			return why
		}
		why = "a process of the trial was stopped"
	}
}

// IsStopped reports whether a child is stopped at this moment.
func IsStopped(p *os.Process) bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, p.Pid, &info, unix.WSTOPPED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err == nil && info.Signo != 0
}
