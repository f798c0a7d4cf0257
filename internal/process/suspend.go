package process

import (
	"fmt"
	"os"
	"os/signal"
	"time"
)

// Durations use a monotonic clock, so setting the clock has no effect. But if a trial or
// the machine was suspended, the duration includes that time. Such a trial is not
// recorded, and is repeated. These suspensions are detected:
//
//   - The machine was suspended: on Linux, one of its clocks advances more than another.
//   - The runner was stopped: it gets a signal when it is continued. The trial may have
//     continued, but nothing read its output or watched its timeout.
//   - The trial's process was stopped: it gets the same signal.
//   - On Linux, a child of that process was stopped: a contender, a worker, or an orphan
//     of theirs.
//
// Two cases are not detected. A process that a contender started may be stopped while the
// contender waits for it: the kernel reports this only to the contender. And a hypervisor may
// stop the machine without a notice.

// minSleep is the smallest clock difference that counts as a suspension. The clocks are not
// read at the same instant.
const minSleep = 100 * time.Millisecond

// A suspension detects that the runner was stopped or the machine was suspended.
type suspension struct {
	asleep    func() time.Duration // total time that the machine was suspended
	before    time.Duration
	continued chan os.Signal
}

// WatchSuspension starts watching. asleep returns the total suspended time. If asleep is nil,
// the clocks of the machine show this time.
func WatchSuspension(asleep func() time.Duration) *suspension {
	if asleep == nil {
		asleep = suspendedTime
	}
	s := &suspension{asleep: asleep, before: asleep(), continued: make(chan os.Signal, 1)}
	NotifyContinued(s.continued)
	return s
}

// End stops watching and describes what happened; "" means nothing did.
func (s *suspension) End() string {
	signal.Stop(s.continued)
	if slept := s.asleep() - s.before; slept >= minSleep {
		return fmt.Sprintf("the machine was suspended for %v", slept.Round(100*time.Millisecond))
	}
	select {
	case <-s.continued:
		return "iosweep was stopped and continued"
	default:
		return ""
	}
}
