package operations

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"iosweep/internal/workload"
)

func TestRanges(t *testing.T) {
	m := workload.NewManifest(
		workload.File{Name: "a", Size: 0}, workload.File{Name: "b", Size: 1000}, workload.File{Name: "c", Size: 999},
		workload.File{Name: "d", Size: 2001}, workload.File{Name: "e", Size: 10})
	for split, want := range map[int64][]Range{
		0:    {{0, 0, 0}, {1, 0, 1000}, {2, 0, 999}, {3, 0, 2001}, {4, 0, 10}},
		5000: {{0, 0, 0}, {1, 0, 1000}, {2, 0, 999}, {3, 0, 2001}, {4, 0, 10}},
		1000: {{0, 0, 0}, {1, 0, 1000}, {2, 0, 999}, {3, 0, 1000}, {3, 1000, 1000}, {3, 2000, 1}, {4, 0, 10}},
	} {
		r := RangesOf(Site{Manifest: m, Split: split})
		var got []Range
		for item := range r.Len() {
			got = append(got, r.At(item))
		}
		if !slices.Equal(got, want) {
			t.Errorf("split %d: got %v, want %v", split, got, want)
		}
	}
}

// splitTree is a tree with files around multiples of 4096 bytes, one of which its owner may not
// write.
func splitTree(t *testing.T) string {
	tree := t.TempDir()
	must(t, os.Mkdir(filepath.Join(tree, "below"), 0o755))
	for i, size := range []int{0, 1, 4095, 4096, 4097, 8192, 50_000, 3 << 20} {
		name, content := fmt.Sprintf("%d", i), content(t, workload.Workload{Content: workload.ContentBytes, Size: int64(size)}, i)
		must(t, os.WriteFile(filepath.Join(tree, name), content, 0o644))
		must(t, os.WriteFile(filepath.Join(tree, "below", name), content, 0o640))
	}
	must(t, os.Chmod(filepath.Join(tree, "below", "6"), 0o440))
	return tree
}

// TestSplit does the ranges of files as items, in both directions, on several workers and in
// stages.
func TestSplit(t *testing.T) {
	tree := splitTree(t)
	backwards := func(task Task, site Site, items []int) ([]uint32, error) {
		items = slices.Clone(items)
		slices.Reverse(items)
		return oneByOne(task, site, items)
	}
	for name, do := range map[string]doFunc{"in order": oneByOne, "backwards": backwards, "concurrently": concurrently, "stages": inStages, "blocks in any order": inAnyOrder} {
		for _, block := range []Block{BlockAuto, BlockWhole, 512, 4096} {
			for _, split := range []int64{4096, 1 << 20} {
				if testing.Short() && (block == 4096 || block == BlockWhole || split > 4096) {
					continue
				}
				for _, op := range []Operation{read{}, copying{}} {
					for _, layout := range []string{LayoutShared, LayoutPerWorker} {
						if op.Info().Name == "read" && (name == "stages" || name == "blocks in any order" || layout == LayoutPerWorker) {
							continue
						}
						t.Run(fmt.Sprintf("%s/%s/%d/%d/%s", op.Info().Name, name, block, split, layout), func(t *testing.T) {
							site := newSite(t, op, workload.Workload{From: tree}, func(s *Site) {
								s.Block, s.Split, s.Layout, s.Workers = block, split, layout, 3
							})
							digests := perform(t, op, site, do, allItems(site))
							checkOutcome(t, op, site, digests)
							checkModes(t, op, site)
						})
					}
				}
			}
		}
	}
}

// checkModes checks the permissions of the files that an operation has made.
func checkModes(t *testing.T, op Operation, site Site) {
	t.Helper()
	if op.Info().Name == "read" || runtime.GOOS == "windows" {
		return
	}
	for _, file := range site.Manifest.All() {
		found := 0
		for _, dir := range itemDirs(site) {
			info, err := os.Lstat(filepath.Join(site.Output, dir, file.Name))
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			must(t, err)
			if found++; info.Mode() != file.Mode {
				t.Errorf("mode of %q: got %v, want %v", file.Name, info.Mode(), file.Mode)
			}
		}
		if found != 1 {
			t.Errorf("%q was found %d times", file.Name, found)
		}
	}
}

// TestSplitDigestsAreCombined changes the digest of a range in the middle of a file.
func TestSplitDigestsAreCombined(t *testing.T) {
	op := read{}
	site := newSite(t, op, workload.Workload{Files: 3, Content: workload.ContentBytes, Size: 3 * 4096}, func(s *Site) { s.Split = 4096 })
	digests := perform(t, op, site, oneByOne, allItems(site))
	if len(digests) != 9 {
		t.Fatalf("got %d digests for 3 files of 3 ranges", len(digests))
	}
	expectRefused(t, op, site, digests[:8], "8 digests for 9 items")
	digests[4]++
	expectRefused(t, op, site, digests, `item 1 "data-0001.bin": content differs`, "1 of 3 items wrong")
}
