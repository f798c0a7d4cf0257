package strategies

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"
)

// TestDoneWriterCombinesTasks checks that a process with many waiting tasks reports several at
// once, and the last one immediately.
func TestDoneWriterCombinesTasks(t *testing.T) {
	var pipe bytes.Buffer
	waits := 5
	r := doneWriter{out: &frameWriter{out: &pipe}, waiting: func() int { waits--; return waits }}
	want := make([]uint32, 10)
	for i := range 5 {
		digests := []uint32{uint32(2*i + 1), uint32(2*i + 2)}
		copy(want[2*i:], digests)
		if err := r.add(span{2 * i, 2*i + 2}, digests); err != nil {
			t.Fatal(err)
		}
	}
	in := newFrameReader(&pipe)
	got := make([]uint32, 10)
	for _, tasks := range []int{3, 1, 1} {
		kind, body, err := in.read()
		if err != nil {
			t.Fatal(err)
		}
		n, err := decodeDone(body, got)
		if kind != frameDone || n != tasks || err != nil {
			t.Fatalf("got frame %q with %d tasks, error %v; want %d tasks", kind, n, err, tasks)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got digests %d, want %d", got, want)
	}
}

// TestDecodeDoneRefuses checks frames that no worker sends.
func TestDecodeDoneRefuses(t *testing.T) {
	whole := appendDone(nil, span{2, 4}, []uint32{7, 8})
	for name, body := range map[string][]byte{
		"cut within a span":          whole[:10],
		"cut before the digests":     whole[:18],
		"cut within the digests":     whole[:len(whole)-1],
		"a digest too few":           appendDone(nil, span{2, 4}, []uint32{7}),
		"items beyond the last":      appendDone(nil, span{8, 12}, nil),
		"an end before its begin":    appendDone(nil, span{4, 2}, nil),
		"an item before the first":   appendDone(nil, span{-1, 2}, nil),
		"a second one that is wrong": append(slices.Clone(whole), 1),
	} {
		if _, err := decodeDone(body, make([]uint32, 10)); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// TestDoneWriterSendsEveryTask lets several threads finish their last tasks at the same time.
// Every task must be sent, because no later task sends the rest.
func TestDoneWriterSendsEveryTask(t *testing.T) {
	const tasks, threads = 64, 4
	for round := range 300 {
		var pipe bytes.Buffer
		queue := newTaskQueue()
		for i := range tasks {
			queue.add(span{i, i + 1})
		}
		r := doneWriter{out: &frameWriter{out: &pipe}, waiting: queue.waiting}
		var group errgroup.Group
		for range threads {
			group.Go(func() error {
				for {
					task, _ := queue.take(false)
					if task == nil {
						return nil
					}
					if err := r.add(task.span, nil); err != nil {
						return err
					}
				}
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		sent := 0
		for in := newFrameReader(&pipe); sent < tasks; {
			_, body, err := in.read()
			if err != nil {
				t.Fatalf("round %d: got %d of %d tasks: %v", round, sent, tasks, err)
			}
			n, err := decodeDone(body, make([]uint32, tasks))
			if err != nil {
				t.Fatal(err)
			}
			sent += n
		}
	}
}
