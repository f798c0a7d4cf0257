package operations

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"iosweep/internal/workload"
)

// TestUnzipInBlocks unpacks entries around the size of a block, in blocks of different sizes, and
// compares the files.
func TestUnzipInBlocks(t *testing.T) {
	w, _ := blockTree(t)
	for _, block := range []Block{BlockAuto, BlockWhole, 4096, 1 << 20, 3 << 20} {
		site := newSite(t, unzipping{}, w, func(s *Site) { s.Block = block })
		perform(t, unzipping{}, site, oneByOne, allItems(site))
		checkOutcome(t, unzipping{}, site, nil)
	}
}

// TestUnzipOfAnotherProgram unpacks large entries that the standard library has written, deflated
// and stored, with data descriptors.
func TestUnzipOfAnotherProgram(t *testing.T) {
	content := numbers(3*autoBlock + 7)
	for _, method := range []uint16{zip.Deflate, zip.Store} {
		site := largeEntrySite(t, int64(len(content)), crcOf(content))
		writeEntry(t, site, method, content)
		must(t, unpack(site))
		got, err := os.ReadFile(filepath.Join(site.Output, "large"))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("method %d: got %d bytes and error %v, want %d", method, len(got), err, len(content))
		}
	}
}

// largeEntrySite returns a site of one item with the name "large", without its archive.
func largeEntrySite(t *testing.T, size int64, crc uint32) Site {
	t.Helper()
	return Site{
		Manifest: workload.NewManifest(workload.File{Name: "large", Size: size, CRC: crc, Mode: 0o644}),
		Input:    t.TempDir(), Output: t.TempDir(), Dirs: plainDirs{},
		Workers: 1, Layout: LayoutShared, Cache: CacheWarm, Sync: SyncNone,
	}
}

// writeEntry makes the archive of a site with the standard library.
func writeEntry(t *testing.T, site Site, method uint16, content []byte) {
	t.Helper()
	f, err := os.Create(filepath.Join(site.Input, ArchiveName))
	must(t, err)
	w := zip.NewWriter(f)
	in, err := w.CreateHeader(&zip.FileHeader{Name: "large", Method: method})
	must(t, err)
	_, err = in.Write(content)
	must(t, err)
	must(t, w.Close())
	must(t, f.Close())
}

// writeRawEntry makes an archive whose entry claims a size and a checksum.
func writeRawEntry(t *testing.T, site Site, h zip.FileHeader, data []byte) {
	t.Helper()
	f, err := os.Create(filepath.Join(site.Input, ArchiveName))
	must(t, err)
	w := zip.NewWriter(f)
	h.Name, h.CompressedSize64 = "large", uint64(len(data))
	in, err := w.CreateRaw(&h)
	must(t, err)
	_, err = in.Write(data)
	must(t, err)
	must(t, w.Close())
	must(t, f.Close())
}

// deflated returns the content in deflate's format.
func deflated(t *testing.T, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 6)
	must(t, err)
	_, err = w.Write(content)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

// TestUnzipRefusesWrongLargeEntries unpacks entries that differ from their headers. The error names
// the item, and the memory does not depend on the entry.
func TestUnzipRefusesWrongLargeEntries(t *testing.T) {
	const size = 3*autoBlock + 7
	content := numbers(size)
	crc := crc32.ChecksumIEEE(content)
	longer, shorter := numbers(4*autoBlock), content[:size-autoBlock]
	damaged := deflated(t, content)
	copy(damaged[100_000:], bytes.Repeat([]byte{0xff}, 100))
	for _, test := range []struct {
		name   string
		method uint16
		crc    uint32
		data   []byte
		words  string
	}{
		{"wrong checksum", zip.Deflate, crc + 1, deflated(t, content), "content differs"},
		{"wrong checksum, stored", zip.Store, crc + 1, content, "content differs"},
		{"more content", zip.Deflate, crc, deflated(t, longer), "unpacks to more than the expected 3145735 bytes"},
		{"less content", zip.Deflate, crc, deflated(t, shorter), "unpacks to 2097159 bytes, expected 3145735"},
		{"less content, stored", zip.Store, crc, shorter, "unpacks to 2097159 bytes, expected 3145735"},
		{"a damaged block", zip.Deflate, crc, damaged, ""},
		{"another method", 12, crc, content, "compression method 12 is not supported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site := largeEntrySite(t, size, crc)
			h := zip.FileHeader{Method: test.method, CRC32: test.crc, UncompressedSize64: size}
			writeRawEntry(t, site, h, test.data)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := unpack(site)
			runtime.ReadMemStats(&after)
			if err == nil || !strings.Contains(err.Error(), test.words) || !strings.Contains(err.Error(), `item 0 "large"`) {
				t.Errorf("got error %v, want one that names the item and contains %q", err, test.words)
			}
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 16<<20 {
				t.Errorf("%d MiB allocated", allocated>>20)
			}
		})
	}
}

// TestSmallEntryWithLargeData unpacks an entry of 10 bytes that claims megabytes of stored bytes.
// They are not read into memory.
func TestSmallEntryWithLargeData(t *testing.T) {
	content := []byte("ten bytes.")
	site := largeEntrySite(t, 10, crcOf(content))
	site.Manifest = workload.NewManifest(
		workload.File{Name: "large", Size: 10, CRC: crcOf(content), Mode: 0o644},
		workload.File{Name: "other", Size: 64 << 20, Mode: 0o644}, // so that the archive may be large
	)
	f, err := os.Create(filepath.Join(site.Input, ArchiveName))
	must(t, err)
	w := zip.NewWriter(f)
	data := append(deflated(t, content), make([]byte, 60<<20)...)
	in, err := w.CreateRaw(&zip.FileHeader{
		Name: "large", Method: zip.Deflate, CRC32: crcOf(content), UncompressedSize64: 10, CompressedSize64: uint64(len(data)),
	})
	must(t, err)
	_, err = in.Write(data)
	must(t, err)
	_, err = w.CreateRaw(&zip.FileHeader{Name: "other", UncompressedSize64: 64 << 20})
	must(t, err)
	must(t, w.Close())
	must(t, f.Close())
	task, err := unzipping{}.Open(site)
	must(t, err)
	defer task.Close()
	var s Scratch
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err = task.Do(&s, 0)
	runtime.ReadMemStats(&after)
	must(t, err)
	must(t, s.Close())
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 16<<20 {
		t.Errorf("%d MiB allocated", allocated>>20)
	}
}
