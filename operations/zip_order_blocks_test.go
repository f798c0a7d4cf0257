package operations

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// blockAt returns block n of an item that has several of 100 bytes.
func blockAt(p *StagedItem, item, n, blocks int) *StagedItem {
	p.Resume(item, int64(n)*1000)
	p.Data = append(p.Data, entryAt(&StagedItem{}, item).Data...)
	p.Size, p.Last = 1000, n == blocks-1
	return p
}

// A blockLog records the written blocks. It reports a block that does not follow the one before.
type blockLog struct {
	t       *testing.T
	items   []int // in the order of their first blocks
	open    bool
	written int64 // of the last item
}

func (l *blockLog) write(p *StagedItem) error {
	first := p.Offset == 0
	if l.open == first || !first && (p.Item != l.items[len(l.items)-1] || p.Offset != l.written) {
		l.t.Errorf("the block at %d of item %d follows %d bytes of %v", p.Offset, p.Item, l.written, l.items)
	}
	if first {
		l.items, l.written = append(l.items, p.Item), 0
	}
	l.open, l.written = !p.Last, l.written+1000
	return nil
}

// TestBlocksAreWrittenInItemOrder lets blocks of three items come in turn.
func TestBlocksAreWrittenInItemOrder(t *testing.T) {
	log := blockLog{t: t}
	o := newEntryOrder(200, 100*pendingEntryCost, log.write)
	var p StagedItem
	for n := range 5 {
		for _, item := range []int{2, 0, 3} {
			must(t, o.add(blockAt(&p, item, n, 5)))
		}
		if n == 2 { // item 1 is small, and cannot be written within item 0
			must(t, o.add(entryAt(&p, 1)))
		}
	}
	must(t, o.finish())
	if want := []int{0, 1, 2, 3}; !slices.Equal(log.items, want) || o.room != 100*pendingEntryCost {
		t.Errorf("got order %v and %d bytes of room, want %v", log.items, o.room, want)
	}
}

// TestWholeItemsNeverWait checks that items that come one after another are written although there
// is no memory, as under the sinks "locked" and "collector".
func TestWholeItemsNeverWait(t *testing.T) {
	for _, room := range []int64{0, 1, 3 * pendingEntryCost} {
		log := blockLog{t: t}
		o := newEntryOrder(200, room, log.write)
		var p StagedItem
		for _, item := range rand.New(rand.NewPCG(1, 2)).Perm(200) {
			for n := range 1 + item%4 {
				must(t, o.add(blockAt(&p, item, n, 1+item%4)))
			}
		}
		must(t, o.finish())
		if len(log.items) != 200 || log.open || o.room != room {
			t.Errorf("got %d items, an open entry: %t, and %d bytes of room, want 200, none and %d", len(log.items), log.open, o.room, room)
		}
	}
}

// TestWorkersWaitForTheArchive lets many workers do items of several blocks at the same time, with
// little memory or none. Every worker must end.
func TestWorkersWaitForTheArchive(t *testing.T) {
	for _, room := range []int64{0, 2 * pendingEntryCost, 20 * pendingEntryCost} {
		for _, chunk := range []int{1, 7} {
			t.Run(fmt.Sprint(room, chunk), func(t *testing.T) {
				log := blockLog{t: t}
				o := newEntryOrder(200, room, log.write)
				var workers sync.WaitGroup
				var mu sync.Mutex
				next := 0
				take := func() int {
					mu.Lock()
					defer mu.Unlock()
					next += chunk
					return next - chunk
				}
				for range 8 {
					workers.Go(func() {
						var p StagedItem
						for first := take(); first < 200; first = take() {
							for item := first; item < min(first+chunk, 200); item++ {
								blocks := 1 + item%5
								for n := range blocks {
									if err := o.add(blockAt(&p, item, n, blocks)); err != nil {
										t.Error(err)
									}
								}
							}
						}
					})
				}
				workers.Wait()
				must(t, o.finish())
				if slices.Sort(log.items); len(slices.Compact(log.items)) != 200 || log.open || o.room != room {
					t.Errorf("got %d items, an open entry: %t, and %d bytes of room, want 200, none and %d", len(log.items), log.open, o.room, room)
				}
			})
		}
	}
}

// TestHaltEndsTheWait checks that a worker does not wait for an entry whose worker has failed.
func TestHaltEndsTheWait(t *testing.T) {
	log := blockLog{t: t}
	o := newEntryOrder(200, 0, log.write)
	must(t, o.add(blockAt(&StagedItem{}, 0, 0, 2)))
	failed := make(chan error)
	for _, item := range []int{1, 2} {
		go func() { failed <- o.add(blockAt(&StagedItem{}, item, 0, 2)) }()
	}
	o.halt()
	for range 2 {
		if err := <-failed; err == nil || !strings.Contains(err.Error(), "another worker has failed") {
			t.Errorf("got error %v", err)
		}
	}
	if len(log.items) != 1 {
		t.Errorf("got items %v, want only item 0", log.items)
	}
}

// TestEarlierItemIsWrittenFirst lets two workers wait for an open entry. The earlier item goes
// first, although it began to wait later.
func TestEarlierItemIsWrittenFirst(t *testing.T) {
	log := blockLog{t: t}
	o := newEntryOrder(200, 0, log.write)
	must(t, o.add(blockAt(&StagedItem{}, 7, 0, 2)))
	var workers sync.WaitGroup
	for waiting, item := range []int{9, 8, 0} {
		workers.Go(func() {
			if err := o.add(entryAt(&StagedItem{}, item)); err != nil {
				t.Error(err)
			}
		})
		for { // until the worker waits
			o.mu.Lock()
			n := len(o.waiting)
			o.mu.Unlock()
			if n > waiting {
				break
			}
		}
	}
	must(t, o.add(blockAt(&StagedItem{}, 7, 1, 2)))
	workers.Wait()
	if want := []int{7, 0, 8, 9}; !slices.Equal(log.items, want) {
		t.Errorf("got order %v, want %v", log.items, want)
	}
}
