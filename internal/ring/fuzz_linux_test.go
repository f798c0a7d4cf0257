package ring

import "testing"

// FuzzQueue fills, submits and takes requests in any order, on queues that are smaller than
// the number of pending requests. Every request must be completed once.
func FuzzQueue(f *testing.F) {
	f.Add([]byte{9, 0, 130, 3, 200, 1})
	f.Add([]byte{255, 255, 255, 7, 128, 64})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, script []byte) {
		r := newRing(t, 4, 4)
		defer closeRing(t, r)
		var filled, taken uint64
		seen := map[uint64]bool{}
		take := func() bool {
			tag, result, ok := r.Completion()
			if !ok {
				return false
			}
			if seen[tag] || tag >= filled || result != 0 {
				t.Fatalf("request %d of %d: got result %d, seen before: %v", tag, filled, result, seen[tag])
			}
			seen[tag] = true
			taken++
			return true
		}
		for _, step := range script {
			switch n := int(step / 4); step % 4 {
			case 0, 1:
				for range n {
					e := r.Next()
					if e == nil {
						break
					}
					e.Nop()
					e.Tag(filled)
					if step%4 == 1 {
						e.Link()
					}
					filled++
				}
			case 2:
				if err := r.Enter(min(n, 4)); err != nil {
					t.Fatal(err)
				}
			case 3:
				for range n {
					take()
				}
			}
			if r.InFlight() != int(filled-taken) {
				t.Fatalf("got %d requests in flight, want %d", r.InFlight(), filled-taken)
			}
		}
		for taken < filled {
			if err := r.Enter(1); err != nil {
				t.Fatal(err)
			}
			for take() {
			}
		}
	})
}
