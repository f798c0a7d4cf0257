package operations

import (
	"testing"
)

// variants returns changes of the site for each level that an operation supports.
func variants(info Info) map[string]func(*Site) {
	all := map[string]func(*Site){"plain": nil}
	for _, axis := range info.Axes {
		switch axis {
		case "layout":
			all["per-worker"] = func(s *Site) { s.Layout = LayoutPerWorker }
		case "sync":
			all["sync file"] = func(s *Site) { s.Sync = SyncFile }
			all["sync end"] = func(s *Site) { s.Sync = SyncEnd }
		case "level":
			all["level 0"] = func(s *Site) { s.Level = 0 }
			all["level 9"] = func(s *Site) { s.Level = 9 }
		}
	}
	for _, sink := range info.Sinks {
		if sink != SinkUnlocked { // its result is corruption: see append_test.go
			all["sink "+sink] = func(s *Site) { s.Sink = sink }
		}
	}
	return all
}

// TestEveryOperation does every operation on every workload in all its variants, and verifies the
// outcome.
func TestEveryOperation(t *testing.T) {
	loads := workloads(t)
	for _, op := range All {
		for variant, change := range variants(op.Info()) {
			for load, workload := range loads {
				t.Run(op.Info().Name+"/"+variant+"/"+load, func(t *testing.T) {
					t.Parallel()
					site := newSite(t, op, workload, change)
					digests := perform(t, op, site, oneByOne, allItems(site))
					checkOutcome(t, op, site, digests)

					site = newSite(t, op, workload, func(s *Site) {
						if change != nil {
							change(s)
						}
						s.Workers = 4
						if s.Sink == "" && len(op.Info().Sinks) > 0 {
							s.Sink = SinkLocked
						}
					})
					digests = perform(t, op, site, concurrently, allItems(site))
					checkOutcome(t, op, site, digests)
				})
			}
		}
	}
}

func checkOutcome(t *testing.T, op Operation, site Site, digests []uint32) {
	t.Helper()
	outcome, err := op.Verify(site, digests)
	must(t, err)
	if outcome.Items != site.Manifest.Len() || outcome.Bytes != site.Manifest.Bytes() || outcome.CorruptItems != 0 {
		t.Errorf("got outcome %+v, want %d items of %d bytes", outcome, site.Manifest.Len(), site.Manifest.Bytes())
	}
}
