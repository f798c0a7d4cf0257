package operations

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// manyTasks wait for more than a second in all, so each can be told apart.
var manyTasks = Workload{Files: 40, Content: ContentTasks, Seed: 5}

// TestTasksAreThePublishedLine: the waits are those that Python computes from
// the formula in tasks.go.
func TestTasksAreThePublishedLine(t *testing.T) {
	tests := []struct {
		seed int64
		item int
		want string
	}{
		{0, 0, "Task 0 blocked for 0.000 of a second."},
		{0, 1, "Task 1 blocked for 0.618 of a second."},
		{1, 0, "Task 0 blocked for 0.618 of a second."},
		{1, 9999, "Task 9999 blocked for 0.339 of a second."},
		{-7, 3, "Task 3 blocked for 0.527 of a second."},
		{1 << 62, 5, "Task 5 blocked for 0.090 of a second."},
	}
	for _, test := range tests {
		w := Workload{Content: ContentTasks, Seed: test.seed}
		if got := string(content(t, w, test.item)); got != test.want {
			t.Errorf("seed %d item %d: got %q, want %q", test.seed, test.item, got, test.want)
		}
	}
}

// TestTasksWaitAsLongAsTheySay compares each line with the wait, and the waits
// with what the tutorials draw: spread over the second, below it.
func TestTasksWaitAsLongAsTheySay(t *testing.T) {
	tenths := make([]int, 10)
	for item := range 10_000 {
		wait := tasks{seed: 3}.Delay(item)
		if wait < 0 || wait >= time.Second {
			t.Fatalf("item %d waits for %v", item, wait)
		}
		tenths[wait/(100*time.Millisecond)]++
		line := string(content(t, Workload{Content: ContentTasks, Seed: 3}, item))
		_, said, _ := strings.Cut(line, " for ")
		said, _, _ = strings.Cut(said, " ")
		if printed, err := time.ParseDuration(said + "s"); err != nil || printed != wait {
			t.Fatalf("item %d waits for %v and says %q", item, wait, line)
		}
	}
	for i, n := range tenths {
		if n < 900 || n > 1100 {
			t.Errorf("%d of 10,000 waits are in tenth %d of the second: not evenly spread", n, i)
		}
	}
}

// TestTrialsWaitForTasks does every operation on tasks, in time that only passes
// while all wait: one by one the waits add up, with a worker for each item the
// longest counts. What the operation does not make itself is not waited for, nor
// what surveys, prepares and verifies.
func TestTrialsWaitForTasks(t *testing.T) {
	var sum, longest time.Duration
	for item := range manyTasks.Files {
		wait := tasks{seed: manyTasks.Seed}.Delay(item)
		sum, longest = sum+wait, max(longest, wait)
	}
	makes := map[string]bool{"write": true, "append": true}
	ways := map[string]struct {
		workers int
		do      way
		wait    time.Duration
	}{
		"one by one":       {1, oneByOne, sum},
		"in stages":        {1, inStages, sum},
		"all side by side": {manyTasks.Files, byFour, longest},
	}
	for _, op := range All {
		info := op.Info()
		for name, way := range ways {
			if name == "in stages" && !info.Staged || name == "all side by side" && info.Name == "append" {
				continue // byFour holds its lock during Load, which a strategy does not
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
					digests := perform(t, op, site, way.do, everything(site))
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

// TestAppendWaitsBeforeItsTurn: the wait belongs to Load, which workers do side
// by side whatever the sink; under a lock a thousand would take turns to sleep.
func TestAppendWaitsBeforeItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		site := newSite(t, appending{}, manyTasks, nil)
		task, err := appending{}.Open(site)
		must(t, err)
		defer task.Close()
		must(t, task.(Bracketed).Begin())
		var s Scratch
		p := &Parcel{Item: 7}
		wait := tasks{seed: manyTasks.Seed}.Delay(p.Item)
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
	m, err := Survey(context.Background(), manyTasks)
	must(t, err)
	if name := m.File(0).Name; name != "data-0000.txt" {
		t.Errorf("the first is %q", name)
	}
}

func TestAllItemsHaveToBeWaitedFor(t *testing.T) {
	tasks := Workload{Files: 3, Content: ContentTasks} // of 0, 0.618 and 0.236 s
	for _, test := range []struct {
		of     Workload
		atOnce int
		want   time.Duration
	}{
		{tasks, 0, 618 * time.Millisecond},
		{tasks, 1, 854 * time.Millisecond},
		{tasks, 2, 618 * time.Millisecond},
		{tasks, 100, 618 * time.Millisecond},
		{Workload{Files: 3, Content: ContentRows, Lines: 1, Values: 1}, 1, 0},
		{Workload{From: "tree", Content: ContentTasks}, 1, 0},
	} {
		if got := LeastWait(test.of, test.atOnce); got != test.want {
			t.Errorf("%+v, %d at once: %v, want %v", test.of, test.atOnce, got, test.want)
		}
	}
}
