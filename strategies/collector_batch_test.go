package strategies

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iosweep/operations"
)

// fakeBatched appends a line for each item. For each stored line it records that the item was
// committed.
type fakeBatched struct{ fakeStaged }

var _ operations.Batched = fakeBatched{}

func (t fakeBatched) AppendBlock(s *operations.Scratch, dst []byte, p *operations.StagedItem) ([]byte, error) {
	if err := t.cut(s, p); err != nil {
		return dst, err
	}
	if err := t.stageOf("append", p, p.Offset == 0); err != nil {
		return dst, err
	}
	return fmt.Appendf(dst, "item %d %d %d %v\n", p.Item, p.Offset, p.Size, p.Last), nil
}

// BatchSize is the size of two or three lines.
func (fakeBatched) BatchSize() int { return 40 }

func (t fakeBatched) StoreBatch(batch []byte) error {
	if err := t.note("store"); err != nil {
		return err
	}
	for line := range strings.Lines(string(batch)) {
		var p operations.StagedItem
		if n, err := fmt.Sscanf(line, "item %d %d %d %v\n", &p.Item, &p.Offset, &p.Size, &p.Last); n != 4 {
			return fmt.Errorf("stored %q: %w", line, err)
		}
		if err := t.stageOf("commit", &p, p.Last); err != nil {
			return err
		}
	}
	return nil
}

// usesBatches reports whether a strategy stores items in batches: it has a sink and does not run
// the stages itself.
func usesBatches(s Strategy) bool { return has(s.Info().Axes, "sink") && !staged(s) }

// TestBatchedItemsExactlyOnce also checks the last batch of a worker process, which it sends when
// no task follows.
func TestBatchedItemsExactlyOnce(t *testing.T) {
	for _, c := range []struct{ items, chunk int }{{0, 1}, {1, 1}, {100, 1}, {101, 7}, {400, 100}} {
		t.Run(fmt.Sprintf("%d items by %d", c.items, c.chunk), func(t *testing.T) {
			each(t, func(t *testing.T, s Strategy, f fake) {
				if !usesBatches(s) {
					return
				}
				f.Staged, f.Batched = true, true
				job := f.job(t, c.items)
				job.Chunk, job.Sink, job.CommitAnywhere = c.chunk, operations.SinkCollector, true
				timing, err := Run(t.Context(), s, job)
				if err != nil {
					t.Fatal(err)
				}
				checkTiming(t, s, f, timing, c.items)
				h := f.history(t)
				h.exactlyOnce(t, "append", c.items)
				h.exactlyOnce(t, "commit", c.items)
				if h.most["commit"] > 1 {
					t.Errorf("got %d items stored at the same time, want 1", h.most["commit"])
				}
				if last := h.lines[len(h.lines)-1]; last != "end" {
					t.Errorf("the log ends with %q, want end", last)
				}
			})
		})
	}
}

func TestErrorInBatch(t *testing.T) {
	each(t, func(t *testing.T, s Strategy, f fake) {
		if !usesBatches(s) {
			return
		}
		f.Staged, f.Batched, f.Slow, f.FailAt = true, true, true, 11
		job := f.job(t, 1000)
		job.Sink = operations.SinkCollector
		timing, err := Run(t.Context(), s, job)
		if err == nil || strings.Count(err.Error(), "item 11: injected failure") != 1 {
			t.Fatalf("got error %v, want the error of item 11 once", err)
		}
		if timing.Items >= job.Items {
			t.Errorf("got %d items in the stats, want fewer than %d", timing.Items, job.Items)
		}
	})
}

// A memoryTask keeps no data. Its functions append and store may be nil.
type memoryTask struct {
	operations.Staged
	append func(item int) error
	store  func(batch []byte) error

	appended, stored, stores atomic.Int64
}

func (t *memoryTask) AppendBlock(_ *operations.Scratch, dst []byte, p *operations.StagedItem) ([]byte, error) {
	if t.append != nil {
		if err := t.append(p.Item); err != nil {
			return dst, err
		}
	}
	t.appended.Add(1)
	p.Size, p.Last = 1, true
	return append(dst, '.'), nil
}

func (*memoryTask) BatchSize() int { return 2 * batchItems }

func (t *memoryTask) StoreBatch(batch []byte) error {
	t.stores.Add(1)
	t.stored.Add(int64(len(batch)))
	if t.store != nil {
		return t.store(batch)
	}
	return nil
}

func (t *memoryTask) Do(*operations.Scratch, int) (operations.Result, error) {
	return operations.Result{}, errors.New("Do was called for a batched item")
}
func (t *memoryTask) Close() error { return nil }

// manyItems fill several batches of two workers.
const manyItems = 10*batchItems + 7

func (t *memoryTask) job() Job {
	return Job{Task: t, Items: manyItems, Workers: 2, Chunk: 64, Sink: operations.SinkCollector}
}

// TestBatchesAreFullWhereItemsAreFast uses a clock that does not advance while any goroutine runs.
func TestBatchesAreFullWhereItemsAreFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := &memoryTask{}
		timing, err := Run(t.Context(), threads{}, task.job())
		if err != nil {
			t.Fatal(err)
		}
		if timing.Items != manyItems || timing.Bytes != manyItems || timing.Latency.Count() != manyItems || task.stored.Load() != manyItems {
			t.Errorf("got %d items, %d bytes, %d latencies, %d stored; want %d of each",
				timing.Items, timing.Bytes, timing.Latency.Count(), task.stored.Load(), manyItems)
		}
		if most := int64(manyItems/batchItems + 2); task.stores.Load() > most {
			t.Errorf("got %d calls to store %d items, want at most %d", task.stores.Load(), manyItems, most)
		}
	})
}

