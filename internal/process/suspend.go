package process

import (
	"fmt"
	"os"
	"os/signal"
	"time"
)

// Durations are monotonic, so the clock may be set without harm. But a trial that
// was stopped for a while, or asleep with the machine, measured that and not its
// work. It is not recorded, and is done again. What can be known:
//
//   - that the machine slept: one of its clocks ran ahead of another, on Linux;
//   - that the runner was stopped: it is told so when it is continued. The trial
//     may have gone on, but nobody has read what it said, nor watched its timeout;
//   - that the trial's process was stopped: it is told in the same way;
//   - that a child of that process was stopped, on Linux: a contender, a worker,
//     and whatever they left to it.
//
// What cannot be known is that a process was stopped which a contender started and
// still waits for: it alone is told. Nor that a hypervisor stopped the machine.

// leastSleep is how far the clocks have to drift apart to show a sleep. They are not
// read at the same instant.
const leastSleep = 100 * time.Millisecond

// A suspension watches out for the runner to be stopped, or the machine.
type suspension struct {
	asleep    func() time.Duration // how long the machine has slept so far
	before    time.Duration
	continued chan os.Signal
}

// WatchSuspension begins to watch; nil stands for the machine's own clocks.
func WatchSuspension(asleep func() time.Duration) *suspension {
	if asleep == nil {
		asleep = machineAsleep
	}
	s := &suspension{asleep: asleep, before: asleep(), continued: make(chan os.Signal, 1)}
	NotifyContinued(s.continued)
	return s
}

// End says what happened since, or "".
func (s *suspension) End() string {
	signal.Stop(s.continued)
	if slept := s.asleep() - s.before; slept >= leastSleep {
		return fmt.Sprintf("the machine was suspended for %v", slept.Round(100*time.Millisecond))
	}
	select {
	case <-s.continued:
		return "iosweep was stopped and continued"
	default:
		return ""
	}
}
