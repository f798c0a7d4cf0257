package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"time"

	"iosweep/operations"
)

// A Strategy is one way to schedule items. Implementations hold no state.
type Strategy interface {
	Info() Info
	// Start brings up the workers of a job. They have done nothing when it
	// returns, and cost nothing until Work.
	Start(ctx context.Context, job Job) (Pool, error)
}

// A Crew is the workers of one job.
type Pool interface {
	// Work opens the gate and does every item exactly once. The first item that
	// fails, or the end of ctx, stops all workers after the item they are at;
	// that error is returned.
	Work(ctx context.Context) error
	// Stop ends the workers, reaps their processes and says what they did. It
	// is called once, after Work or instead of it.
	Stop() (Stats, error)
}

// Info is what the catalogue says of a strategy.
type Info struct {
	Name  string
	About string
	// Axes names the axes that the strategy uses: workers, threads, chunk_size,
	// queue, pool, sink.
	Axes []string
	// Staged: it can only do operations that have stages.
	Staged bool
	// Ringed: it can only do operations that make requests to a ring.
	Ringed bool
	// Lanes is how many goroutines a worker stands for, if more than one.
	Lanes int
}

// A Conditional strategy cannot be had on every machine.
type Conditional interface {
	// Lacking says why this machine does not have it, or "" if it does. It asks the
	// machine each time.
	Unavailable() string
}

// A Job is the items of one trial and what there is to do them with.
type Job struct {
	Task  operations.Task
	Items int

	Workers int    // goroutines, processes or tasks in flight
	Threads int    // goroutines inside each process, or rings
	Chunk   int    // items in one task
	Queue   int    // items waiting between two stages
	Sink    string // how items reach one shared file; empty: each has its own

	// CommitAnywhere is the operation's: a worker process may commit its items.
	CommitAnywhere bool
	// Command makes a process that runs Serve with Spec as its job. Only for
	// strategies that have processes.
	Command func() *exec.Cmd
	Spec    json.RawMessage
}

// A Tally is what a crew says that it did. The runner does not take its word.
type Stats struct {
	Items   int
	Bytes   int64
	Digests []uint32 // one for each item, as its task returned it
	Latency *Latency
	// FirstDone and LastDone are since the gate opened: when the first worker
	// ran out of work, and when the last one did.
	FirstDone, LastDone time.Duration
	// PeakMemory is that of the largest worker process, in bytes; 0 if there was
	// none or it does not know.
	PeakMemory int64
	// Blocked is how long the caller had to wait. Only background strategies
	// set it; with others the caller waits all the time there is.
	Blocked *time.Duration
}

// All lists the strategies, in the order in which people see them.
var All = []Strategy{
	sequential{},
	threads{},
	processes{},
	processThreads{},
	async{},
	unbounded{},
	pipeline{},
	backgroundThread{},
	backgroundProcess{},
	ioUring{},
}

// Named finds a strategy of All.
func Named(name string) (Strategy, bool) {
	for _, s := range All {
		if s.Info().Name == name {
			return s, true
		}
	}
	return nil, false
}

// Unsupported says why a strategy cannot do an operation, or "" if it can.
func Unsupported(op operations.Info, s Info) string {
	if s.Staged && !op.Staged {
		return "it has a single step, and a pipeline overlaps the steps of different items"
	}
	if s.Ringed && !operations.IsRinged(op.Name) {
		return "it makes no requests to a ring; write, read, copy and delete do"
	}
	return ""
}

// Unavailable says why this machine does not have a strategy, or "" if it does.
func Unavailable(s Strategy) string {
	if c, ok := s.(Conditional); ok {
		return c.Unavailable()
	}
	return ""
}

// Timing is a tally with the two times that a trial is made of.
type Timing struct {
	Stats
	Startup time.Duration // until every worker waited at the gate
	Work    time.Duration // from the gate to the end of the last item and of End
}

// Run does a whole job. After an error the timing says what was done until then.
func Run(ctx context.Context, s Strategy, job Job) (Timing, error) {
	var t Timing
	begun := time.Now()
	crew, err := s.Start(ctx, job)
	t.Startup = time.Since(begun)
	if err != nil {
		return t, err
	}
	if r, ok := crew.(preparer); ok {
		err = r.Prepare()
	}
	if err == nil {
		opened := time.Now()
		err = crew.Work(ctx)
		t.Work = time.Since(opened)
	}
	tally, stopErr := crew.Stop()
	t.Stats = tally
	return t, errors.Join(err, stopErr)
}

// A readier crew has something to do before its gate that belongs neither to the
// startup nor to the work.
type preparer interface {
	// Ready is called once, after Start and before Work.
	Prepare() error
}

// bracketed runs work between the task's Begin and End, where it has them. Both
// belong to the operation, so they lie within what is timed.
func bracketed(task operations.Task, work func() error) error {
	b, ok := task.(operations.Bracketed)
	if !ok {
		return work()
	}
	if err := b.Begin(); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	return b.End()
}
