package strategies

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"iosweep/operations"
)

// eachInBlocks runs a test for every strategy and every way to commit items of several blocks.
// contiguous reports whether no block of another item may be committed between two of an item.
func eachInBlocks(t *testing.T, test func(t *testing.T, s Strategy, f fake, with func(Job) Job, contiguous bool)) {
	for _, c := range []struct {
		sink                       string
		batched, anywhere, ordered bool
	}{
		{sink: ""},
		{sink: operations.SinkLocked, ordered: true},
		{sink: operations.SinkLocked, ordered: true, anywhere: true},
		{sink: operations.SinkCollector, ordered: true},
		{sink: operations.SinkCollector, ordered: true, batched: true},
		{sink: operations.SinkParallel},
		{sink: operations.SinkUnlocked, anywhere: true},
	} {
		t.Run(fmt.Sprintf("%s,batched=%v,anywhere=%v", c.sink, c.batched, c.anywhere), func(t *testing.T) {
			each(t, func(t *testing.T, s Strategy, f fake) {
				if c.sink != "" && !has(s.Info().Axes, "sink") || c.batched && !usesBatches(s) || footprint(s, Job{Threads: 1}).Rings > 0 {
					return
				}
				f.Staged, f.Batched, f.Blocks = true, c.batched, 5
				with := func(job Job) Job {
					job.Sink, job.Blocks, job.CommitAnywhere = c.sink, true, c.anywhere
					return job
				}
				test(t, s, f, with, c.ordered || c.sink != "" && staged(s))
			})
		})
	}
}

// TestBlocksOfItems checks that every block of every item is committed once, that each item counts
// once, and that the blocks are contiguous where they must be.
func TestBlocksOfItems(t *testing.T) {
	eachInBlocks(t, func(t *testing.T, s Strategy, f fake, with func(Job) Job, contiguous bool) {
		const items = 70
		timing, err := Run(t.Context(), s, with(f.job(t, items)))
		if err != nil {
			t.Fatal(err)
		}
		checkTiming(t, s, f, timing, items)
		h := f.history(t)
		h.exactlyOnce(t, "commit", items)
		size, next := map[int]int64{}, operations.StagedItem{Last: true}
		for _, p := range h.blocks(t, "commit") {
			size[p.Item] += p.Size
			if contiguous && !next.Last && p.Item != next.Item || contiguous && p.Offset != size[p.Item]-p.Size {
				t.Fatalf("got the block at %d of item %d after the block at %d of item %d", p.Offset, p.Item, next.Offset, next.Item)
			}
			next = p
		}
		for item := range items {
			if size[item] != int64(item) {
				t.Errorf("item %d: got blocks of %d bytes", item, size[item])
			}
		}
	})
}

// blocks returns the blocks of a stage, in the order of the log.
func (h history) blocks(t *testing.T, stage string) (all []operations.StagedItem) {
	t.Helper()
	for _, line := range h.lines {
		rest, found := strings.CutPrefix(line, "block "+stage+" ")
		if !found {
			continue
		}
		var p operations.StagedItem
		if _, err := fmt.Sscan(rest, &p.Item, &p.Offset, &p.Size, &p.Last); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// TestErrorWithinItem lets an item fail at its last block, in each stage. The other workers must not
// wait for it.
func TestErrorWithinItem(t *testing.T) {
	for _, stage := range []string{"load", "commit"} {
		t.Run(stage, func(t *testing.T) {
			eachInBlocks(t, func(t *testing.T, s Strategy, f fake, with func(Job) Job, _ bool) {
				f.FailAt, f.FailIn = 12, stage
				if f.Batched && stage != "commit" {
					f.FailIn = "append"
				}
				job := with(f.job(t, 100))
				timing, err := Run(t.Context(), s, job)
				if err == nil || strings.Count(err.Error(), "item 12: injected failure") != 1 {
					t.Fatalf("got error %v, want the error of item 12 once", err)
				}
				if timing.Items >= job.Items {
					t.Errorf("got all %d items in the stats after a failure", timing.Items)
				}
				if h := f.history(t); h.did["commit"][12] != 0 {
					t.Error("the failed item was committed")
				}
			})
		})
	}
}

// TestCancelWithinItem ends the context of a job while items of several blocks are in all stages.
func TestCancelWithinItem(t *testing.T) {
	eachInBlocks(t, func(t *testing.T, s Strategy, f fake, with func(Job) Job, _ bool) {
		f.Slow = true
		ctx, cancel := context.WithCancel(t.Context())
		job := with(f.job(t, 2000))
		go func() {
			defer cancel()
			for t.Context().Err() == nil && !strings.Contains(string(f.readLog()), " 12 ") {
				time.Sleep(time.Millisecond)
			}
		}()
		if _, err := Run(ctx, s, job); !errors.Is(err, context.Canceled) {
			t.Fatalf("got error %v, want context.Canceled", err)
		}
	})
}
