package operations

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"

	"iosweep/internal/workload"
)

// blockTree makes a tree with files around the size of a block, and returns their contents.
func blockTree(t *testing.T) (workload.Workload, map[string][]byte) {
	t.Helper()
	tree := t.TempDir()
	files := map[string][]byte{
		"a-empty":        nil,
		"b-small":        numbers(1000),
		"c-block-1":      numbers(autoBlock - 1),
		"d-block":        numbers(autoBlock),
		"e-block+1":      numbers(autoBlock + 1),
		"f-blocks":       numbers(3*autoBlock + 12_345),
		"g-random":       randomContent(2*autoBlock + 5),
		"h-random-small": randomContent(5000),
		"i-zeros":        make([]byte, 4*autoBlock),
		"j-mixed":        slices.Concat(numbers(autoBlock-100), randomContent(autoBlock), numbers(autoBlock)),
		"k-small":        numbers(2000),
	}
	for name, content := range files {
		must(t, os.WriteFile(filepath.Join(tree, name), content, 0o644))
	}
	return workload.Workload{From: tree}, files
}

// numbers returns n bytes of text with numbers.
func numbers(n int) []byte {
	text := make([]byte, 0, n+20)
	for i := 0; len(text) < n; i++ {
		text = strconv.AppendInt(text, int64(i)*7919, 10)
		text = append(text, "\n,"[i%2])
	}
	return text[:n]
}

// randomContent returns n bytes that do not get smaller.
func randomContent(n int) []byte {
	source := rand.NewChaCha8([32]byte{1})
	content := make([]byte, n)
	source.Read(content)
	return content
}

// zipped returns the archive that zip makes of a site's items, done in the given order.
func zipped(t *testing.T, site Site, do doFunc, items []int) []byte {
	t.Helper()
	site.Output = t.TempDir()
	perform(t, zipping{}, site, do, items)
	checkOutcome(t, zipping{}, site, nil)
	archive, err := os.ReadFile(zipping{}.Info().OutputPath(site.Output))
	must(t, err)
	return archive
}

// TestEntriesOfBlocks reads entries of several blocks with the standard library, which checks their
// checksums, and with other programs.
func TestEntriesOfBlocks(t *testing.T) {
	w, files := blockTree(t)
	for _, level := range []int{0, 6, 9} {
		t.Run(strconv.Itoa(level), func(t *testing.T) {
			site := newSite(t, zipping{}, w, func(s *Site) { s.Level = level })
			archive := zipped(t, site, oneByOne, allItems(site))
			r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
			must(t, err)
			if len(r.File) != len(files) {
				t.Fatalf("got %d entries, want %d", len(r.File), len(files))
			}
			for _, e := range r.File {
				in, err := e.Open()
				must(t, err)
				data, err := io.ReadAll(in)
				if err != nil || !bytes.Equal(data, files[e.Name]) {
					t.Errorf("%s: got %d bytes and error %v, want the %d bytes of the file", e.Name, len(data), err, len(files[e.Name]))
				}
				if e.Flags&8 != 0 {
					t.Errorf("%s has a data descriptor", e.Name)
				}
				if stored := e.Method == zip.Store; level == 0 && !stored {
					t.Errorf("%s: got method %d at level 0", e.Name, e.Method)
				}
				checkLocalHeader(t, archive, e)
			}
			readByPrograms(t, archive)
		})
	}
}

// checkLocalHeader compares the local header of an entry with the central directory. Programs that
// read an archive from front to back use only the local header.
func checkLocalHeader(t *testing.T, archive []byte, e *zip.File) {
	t.Helper()
	offset, err := e.DataOffset()
	must(t, err)
	want := appendLocalHeader(nil, &e.FileHeader)
	little.PutUint16(want[12:], e.ModifiedDate)
	if got := archive[offset-int64(len(want)) : offset]; !bytes.Equal(got, want) {
		t.Errorf("%s: got local header\n%x, want\n%x", e.Name, got, want)
	}
}

// readByPrograms checks an archive with the programs that are installed.
func readByPrograms(t *testing.T, archive []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), ArchiveName)
	must(t, os.WriteFile(path, archive, 0o644))
	for _, args := range [][]string{
		{"unzip", "-tq", path},
		{"7z", "t", path},
		{"python3", "-m", "zipfile", "-t", path},
	} {
		if _, err := exec.LookPath(args[0]); err != nil {
			continue
		}
		out, err := exec.Command(args[0], args[1:]...).CombinedOutput()
		text := string(out)
		if err != nil || strings.Contains(strings.ToLower(text), "warning") || strings.Contains(text, "bad file") {
			t.Errorf("%s: %v\n%.2000s", args[0], err, text)
		}
	}
}

// TestArchivesIgnoreTheBlockSize checks that neither the size of system calls nor the order of the
// items changes the archive. Pieces of the same size are compressed for all of these blocks.
func TestArchivesIgnoreTheBlockSize(t *testing.T) {
	w, _ := blockTree(t)
	site := newSite(t, zipping{}, w, nil)
	want := zipped(t, site, oneByOne, allItems(site))
	for _, block := range []Block{512, 4096, 100_000, 1 << 20} {
		site := site
		site.Block = block
		backwards := allItems(site)
		slices.Reverse(backwards)
		for _, items := range [][]int{allItems(site), backwards} {
			if !bytes.Equal(zipped(t, site, oneByOne, items), want) {
				t.Errorf("block %d: items from %d made another archive", block, items[0])
			}
		}
		site.Sink, site.Workers = SinkParallel, 3
		if !bytes.Equal(zipped(t, site, concurrently, allItems(site)), want) {
			t.Errorf("block %d: three workers made another archive", block)
		}
	}
	for _, block := range []Block{BlockWhole, 3 << 20} { // other pieces, so another archive
		site := site
		site.Block = block
		zipped(t, site, oneByOne, allItems(site))
	}
}

