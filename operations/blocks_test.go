package operations

import (
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// largeWorkloads are contents of each kind in items of several blocks: in memory, generated forward,
// and from a tree.
func largeWorkloads(t *testing.T) map[string]workload.Workload {
	tree := t.TempDir()
	for i, size := range []int{0, 1, 511, 512, 513, 1024, 70_000, autoBlock, autoBlock + 1, 2 * autoBlock, 2*autoBlock + 777} {
		content := content(t, workload.Workload{Content: workload.ContentBytes, Size: int64(size)}, i)
		must(t, os.WriteFile(filepath.Join(tree, string(rune('a'+i))), content, 0o644))
	}
	return map[string]workload.Workload{
		"bytes":  {Files: 2, Content: workload.ContentBytes, Size: 2*autoBlock + 333},
		"rows":   {Files: 2, Content: workload.ContentRows, Lines: 8000, Values: 10, Seed: 5},
		"random": {Files: 1, Content: workload.ContentRandom, Lines: 9000, Values: 10, Seed: 5},
		"tree":   {From: tree},
	}
}

// TestItemsByBlocks does items of several blocks, with blocks that divide the files and others that do not.
func TestItemsByBlocks(t *testing.T) {
	for kind, w := range largeWorkloads(t) {
		for _, block := range []Block{BlockAuto, BlockWhole, 512, 1024, 4096, 65_537, 4 << 20} {
			if testing.Short() && block == 1024 {
				continue
			}
			for _, op := range []Operation{write{}, read{}, copying{}} {
				t.Run(fmt.Sprintf("%s/%s/%d", kind, op.Info().Name, block), func(t *testing.T) {
					site := newSite(t, op, w, func(s *Site) { s.Block = block })
					digests := perform(t, op, site, oneByOne, allItems(site))
					checkOutcome(t, op, site, digests)
				})
			}
		}
	}
}

// TestBlocksBoundMemory checks the buffer of a worker after items of many blocks.
func TestBlocksBoundMemory(t *testing.T) {
	for _, block := range []Block{BlockAuto, 512, 65_536, 2 << 20} {
		for _, op := range []Operation{write{}, read{}, copying{}} {
			for _, kind := range []string{workload.ContentBytes, workload.ContentRows} {
				site := newSite(t, op, workload.Workload{Files: 1, Content: kind, Size: 9 << 20, Lines: 150_000, Values: 10},
					func(s *Site) { s.Block = block })
				task, err := op.Open(site)
				must(t, err)
				var s Scratch
				_, err = task.Do(&s, 0)
				must(t, err)
				must(t, s.Close())
				must(t, task.Close())
				if limit := 2*int(block.Of(9<<20)) + 16<<10; cap(s.buf)+cap(s.staged.Data) > limit {
					t.Errorf("%s of %s, block %d: the worker keeps %d bytes, want at most %d",
						op.Info().Name, kind, block, cap(s.buf)+cap(s.staged.Data), limit)
				}
			}
		}
	}
}

// TestChangedSizeNamesBothSizes reads files that have become shorter or longer, with every block.
func TestChangedSizeNamesBothSizes(t *testing.T) {
	const size = 3 * 4096
	for _, op := range []Operation{read{}, copying{}} {
		for _, found := range []int64{0, 1, 4096, 8191, size - 1, size + 1, 2 * size} {
			site := newSite(t, op, workload.Workload{Files: 2, Content: workload.ContentBytes, Size: size}, func(*Site) {})
			must(t, os.Truncate(filepath.Join(site.Input, "data-0001.bin"), found))
			for _, block := range []Block{BlockAuto, BlockWhole, 512, 4096, 5000, size, 1 << 20} {
				for _, split := range []int64{0, 4096, 2 * 4096} {
					site.Block, site.Split, site.Output = block, split, t.TempDir()
					err := doAll(t, op, site)
					want := fmt.Sprintf(`item 1 "data-0001.bin": has %d bytes, expected %d`, found, size)
					if err == nil || err.Error() != want {
						t.Errorf("%s, block %d, split %d: got error %v, want %q", op.Info().Name, block, split, err, want)
					}
				}
			}
		}
	}
}

// doAll does all items of a site in order, and returns the first error.
func doAll(t *testing.T, op Operation, site Site) (err error) {
	t.Helper()
	task, err := op.Open(site)
	must(t, err)
	defer task.Close()
	if b, ok := task.(Bracketed); ok {
		must(t, b.Begin())
	}
	var s Scratch
	defer s.Close()
	ranges := RangesOf(site)
	for item := 0; item < ranges.Len() && err == nil; item++ {
		_, err = task.Do(&s, item)
	}
	return err
}

// TestUnit checks that direct reads ask for multiples of the device's alignment, which every block
// is a multiple of.
func TestUnit(t *testing.T) {
	for block, want := range map[Block]int64{BlockAuto: 4096, BlockWhole: 4096, 512: 512, 1024: 1024, 1536: 512, 4096: 4096, 12_288: 4096, 1 << 30: 4096} {
		if got := block.unit(); got != want {
			t.Errorf("block %d: got %d, want %d", block, got, want)
		}
	}
}

// TestReadSparseFile reads a file that is larger than the memory of most machines.
func TestReadSparseFile(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads 16 GiB")
	}
	const size = 16 << 30
	zeros := crc32.ChecksumIEEE(make([]byte, 1<<20))
	for length := int64(1 << 20); length < size; length *= 2 {
		zeros = workload.CombineCRC(zeros, zeros, length)
	}
	// In memory a hole takes no page of the cache.
	tree, err := os.MkdirTemp("/dev/shm", "iosweep-test-")
	if err != nil {
		tree = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(tree) })
	path := filepath.Join(tree, "sparse")
	must(t, os.WriteFile(path, nil, 0o644))
	must(t, os.Truncate(path, size))
	for _, split := range []int64{0, 5 << 30} {
		site := Site{
			Workload: workload.Workload{From: tree}, Input: tree, Dirs: plainDirs{}, Workers: 2, Split: split,
			Manifest: workload.NewManifest(workload.File{Name: "sparse", Size: size, CRC: zeros, Mode: 0o644}),
		}
		digests := perform(t, read{}, site, concurrently, allItems(site))
		checkOutcome(t, read{}, site, digests)
	}
	must(t, os.Truncate(path, size-1))
	site := Site{
		Workload: workload.Workload{From: tree}, Input: tree, Dirs: plainDirs{}, Workers: 1, Split: 15 << 30,
		Manifest: workload.NewManifest(workload.File{Name: "sparse", Size: size}),
	}
	task, err := read{}.Open(site)
	must(t, err)
	defer task.Close()
	var s Scratch
	defer s.Close()
	if _, err := task.Do(&s, 1); err == nil || !strings.Contains(err.Error(), "has 17179869183 bytes, expected 17179869184") {
		t.Errorf("got error %v", err)
	}
}
