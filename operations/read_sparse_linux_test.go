package operations

import (
	"os"
	"path/filepath"
	"testing"

	"iosweep/internal/workload"
)

// TestReadOfSparseTebibyte reads one range in a thousand of a file of 1 TiB. Each range is one block
// of 1 MiB, and every second range that is read has bytes of its own, so a wrong offset is noticed.
func TestReadOfSparseTebibyte(t *testing.T) {
	const size, every = 1 << 40, 1000
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "huge"))
	must(t, err)
	defer f.Close()
	if err := f.Truncate(size); err != nil {
		t.Skip(err) // the file system has a limit
	}
	w := workload.Workload{From: dir}
	site := Site{
		Workload: w, Manifest: workload.NewManifest(workload.File{Name: "huge", Size: size}),
		Input: dir, Dirs: plainDirs{}, Split: autoBlock,
	}
	ranges := RangesOf(site)
	if ranges.Len() != size/autoBlock {
		t.Fatalf("got %d ranges, want %d", ranges.Len(), size/autoBlock)
	}
	task, err := read{}.Open(site)
	must(t, err)
	defer task.Close()
	var s Scratch
	defer s.Close()
	block := make([]byte, autoBlock)
	blank := chain(0, block)
	for item := 0; item < ranges.Len(); item += every {
		want := blank
		if item%(2*every) == 0 {
			mark := []byte{1, byte(item), byte(item >> 8), byte(item >> 16)}
			_, err := f.WriteAt(mark, int64(item)*autoBlock)
			must(t, err)
			copy(block, mark)
			want = chain(0, block)
		}
		got, err := task.Do(&s, item)
		if err != nil || got.Bytes != autoBlock || got.Digest != want {
			t.Fatalf("range %d: got %+v (%v), want %d bytes with the digest %d", item, got, err, autoBlock, want)
		}
	}
}