// TestEntryDataIsDeflated compares the data of entries with the output of a new compressor. Entries
// of one block are compressed in one piece, also after a block with a dictionary. At the usual level,
// other entries are at most 1% larger.
func TestEntryDataIsDeflated(t *testing.T) {
	w, files := blockTree(t)
	for _, level := range []int{1, 6, 9} {
		site := newSite(t, zipping{}, w, func(s *Site) { s.Level = level })
		archive := zipped(t, site, oneByOne, allItems(site))
		r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		must(t, err)
		for _, e := range r.File {
			var whole bytes.Buffer
			f, err := flate.NewWriter(&whole, level)
			must(t, err)
			_, err = f.Write(files[e.Name])
			must(t, err)
			must(t, f.Close())
			want := whole.Bytes()
			if len(files[e.Name]) > autoBlock {
				if limit := uint64(whole.Len() + whole.Len()/100 + 1000); level == 6 && e.CompressedSize64 > limit {
					t.Errorf("%s: %d bytes in blocks, %d as a whole", e.Name, e.CompressedSize64, whole.Len())
				}
				continue
			}
			if len(want) >= len(files[e.Name]) {
				want = files[e.Name]
			}
			raw, err := e.OpenRaw()
			must(t, err)
			got, err := io.ReadAll(raw)
			must(t, err)
			if !bytes.Equal(got, want) {
				t.Errorf("level %d, %s: got other data (%d bytes) than a new compressor (%d bytes)", level, e.Name, len(got), len(want))
			}
		}
	}
}

// TestZipDetectsChangedFile zips a large file that has become shorter or longer.
func TestZipDetectsChangedFile(t *testing.T) {
	for _, size := range []int64{0, autoBlock, 3*autoBlock - 1, 3*autoBlock + 1, 4 * autoBlock} {
		site := newSite(t, zipping{}, workload.Workload{Files: 1, Content: workload.ContentBytes, Size: 3 * autoBlock}, nil)
		must(t, os.Truncate(filepath.Join(site.Input, site.Manifest.Name(0)), size))
		task, err := zipping{}.Open(site)
		must(t, err)
		must(t, task.(Bracketed).Begin())
		var s Scratch
		if _, err := task.Do(&s, 0); err == nil || !strings.Contains(err.Error(), `item 0 "data-0000.bin"`) {
			t.Errorf("%d bytes: got error %v, want one that names the item", size, err)
		}
		must(t, s.Close())
		must(t, task.Close())
	}
}

// TestZipSplit does the ranges of files as items, in any order and in stages. The entries are
// readable by other programs, and equal in every order.
func TestZipSplit(t *testing.T) {
	w, files := blockTree(t)
	for _, level := range []int{0, 6} {
		for _, split := range []int64{autoBlock, 2 * autoBlock, 64 << 10} {
			t.Run(strconv.Itoa(level)+"/"+strconv.FormatInt(split, 10), func(t *testing.T) {
				site := newSite(t, zipping{}, w, func(s *Site) {
					s.Level, s.Split, s.Sink, s.Workers = level, split, SinkParallel, 3
				})
				if split < autoBlock {
					site.Block = 32 << 10
				}
				ranges := RangesOf(site)
				items := make([]int, ranges.Len())
				for i := range items {
					items[i] = i
				}
				archive := zipped(t, site, oneRangeByOne, items)
				readByPrograms(t, archive)
				r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
				must(t, err)
				if len(r.File) != len(files) {
					t.Errorf("got %d entries, want %d", len(r.File), len(files))
				}
				slices.Reverse(items)
				if !bytes.Equal(zipped(t, site, oneRangeByOne, items), archive) {
					t.Error("ranges in reverse order made another archive")
				}
				slices.Reverse(items)
				if !bytes.Equal(zipped(t, site, concurrently, items), archive) {
					t.Error("three workers made another archive")
				}
			})
		}
	}
}

// oneRangeByOne is oneByOne for items that are ranges.
func oneRangeByOne(task Task, _ Site, items []int) ([]uint32, error) {
	var s Scratch
	defer s.Close()
	for _, item := range items {
		if _, err := task.Do(&s, item); err != nil {
			return nil, err
		}
	}
	return nil, s.Close()
}

// TestZipSplitSize checks that ranges make an archive of numbers at most 1% larger.
func TestZipSplitSize(t *testing.T) {
	w := workload.Workload{Files: 1, Content: workload.ContentRows, Lines: 100_000, Values: 10}
	site := newSite(t, zipping{}, w, nil)
	site.Block = BlockWhole
	whole := len(zipped(t, site, oneByOne, []int{0}))
	site.Block = BlockAuto
	blocks := len(zipped(t, site, oneByOne, []int{0}))
	site.Split, site.Sink = 2<<20, SinkParallel
	split := len(zipped(t, site, oneRangeByOne, []int{0, 1, 2}))
	if limit := whole + whole/100; blocks > limit || split > limit {
		t.Errorf("got %d bytes in blocks and %d in ranges, want at most 1%% more than %d", blocks, split, whole)
	}
}
