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

// entryAt returns an entry as Commit gets it: 100 bytes, in an array that is reused for the next
// one.
func entryAt(p *StagedItem, item int) *StagedItem {
	p.Reset(item)
	p.Data = append(p.Data, bytes.Repeat([]byte{byte(item)}, 100)...)
	p.Size, p.CRC, p.Last = int64(1000+item), uint32(item), true
	return p
}

// pendingEntryCost is the memory of such an entry while it is pending.
const pendingEntryCost = 100 + pendingCost

// ordered adds entries in the given order and returns the order in which they were written.
func ordered(t *testing.T, room int64, received []int) (o *entryOrder, written []int) {
	t.Helper()
	o = newEntryOrder(200, room, func(p *StagedItem) error {
		if len(p.Data) != 100 || p.Data[99] != byte(p.Item) || p.Size != int64(1000+p.Item) || p.CRC != uint32(p.Item) {
			t.Errorf("item %d was written with the data of another item: %+v", p.Item, p)
		}
		written = append(written, p.Item)
		return nil
	})
	var p StagedItem
	for _, item := range received {
		must(t, o.add(entryAt(&p, item)))
	}
	must(t, o.finish())
	return o, written
}

func TestEntriesAreWrittenInItemOrder(t *testing.T) {
	received := rand.New(rand.NewPCG(1, 2)).Perm(200)
	o, written := ordered(t, 200*pendingEntryCost, received)
	if !slices.IsSorted(written) || len(written) != 200 {
		t.Errorf("received as %v, written as %v, want the order of items", received, written)
	}
	if o.room != 200*pendingEntryCost || len(o.pending) != 0 {
		t.Errorf("got %d bytes of room and %d pending entries in the end", o.room, len(o.pending))
	}
}

func TestEntriesBeyondLimitAreWrittenAtOnce(t *testing.T) {
	o, written := ordered(t, 2*pendingEntryCost+50, []int{3, 4, 5, 1, 0, 2, 6})
	// 3 and 4 are pending. There is no room for 5 and 1, and they are not written a second time.
	if want := []int{5, 1, 0, 2, 3, 4, 6}; !slices.Equal(written, want) {
		t.Errorf("got order %v, want %v", written, want)
	}
	if o.room != 2*pendingEntryCost+50 || len(o.pending) != 0 {
		t.Errorf("got %d bytes of room and %d pending entries in the end", o.room, len(o.pending))
	}
}

// TestRepeatedEntryIsWrittenTwice checks that Verify can see the mistake of a strategy that does
// an item twice.
func TestRepeatedEntryIsWrittenTwice(t *testing.T) {
	_, written := ordered(t, 10*pendingEntryCost, []int{0, 0, 2, 2, 4})
	if want := []int{0, 0, 2, 2, 4}; !slices.Equal(slices.Sorted(slices.Values(written)), want) {
		t.Errorf("got items %v, want %v in any order", written, want)
	}
}

func TestEntryWriteErrorIsReturned(t *testing.T) {
	for _, received := range [][]int{{0}, {2}, {1, 0}, {5, 3}} {
		room := int64(10 * pendingEntryCost)
		if received[0] == 2 {
			room = 0
		}
		o := newEntryOrder(200, room, func(p *StagedItem) error { return fmt.Errorf("item %d: no space", p.Item) })
		var err error
		for _, item := range received {
			if err == nil {
				err = o.add(entryAt(&StagedItem{}, item))
			}
		}
		if err == nil {
			err = o.finish()
		}
		if err == nil || !strings.Contains(err.Error(), "no space") {
			t.Errorf("received as %v: got error %v, want no space", received, err)
		}
	}
}

// TestArchiveIgnoresCompletionOrder checks that items that finish in any order make the same
// archive.
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
			t.Errorf("items in the order %v... made a different archive", items[:3])
		}
	}
}

// TestZipManyEntries makes an archive of more than 65,535 entries, which needs a zip64 directory.
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
		// The content is made here, because reading 70,000 input files would take most of the time.
		p.Reset(item)
		p.cut(w.Size, site.Block)
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
		t.Fatalf("got %d entries, want %d", len(r.File), files)
	}
	for item, e := range r.File {
		if want := site.Manifest.File(item).Name; e.Name != want {
			t.Fatalf("entry %d: got %q, want %q", item, e.Name, want)
		}
	}
}
