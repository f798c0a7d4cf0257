package operations

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"iosweep/internal/workload"
)

// archiveOf returns an archive of the files with these contents.
func archiveOf(t *testing.T, dirs []string, files []workload.File, contents [][]byte) []byte {
	t.Helper()
	m := workload.NewManifest(files...)
	m.Dirs = dirs
	var out bytes.Buffer
	a, err := newArchive(&out, m, 6, BlockAuto)
	must(t, err)
	for i := range files {
		p := StagedItem{Item: i, Last: true, Data: contents[i], Size: files[i].Size, CRC: files[i].CRC}
		must(t, a.add(&files[i], &p))
	}
	must(t, a.close())
	return out.Bytes()
}

// TestEntriesOfAnArchive checks everything that other programs need to unpack the same files.
func TestEntriesOfAnArchive(t *testing.T) {
	dirs := []string{"a", "a/b"}
	files := []workload.File{
		{Name: "a/plain", Size: 5, Mode: 0o644},
		{Name: "a/b/ümläut", Size: 1000, Mode: 0o755}, // its data is shorter than its content
		{Name: "not utf-8 \xff\xfe", Size: 3, Mode: 0o444},
		{Name: "empty", Mode: 0o600},
	}
	contents := [][]byte{[]byte("hello"), []byte("deflated"), []byte("abc"), {}}
	for i := range files {
		files[i].CRC = crcOf(contents[i])
	}
	archive := archiveOf(t, dirs, files, contents)
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	must(t, err)
	if len(r.File) != len(dirs)+len(files) {
		t.Fatalf("got %d entries, want %d", len(r.File), len(dirs)+len(files))
	}
	for i, name := range dirs {
		if e := r.File[i]; e.Name != name+"/" || e.Mode() != fs.ModeDir|0o755 || e.UncompressedSize64 != 0 {
			t.Errorf("directory %q: got %+v", name, e.FileHeader)
		}
	}
	for i, file := range files {
		e := r.File[len(dirs)+i]
		method, utf8 := zip.Store, file.Name[0] != 'n'
		if len(contents[i]) < int(file.Size) {
			method = zip.Deflate
		}
		if e.Name != file.Name || e.Mode() != file.Mode || e.CRC32 != file.CRC || e.UncompressedSize64 != uint64(file.Size) ||
			e.CompressedSize64 != uint64(len(contents[i])) || e.Method != method || e.NonUTF8 == utf8 || e.ReaderVersion != 20 || e.Flags&8 != 0 {
			t.Errorf("file %+v: got %+v", file, e.FileHeader)
		}
		if e.Modified.Year() != 1980 {
			t.Errorf("%q: got date %v, want one in 1980, so that equal items make equal archives", e.Name, e.Modified)
		}
		at, err := e.DataOffset()
		must(t, err)
		if data := archive[at : at+int64(e.CompressedSize64)]; !bytes.Equal(data, contents[i]) {
			t.Errorf("%q: got data %q", e.Name, data)
		}
	}
}

// TestArchiveOfTheLibrary compares an archive with one that the standard library writes.
func TestArchiveOfTheLibrary(t *testing.T) {
	const oldestDate = 1<<5 | 1
	files := []workload.File{{Name: "a/ümläut", Size: 5, Mode: 0o644}, {Name: "not utf-8 \xff", Size: 100, Mode: 0o444}, {Name: "empty", Mode: 0o600}}
	contents := [][]byte{[]byte("hello"), []byte("deflated"), {}}
	var want bytes.Buffer
	w := zip.NewWriter(&want)
	add := func(h zip.FileHeader, mode fs.FileMode, data []byte) {
		//lint:ignore SA1019 a raw entry is written with this field, not with Modified
		h.ModifiedDate = oldestDate
		h.CreatorVersion, h.ReaderVersion = version20, version20
		h.SetMode(mode)
		out, err := w.CreateRaw(&h)
		must(t, err)
		_, err = out.Write(data)
		must(t, err)
	}
	const flagUTF8 = 0x800
	add(zip.FileHeader{Name: "a/", Flags: flagUTF8}, fs.ModeDir|0o755, nil)
	for i := range files {
		files[i].CRC = crcOf(contents[i])
		h := zip.FileHeader{Name: files[i].Name, CRC32: files[i].CRC, UncompressedSize64: uint64(files[i].Size), CompressedSize64: uint64(len(contents[i]))}
		if h.CompressedSize64 < h.UncompressedSize64 {
			h.Method = zip.Deflate
		}
		if utf8.ValidString(h.Name) {
			h.Flags = flagUTF8
		}
		add(h, files[i].Mode, contents[i])
	}
	must(t, w.Close())
	if got := archiveOf(t, []string{"a"}, files, contents); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("got  %x\nwant %x", got, want.Bytes())
	}
}

// TestArchiveOutOfOrder checks that entries have the order in which they were added, in the file
// and in the central directory.
func TestArchiveOutOfOrder(t *testing.T) {
	files := []workload.File{{Name: "a", Size: 1}, {Name: "b", Size: 2}, {Name: "c", Size: 3}, {Name: "d", Size: 4}}
	var out bytes.Buffer
	a, err := newArchive(&out, workload.NewManifest(files...), 6, BlockAuto)
	must(t, err)
	order := []int{0, 1, 3, 2}
	for _, item := range order {
		data := bytes.Repeat([]byte(files[item].Name), item+1)
		must(t, a.add(&files[item], &StagedItem{Item: item, Last: true, Data: data, Size: int64(len(data)), CRC: crcOf(data)}))
	}
	must(t, a.close())
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	must(t, err)
	for i, item := range order {
		in, err := r.File[i].Open()
		must(t, err)
		data, err := io.ReadAll(in) // it checks the checksum
		must(t, err)
		if r.File[i].Name != files[item].Name || len(data) != item+1 {
			t.Errorf("entry %d: got %q with %q, want item %d", i, r.File[i].Name, data, item)
		}
	}
}

// TestArchiveRefusesOtherSize checks that the central directory cannot get a wrong size.
func TestArchiveRefusesOtherSize(t *testing.T) {
	file := workload.File{Name: "a", Size: 5}
	a, err := newArchive(io.Discard, workload.NewManifest(file), 6, BlockAuto)
	must(t, err)
	if err := a.add(&file, &StagedItem{Last: true, Size: 4, Data: []byte("four")}); err == nil {
		t.Error("add accepted 4 bytes for an item of 5 bytes")
	}
}

// TestLargeCentralDirectory checks that a central directory that is too large for the items is
// not read into memory.
func TestLargeCentralDirectory(t *testing.T) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := range 30 {
		_, err := w.CreateHeader(&zip.FileHeader{Name: string(rune('a' + i)), Comment: strings.Repeat("x", 60_000)})
		must(t, err)
	}
	must(t, w.Close())
	m := workload.NewManifest(workload.File{Name: "a", Size: 100 << 20})
	_, err := readArchive(bytes.NewReader(buf.Bytes()), int64(buf.Len()), m)
	if err == nil || !strings.Contains(err.Error(), "central directory is too large") {
		t.Errorf("got error %v", err)
	}
}
