package strategies

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"iosweep/operations"
)

// counters count what the workers of one job do in one process. They hold the
// job's clock too.
type counters struct {
	started time.Time // when the gate opened; in a worker process, when the counters were made
	digests []uint32  // by item: distinct items are distinct words, so no lock
	shards  []shard

	mu      sync.Mutex
	ended   []time.Duration // when each worker ran out of work
	blocked *time.Duration
	peak    int64 // memory of the largest worker process
}

// A shard counts for some of the workers. There are a few for each processor
// rather than one for each worker, because a thousand histograms would be
// counted as the strategy's memory.
type shard struct {
	mu      sync.Mutex
	items   int
	bytes   int64
	latency *Latency
	_       [64]byte // a neighbour's lock is not on the same cache line
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

// now returns the time on the clock. It costs half of what time.Now does, which
// reads the wall clock too.
func (c *counters) now() time.Duration { return time.Since(c.started) }

// record counts one item that a worker did.
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

// addSummary adds what a worker process counted by itself.
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
	return nil
}

// outOfWork records that a worker found nothing left to do.
func (c *counters) outOfWork() {
	now := c.now()
	c.mu.Lock()
	c.ended = append(c.ended, now)
	c.mu.Unlock()
}

// stats sums up. No worker may record any more.
func (c *counters) stats() Stats {
	t := Stats{
		Digests:    c.digests,
		Latency:    NewLatency(),
		Blocked:    c.blocked,
		PeakMemory: c.peak,
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

// A span is the items from lo up to, not including, hi.
type span struct{ lo, hi int }

// chunks deals a job's items out in tasks of a fixed size, in order, each once.
type chunks struct {
	next        atomic.Int64
	items, size int
}

func newChunks(items, size int) *chunks {
	return &chunks{items: items, size: max(1, size)}
}

// take returns the next task; not ok when there is none left.
func (c *chunks) take() (span, bool) {
	// A pool of n workers takes at most n times too often, so this cannot overflow.
	lo := int(c.next.Add(int64(c.size))) - c.size
	if lo >= c.items {
		return span{}, false
	}
	return span{lo, min(lo+c.size, c.items)}, true
}

// left returns how many tasks have not been dealt out; others may be taking them.
func (c *chunks) remaining() int {
	return (max(0, c.items-int(c.next.Load())) + c.size - 1) / c.size
}
