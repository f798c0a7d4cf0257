package operations

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"iosweep/internal/workload"
)

// manyTasks have delays of more than a second in total, so the sum and the longest delay differ
// clearly.
var manyTasks = workload.Workload{Files: 40, Content: workload.ContentTasks, Seed: 5}

// delay returns the delay of an item.
func delay(t *testing.T, w workload.Workload, item int) time.Duration {
	t.Helper()
	made, err := workload.ContentOf(w)
	must(t, err)
	return made.(workload.Delayed).Delay(item)
}

// TestTrialsWaitForTasks does every operation on tasks, with a clock that only advances while all
// goroutines wait. One after another, the delays add up; with a worker for each item, the longest
// one counts. Surveying, preparing, verifying, and operations that do not make the content must
// not wait.
func TestTrialsWaitForTasks(t *testing.T) {
	var sum, longest time.Duration
	for item := range manyTasks.Files {
		wait := delay(t, manyTasks, item)
		sum, longest = sum+wait, max(longest, wait)
	}
	makes := map[string]bool{"write": true, "append": true}
	ways := map[string]struct {
		workers int
		do      doFunc
		wait    time.Duration
	}{
		"one by one":       {1, oneByOne, sum},
		"in stages":        {1, inStages, sum},
		"all side by side": {manyTasks.Files, concurrently, longest},
	}
	for _, op := range All {
		info := op.Info()
		for name, way := range ways {
			if name == "in stages" && !info.Staged || name == "all side by side" && info.Name == "append" {
				continue // concurrently keeps its lock during Load, which a strategy does not
			}
			t.Run(info.Name+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					begun := time.Now()
					site := newSite(t, op, manyTasks, func(s *Site) {
						s.Workers = way.workers
						if len(info.Sinks) > 0 {
							s.Sink = SinkLocked
						}
					})
					if spent := time.Since(begun); spent != 0 {
						t.Errorf("preparing waited for %v", spent)
					}
					digests := perform(t, op, site, way.do, allItems(site))
					want := time.Duration(0)
					if makes[info.Name] {
						want = way.wait
					}
					if spent := time.Since(begun); spent != want {
						t.Errorf("the trial waited for %v, want %v", spent, want)
					}
					checkOutcome(t, op, site, digests)
					if spent := time.Since(begun); spent != want {
						t.Errorf("verifying waited for %v", spent-want)
					}
				})
			})
		}
	}
}

// TestAppendWaitsInLoad checks that the delay is part of Load, which workers do concurrently
// under every sink. Under a lock, a thousand workers would sleep one after another.
func TestAppendWaitsInLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, appending{}, manyTasks, nil)
		task, err := appending{}.Open(site)
		must(t, err)
		defer task.Close()
		must(t, task.(Bracketed).Begin())
		var s Scratch
		p := &StagedItem{Item: 7}
		wait := delay(t, manyTasks, p.Item)
		begun := time.Now()
		must(t, task.(Staged).Load(&s, p))
		if spent := time.Since(begun); spent != wait || wait == 0 {
			t.Errorf("loading took %v, want %v", spent, wait)
		}
		must(t, task.(Staged).Compute(&s, p))
		_, err = task.(Staged).Commit(&s, p)
		must(t, err)
		if spent := time.Since(begun); spent != wait {
			t.Errorf("Compute and Commit took %v", spent-wait)
		}
	})
}

// TestPreparingTasksMakesTheirFiles checks that prepared tasks are files like any others.
func TestPreparingTasksMakesTheirFiles(t *testing.T) {
	site := newSite(t, read{}, manyTasks, nil)
	outcome, err := expectFiles(site, site.Input).verify()
	must(t, err)
	if outcome.Items != manyTasks.Files {
		t.Errorf("got %d items, want %d", outcome.Items, manyTasks.Files)
	}
	m, err := workload.Survey(context.Background(), manyTasks)
	must(t, err)
	if name := m.File(0).Name; name != "data-0000.txt" {
		t.Errorf("first name: got %q", name)
	}
}
