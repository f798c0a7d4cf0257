package strategies

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"iosweep/operations"
)

// footprint returns the footprint of a strategy with a job.
func footprint(s Strategy, job Job) Footprint {
	return s.Footprint(job.Workers, job.Threads, job.Items)
}

// staged reports whether a strategy runs the stages of an item on different workers.
func staged(s Strategy) bool { return s.Footprint(1, 1, 1).Stages > 1 }

// each runs a test for every strategy, with a suitable fake.
func each(t *testing.T, test func(t *testing.T, s Strategy, f fake)) {
	for _, s := range All {
		t.Run(s.Info().Name, func(t *testing.T) {
			t.Parallel()
			if why := Unavailable(s); why != "" {
				t.Skip(why)
			}
			f := newFake(t)
			f.Staged = staged(s)
			test(t, s, f)
		})
	}
}

// lastStage returns the stage that finishes an item of the fake.
func (f fake) lastStage() string {
	if f.Staged {
		return "commit"
	}
	return "do"
}

func TestEachItemExactlyOnce(t *testing.T) {
	for _, c := range []struct{ items, chunk int }{{0, 1}, {1, 1}, {3, 1}, {100, 1}, {101, 7}, {100, 25}, {10, 1000}} {
		t.Run(fmt.Sprintf("%d items by %d", c.items, c.chunk), func(t *testing.T) {
			each(t, func(t *testing.T, s Strategy, f fake) {
				job := f.job(t, c.items)
				job.Chunk = c.chunk
				timing, err := Run(t.Context(), s, job)
				if err != nil {
					t.Fatal(err)
				}
				h := f.history(t)
				h.exactlyOnce(t, f.lastStage(), c.items)
				checkTiming(t, s, f, timing, c.items)
				if first, last := h.lines[0], h.lines[len(h.lines)-1]; first != "begin" || last != "end" {
					t.Errorf("the log begins with %q and ends with %q, want begin and end", first, last)
				}
				if n := strings.Count(strings.Join(h.lines, "\n"), "begin"); n != 1 {
					t.Errorf("got %d calls of Begin, want 1", n)
				}
			})
		})
	}
}

// checkTiming compares the timing with the expected values for this number of items.
func checkTiming(t *testing.T, s Strategy, f fake, timing Timing, items int) {
	t.Helper()
	if timing.Items != items || timing.Latency.Count() != int64(items) {
		t.Errorf("got %d items and %d latencies, want %d of each", timing.Items, timing.Latency.Count(), items)
	}
	if want := int64(items * (items - 1) / 2); timing.Bytes != want {
		t.Errorf("got %d bytes, want %d", timing.Bytes, want)
	}
	for item, d := range timing.Digests {
		if !f.Staged && d != digestOf(item) {
			t.Errorf("item %d: got digest %d, want %d", item, d, digestOf(item))
		}
	}
	if timing.FirstDone > timing.LastDone || timing.LastDone > timing.Work || timing.LastDone <= 0 {
		t.Errorf("got FirstDone %v, LastDone %v, Work %v, want increasing values", timing.FirstDone, timing.LastDone, timing.Work)
	}
	if processes := s.Footprint(1, 1, 1).Processes > 0; processes != (timing.PeakMemory == 12345) {
		t.Errorf("got a peak memory of %d for worker processes", timing.PeakMemory)
	}
	if processes := s.Footprint(1, 1, 1).Processes > 0; processes != (timing.RunDelay >= time.Minute) {
		t.Errorf("got a run delay of %v for worker processes", timing.RunDelay)
	}
	background := strings.HasPrefix(s.Info().Name, "background")
	if background != (timing.Blocked != nil) {
		t.Errorf("got Blocked %v", timing.Blocked)
	}
	if background && *timing.Blocked > timing.Work {
		t.Errorf("got Blocked %v, longer than Work %v", *timing.Blocked, timing.Work)
	}
}

func TestConcurrencyMatchesWorkers(t *testing.T) {
	each(t, func(t *testing.T, s Strategy, f fake) {
		job := f.job(t, 40)
		limit := footprint(s, job).Concurrency()
		f.Meet = limit
		if f.Staged {
			f.Meet = job.Workers // for each stage
		}
		job = f.job(t, 40)
		if _, err := Run(t.Context(), s, job); err != nil {
			t.Fatal(err)
		}
		h := f.history(t)
		if h.overall > limit {
			t.Errorf("got %d items at once, want at most %d", h.overall, limit)
		}
		for stage, most := range h.most {
			if f.Staged && most > job.Workers {
				t.Errorf("got %d items at once in stage %s, want at most %d", most, stage, job.Workers)
			}
			if most < f.Meet {
				t.Errorf("got %d items at once in stage %s, want at least %d", most, stage, f.Meet)
			}
		}
	})
}

