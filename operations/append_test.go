package operations

import (
	"testing"

	"iosweep/internal/workload"
)

// TestUnlockedLosesUpdates lets two workers find the same end of the log. A trial that measures
// corruption must be able to cause it.
func TestUnlockedLosesUpdates(t *testing.T) {
	op := appending{}
	site := newSite(t, op, workload.Workload{Files: 3, Content: workload.ContentBytes, Size: 500}, func(s *Site) {
		s.Sink, s.Workers = SinkUnlocked, 2
	})
	opened, err := op.Open(site)
	must(t, err)
	task := opened.(*appendTask)
	must(t, task.Begin())
	second := &Scratch{Worker: 1}
	first := &Scratch{}
	first.Yield = func() { // the second worker writes after the first has found the end
		first.Yield = nil
		_, err := task.Do(second, 1)
		must(t, err)
	}
	for _, item := range []int{0, 2} {
		_, err := task.Do(first, item)
		must(t, err)
	}
	must(t, task.End())
	must(t, first.Close())
	must(t, second.Close())
	must(t, task.Close())
	outcome, err := op.Verify(site, nil)
	must(t, err)
	if outcome.CorruptItems != 1 {
		t.Errorf("%d corrupt items, want the 1 that was overwritten", outcome.CorruptItems)
	}
}

// TestAppendWorkerProcesses commits alternately through two tasks, as two processes do under a
// lock. Only the first one calls Begin.
func TestAppendWorkerProcesses(t *testing.T) {
	op := appending{}
	site := newSite(t, op, workload.Workload{Files: 10, Content: workload.ContentBytes, Size: 300}, func(s *Site) { s.Sink = SinkLocked })
	main, err := op.Open(site)
	must(t, err)
	worker, err := op.Open(site)
	must(t, err)
	must(t, main.(Bracketed).Begin())
	tasks := []Task{main, worker}
	scratches := make([]Scratch, 2)
	for item := range 10 {
		_, err := tasks[item%2].Do(&scratches[item%2], item)
		must(t, err)
	}
	must(t, main.(Bracketed).End())
	for i := range tasks {
		must(t, scratches[i].Close())
		must(t, tasks[i].Close())
	}
	checkOutcome(t, op, site, nil)
}
