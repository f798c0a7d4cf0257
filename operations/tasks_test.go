package operations

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"iosweep/internal/workload"
)

// manyTasks wait for more than a second in all, so each can be told apart.
var manyTasks = workload.Workload{Files: 40, Content: workload.ContentTasks, Seed: 5}

// delay is how long an item has to be waited for.
func delay(t *testing.T, w workload.Workload, item int) time.Duration {
	t.Helper()
	made, err := workload.ContentOf(w)
	must(t, err)
	return made.(workload.Delayed).Delay(item)
}

// TestTrialsWaitForTasks does every operation on tasks, in time that only passes
// while all wait: one by one the waits add up, with a worker for each item the
// longest counts. What the operation does not make itself is not waited for, nor
// what surveys, prepares and verifies.
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
				continue // concurrently holds its lock during Load, which a strategy does not
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
						t.Errorf("preparing took %v of waiting", spent)
					}
					digests := perform(t, op, site, way.do, allItems(site))
					want := time.Duration(0)
					if makes[info.Name] {
						want = way.wait
					}
					if spent := time.Since(begun); spent != want {
						t.Errorf("a trial waited for %v, want %v", spent, want)
					}
					checkOutcome(t, op, site, digests)
					if spent := time.Since(begun); spent != want {
						t.Errorf("verifying took %v of waiting", spent-want)
					}
				})
			})
		}
	}
}

// TestAppendWaitsInLoad: the wait belongs to Load, which workers do side
// by side whatever the sink; under a lock a thousand would take turns to sleep.
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
			t.Errorf("its turn took another %v", spent-wait)
		}
	})
}

// TestPreparingTasksMakesTheirFiles: inputs of tasks are files like any others.
func TestPreparingTasksMakesTheirFiles(t *testing.T) {
	site := newSite(t, read{}, manyTasks, nil)
	outcome, err := expectFiles(site, site.Input).verify()
	must(t, err)
	if outcome.Items != manyTasks.Files {
		t.Errorf("%d items, want %d", outcome.Items, manyTasks.Files)
	}
	m, err := workload.Survey(context.Background(), manyTasks)
	must(t, err)
	if name := m.File(0).Name; name != "data-0000.txt" {
		t.Errorf("the first is %q", name)
	}
}
