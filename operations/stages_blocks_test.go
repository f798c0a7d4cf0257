package operations

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"

	"iosweep/internal/workload"
)

// blockSize is the block of these tests. It is small, so that small items have several blocks.
const blockSize = 512

// blockWorkloads returns workloads with items around the size of a block.
func blockWorkloads(t testing.TB) map[string]workload.Workload {
	loads := map[string]workload.Workload{
		"rows":          {Files: 5, Content: workload.ContentRows, Lines: 40, Values: 25, Seed: 3},
		"random":        {Files: 4, Content: workload.ContentRandom, Lines: 20, Values: 14, Seed: 1},
		"python-random": {Files: 4, Content: workload.ContentPythonRandom, Lines: 20, Values: 14, Seed: 1},
		"tasks":         {Files: 1, Content: workload.ContentTasks}, // its delay is 0
		"text":          {Files: 2, Content: workload.ContentText, Size: 3*blockSize + 7},
		"tree":          {From: makeTree(t)},
	}
	sizes := []int64{0, 1, blockSize - 1, blockSize, blockSize + 1, 5 * blockSize, rand.Int64N(20 * blockSize)}
	root := t.TempDir()
	for i, size := range sizes {
		w := workload.Workload{Files: 3, Content: workload.ContentBytes, Size: size, Seed: int64(i)}
		loads[fmt.Sprintf("bytes of %d", size)] = w
		must(t, os.WriteFile(filepath.Join(root, fmt.Sprintf("%d.bin", i)), content(t, w, 0), 0o644))
	}
	loads["files of all sizes"] = workload.Workload{From: root}
	return loads
}

// drivers are the ways in which strategies take an item through its stages.
var drivers = map[string]doFunc{"do": oneByOne, "stages": inStages, "blocks in any order": inAnyOrder}

// TestBlocks compares the output of items that are done in blocks with the output of whole items.
func TestBlocks(t *testing.T) {
	for load, w := range blockWorkloads(t) {
		for _, op := range []Operation{write{}, copying{}} {
			syncs := []string{SyncNone}
			if w.From != "" {
				syncs = []string{SyncNone, SyncFile, SyncEnd}
			}
			for _, sync := range syncs {
				whole := newSite(t, op, w, func(s *Site) { s.Sync = sync })
				perform(t, op, whole, oneByOne, allItems(whole))
				for driver, do := range drivers {
					t.Run(op.Info().Name+"/"+load+"/"+sync+"/"+driver, func(t *testing.T) {
						site := newSite(t, op, w, func(s *Site) { s.Sync, s.Block = sync, blockSize })
						perform(t, op, site, do, allItems(site))
						checkOutcome(t, op, site, nil)
						sameFiles(t, site.Output, whole.Output)
					})
				}
			}
		}
	}
}

// sameFiles checks that two directories have the same files.
func sameFiles(t *testing.T, got, want string) {
	t.Helper()
	must(t, filepath.WalkDir(want, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(want, path)
		must(t, err)
		a, err := os.ReadFile(filepath.Join(got, name))
		must(t, err)
		b, err := os.ReadFile(path)
		must(t, err)
		if !bytes.Equal(a, b) {
			t.Errorf("%q: got %d bytes that differ from the %d bytes of the whole item", name, len(a), len(b))
		}
		return nil
	}))
}

// inAnyOrder loads the blocks of each item in order, and then commits them on four workers in
// random order, as the committers of a pipeline may do.
func inAnyOrder(task Task, site Site, items []int) ([]uint32, error) {
	stages := task.(Staged)
	var loader Scratch
	defer loader.Close()
	for _, item := range items {
		var blocks []*StagedItem
		for offset, last := int64(0), false; !last; {
			p := &StagedItem{}
			p.Resume(item, offset)
			if err := stages.Load(&loader, p); err != nil {
				return nil, err
			}
			if err := stages.Compute(&loader, p); err != nil {
				return nil, err
			}
			blocks, offset, last = append(blocks, p), p.End(), p.Last
		}
		rand.Shuffle(len(blocks), func(i, j int) { blocks[i], blocks[j] = blocks[j], blocks[i] })
		var group errgroup.Group
		for part := range slices.Chunk(blocks, len(blocks)/4+1) {
			group.Go(func() error {
				var committer Scratch
				defer committer.Close()
				for _, p := range part {
					if _, err := stages.Commit(&committer, p); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// TestRecordsInBlocks compares logs whose records are written block by block with logs of whole
// records. One item is larger than the window through which Verify reads.
func TestRecordsInBlocks(t *testing.T) {
	loads := blockWorkloads(t)
	loads["larger than the window"] = workload.Workload{Files: 2, Content: workload.ContentBytes, Size: 3<<20 + 5}
	for load, w := range loads {
		for _, sink := range (appending{}).Info().Sinks {
			for _, sync := range []string{SyncNone, SyncFile, SyncEnd} {
				if sync != SyncNone && load != "random" {
					continue
				}
				t.Run(load+"/"+sink+"/"+sync, func(t *testing.T) {
					site := newSite(t, appending{}, w, func(s *Site) { s.Sink, s.Sync, s.Block = sink, sync, BlockWhole })
					perform(t, appending{}, site, oneByOne, allItems(site))
					want, err := os.ReadFile(filepath.Join(site.Output, LogName))
					must(t, err)
					for driver, do := range map[string]doFunc{"do": oneByOne, "stages": inStages, "batches": inBatches} {
						for _, block := range []Block{BlockAuto, blockSize} {
							if driver == "batches" && sink != SinkCollector || block == blockSize && load == "larger than the window" {
								continue
							}
							site := site
							site.Output, site.Block = t.TempDir(), block
							perform(t, appending{}, site, do, allItems(site))
							checkOutcome(t, appending{}, site, nil)
							got, err := os.ReadFile(filepath.Join(site.Output, LogName))
							must(t, err)
							if !bytes.Equal(got, want) {
								t.Errorf("%s, block %d: the log differs from the log of whole records", driver, block)
							}
						}
					}
				})
			}
		}
	}
}

// inBatches appends the blocks of each item to a batch, and stores a batch that is full.
func inBatches(task Task, _ Site, items []int) ([]uint32, error) {
	t := task.(Batched)
	var s Scratch
	defer s.Close()
	var batch []byte
	for _, item := range items {
		var p StagedItem
		_, err := p.Blocks(item, func() (_ Result, err error) {
			if batch, err = t.AppendBlock(&s, batch, &p); err == nil && len(batch) >= t.BatchSize() {
				err = t.StoreBatch(batch)
				batch = batch[:0]
			}
			return Result{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return nil, t.StoreBatch(batch)
}