// TestSlowItemsAreStoredOneByOne checks that a slow item does not wait for others.
func TestSlowItemsAreStoredOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		task := &memoryTask{append: func(int) error { time.Sleep(batchAge); return nil }}
		job := task.job()
		job.Items = 50
		timing, err := Run(t.Context(), threads{}, job)
		if err != nil {
			t.Fatal(err)
		}
		if n := task.stores.Load(); n != 50 {
			t.Errorf("got %d calls to store 50 slow items, want 50", n)
		}
		if most := timing.Latency.Max(); most > 2*batchAge {
			t.Errorf("an item of %v has a latency of %v", batchAge, most)
		}
	})
}

// TestBatchesAreBounded checks that workers stop with two batches each while the collector cannot
// store any. The batch in the collector counts too.
func TestBatchesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		task := &memoryTask{store: func([]byte) error { <-stuck; return nil }}
		ended := make(chan error, 1)
		go func() {
			_, err := Run(t.Context(), threads{}, task.job())
			ended <- err
		}()
		synctest.Wait()
		if got := task.appended.Load(); got != 4*batchItems {
			t.Errorf("got %d items ahead from two workers, want four batches of %d", got, batchItems)
		}
		close(stuck)
		if err := <-ended; err != nil || task.stored.Load() != manyItems {
			t.Errorf("got %d of %d items stored, error %v", task.stored.Load(), manyItems, err)
		}
	})
}

// TestBatchedLatencyIncludesStore checks that the latency of a batched item includes the time
// until it is stored, like the latency of a single item.
func TestBatchedLatencyIncludesStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slow = 5 * time.Second
		task := &memoryTask{store: func([]byte) error { time.Sleep(slow); return nil }}
		job := task.job()
		job.Items = 100
		timing, err := Run(t.Context(), sequential{}, job)
		if err != nil {
			t.Fatal(err)
		}
		if least := timing.Latency.Quantile(0); least < slow*99/100 {
			t.Errorf("got a latency of %v, want at least the %v of the store", least, slow)
		}
	})
}

func TestFirstStoreErrorStopsAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		noSpace := errors.New("no space left")
		task := &memoryTask{store: func([]byte) error { return noSpace }}
		timing, err := Run(t.Context(), threads{}, task.job())
		if err == nil || err.Error() != noSpace.Error() {
			t.Errorf("got error %v, want %q once", err, noSpace)
		}
		if timing.Items != 0 || task.stores.Load() != 1 {
			t.Errorf("got %d items and %d stores, want 0 items and 1 store", timing.Items, task.stores.Load())
		}
		if got := task.appended.Load(); got == manyItems {
			t.Errorf("got all items after the failure, want fewer")
		}
	})
}

func TestCancelStopsBatching(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		task := &memoryTask{append: func(item int) error {
			if item == 3*batchItems {
				cancel()
			}
			return nil
		}}
		timing, err := Run(ctx, threads{}, task.job())
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got error %v, want context.Canceled", err)
		}
		if timing.Items >= manyItems || int64(timing.Items) != task.stored.Load() {
			t.Errorf("got %d items counted and %d stored", timing.Items, task.stored.Load())
		}
	})
}

// TestBatchingDoesNotAllocate checks that an item needs no allocation once the batches have their
// size.
func TestBatchingDoesNotAllocate(t *testing.T) {
	task := &memoryTask{}
	_, halt := context.WithCancelCause(t.Context())
	g := newBatchCollector(halt, task, newCounters(1, 1), 1)
	w := &worker{}
	some := func() {
		at := g.counters.now()
		for range 3 * batchItems {
			var err error
			if at, err = g.do(w, 0, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	some()
	if n := testing.AllocsPerRun(5, some); n > batchItems/100 {
		t.Errorf("got %v allocations for %d items", n, 3*batchItems)
	}
	if err := errors.Join(g.flush(w), g.close()); err != nil {
		t.Error(err)
	}
}

func TestBatchEncoding(t *testing.T) {
	sent := &batch{}
	sent.reset(7)
	sent.begun = append(sent.begun, 1*time.Second, 3*time.Second)
	sent.size, sent.open = 123, true
	sent.data = []byte("both of them")
	body := append(sent.encodeHeader(nil, 10*time.Second), sent.data...)
	got := &batch{begun: make([]time.Duration, 9), data: []byte("old")}
	// The clock of the other process started at another time.
	if err := got.decode(body, 110*time.Second); err != nil {
		t.Fatal(err)
	}
	if got.worker != 7 || got.size != 123 || !got.open || string(got.data) != "both of them" || len(got.begun) != 2 {
		t.Errorf("got %+v", got)
	}
	if got.begun[0] != 101*time.Second || got.begun[1] != 103*time.Second {
		t.Errorf("got start times %v, want 9 and 7 seconds before 110 s", got.begun)
	}
	for cut := range batchHeader + 16 {
		if err := got.decode(body[:cut], 0); !errors.Is(err, errShort) {
			t.Errorf("a body of %d bytes: got error %v, want errShort", cut, err)
		}
	}
	body[15] = 0xff // 2^63 items
	if err := got.decode(body, 0); !errors.Is(err, errShort) {
		t.Errorf("a body that claims too many items: got error %v, want errShort", err)
	}
}
