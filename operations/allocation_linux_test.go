//go:build !portable

package operations

import "testing"

// TestNoAllocationPerItem: what is done for every item of a million is done without
// the garbage collector. The first items may make buffers; after them nothing is
// allocated, neither for small files nor for large ones.
func TestNoAllocationPerItem(t *testing.T) {
	const warm, counted = 20, 60
	for _, op := range []Operation{write{}, read{}, copying{}, deleting{}, moving{}} {
		for name, w := range map[string]Workload{
			"small": {Files: warm + counted + 1, Content: ContentBytes, Size: 4096},
			"large": {Files: warm + counted + 1, Content: ContentBytes, Size: 300_000},
			"made":  {Files: warm + counted + 1, Content: ContentRows, Lines: 100, Values: 10},
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
				// AllocsPerRun calls once more than it is told.
				if n := testing.AllocsPerRun(counted, next); n != 0 {
					t.Errorf("%v allocations for an item", n)
				}
			})
		}
	}
}
