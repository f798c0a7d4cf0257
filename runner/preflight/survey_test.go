package preflight

import (
	"testing"

	"iosweep/runner/schedule"
)

// TestManifestsGiveWay: manifests of made content are let go of, the oldest first,
// where others need the room, and a trial gets its own again.
func TestManifestsGiveWay(t *testing.T) {
	prep, err := Prepare(t.Context(), schedule.NewPlan(parse(t, `
name: several
workload: {files: 2, lines: 1}
grid: {operation: [write, copy], strategy: sequential, files: [2, 3, 4]}
trials: {repeats: 1, warmup: 0}
`, "workspace="+t.TempDir())), Base{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(prep.made) != 3 {
		t.Fatalf("%d manifests are held, want 3", len(prep.made))
	}
	before := prep.SpaceRequirements()[0].Need()
	prep.memory += maxManifestMemory // as if others were as large
	if err := prep.LoadManifest(t.Context(), 0); err != nil || len(prep.made) != 3 {
		t.Fatalf("a manifest that is held makes others give way: %v, %d are held", err, len(prep.made))
	}
	again, err := prep.surveyWorkload(t.Context(), prep.Places[0].Workload)
	if err != nil {
		t.Fatal(err)
	}
	if len(prep.made) != 1 || prep.Places[0].Manifest != nil || again.sum != prep.Places[0].sum {
		t.Fatalf("%d manifests are held, want the last one, with the content %s as before: %s", len(prep.made), prep.Places[0].sum, again.sum)
	}
	if now := prep.SpaceRequirements()[0].Need(); now != before {
		t.Errorf("without manifests the plan needs %+v, with them %+v", now, before)
	}
}
