package operations

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// TestPrepareLargeFiles prepares files of several blocks, and refuses a tree that has changed since
// the survey.
func TestPrepareLargeFiles(t *testing.T) {
	for kind, w := range largeWorkloads(t) {
		t.Run(kind, func(t *testing.T) {
			site := newSite(t, read{}, w, func(s *Site) { s.Block = 512 })
			if _, err := expectFiles(site, site.Input).verify(); err != nil {
				t.Error(err)
			}
		})
	}
	tree := largeWorkloads(t)["tree"].From
	path := filepath.Join(tree, "k")
	manifest, err := workload.Survey(context.Background(), workload.Workload{From: tree})
	must(t, err)
	content, err := os.ReadFile(path)
	must(t, err)
	content[len(content)-1]++
	must(t, os.WriteFile(path, content, 0o644))
	site := Site{Workload: workload.Workload{From: tree}, Manifest: manifest, Input: t.TempDir(), Output: t.TempDir(), Dirs: plainDirs{}}
	if err := Prepare(context.Background(), read{}, site); err == nil || !strings.Contains(err.Error(), `"k": content differs`) {
		t.Errorf("got error %v", err)
	}
}
