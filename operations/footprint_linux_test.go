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

// TestFootprints: what an operation really takes of the file system is never more
// than its footprint, and the names are counted exactly.
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
						t.Errorf("in the end %+v are taken, more than %+v", after, both)
					}
				})
			}
		}
	}
}

// movedFootprint is what a move may leave in the output: the victims themselves.
func movedFootprint(e WorkloadSize, op Operation, site Site) Footprint {
	if _, moves := op.(moving); moves {
		return e.Input(NeedsDisposableCopy, site)
	}
	return Footprint{}
}

// within checks a footprint. Its names are exact; bytes may be fewer, since small
// directories and files share what a file system has left over.
// Content that gets smaller is counted as if it did not.
func within(t *testing.T, what string, found, counted Footprint, compressed bool) {
	t.Helper()
	if found.Bytes > counted.Bytes {
		t.Errorf("%s: %d bytes are taken, more than the %d counted", what, found.Bytes, counted.Bytes)
	}
	if found.Files != counted.Files {
		t.Errorf("%s: there are %d names, %d were counted", what, found.Files, counted.Files)
	}
	if spare := counted.Bytes - found.Bytes; !compressed && spare > counted.Bytes/2+counted.Files*4096+16<<10 {
		t.Errorf("%s: %d bytes are taken, and %d were counted", what, found.Bytes, counted.Bytes)
	}
}

func blockOf(t *testing.T, path string) int64 {
	t.Helper()
	var s unix.Statfs_t
	must(t, unix.Statfs(path, &s))
	return s.Frsize
}

// taken is what a directory takes, as du counts it; see stat(2) for the 512.
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
