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

// A lifecycle is that of a trial's process. Beside the work, which may hang in a system
// call that nothing can interrupt, a goroutine waits for signals:
//
//   - SIGTERM is the runner's at the timeout, or the kernel's when the runner has
//     died. All that this process started is killed, and then it ends. A process
//     that is killed at once could not do that, and what had left its process
//     group would run on. SIGINT and SIGQUIT from a person do the same.
//   - SIGCONT and SIGCHLD tell that this process or a child of it was stopped. That
//     is said at once: a trial that has been stopped may not come to its end.
type lifecycle struct {
	mu   sync.Mutex // held by whoever speaks, and kept by whoever ends
	out  io.Writer
	why  string        // it was suspended
	done chan struct{} // closed when the work has ended
}

// starts is held while a contender is started, and for ever once this process is being
// ended: one that was started then would outlive it.
var starts sync.Mutex

// begin starts the life of a trial's process, before it starts any other.
func begin(out io.Writer) *lifecycle {
	process.AdoptOrphans()
	l := &lifecycle{out: out, done: make(chan struct{})}
	// A signal that finds its channel full is lost, so each has one of its own.
	end, continued, child := make(chan os.Signal, 1), make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM, os.Interrupt, syscall.SIGQUIT)
	// When the runner has died, nobody reads what this process says. Unless somebody
	// asks for the signal, the runtime ends a program by it that writes there
	// (os/signal), and what a contender says is passed on: it would die before it
	// had ended what it started. Not ignored: that would be inherited.
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
			l.suspended("the trial's process was stopped and continued")
			// Who ends a process that may be stopped continues it, too, and the one
			// signal may overtake the other.
			select {
			case s := <-end:
				l.end(s)
			case <-time.After(process.Grace / 40):
			}
			l.tell()
		case <-child:
			if why := process.StoppedChild(); why != "" {
				l.suspended(why)
				l.tell()
			}
		}
	}
}

// suspended remembers that nothing is being measured.
func (l *lifecycle) suspended(why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.why = why
}

// tell tells the runner so.
func (l *lifecycle) tell() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = json.NewEncoder(l.out).Encode(response{Suspended: l.why})
}

// finish ends what the work has left behind, and tells what came of it. Nothing is
// told, and it does not return, when this process is being ended.
func (l *lifecycle) finish(result response) error {
	close(l.done)
	l.mu.Lock() // and kept: it is the last word
	process.KillChildren()
	result.Suspended = l.why
	return json.NewEncoder(l.out).Encode(result)
}

// end ends this process by the signal that it was sent, after all that it started.
func (l *lifecycle) end(s os.Signal) {
	l.mu.Lock()
	starts.Lock() // and kept: the work goes on meanwhile, and must not start a contender now
	process.KillChildren()
	// What a contender has said is still on its way to the runner, unless the work
	// hangs somewhere else.
	select {
	case <-l.done:
	case <-time.After(process.Grace / 4):
	}
	signal.Reset(s)
	process.ExitBySignal(s)
}
