package operations

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"math"
	"testing"

	"iosweep/internal/workload"
)

// archiveOf writes an archive of some contents.
func archiveOf(t *testing.T, dirs []string, files []workload.File, contents [][]byte) []byte {
	t.Helper()
	m := workload.NewManifest(files...)
	m.Dirs = dirs
	var out bytes.Buffer
	a, err := newArchive(&out, m)
	must(t, err)
	for i := range files {
		p := Parcel{Item: i, Data: contents[i], Size: files[i].Size, CRC: files[i].CRC}
		must(t, a.add(&files[i], &p))
	}
	must(t, a.close())
	return out.Bytes()
}

// TestArchiveIsThatOfTheStandardLibrary byte for byte, given the same entries.
func TestArchiveIsThatOfTheStandardLibrary(t *testing.T) {
	dirs := []string{"a", "a/b"}
	files := []workload.File{
		{Name: "a/plain", Size: 5, Mode: 0o644},
		{Name: "a/b/ümläut", Size: 1000, Mode: 0o755}, // its data are shorter
		{Name: "not utf-8 \xff\xfe", Size: 3, Mode: 0o444},
		{Name: "empty", Mode: 0o600},
	}
	contents := [][]byte{[]byte("hello"), []byte("deflated"), []byte("abc"), {}}
	var want bytes.Buffer
	w := zip.NewWriter(&want)
	raw := func(name string, mode fs.FileMode, crc uint32, size uint64, data []byte) {
		h := &zip.FileHeader{
			Name: name, CRC32: crc, UncompressedSize64: size, CompressedSize64: uint64(len(data)),
			CreatorVersion: version20, ReaderVersion: version20,
		}
		//lint:ignore SA1019 a raw entry is written with this field, not with Modified
		h.ModifiedDate = oldestDate
		h.SetMode(mode)
		if h.CompressedSize64 != size {
			h.Method = zip.Deflate
		}
		if name[0] != 'n' {
			h.Flags = 0x800
		}
		in, err := w.CreateRaw(h)
		must(t, err)
		_, err = in.Write(data)
		must(t, err)
	}
	for _, name := range dirs {
		raw(name+"/", fs.ModeDir|0o755, 0, 0, nil)
	}
	for i := range files {
		files[i].CRC = crcOf(contents[i])
		raw(files[i].Name, files[i].Mode, files[i].CRC, uint64(files[i].Size), contents[i])
	}
	must(t, w.Close())
	if got := archiveOf(t, dirs, files, contents); !bytes.Equal(got, want.Bytes()) {
		t.Errorf("wrote\n%q, expected\n%q", got, want.Bytes())
	}
}

// TestArchiveOutOfOrder: entries stand in the order in which they came, in front
// and in the central directory.
func TestArchiveOutOfOrder(t *testing.T) {
	files := []workload.File{{Name: "a", Size: 1}, {Name: "b", Size: 2}, {Name: "c", Size: 3}, {Name: "d", Size: 4}}
	var out bytes.Buffer
	a, err := newArchive(&out, workload.NewManifest(files...))
	must(t, err)
	order := []int{0, 1, 3, 2}
	for _, item := range order {
		data := bytes.Repeat([]byte(files[item].Name), item+1)
		must(t, a.add(&files[item], &Parcel{Item: item, Data: data, Size: int64(len(data)), CRC: crcOf(data)}))
	}
	must(t, a.close())
	r, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	must(t, err)
	for i, item := range order {
		in, err := r.File[i].Open()
		must(t, err)
		data, err := io.ReadAll(in) // it compares the checksum
		must(t, err)
		if r.File[i].Name != files[item].Name || len(data) != item+1 {
			t.Errorf("entry %d is %q with %q, expected item %d", i, r.File[i].Name, data, item)
		}
	}
}

// TestArchiveOfAnotherSize: what the central directory will say has to be so.
func TestArchiveOfAnotherSize(t *testing.T) {
	file := workload.File{Name: "a", Size: 5}
	a, err := newArchive(io.Discard, workload.NewManifest(file))
	must(t, err)
	if err := a.add(&file, &Parcel{Size: 4, Data: []byte("four")}); err == nil {
		t.Error("an entry of 4 bytes was taken for an item of 5")
	}
}

// A sparse is a large file of which only some stretches are not zero.
type sparse map[int64][]byte

func (s sparse) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	for begins, data := range s {
		for i, b := range data {
			if here := begins + int64(i) - at; here >= 0 && here < int64(len(p)) {
				p[here] = b
			}
		}
	}
	return len(p), nil
}

// TestRecordsBeyond4GiB: sizes and positions of more than 32 bits are read back by
// the standard library and by unzip alike.
func TestRecordsBeyond4GiB(t *testing.T) {
	entries := []zipEntry{
		{name: "huge", size: 5 << 30, stored: 5 << 30, crc: 1, mode: 0o644},
		{name: "shrunk", size: 6 << 30, stored: 10, crc: 2, mode: 0o644},
		{name: "just", size: math.MaxUint32, stored: math.MaxUint32, crc: 3, mode: 0o644},
		{name: "far", size: 7, stored: 7, crc: 4, mode: 0o644},
	}
	archive, at := sparse{}, int64(0)
	var directory []byte
	for i := range entries {
		e := &entries[i]
		e.position = at
		local := e.appendLocal(nil)
		archive[at] = local
		archive[at+int64(len(local))+e.stored] = e.appendDescriptor(nil)
		at += e.length()
		directory = e.appendEntry(directory)
	}
	archive[at] = appendEnd(directory, at, int64(len(entries)), int64(len(directory)))
	size := at + int64(len(archive[at]))

	theirs, err := zip.NewReader(archive, size)
	must(t, err)
	ours, err := openZip(archive, size)
	must(t, err)
	i := 0
	must(t, ours.each(len(entries), func(e *heldEntry) error {
		want, their := entries[i], theirs.File[i]
		if string(e.name) != want.name || e.size != want.size || e.stored != want.stored || e.crc != want.crc || e.position != want.position {
			t.Errorf("read %+v, wrote %+v", e, want)
		}
		data, err := their.DataOffset()
		must(t, err)
		if their.Name != want.name || their.UncompressedSize64 != uint64(want.size) || their.CompressedSize64 != uint64(want.stored) ||
			their.CRC32 != want.crc || their.Mode() != want.mode || data != want.position+localLength+int64(len(want.name)) {
			t.Errorf("archive/zip reads %+v, wrote %+v", their.FileHeader, want)
		}
		i++
		return nil
	}))
	if i != len(entries) || len(theirs.File) != i {
		t.Errorf("%d and %d entries, expected %d", i, len(theirs.File), len(entries))
	}
}
