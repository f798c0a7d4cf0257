package trial

import (
	"testing"

	"iosweep/internal/workload"
	"iosweep/operations"
	"iosweep/strategies"
)

// TestAutoChunkSize checks that with chunk_size auto there is a task for each worker of a ring,
// and for each process of a strategy with processes.
func TestAutoChunkSize(t *testing.T) {
	manifest, err := workload.Survey(t.Context(), workload.Workload{Files: 100, Content: workload.ContentBytes, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	read, _ := operations.Named("read")
	for strategy, want := range map[string]int{"io_uring": 9, "processes+threads": 25} {
		spec := Spec{Strategy: strategy, Workers: 4, Threads: 3}
		spec.Site.Manifest = manifest
		s, _ := strategies.Named(strategy)
		job, err := spec.job(read, nil, s.Footprint(max(1, spec.Workers), max(1, spec.Threads), spec.Site.Manifest.Len()), nil)
		if err != nil || job.Chunk != want {
			t.Errorf("%s: got tasks of %d items (%v), want %d", strategy, job.Chunk, err, want)
		}
	}
}

func TestChecksumsAreHiddenUntilRevealed(t *testing.T) {
	m := workload.NewManifest(workload.File{Name: "a", Size: 1, CRC: 17}, workload.File{Name: "b", CRC: 4})
	reveal := m.HideChecksums()
	for _, f := range m.All() {
		if f.CRC != 0 {
			t.Errorf("%s still has its checksum", f.Name)
		}
	}
	if m.File(0).Size != 1 || m.File(0).Name != "a" {
		t.Errorf("more than the checksum is gone: %+v", m.File(0))
	}
	reveal()
	if m.File(0).CRC != 17 || m.File(1).CRC != 4 {
		t.Errorf("revealed: %+v, %+v", m.File(0), m.File(1))
	}
}
