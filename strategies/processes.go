package strategies

import "context"

// processes is a pool of worker processes, which run this same binary. A task is sent to a
// process as two integers over a pipe. The process sends back the result of the task.
type processes struct{}

var _ Strategy = processes{}

func (processes) Info() Info {
	return Info{
		Name:  "processes",
		About: "a pool of worker processes, each given chunk_size items at a time over a pipe",
		Axes:  []string{"workers", "chunk_size", "pool", "sink", "split"},
	}
}

func (processes) Footprint(workers, _, _ int) Footprint {
	return Footprint{Processes: workers, Workers: 1}
}

func (processes) Start(ctx context.Context, job Job) (Pool, error) {
	job.Threads = 1
	return newProcessPool(ctx, job)
}

// processThreads is like processes, with a pool of threads in each process.
type processThreads struct{}

var _ Strategy = processThreads{}

func (processThreads) Info() Info {
	return Info{
		Name:  "processes+threads",
		About: "a pool of worker processes with `threads` threads in each",
		Axes:  []string{"workers", "threads", "chunk_size", "pool", "sink", "split"},
	}
}

func (processThreads) Footprint(workers, threads, _ int) Footprint {
	return Footprint{Processes: workers, Workers: threads}
}

func (processThreads) Start(ctx context.Context, job Job) (Pool, error) {
	return newProcessPool(ctx, job)
}
