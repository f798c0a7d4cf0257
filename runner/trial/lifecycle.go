package trial

import (
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"iosweep/internal/process"
)

// A lifecycle handles the signals of a trial's process, from the start of the process to its
// response. The work may hang in a system call that cannot be interrupted, so another goroutine
// waits for signals:
//
//   - SIGTERM comes from the runner at the timeout, or from the kernel after the runner has
//     died. This process kills all processes that it started, and then ends. A process that is
//     killed immediately cannot do that, and processes that had left its process group would
//     continue to run. SIGINT and SIGQUIT from a user have the same effect.
//   - SIGCONT and SIGCHLD report that this process or a child of it was stopped. The runner is
//     notified immediately, because a trial that was stopped may never end.
type lifecycle struct {
	mu    sync.Mutex // protects the fields up to check; never unlocked after the last response
	out   io.Writer
	why   string        // why nothing is being measured
	check string        // the check whose program is running
	done  chan struct{} // closed when the work has ended
}

// startMutex is locked while a contender is being started. When this process is being ended, it
// is locked forever: a contender that is started then would outlive this process.
var startMutex sync.Mutex

// begin starts the lifecycle of a trial's process. It must be called before the process starts
// others.
func begin(out io.Writer) *lifecycle {
	process.AdoptOrphans()
	l := &lifecycle{out: out, done: make(chan struct{})}
	// A signal is lost if its channel is full, so each signal has its own channel.
	end, continued, child := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, os.Interrupt, syscall.SIGQUIT)
	// After the runner has died, nothing reads the output of this process. By default the Go
	// runtime ends a program that writes to such a stdout or stderr (os/signal). This process
	// passes on the stderr of a contender, so it would die before it has ended its children.
	// The signal is not ignored, because children would inherit that.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	process.NotifyContinued(continued)
	process.NotifyChildren(child)
	go l.listen(end, continued, child)
	return l
}

func (l *lifecycle) listen(end, continued, child <-chan os.Signal) {
	for {
		select {
		case s := <-end:
			l.end(s)
		case <-continued:
			l.setSuspended("the trial's process was stopped and continued")
			// To end a process that may be stopped, a sender also sends SIGCONT, which may
			// arrive before the other signal.
			select {
			case s := <-end:
				l.end(s)
			case <-time.After(process.Grace / 40):
			}
			l.reportSuspension()
		case <-child:
			if why := process.StoppedChild(); why != "" {
				l.setSuspended(why)
				l.reportSuspension()
			}
		}
	}
}

// setSuspended records why nothing is being measured.
func (l *lifecycle) setSuspended(why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why = why
}

// reportSuspension reports the suspension to the runner.
func (l *lifecycle) reportSuspension() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = json.NewEncoder(l.out).Encode(response{Suspended: l.why, Check: l.check})
}

// setCheck reports the check whose program starts now, or with an empty text that it has ended. The
// runner then knows which program hangs if it ends this process at the timeout.
func (l *lifecycle) setCheck(check string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.check = check
	_ = json.NewEncoder(l.out).Encode(response{Suspended: l.why, Check: l.check})
}

// finish ends the processes that the work has left, and writes the response. If this process is
// being ended, finish writes nothing and does not return.
func (l *lifecycle) finish(result response) error {
	close(l.done)
	l.mu.Lock() // and never unlocked: no other response may follow
	process.KillChildren()
	result.Suspended = l.why
	return json.NewEncoder(l.out).Encode(result)
}

// end kills all processes that this process started. It then ends this process with the signal
// that it has received.
func (l *lifecycle) end(s os.Signal) {
	l.mu.Lock()
	startMutex.Lock() // and never unlocked: the work continues, and must not start a contender now
	process.KillChildren()
	// Wait until the runner has the output of a contender, unless the work hangs.
	select {
	case <-l.done:
	case <-time.After(process.Grace / 4):
	}
	signal.Reset(s)
	process.ExitBySignal(s)
}
