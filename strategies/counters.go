package strategies

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"iosweep/operations"
)

// counters count the work of one job's workers in one process. They also have the job's
// clock.
type counters struct {
	started time.Time // when the gate opened; in a worker process, when the counters were made
	digests []uint32  // by item; no lock, because each item has its own word
	shards  []shard

	mu      sync.Mutex
	ended   []time.Duration // when each worker ran out of work
	blocked *time.Duration
	peak    int64         // peak memory of the largest worker process, in bytes
	delay   time.Duration // run delay of all worker processes
}

// A shard contains the counters of some of the workers, so that few workers share a lock.
// There are a few shards for each processor. With one shard for each of a thousand workers, a
// thousand histograms would count as memory of the strategy.
type shard struct {
	mu      sync.Mutex
	items   int
	bytes   int64
	latency *Latency
	_       [64]byte // keeps the lock of the next shard out of this cache line
}

func newCounters(items, workers int) *counters {
	c := &counters{
		started: time.Now(),
		digests: make([]uint32, items),
		ended:   make([]time.Duration, 0, min(workers, 4096)),
		shards:  make([]shard, max(1, min(workers, 4*runtime.GOMAXPROCS(0)))),
	}
	for i := range c.shards {
		c.shards[i].latency = NewLatency()
	}
	return c
}

// start starts the clock.
func (c *counters) start() { c.started = time.Now() }

// now returns the time on the clock. It costs half as much as time.Now, which also reads the
// wall clock.
func (c *counters) now() time.Duration { return time.Since(c.started) }

// record counts one item of a worker.
func (c *counters) record(worker, item int, took time.Duration, result operations.Result) {
	c.digests[item] = result.Digest
	s := &c.shards[worker%len(c.shards)]
	s.mu.Lock()
	s.items++
	s.bytes += result.Bytes
	s.latency.Record(took)
	s.mu.Unlock()
}

// recordBatch counts the items of a batch, which all end now.
func (c *counters) recordBatch(b *batch) {
	now := c.now()
	s := &c.shards[b.worker%len(c.shards)]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items += len(b.begun)
	s.bytes += b.size
	for _, begun := range b.begun {
		s.latency.Record(now - begun)
	}
}

// addSummary adds the counts of a worker process.
func (c *counters) addSummary(sum summary) error {
	latency, err := DecodeLatency(sum.Latency)
	if err != nil {
		return err
	}
	s := &c.shards[0]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items += sum.Items
	s.bytes += sum.Bytes
	s.latency.Merge(latency)
	c.peak = max(c.peak, sum.PeakMemory)
	c.delay += sum.RunDelay
	return nil
}

// outOfWork records the time when a worker found no further work.
func (c *counters) outOfWork() {
	now := c.now()
	c.mu.Lock()
	c.ended = append(c.ended, now)
	c.mu.Unlock()
}

// stats returns the totals. No worker may record anything afterwards.
func (c *counters) stats() Stats {
	t := Stats{
		Digests:    c.digests,
		Latency:    NewLatency(),
		Blocked:    c.blocked,
		PeakMemory: c.peak,
		RunDelay:   c.delay,
	}
	if len(c.ended) > 0 {
		t.FirstDone, t.LastDone = slices.Min(c.ended), slices.Max(c.ended)
	}
	for i := range c.shards {
		t.Items += c.shards[i].items
		t.Bytes += c.shards[i].bytes
		t.Latency.Merge(c.shards[i].latency)
	}
	return t
}

// A span is the items from lo to hi, without hi.
type span struct{ lo, hi int }

// chunks distributes a job's items as tasks of a fixed size, in order, each once.
type chunks struct {
	next        atomic.Int64
	items, size int
}

func newChunks(items, size int) *chunks {
	return &chunks{items: items, size: max(1, size)}
}

// take returns the next task. It returns false if none remains.
func (c *chunks) take() (span, bool) {
	// Each worker calls take at most once after the last task, so next cannot overflow.
	lo := int(c.next.Add(int64(c.size))) - c.size
	if lo >= c.items {
		return span{}, false
	}
	return span{lo, min(lo+c.size, c.items)}, true
}

// remaining returns the number of tasks that were not taken yet. Other workers may take some
// at the same time.
func (c *chunks) remaining() int {
	return (max(0, c.items-int(c.next.Load())) + c.size - 1) / c.size
}
