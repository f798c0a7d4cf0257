package strategies

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"iosweep/operations"
)

// A ledger keeps the books of one job in one process.
type ledger struct {
	opened  time.Time // when the gate opened; in a worker process, when the ledger was made
	digests []uint32  // by item: distinct items are distinct words, so no lock
	meters  []meter

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
type meter struct {
	mu      sync.Mutex
	items   int
	bytes   int64
	latency *Latency
	_       [64]byte // a neighbour's lock is not on the same cache line
}

func newLedger(items, workers int) *ledger {
	l := &ledger{
		opened:  time.Now(),
		digests: make([]uint32, items),
		meters:  make([]meter, max(1, min(workers, 4*runtime.GOMAXPROCS(0)))),
	}
	for i := range l.meters {
		l.meters[i].latency = NewLatency()
	}
	return l
}

// open starts the clock.
func (l *ledger) open() { l.opened = time.Now() }

// now is the ledger's clock. It costs half of what time.Now does, which reads the
// wall clock too.
func (l *ledger) now() time.Duration { return time.Since(l.opened) }

// record books one item that a worker did.
func (l *ledger) record(worker, item int, took time.Duration, done operations.Done) {
	l.digests[item] = done.Digest
	m := &l.meters[worker%len(l.meters)]
	m.mu.Lock()
	m.items++
	m.bytes += done.Bytes
	m.latency.Record(took)
	m.mu.Unlock()
}

// recordBatch books the items of a batch, which all end now.
func (l *ledger) recordBatch(b *batch) {
	now := l.now()
	m := &l.meters[b.worker%len(l.meters)]
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
func (l *ledger) outOfWork() {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.anyDone {
		l.firstDone, l.anyDone = now, true
	}
	l.lastDone = max(l.lastDone, now)
}

// tally sums up. No worker may be recording any more.
func (l *ledger) tally() Tally {
	t := Tally{
		Digests:   l.digests,
		Latency:   NewLatency(),
		FirstDone: l.firstDone,
		LastDone:  l.lastDone,
		Blocked:   l.blocked,

		PeakMemory: l.peak,
	}
	for i := range l.meters {
		t.Items += l.meters[i].items
		t.Bytes += l.meters[i].bytes
		t.Latency.Merge(l.meters[i].latency)
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
