package strategies

import "context"

// threads is a pool of goroutines that draw tasks of Chunk items.
//
// A goroutine in a system call on a file occupies a thread of the system, so
// the pool is one of threads wherever it does file I/O.
type threads struct{}

var _ Strategy = threads{}

func (threads) Info() Info {
	return Info{
		Name:  "threads",
		About: "a pool of workers in one process, each drawing chunk_size items at a time",
		Axes:  []string{"workers", "chunk_size", "pool", "sink"},
	}
}

func (threads) Start(ctx context.Context, job Job) (Pool, error) {
	return newThreadPool(ctx, job), nil
}
