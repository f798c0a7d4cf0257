package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"time"

	"iosweep/operations"
)

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

// A Strategy is one way to schedule items. Implementations hold no state.
type Strategy interface {
	Info() Info
	// Footprint returns what the strategy occupies with these levels of the axes
	// workers and threads, and with this number of items. Levels are 1 where the
	// strategy does not use the axis.
	Footprint(workers, threads, items int) Footprint
	// Start brings up the workers of a job. They have done nothing when it
	// returns, and cost nothing until Work.
	Start(ctx context.Context, job Job) (Pool, error)
}

// A Pool is the workers of one job.
type Pool interface {
	// Work opens the gate and does every item exactly once. The first item that
	// fails, or the end of ctx, stops all workers after the item they are at;
	// that error is returned.
	Work(ctx context.Context) error
	// Stop ends the workers, reaps their processes and returns what they did. It
	// is called once, after Work or instead of it.
	Stop() (Stats, error)
}

// A Selective strategy cannot do every operation.
type Selective interface {
	// Unsupported returns why the strategy cannot do an operation, or "" if it can.
	Unsupported(op operations.Info) string
}

// A Conditional strategy is not available on every machine.
type Conditional interface {
	// Unavailable returns why this machine does not have the strategy, or "" if it
	// does. It asks the machine each time.
	Unavailable() string
}

// A preparer is a Pool that has something to do before its gate that belongs
// neither to the startup nor to the work.
type preparer interface {
	// Prepare is called once, after Start and before Work.
	Prepare() error
}

// Info describes a strategy.
type Info struct {
	Name  string
	About string
	// Axes names the axes that the strategy uses: workers, threads, chunk_size,
	// queue, pool, sink.
	Axes []string
}

// A Footprint is what a strategy occupies.
type Footprint struct {
	// Processes is the number of worker processes. If it is 0, the trial's own
	// process does the items.
	Processes int
	// Workers is how many items a process that does items has in flight at once.
	Workers int
	// Stages is how many goroutines each worker stands for; 0 means 1. If there are
	// more, different goroutines do the stages of an item.
	Stages int
	// Rings is the number of io_uring rings that the workers share.
	Rings int
	// Unbounded strategies put no limit on what they occupy: Workers is the number
	// of items, whatever the machine allows.
	Unbounded bool
}

// Concurrency returns how many goroutines, or requests to a ring, are at work at
// once in all processes together.
func (f Footprint) Concurrency() int { return max(1, f.Processes) * f.Workers * max(1, f.Stages) }

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
	// Command makes a process that runs Serve with Spec as its job. Only
	// strategies that have processes call it.
	Command func() *exec.Cmd
	Spec    json.RawMessage
}

// Stats is what a pool says that it did. The runner checks it.
type Stats struct {
	Items   int
	Bytes   int64
	Digests []uint32 // one for each item, as its task returned it
	Latency *Latency
	// FirstDone and LastDone are since the gate opened: when the first worker
	// ran out of work, and when the last one did.
	FirstDone, LastDone time.Duration
	// PeakMemory is that of the largest worker process, in bytes. It is 0 if there
	// was none, or if its memory is unknown.
	PeakMemory int64
	// Blocked is how long the caller had to wait. Only background strategies
	// set it; with others the caller waits all the time.
	Blocked *time.Duration
}

// Timing is the stats of a job with the two times that a trial is made of.
type Timing struct {
	Stats
	Startup time.Duration // until every worker waited at the gate
	Work    time.Duration // from the gate to the end of the last item and of End
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

// Unsupported returns why a strategy cannot do an operation, or "" if it can.
func Unsupported(s Strategy, op operations.Info) string {
	if c, ok := s.(Selective); ok {
		return c.Unsupported(op)
	}
	return ""
}

// Unavailable returns why this machine does not have a strategy, or "" if it does.
func Unavailable(s Strategy) string {
	if c, ok := s.(Conditional); ok {
		return c.Unavailable()
	}
	return ""
}

// Run does a whole job. After an error the timing says what was done until then.
func Run(ctx context.Context, s Strategy, job Job) (Timing, error) {
	var t Timing
	begun := time.Now()
	pool, err := s.Start(ctx, job)
	t.Startup = time.Since(begun)
	if err != nil {
		return t, err
	}
	if p, ok := pool.(preparer); ok {
		err = p.Prepare()
	}
	if err == nil {
		opened := time.Now()
		err = pool.Work(ctx)
		t.Work = time.Since(opened)
	}
	stats, stopErr := pool.Stop()
	t.Stats = stats
	return t, errors.Join(err, stopErr)
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