func TestFirstErrorStopsAll(t *testing.T) {
	each(t, func(t *testing.T, s Strategy, f fake) {
		f.FailAt, f.Slow = 5, true
		const items = 2000
		timing, err := Run(t.Context(), s, f.job(t, items))
		if err == nil || err.Error() != "item 5: injected failure" {
			t.Fatalf("got error %v, want the error of item 5 once", err)
		}
		h := f.history(t)
		if n := h.did[f.lastStage()][5]; n != 0 {
			t.Errorf("the failed item was done %d times, want 0", n)
		}
		if !footprint(s, Job{}).Unbounded && len(h.did[f.lastStage()]) > items/2 {
			t.Errorf("got %d of %d items done, although one failed early", len(h.did[f.lastStage()]), items)
		}
		if timing.Items >= items {
			t.Errorf("got %d items in the stats, want fewer than %d", timing.Items, items)
		}
		if h.lines[len(h.lines)-1] == "end" {
			t.Error("End was called after a failure")
		}
	})
}

func TestCancelStopsAll(t *testing.T) {
	each(t, func(t *testing.T, s Strategy, f fake) {
		f.Slow = true
		ctx, cancel := context.WithCancel(t.Context())
		job := f.job(t, 2000)
		go func() {
			defer cancel()
			for len(f.readLog()) < 10 {
			}
		}()
		timing, err := Run(ctx, s, job)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got error %v, want context.Canceled", err)
		}
		if !footprint(s, job).Unbounded && timing.Items >= job.Items {
			t.Errorf("got all %d items done after the cancellation", timing.Items)
		}
	})
}

// readLog returns the current content of the log.
func (f fake) readLog() []byte {
	data, _ := os.ReadFile(f.Log)
	return data
}

func TestStopInsteadOfWork(t *testing.T) {
	each(t, func(t *testing.T, s Strategy, f fake) {
		pool, err := s.Start(t.Context(), f.job(t, 10))
		if err != nil {
			t.Fatal(err)
		}
		stats, err := pool.Stop()
		if err != nil {
			t.Error(err)
		}
		if log := f.readLog(); stats.Items != 0 || len(log) != 0 {
			t.Errorf("got %d items before the gate opened: %s", stats.Items, log)
		}
	})
}

func TestWorkerProcessDies(t *testing.T) {
	for _, s := range []Strategy{processes{}, processThreads{}, backgroundProcess{}} {
		t.Run(s.Info().Name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.DieAt, f.Slow = 7, true
			_, err := Run(t.Context(), s, f.job(t, 500))
			if err == nil || !strings.Contains(err.Error(), "died: ") {
				t.Fatalf("got error %v, want one about a worker process that died", err)
			}
		})
	}
}

// overlaps lists which stages of a staged operation may run for several items at once, for each
// sink.
var overlaps = map[string]map[string]bool{
	operations.SinkLocked:    {"load": true, "compute": false, "commit": false},
	operations.SinkCollector: {"load": true, "compute": false, "commit": false},
	operations.SinkParallel:  {"load": true, "compute": true, "commit": true}, // the task has a lock
	operations.SinkUnlocked:  {"load": true, "compute": true, "commit": true},
}

func TestSinks(t *testing.T) {
	for sink, may := range overlaps {
		for _, anywhere := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/anywhere=%v", sink, anywhere), func(t *testing.T) {
				each(t, func(t *testing.T, s Strategy, f fake) {
					if !has(s.Info().Axes, "sink") {
						return
					}
					f.Staged, f.Slow = true, true
					const items = 60
					job := f.job(t, items)
					job.Sink, job.CommitAnywhere = sink, anywhere
					timing, err := Run(t.Context(), s, job)
					if err != nil {
						t.Fatal(err)
					}
					checkTiming(t, s, f, timing, items)
					h := f.history(t)
					for stage, overlap := range may {
						h.exactlyOnce(t, stage, items)
						if !overlap && h.most[stage] > 1 {
							t.Errorf("got %d items at once in %s, want 1", h.most[stage], stage)
						}
						if _, several := s.(threads); several && overlap && h.most[stage] < 2 {
							t.Errorf("%s never ran for two items at once", stage)
						}
					}
				})
			})
		}
	}
}

func TestErrorBehindSink(t *testing.T) {
	for sink := range overlaps {
		t.Run(sink, func(t *testing.T) {
			each(t, func(t *testing.T, s Strategy, f fake) {
				if !has(s.Info().Axes, "sink") {
					return
				}
				f.Staged, f.Slow, f.FailAt = true, true, 11
				job := f.job(t, 400)
				job.Sink = sink
				if _, err := Run(t.Context(), s, job); err == nil || !strings.Contains(err.Error(), "item 11: injected failure") {
					t.Fatalf("got error %v, want the error of item 11", err)
				}
			})
		})
	}
}

func has(list []string, want string) bool {
	for _, s := range list {
		if s == want {
			return true
		}
	}
	return false
}
