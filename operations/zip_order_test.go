package operations

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"iosweep/internal/workload"
)

// entryAt is an entry as Commit gets it: of a hundred bytes, in an array that is
// used again for the next.
func entryAt(p *StagedItem, item int) *StagedItem {
	p.Reset(item)
	p.Data = append(p.Data, bytes.Repeat([]byte{byte(item)}, 100)...)
	p.Size, p.CRC = int64(1000+item), uint32(item)
	return p
}

// pendingEntryCost is what one of them takes while it is kept.
const pendingEntryCost = 100 + pendingCost

// ordered adds entries in the order in which they come and returns how they were
// written.
func ordered(t *testing.T, room int64, come []int) (o *entryOrder, written []int) {
	t.Helper()
	o = newEntryOrder(200, room, func(p *StagedItem) error {
		if len(p.Data) != 100 || p.Data[99] != byte(p.Item) || p.Size != int64(1000+p.Item) || p.CRC != uint32(p.Item) {
			t.Errorf("item %d is written with the entry of another: %+v", p.Item, p)
		}
		written = append(written, p.Item)
		return nil
	})
	var p StagedItem
	for _, item := range come {
		must(t, o.add(entryAt(&p, item)))
	}
	must(t, o.finish())
	return o, written
}

func TestEntriesAreWrittenInItemOrder(t *testing.T) {
	come := rand.New(rand.NewPCG(1, 2)).Perm(200)
	o, written := ordered(t, 200*pendingEntryCost, come)
	if !slices.IsSorted(written) || len(written) != 200 {
		t.Errorf("they came as %v and were written as %v", come, written)
	}
	if o.room != 200*pendingEntryCost || len(o.pending) != 0 {
		t.Errorf("%d bytes of room and %d entries are left", o.room, len(o.pending))
	}
}

func TestEntriesBeyondLimitAreWrittenAtOnce(t *testing.T) {
	o, written := ordered(t, 2*pendingEntryCost+50, []int{3, 4, 5, 1, 0, 2, 6})
	// 3 and 4 are kept. 5 and 1 find no room, and are not written again in their turn.
	if want := []int{5, 1, 0, 2, 3, 4, 6}; !slices.Equal(written, want) {
		t.Errorf("written as %v, want %v", written, want)
	}
	if o.room != 2*pendingEntryCost+50 || len(o.pending) != 0 {
		t.Errorf("%d bytes of room and %d entries are left", o.room, len(o.pending))
	}
}

// TestRepeatedEntryIsWrittenTwice: an order that hid it would hide a strategy's
// mistake from Verify.
func TestRepeatedEntryIsWrittenTwice(t *testing.T) {
	_, written := ordered(t, 10*pendingEntryCost, []int{0, 0, 2, 2, 4})
	if want := []int{0, 0, 2, 2, 4}; !slices.Equal(slices.Sorted(slices.Values(written)), want) {
		t.Errorf("written as %v, want %v in some order", written, want)
	}
}

func TestEntryWriteErrorIsReturned(t *testing.T) {
	for _, come := range [][]int{{0}, {2}, {1, 0}, {5, 3}} {
		room := int64(10 * pendingEntryCost)
		if come[0] == 2 {
			room = 0
		}
		o := newEntryOrder(200, room, func(p *StagedItem) error { return fmt.Errorf("item %d: no space", p.Item) })
		var err error
		for _, item := range come {
			if err == nil {
				err = o.add(entryAt(&StagedItem{}, item))
			}
		}
		if err == nil {
			err = o.finish()
		}
		if err == nil || !strings.Contains(err.Error(), "no space") {
			t.Errorf("as %v: %v, want that there is no space", come, err)
		}
	}
}

// TestArchiveIgnoresCompletionOrder: items that are finished in any order make the
// archive that they make one by one.
func TestArchiveIgnoresCompletionOrder(t *testing.T) {
	w := workload.Workload{Files: 300, Content: workload.ContentRows, Lines: 50, Values: 5}
	archiveOf := func(items []int) []byte {
		site := newSite(t, zipping{}, w, func(s *Site) { s.Sink = SinkParallel })
		perform(t, zipping{}, site, oneByOne, items)
		checkOutcome(t, zipping{}, site, nil)
		archive, err := os.ReadFile(zipping{}.Info().OutputPath(site.Output))
		must(t, err)
		return archive
	}
	inOrder := make([]int, w.Files)
	for i := range inOrder {
		inOrder[i] = i
	}
	want := archiveOf(inOrder)
	backwards := slices.Clone(inOrder)
	slices.Reverse(backwards)
	for _, items := range [][]int{backwards, rand.New(rand.NewPCG(3, 4)).Perm(w.Files)} {
		if !bytes.Equal(archiveOf(items), want) {
			t.Errorf("items in the order %v... made another archive", items[:3])
		}
	}
}

// TestZipManyEntries: more than 65,535, which takes a zip64 directory.
func TestZipManyEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes a very large archive")
	}
	const files = 70_000
	w := workload.Workload{Files: files, Content: workload.ContentBytes, Size: 1}
	manifest, err := workload.Survey(t.Context(), w)
	must(t, err)
	site := Site{Workload: w, Manifest: manifest, Input: t.TempDir(), Output: t.TempDir(), Dirs: plainDirs{}, Sink: SinkParallel}
	opened, err := zipping{}.Open(site)
	must(t, err)
	task := opened.(*zipTask)
	must(t, task.Begin())
	content, err := workload.ContentOf(w)
	must(t, err)
	var s Scratch
	var p StagedItem
	for _, item := range rand.New(rand.NewPCG(5, 6)).Perm(files) {
		// The content is brought here, since 70,000 input files would take longest.
		p.Reset(item)
		p.Data, err = content.Append(p.Data, item)
		must(t, err)
		must(t, task.Compute(&s, &p))
		_, err := task.Commit(&s, &p)
		must(t, err)
	}
	must(t, errors.Join(task.End(), s.Close(), task.Close()))
	checkOutcome(t, zipping{}, site, nil)
	r, err := zip.OpenReader(zipping{}.Info().OutputPath(site.Output))
	must(t, err)
	defer r.Close()
	if len(r.File) != files {
		t.Fatalf("%d entries, want %d", len(r.File), files)
	}
	for item, e := range r.File {
		if want := site.Manifest.File(item).Name; e.Name != want {
			t.Fatalf("entry %d is %q, want %q", item, e.Name, want)
		}
	}
}
