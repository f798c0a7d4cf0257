//go:build !portable

package operations

import (
	"math"
	"runtime"
	"testing"

	"iosweep/internal/workload"
)

// TestNoAllocationPerItem checks that an item needs no allocation, so that a million items do
// not start the garbage collector. The first items may allocate buffers. After them, neither
// small nor large files may allocate.
func TestNoAllocationPerItem(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a thousand files for each operation")
	}
	const warm, times, counted = 20, 3, 60
	for _, op := range []Operation{write{}, read{}, copying{}, deleting{}, moving{}} {
		for name, w := range map[string]workload.Workload{
			"small": {Files: warm + times*counted, Content: workload.ContentBytes, Size: 4096},
			"large": {Files: warm + times*counted, Content: workload.ContentBytes, Size: 300_000},
			"made":  {Files: warm + times*counted, Content: workload.ContentRows, Lines: 100, Values: 10},
		} {
			t.Run(op.Info().Name+"/"+name, func(t *testing.T) {
				site := newSite(t, op, w, nil)
				task, err := op.Open(site)
				must(t, err)
				defer task.Close()
				if b, ok := task.(Bracketed); ok {
					must(t, b.Begin())
				}
				var s Scratch
				defer s.Close()
				item := 0
				next := func() {
					_, err := task.Do(&s, item)
					must(t, err)
					item++
				}
				for range warm {
					next()
				}
				// testing.AllocsPerRun rounds its average down. The runtime sometimes allocates
				// for itself, so the smallest of several counts belongs to the items.
				least := uint64(math.MaxUint64)
				for range times {
					var before, after runtime.MemStats
					runtime.ReadMemStats(&before)
					for range counted {
						next()
					}
					runtime.ReadMemStats(&after)
					least = min(least, after.Mallocs-before.Mallocs)
				}
				if least != 0 {
					t.Errorf("%d allocations for %d items", least, counted)
				}
			})
		}
	}
}
