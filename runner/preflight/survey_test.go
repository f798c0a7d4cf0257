package preflight

import (
	"testing"

	"iosweep/runner/schedule"
)

// TestOldManifestsAreFreed checks that the oldest manifests of generated content are freed when
// others need the memory, and that a freed manifest can be made again.
func TestOldManifestsAreFreed(t *testing.T) {
	prep, err := Prepare(t.Context(), schedule.NewPlan(parse(t, `
name: several
workload: {files: 2, lines: 1}
grid: {operation: [write, copy], strategy: sequential, files: [2, 3, 4]}
trials: {repeats: 1, warmup: 0}
`, "workspace="+t.TempDir())), Base{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(prep.generated) != 3 {
		t.Fatalf("%d manifests are in memory, want 3", len(prep.generated))
	}
	before := prep.SpaceRequirements()[0].Need()
	prep.memory += maxManifestMemory // as if others were as large
	if err := prep.LoadManifest(t.Context(), 0); err != nil || len(prep.generated) != 3 {
		t.Fatalf("loading a manifest that is in memory freed others: %v, %d are in memory, want 3", err, len(prep.generated))
	}
	again, err := prep.surveyWorkload(t.Context(), prep.Places[0].Workload)
	if err != nil {
		t.Fatal(err)
	}
	if len(prep.generated) != 1 || prep.Places[0].Manifest != nil || again.sum != prep.Places[0].sum {
		t.Fatalf("%d manifests are in memory, want only the new one; its checksum is %s, want %s", len(prep.generated), again.sum, prep.Places[0].sum)
	}
	if now := prep.SpaceRequirements()[0].Need(); now != before {
		t.Errorf("without manifests the plan needs %+v, want %+v as with them", now, before)
	}
}
