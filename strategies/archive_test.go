package strategies

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
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

// archiveBy returns the archive that a strategy makes. It must be correct.
func archiveBy(t *testing.T, s Strategy, zip operations.Operation, site operations.Site, chunk int) []byte {
	t.Helper()
	site, err := zipBy(t, s, zip, site, chunk)
	if err == nil {
		_, err = zip.Verify(site, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	archive, err := os.ReadFile(zip.Info().OutputPath(site.Output))
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

// zipBy lets a strategy make an archive in a new directory. The site that it returns has this output.
func zipBy(t *testing.T, s Strategy, zip operations.Operation, site operations.Site, chunk int) (operations.Site, error) {
	t.Helper()
	site.Output = t.TempDir()
	task, err := zip.Open(site)
	if err != nil {
		t.Fatal(err)
	}
	defer task.Close()
	items := operations.RangesOf(site)
	job := Job{
		Task: task, Items: items.Len(), Workers: site.Workers, Threads: 1, Chunk: chunk, Queue: 3,
		Sink: site.Sink, Blocks: site.HasBlocks(),
	}
	if has(s.Info().Axes, "threads") {
		job.Workers, job.Threads = 2, 2
	}
	if job.Spec, err = json.Marshal(fake{Zip: &site}); err != nil {
		t.Fatal(err)
	}
	job.Command = workerCommand(t)
	_, err = Run(t.Context(), s, job)
	return site, err
}

// openZip opens the task of a worker process.
func openZip(site operations.Site) (_ operations.Task, err error) {
	zip, _ := operations.Named("zip")
	site.Dirs = plainDirs{}
	if site.Manifest, err = workload.Survey(context.Background(), site.Workload); err != nil {
		return nil, err
	}
	return zip.Open(site)
}

// largeFiles makes a tree with files of several blocks between small ones. random files do not get
// smaller.
func largeFiles(t *testing.T, numbers, random int, size int) operations.Site {
	t.Helper()
	tree := t.TempDir()
	source := rand.NewChaCha8([32]byte{1})
	content := make([]byte, 0, size+100)
	for i := range 2*(numbers+random) + 1 {
		content = content[:0]
		switch {
		case i%2 == 0: // a small file
			content = fmt.Append(content, "small ", i)
		case i < 2*numbers:
			for n := i; len(content) < size+1000*i; n += i {
				content = fmt.Appendln(content, n)
			}
		default:
			content = content[:size]
			source.Read(content)
		}
		if err := os.WriteFile(filepath.Join(tree, fmt.Sprintf("%03d", i)), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	site := operations.Site{
		Workload: workload.Workload{From: tree}, Input: tree, Dirs: plainDirs{}, Workers: 4, Level: 1,
		Layout: operations.LayoutShared, Cache: operations.CacheWarm, Sync: operations.SyncNone,
	}
	var err error
	if site.Manifest, err = workload.Survey(t.Context(), site.Workload); err != nil {
		t.Fatal(err)
	}
	return site
}

// archiveStrategies returns the strategies of the tests of large archives, or some that differ most.
func archiveStrategies() []Strategy {
	if testing.Short() {
		return []Strategy{threads{}, pipeline{}, processes{}}
	}
	return []Strategy{threads{}, async{}, pipeline{}, unbounded{}, processes{}, processThreads{}}
}

// TestEveryStrategyMakesTheSameArchiveOfBlocks is like TestEveryStrategyMakesTheSameArchive, for
// files of several blocks, also with worker processes.
func TestEveryStrategyMakesTheSameArchiveOfBlocks(t *testing.T) {
	zip, _ := operations.Named("zip")
	site := largeFiles(t, 3, 1, 2_300_000)
	for _, block := range []operations.Block{operations.BlockAuto, 64 << 10} {
		site.Block = block
		want := archiveBy(t, sequential{}, zip, site, 1)
		for _, s := range archiveStrategies() {
			for _, sink := range zip.Info().Sinks {
				for _, chunk := range []int{1, 3} {
					if block != operations.BlockAuto && chunk > 1 {
						continue
					}
					t.Run(fmt.Sprintf("%s/%s/%d/%d", s.Info().Name, sink, chunk, block), func(t *testing.T) {
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
}

// TestArchiveLargerThanMemory makes archives of files that do not get smaller, which are more than
// the memory for entries that come early. Workers then wait for each other, and the entries may have
// another order.
func TestArchiveLargerThanMemory(t *testing.T) {
	zip, _ := operations.Named("zip")
	site := largeFiles(t, 0, 6, 9_000_000)
	for _, s := range archiveStrategies() {
		for _, sink := range zip.Info().Sinks {
			if testing.Short() && sink != operations.SinkParallel {
				continue
			}
			t.Run(s.Info().Name+"/"+sink, func(t *testing.T) {
				site := site
				site.Sink = sink
				archiveBy(t, s, zip, site, 2)
			})
		}
	}
}

// TestFailedItemWakesWorkers removes the end of a file in the middle. The worker with this file has
// an open entry, for which other workers wait when it fails.
func TestFailedItemWakesWorkers(t *testing.T) {
	zip, _ := operations.Named("zip")
	for _, s := range archiveStrategies() {
		for _, sink := range zip.Info().Sinks {
			if testing.Short() && sink != operations.SinkParallel {
				continue
			}
			t.Run(s.Info().Name+"/"+sink, func(t *testing.T) {
				site := largeFiles(t, 0, 6, 9_000_000)
				site.Sink, site.Level = sink, 0
				if err := os.Truncate(filepath.Join(site.Input, "001"), 8_000_000); err != nil {
					t.Fatal(err)
				}
				if _, err := zipBy(t, s, zip, site, 1); err == nil || !strings.Contains(err.Error(), `"001"`) {
					t.Errorf("got error %v, want one that names the file", err)
				}
			})
		}
	}
}

// TestEveryStrategySplitsArchives compresses ranges of files as items. The ranges of random content
// are more than the memory for ranges that come early, so workers wait for each other.
func TestEveryStrategySplitsArchives(t *testing.T) {
	zip, _ := operations.Named("zip")
	for name, site := range map[string]operations.Site{"numbers": largeFiles(t, 3, 0, 4_500_000), "random": largeFiles(t, 0, 3, 14_000_000)} {
		site.Split, site.Sink = 2<<20, operations.SinkParallel
		want := archiveBy(t, async{}, zip, site, 1)
		for _, s := range archiveStrategies() {
			if _, shared := s.(processThreads); shared {
				continue // they cannot split
			}
			for _, chunk := range []int{1, 5} {
				t.Run(fmt.Sprintf("%s/%s/%d", name, s.Info().Name, chunk), func(t *testing.T) {
					if !bytes.Equal(archiveBy(t, s, zip, site, chunk), want) {
						t.Error("the archive differs from the one of another strategy")
					}
				})
			}
		}
	}
}
