package operations

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFootprints checks that an operation never takes more space than its footprint, and that the
// number of names is exact.
func TestFootprints(t *testing.T) {
	for name, w := range workloads(t) {
		for _, op := range All {
			for _, layout := range []string{LayoutShared, LayoutPerWorker} {
				if layout != LayoutShared && !slices.Contains(op.Info().Axes, "layout") {
					continue
				}
				t.Run(name+"/"+op.Info().Name+"/"+layout, func(t *testing.T) {
					site := newSite(t, op, w, func(s *Site) {
						s.Layout, s.Workers, s.Level = layout, 3, 0
					})
					if _, appends := op.(appending); appends {
						site.Sink = SinkCollector
					}
					e := MeasureWorkload(w, site.Manifest, blockOf(t, site.Output))
					if op.Info().Needs != NeedsNothing {
						within(t, "input", taken(t, site.Input), e.Input(op.Info().Needs, site), op.Info().Needs == NeedsArchive)
					}
					before := taken(t, site.Input).Plus(taken(t, site.Output))
					perform(t, op, site, oneByOne, allItems(site))
					within(t, "output", taken(t, site.Output), e.Output(op, site).Max(movedFootprint(e, op, site)), op.Info().Name == "zip")
					both := e.Output(op, site).Plus(before)
					if after := taken(t, site.Input).Plus(taken(t, site.Output)); after.Bytes > both.Bytes || after.Files > both.Files {
						t.Errorf("the end state takes %+v, more than %+v", after, both)
					}
				})
			}
		}
	}
}

// movedFootprint returns the footprint of the items that a move leaves in the output.
func movedFootprint(e WorkloadSize, op Operation, site Site) Footprint {
	if _, moves := op.(moving); moves {
		return e.Input(NeedsDisposableCopy, site)
	}
	return Footprint{}
}

// within checks a footprint. The number of names must be exact. The bytes may be fewer, because
// small directories and files can share free space of the file system. Content that gets smaller
// is counted as uncompressed.
func within(t *testing.T, what string, found, counted Footprint, compressed bool) {
	t.Helper()
	if found.Bytes > counted.Bytes {
		t.Errorf("%s: it takes %d bytes, more than the estimate of %d", what, found.Bytes, counted.Bytes)
	}
	if found.Files != counted.Files {
		t.Errorf("%s: got %d names, want %d", what, found.Files, counted.Files)
	}
	if spare := counted.Bytes - found.Bytes; !compressed && spare > counted.Bytes/2+counted.Files*4096+16<<10 {
		t.Errorf("%s: it takes %d bytes, and the estimate is far higher: %d", what, found.Bytes, counted.Bytes)
	}
}

func blockOf(t *testing.T, path string) int64 {
	t.Helper()
	var s unix.Statfs_t
	must(t, unix.Statfs(path, &s))
	return s.Frsize
}

// taken returns the space of a directory as du counts it; see stat(2) for the factor 512.
func taken(t *testing.T, dir string) Footprint {
	t.Helper()
	var sum Footprint
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return err
		}
		sum = sum.Plus(Footprint{info.Sys().(*syscall.Stat_t).Blocks * 512, 1})
		return nil
	}))
	return sum
}
