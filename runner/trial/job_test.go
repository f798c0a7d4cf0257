package trial

import (
	"testing"

	"iosweep/internal/workload"
	"iosweep/operations"
	"iosweep/strategies"
)

// TestTasksOfRings: with chunk_size auto there is a task for every item in flight, on
// whatever ring.
func TestTasksOfRings(t *testing.T) {
	manifest, err := workload.Survey(t.Context(), workload.Workload{Files: 100, Content: workload.ContentBytes, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	read, _ := operations.Named("read")
	for strategy, want := range map[string]int{"io_uring": 9, "processes+threads": 25} {
		spec := Spec{Strategy: strategy, Workers: 4, Threads: 3}
		spec.Site.Manifest = manifest
		s, _ := strategies.Named(strategy)
		job, err := spec.job(read, nil, spec.footprint(s), nil)
		if err != nil || job.Chunk != want {
			t.Errorf("%s: tasks of %d items, want %d: %v", strategy, job.Chunk, want, err)
		}
	}
}
