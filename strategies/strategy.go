package strategies

import (
	"context"
	"encoding/json"
	"errors"
	"os/exec"
	"time"

	"iosweep/operations"
)

// All lists the strategies in the order in which they are shown.
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

// A Strategy is one way to schedule items. Implementations have no state.
type Strategy interface {
	Info() Info
	// Footprint returns the processes, workers and rings that the strategy uses for this
	// number of items. workers and threads are levels of the axes of these names. The level
	// of an axis that the strategy does not use is 1.
	Footprint(workers, threads, items int) Footprint
	// Start starts the workers of a job. They do no items, and use no processor time, until
	// Work.
	Start(ctx context.Context, job Job) (Pool, error)
}

// A Pool is the workers of one job.
type Pool interface {
	// Work opens the gate and does every item exactly once. When an item fails or ctx ends,
	// all workers stop after their current item. Work returns that first error.
	Work(ctx context.Context) error
	// Stop ends the workers, waits for their processes and returns their counts. It is called
	// once, after Work or instead of it.
	Stop() (Stats, error)
}

// A Selective strategy does not support every operation.
type Selective interface {
	// Unsupported returns why the strategy does not support an operation, or "" if it does.
	Unsupported(op operations.Info) string
}

// A Conditional strategy is not available on every machine.
type Conditional interface {
	// Unavailable returns why this machine does not support the strategy, or "" if it does. It
	// asks the machine at each call.
	Unavailable() string
}

// A preparer is a Pool that needs a step between Start and Work. The time of this step counts
// neither as startup nor as work.
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

// A Footprint is the processes, workers and rings that a strategy uses.
type Footprint struct {
	// Processes is the number of worker processes. If it is 0, the trial's own process does
	// the items.
	Processes int
	// Workers is the number of items that each process has in flight at once.
	Workers int
	// Stages is the number of goroutines for each worker; 0 means 1. If it is above 1,
	// different goroutines do the stages of an item.
	Stages int
	// Rings is the number of io_uring rings that the workers share.
	Rings int
	// Unbounded means that the strategy has no limit: Workers is the number of items, on any
	// machine.
	Unbounded bool
}

// Concurrency returns the largest number of goroutines, or requests to a ring, that work at
// the same time in all processes together.
func (f Footprint) Concurrency() int { return max(1, f.Processes) * f.Workers * max(1, f.Stages) }

// A Job describes the items of one trial and the resources to do them.
type Job struct {
	Task  operations.Task
	Items int

	Workers int    // number of goroutines, processes or tasks in flight
	Threads int    // number of goroutines in each process; for io_uring, number of rings
	Chunk   int    // number of items in one task
	Queue   int    // number of blocks that can wait between two stages
	Sink    string // how items reach one shared file; empty if each has its own
	Blocks  bool   // some items have several blocks; needed only with a sink

	// CommitAnywhere is copied from the operation's Info: a worker process may commit items.
	CommitAnywhere bool
	// Command returns a command that runs Serve in a new process. The process gets Spec with
	// its job. Only strategies with processes call it.
	Command func() *exec.Cmd
	Spec    json.RawMessage
}

// Stats are the counts and times that a pool reports. The runner checks them.
type Stats struct {
	Items   int
	Bytes   int64
	Digests []uint32 // one for each item, as returned by its task
	Latency *Latency
	// FirstDone and LastDone are the times, since the gate opened, when the first and the
	// last worker ran out of work.
	FirstDone, LastDone time.Duration
	// PeakMemory is the peak memory of the largest worker process, in bytes. It is 0 if there
	// was none, or if it is unknown.
	PeakMemory int64
	// RunDelay is how long threads of worker processes were runnable and waited for a processor.
	RunDelay time.Duration
	// Blocked is how long the caller had to wait. Only background strategies set it. With
	// other strategies the caller waits all the time.
	Blocked *time.Duration
}

// A Timing is the stats of a job and the two times of its trial.
type Timing struct {
	Stats
	Startup time.Duration // until every worker waits at the gate
	Work    time.Duration // from the opening of the gate to the end of the last item and of End
}

// Named returns the strategy of this name from All.
func Named(name string) (Strategy, bool) {
	for _, s := range All {
		if s.Info().Name == name {
			return s, true
		}
	}
	return nil, false
}

// Unsupported returns why a strategy does not support an operation, or "" if it does.
func Unsupported(s Strategy, op operations.Info) string {
	if c, ok := s.(Selective); ok {
		return c.Unsupported(op)
	}
	return ""
}

// Unavailable returns why this machine does not support a strategy, or "" if it does.
func Unavailable(s Strategy) string {
	if c, ok := s.(Conditional); ok {
		return c.Unavailable()
	}
	return ""
}

// Run does a whole job. After an error, the timing contains the results up to that point.
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

// bracketed runs work between Begin and End, if the task has them. Both belong to the
// operation, so they are timed.
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
