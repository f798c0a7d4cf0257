package strategies

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"iosweep/internal/workload"
	"iosweep/operations"
)

// TestEveryStrategyMakesTheSameArchive checks that the entries have the order of the items under
// every strategy and task size.
func TestEveryStrategyMakesTheSameArchive(t *testing.T) {
	zip, _ := operations.Named("zip")
	lines := 200
	if testing.Short() {
		lines = 20
	}
	site := operations.Site{
		Workload: workload.Workload{Files: 200, Content: workload.ContentRows, Lines: lines, Values: 5},
		Input:    t.TempDir(), Dirs: plainDirs{}, Workers: 4, Level: 6,
	}
	var err error
	if site.Manifest, err = workload.Survey(t.Context(), site.Workload); err != nil {
		t.Fatal(err)
	}
	if err := operations.Prepare(t.Context(), zip, site); err != nil {
		t.Fatal(err)
	}
	want := archiveBy(t, sequential{}, zip, site, 1)
	for _, s := range []Strategy{threads{}, async{}, pipeline{}, unbounded{}} {
		for _, sink := range zip.Info().Sinks {
			for _, chunk := range []int{1, 60} {
				t.Run(fmt.Sprintf("%s/%s/%d", s.Info().Name, sink, chunk), func(t *testing.T) {
					site := site
					site.Sink = sink
					if !bytes.Equal(archiveBy(t, s, zip, site, chunk), want) {
						t.Error("the archive differs from the one that sequential makes")
					}
				})
			}
		}
	}
}

// archiveBy returns the archive that a strategy makes.
func archiveBy(t *testing.T, s Strategy, zip operations.Operation, site operations.Site, chunk int) []byte {
	t.Helper()
	site.Output = t.TempDir()
	task, err := zip.Open(site)
	if err != nil {
		t.Fatal(err)
	}
	defer task.Close()
	job := Job{Task: task, Items: site.Manifest.Len(), Workers: site.Workers, Chunk: chunk, Queue: 3, Sink: site.Sink}
	if _, err := Run(t.Context(), s, job); err != nil {
		t.Fatal(err)
	}
	archive, err := os.ReadFile(zip.Info().OutputPath(site.Output))
	if err != nil {
		t.Fatal(err)
	}
	return archive
}
