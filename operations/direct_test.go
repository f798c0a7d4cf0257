package operations

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// TestDirectReads reads, copies and zips files that end at or near the boundaries of blocks and
// buffers.
func TestDirectReads(t *testing.T) {
	tree := t.TempDir()
	for i, size := range []int{0, 1, 511, 4095, 4096, 4097, autoBlock - 1, autoBlock, autoBlock + 1, 2*autoBlock + 4096} {
		content := content(t, workload.Workload{Content: workload.ContentBytes, Size: int64(size)}, i)
		must(t, os.WriteFile(filepath.Join(tree, string(rune('a'+i))), content, 0o644))
	}
	for _, op := range []Operation{read{}, copying{}, zipping{}} {
		t.Run(op.Info().Name, func(t *testing.T) {
			site := newSite(t, op, workload.Workload{From: tree}, func(s *Site) { s.Cache = CacheDirect })
			task, err := op.Open(site)
			must(t, err)
			var s Scratch
			folder, name, err := s.from.Enter(openInputs(t, site), "", "a")
			must(t, err)
			probe, err := folder.OpenDirect(name)
			if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
				if !strings.Contains(err.Error(), "use cache: warm") {
					t.Errorf("error %q does not contain the hint", err)
				}
				t.Skip("the file system of the temporary directory does not support direct reads")
			}
			must(t, err)
			must(t, probe.Close())
			must(t, task.Close())
			for _, block := range []Block{BlockAuto, BlockWhole, 4096, 3 * 4096, 1 << 20} {
				for _, split := range []int64{0, 12 << 20, 3 << 18} {
					if op.Info().Name == "zip" && (block != BlockAuto || split != 0) {
						continue
					}
					site := newSite(t, op, workload.Workload{From: tree}, func(s *Site) { s.Cache, s.Block, s.Split = CacheDirect, block, split })
					digests := perform(t, op, site, oneByOne, allItems(site))
					checkOutcome(t, op, site, digests)
				}
			}
		})
	}
}

func openInputs(t *testing.T, site Site) dirio.Directory {
	dir, err := openInput(site)
	must(t, err)
	t.Cleanup(func() { dir.Close() })
	return dir
}

// TestReadDetectsChangedFile reads files that have become shorter or longer, below and above the size
// of the buffer, through the page cache and directly.
func TestReadDetectsChangedFile(t *testing.T) {
	for size, others := range map[int][]int{4096: {0, 1, 4095, 4097, 8192}, 2 * autoBlock: {0, autoBlock, 2*autoBlock - 1, 2*autoBlock + 1, 3 * autoBlock}} {
		for _, other := range others {
			for _, cache := range []string{CacheWarm, CacheDirect} {
				site := newSite(t, read{}, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: int64(size)}, func(s *Site) { s.Cache = cache })
				must(t, os.WriteFile(filepath.Join(site.Input, "data-0000.bin"), make([]byte, other), 0o644))
				task, err := read{}.Open(site)
				must(t, err)
				var s Scratch
				_, err = task.Do(&s, 0)
				if err == nil || !strings.Contains(err.Error(), `item 0 "data-0000.bin"`) || strings.Contains(err.Error(), "invalid argument") {
					t.Errorf("%s: %d bytes instead of %d: error %v does not name the item", cache, other, size, err)
				}
				must(t, s.Close())
				must(t, task.Close())
			}
		}
	}
}

func TestUnzipRefusesDirect(t *testing.T) {
	site := newSite(t, unzipping{}, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 1}, func(s *Site) { s.Cache = CacheDirect })
	if task, err := (unzipping{}).Open(site); err == nil {
		task.Close()
		t.Error("Open returned no error")
	} else if !strings.Contains(err.Error(), "use cache: warm or cold") {
		t.Errorf("error %q does not contain the hint", err)
	}
}

func TestAlignedBuffers(t *testing.T) {
	var buf []byte
	for _, n := range []int{1, 4096, 100, 70_000, 4097} {
		before := buf
		buf = aligned(buf, n)
		if len(buf) != n || offBlock(buf) != 0 {
			t.Errorf("%d bytes: length %d, offset in the block %d", n, len(buf), offBlock(buf))
		}
		if cap(before) >= n && &before[:1][0] != &buf[0] {
			t.Errorf("%d bytes: the buffer was large enough but was not reused", n)
		}
	}
}
