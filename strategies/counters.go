package strategies

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"iosweep/operations"
)

// A ledger keeps the books of one job in one process.
type counters struct {
	started time.Time // when the gate opened; in a worker process, when the ledger was made
	digests []uint32  // by item: distinct items are distinct words, so no lock
	shards  []shard

	mu        sync.Mutex
	firstDone time.Duration
	anyDone   bool
	lastDone  time.Duration
	blocked   *time.Duration
	peak      int64 // memory of the largest worker process
}

// A meter counts for some of the workers. There are a few for each processor
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
	l := &counters{
		started: time.Now(),
		digests: make([]uint32, items),
		shards:  make([]shard, max(1, min(workers, 4*runtime.GOMAXPROCS(0)))),
	}
	for i := range l.shards {
		l.shards[i].latency = NewLatency()
	}
	return l
}

// start starts the clock.
func (l *counters) start() { l.started = time.Now() }

// now is the ledger's clock. It costs half of what time.Now does, which reads the
// wall clock too.
func (l *counters) now() time.Duration { return time.Since(l.started) }

// record books one item that a worker did.
func (l *counters) record(worker, item int, took time.Duration, done operations.Done) {
	l.digests[item] = done.Digest
	m := &l.shards[worker%len(l.shards)]
	m.mu.Lock()
	m.items++
	m.bytes += done.Bytes
	m.latency.Record(took)
	m.mu.Unlock()
}

// recordBatch books the items of a batch, which all end now.
func (l *counters) recordBatch(b *batch) {
	now := l.now()
	m := &l.shards[b.worker%len(l.shards)]
	m.mu.Lock()
	defer m.mu.Unlock()
	m.items += len(b.begun)
	m.bytes += b.size
	for _, begun := range b.begun {
		m.latency.Record(now - begun)
	}
}

// outOfWork books that a worker found nothing left to do. The first to do so
// gives FirstDone, the last LastDone.
func (l *counters) outOfWork() {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.anyDone {
		l.firstDone, l.anyDone = now, true
	}
	l.lastDone = max(l.lastDone, now)
}

// stats sums up. No worker may be recording any more.
func (l *counters) stats() Stats {
	t := Stats{
		Digests:   l.digests,
		Latency:   NewLatency(),
		FirstDone: l.firstDone,
		LastDone:  l.lastDone,
		Blocked:   l.blocked,

		PeakMemory: l.peak,
	}
	for i := range l.shards {
		t.Items += l.shards[i].items
		t.Bytes += l.shards[i].bytes
		t.Latency.Merge(l.shards[i].latency)
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

// take is the next task; not ok when there is none left.
func (c *chunks) take() (span, bool) {
	// A crew of n takes at most n times too often, so this cannot overflow.
	lo := int(c.next.Add(int64(c.size))) - c.size
	if lo >= c.items {
		return span{}, false
	}
	return span{lo, min(lo+c.size, c.items)}, true
}

// left is how many tasks have not been dealt out; others may be taking them.
func (c *chunks) left() int {
	return (max(0, c.items-int(c.next.Load())) + c.size - 1) / c.size
}
