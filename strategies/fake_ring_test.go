package strategies

import (
	"fmt"
	"os"
	"strings"
	"time"

	"iosweep/operations"
)

var _ operations.Ringed = fakeTask{}

// Advance does the work of Do for a ring. It never blocks, because all items share one thread.
// Instead of a sleep it requests a wait of one millisecond. If Do would not sleep, it requests a
// wait of zero. The item has begun when the wait completes.
func (t fakeTask) Advance(x *operations.RingItem) (operations.Result, error) {
	if len(x.Requests) == 0 {
		if err := t.note("+ do %d", x.Item); err != nil {
			return operations.Result{}, err
		}
		if x.Item == t.FailAt {
			return operations.Result{}, fmt.Errorf("item %d: injected failure", x.Item)
		}
		t.wait(x)
		return operations.Result{}, nil
	}
	if met, err := t.met(); err != nil || !met {
		t.wait(x)
		return operations.Result{}, err
	}
	x.Requests = x.Requests[:0]
	if err := t.note("- do %d", x.Item); err != nil {
		return operations.Result{}, err
	}
	return operations.Result{Bytes: int64(x.Item), Digest: digestOf(x.Item)}, nil
}

func (t fakeTask) wait(x *operations.RingItem) {
	r := operations.Request{Call: operations.CallWait}
	if t.Slow || t.Meet > 0 {
		r.Wait = time.Millisecond
	}
	x.Requests = append(x.Requests[:0], r)
}

// met reports whether Meet items have begun.
func (t fakeTask) met() (bool, error) {
	if t.Meet == 0 {
		return true, nil
	}
	info, err := t.log.Stat()
	if err != nil {
		return false, err
	}
	data, err := os.ReadFile(t.Log)
	if met := strings.Count(string(data), "+ do") >= t.Meet; met || err != nil {
		return met, err
	}
	if time.Since(info.ModTime()) > 2*time.Minute {
		return false, fmt.Errorf("fewer than %d items were in flight at once", t.Meet)
	}
	return false, nil
}
