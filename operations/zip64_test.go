package operations

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"iosweep/internal/workload"
)

// full is the largest number of 32 bits, which marks a value that is in the zip64 field.
const full = math.MaxUint32

// TestZip64Field checks the headers of an entry at the limits of 32 bits. The zip64 field must
// contain the values whose 32-bit fields are full, and no others (APPNOTE.TXT, 4.5.3). In the local
// header it contains both sizes.
func TestZip64Field(t *testing.T) {
	for _, test := range []struct {
		size, stored, offset uint64
		local, directory     []uint64 // the values in the zip64 fields
	}{
		{5, 5, 0, nil, nil},
		{full - 1, full - 1, full - 1, nil, nil},
		{full, full, 0, []uint64{full, full}, []uint64{full, full}},
		{full, 100, 0, []uint64{full, 100}, []uint64{full}},
		{6 << 30, 100, full - 1, []uint64{6 << 30, 100}, []uint64{6 << 30}},
		{full - 1, full, 0, []uint64{full - 1, full}, []uint64{full}},
		{5, 3, full, nil, []uint64{full}},
		{0, 0, 6 << 30, nil, []uint64{6 << 30}},
		{6 << 30, 100, 7 << 30, []uint64{6 << 30, 100}, []uint64{6 << 30, 7 << 30}},
		{6 << 30, 5 << 30, 7 << 30, []uint64{6 << 30, 5 << 30}, []uint64{6 << 30, 5 << 30, 7 << 30}},
	} {
		h := newHeader("name", 0o644)
		h.UncompressedSize64, h.CompressedSize64 = test.size, test.stored
		local := appendLocalHeader(nil, h)
		checkFields(t, local, 4, 26, 30, test.local, map[int]uint64{18: test.stored, 22: test.size})
		if flags := little.Uint16(local[6:]); flags&8 != 0 {
			t.Errorf("%d bytes: the flags %#x announce a data descriptor, but the sizes are known", test.size, flags)
		}
		central := appendDirectoryHeader(nil, h, test.offset)
		checkFields(t, central, 6, 28, 46, test.directory, map[int]uint64{20: test.stored, 24: test.size, 42: test.offset})
	}
}

// checkFields checks a header at given positions: its version, the lengths of the name and of the
// zip64 field, and these two. fields are 32-bit fields by position.
func checkFields(t *testing.T, header []byte, version, lengths, name int, large []uint64, fields map[int]uint64) {
	t.Helper()
	wantVersion, field := uint16(20), []byte(nil)
	if len(large) > 0 {
		wantVersion = 45
		field = []byte{1, 0, byte(8 * len(large)), 0}
		for _, value := range large {
			field = little.AppendUint64(field, value)
		}
	}
	if got := little.Uint16(header[version:]); got != wantVersion {
		t.Errorf("%v: got version %d, want %d", fields, got, wantVersion)
	}
	if n, extra := little.Uint16(header[lengths:]), little.Uint16(header[lengths+2:]); n != 4 || int(extra) != len(field) {
		t.Errorf("%v: got lengths %d and %d, want 4 and %d", fields, n, extra, len(field))
	}
	if got, want := header[name:], slices.Concat([]byte("name"), field); !bytes.Equal(got, want) {
		t.Errorf("%v: got name and zip64 field %x, want %x", fields, got, want)
	}
	for at, value := range fields {
		want := uint32(full)
		if !slices.Contains(large, value) {
			want = uint32(value)
		}
		if got := little.Uint32(header[at:]); got != want {
			t.Errorf("%v: got %#x at byte %d, want %#x", fields, got, at, want)
		}
	}
}

// TestEndOfArchive checks the records after the central directory at the limits of their fields.
func TestEndOfArchive(t *testing.T) {
	for _, test := range []struct {
		entries, size, offset uint64
		zip64                 bool
	}{
		{0, 0, 0, false},
		{65_534, full - 1, full - 1, false},
		{65_535, 10, 20, true},
		{70_000, 10, 20, true},
		{1, full, 20, true},
		{1, 10, full, true},
		{70_000, 6 << 30, 7 << 30, true},
	} {
		end := appendEndRecord(nil, test.entries, test.size, test.offset)
		const length, zip64Length = 22, 56 + 20
		if want := length + zip64Length; test.zip64 && len(end) != want || !test.zip64 && len(end) != length {
			t.Errorf("%+v: got %d bytes", test, len(end))
			continue
		}
		last := end[len(end)-length:]
		got := []uint64{uint64(little.Uint16(last[8:])), uint64(little.Uint16(last[10:])), uint64(little.Uint32(last[12:])), uint64(little.Uint32(last[16:]))}
		number := min(test.entries, math.MaxUint16)
		if want := []uint64{number, number, min(test.size, full), min(test.offset, full)}; !slices.Equal(got, want) {
			t.Errorf("%+v: got %#x in the end record, want %#x", test, got, want)
		}
		if !test.zip64 {
			continue
		}
		got = nil
		for _, at := range []int{4, 24, 32, 40, 48, 56 + 8} {
			got = append(got, little.Uint64(end[at:]))
		}
		if want := []uint64{44, test.entries, test.entries, test.size, test.offset, test.offset + test.size}; !slices.Equal(got, want) {
			t.Errorf("%+v: got %#x in the records of zip64, want %#x", test, got, want)
		}
	}
}

// TestArchivesAbove4GiB makes archives at the limits of 32 bits, and checks them with iosweep and
// with other programs. Each archive has an entry of zeros between small entries. If the zeros are
// stored, the file has a hole in their place. Each program needs up to 30 seconds to read them, so
// it does so once. The other archives show what it reads in the headers: 7z, for example, reports
// "Headers Error" for a wrong zip64 field of an entry that it does not read.
//
// The smallest entry with zip64 is the last one of its archive. If another entry follows it, unzip
// 6.0 of Debian reports "extra field (type: 0x0001) corrupt", also for an archive of Python's
// zipfile. It takes the size 4 GiB - 1 of the entry before for a size in the zip64 field, and
// expects sizes in a field that contains only an offset.
func TestArchivesAbove4GiB(t *testing.T) {
	skipWithoutPrograms(t)
	// After an entry of this size, the next header is at offset full. The entry follows two
	// headers with their names, and the content of the first entry.
	const fills = full - (30 + 1 + 1) - (30 + 1)
	const large = 1<<32 + 1<<20
	zeros := make([]byte, large) // it is never written to, so it takes no memory
	for _, test := range []struct {
		name string
		size int64 // of the entry of zeros
		more int   // number of entries after it
	}{
		{"stored entry above 4 GiB", large, 2},
		{"largest entry without zip64", full - 1, 1},
		{"smallest entry with zip64", full, 0},
		{"largest offset without zip64", fills - 1, 1},
		{"smallest offset with zip64", fills, 1},
		{"largest offset of a directory without zip64", fills - 1, 0},
		{"smallest offset of a directory with zip64", fills, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			files, small := []workload.File{{Name: "a", Size: 1}, {Name: "b", Size: test.size}}, []string{"a"}
			for i := range test.more {
				name := string(rune('c' + i))
				files, small = append(files, workload.File{Name: name, Size: 1000}), append(small, name)
			}
			checkArchive(t, files, func(i int) []byte { return zeros[:files[i].Size] }, small)
		})
	}
}

// TestZipAbove4GiB zips a sparse file, block by block, and unpacks it again. One size needs zip64.
// The other one does not, but that is unknown before the end of the entry, so its local header has a
// zip64 field.
func TestZipAbove4GiB(t *testing.T) {
	skipWithoutPrograms(t)
	for _, size := range []int64{44 << 30 / 10, full - 1} {
		dir := t.TempDir()
		files := []workload.File{{Name: "a", Size: 1000}, {Name: "sparse", Size: size}, {Name: "z", Size: 2000}}
		for i := range files {
			f := &files[i]
			f.Mode, f.CRC = 0o644, crcOfZeros(f.Size)
			must(t, os.WriteFile(filepath.Join(dir, f.Name), nil, f.Mode))
			must(t, os.Truncate(filepath.Join(dir, f.Name), f.Size))
		}
		site := Site{
			Workload: workload.Workload{From: dir}, Manifest: workload.NewManifest(files...), Input: dir, Output: t.TempDir(), Dirs: plainDirs{},
			Workers: 2, Level: 1, Layout: LayoutShared, Cache: CacheWarm, Sync: SyncNone,
		}
		perform(t, zipping{}, site, oneByOne, allItems(site))
		archive := filepath.Join(site.Output, ArchiveName)
		if size == full-1 {
			checkByPrograms(t, archive, site.Manifest, []string{"a", "z"}) // once is enough for the zeros
			continue
		}
		checkByPrograms(t, archive, site.Manifest, nil)

		site.Input, site.Output = site.Output, t.TempDir()
		task, err := unzipping{}.Open(site)
		must(t, err)
		unzip := task.(*unzipTask)
		var s Scratch
		result, err := s.staged.Blocks(1, func() (Result, error) { // nothing is stored
			err := unzip.Load(&s, &s.staged)
			if err == nil {
				err = unzip.Compute(&s, &s.staged)
			}
			return Result{Bytes: s.staged.Size}, err
		})
		if err != nil || result.Bytes != size {
			t.Errorf("unzip: got %d bytes and error %v, want %d", result.Bytes, err, size)
		}
		must(t, s.Close())
		must(t, task.Close())
	}
}

// crcOfZeros returns the checksum of n zeros.
func crcOfZeros(n int64) (crc uint32) {
	power := crcOf([]byte{0})
	for length := int64(1); length <= n; length *= 2 {
		if n&length != 0 {
			crc = workload.CombineCRC(crc, power, length)
		}
		power = workload.CombineCRC(power, power, length)
	}
	return crc
}

// TestManyEntries makes archives with as many entries as fit without zip64, and with more.
func TestManyEntries(t *testing.T) {
	skipWithoutPrograms(t)
	for _, n := range []int{65_534, 65_535, 65_536, 70_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			files := make([]workload.File, n)
			for i := range files {
				files[i] = workload.File{Name: fmt.Sprintf("%06d", i), Size: 1}
			}
			checkArchive(t, files, func(int) []byte { return []byte("x") }, nil)
		})
	}
}

// skipWithoutPrograms skips a test of a minute if tests are short, or if a program is missing.
func skipWithoutPrograms(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, program := range []string{"unzip", "7z", "zipinfo", "python3"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(err)
		}
	}
}

// checkArchive makes an archive of stored entries, and checks it with iosweep and with other
// programs. If some is not nil, the programs read only these entries. iosweep always reads all, so it
// does not check then.
func checkArchive(t *testing.T, files []workload.File, content func(item int) []byte, some []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), ArchiveName)
	file, err := os.Create(path)
	must(t, err)
	defer file.Close()
	a, err := newArchive(holeWriter{file}, workload.NewManifest(), 0, BlockWhole)
	must(t, err)
	var s Scratch
	for i := range files {
		p := StagedItem{Item: i, Last: true, Data: content(i)}
		must(t, deflate(&s, &p, 0))
		files[i].CRC, files[i].Mode = p.CRC, 0o644
		must(t, a.add(&files[i], &p))
	}
	must(t, a.close())
	must(t, s.Close())

	m := workload.NewManifest(files...)
	if some == nil {
		info, err := file.Stat()
		must(t, err)
		var wrong mismatches
		must(t, compareArchive(file, info.Size(), m, &wrong))
		if err := wrong.err(len(files)); err != nil {
			t.Errorf("iosweep: %v", err)
		}
	}
	checkByPrograms(t, path, m, some)
}

// checkByPrograms checks an archive of the items with other programs. If some is not nil, they read
// only these entries.
func checkByPrograms(t *testing.T, path string, m *workload.Manifest, some []string) {
	t.Helper()
	const python = `import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
for name in sys.argv[2:] or archive.namelist():
    entry = archive.open(name)
    while entry.read(1 << 20):
        pass`
	programs := []struct {
		want string
		args []string
	}{
		{"No errors detected", append([]string{"unzip", "-tq", path}, some...)},
		{"", append([]string{"python3", "-c", python, path}, some...)},
		{"Everything is Ok", append([]string{"7z", "t", path}, some...)},
		{fmt.Sprintf("%d files, %d bytes uncompressed", m.Len(), m.Bytes()), []string{"zipinfo", "-t", path}},
	}
	var checks errgroup.Group
	checks.SetLimit(2)
	for _, p := range programs {
		checks.Go(func() error {
			out, err := exec.Command(p.args[0], p.args[1:]...).CombinedOutput()
			text := string(out)
			if err != nil || !strings.Contains(text, p.want) || strings.Contains(strings.ToLower(text), "warning") {
				t.Errorf("%s: %v\n%.2000s", p.args[0], err, text)
			}
			return nil
		})
	}
	must(t, checks.Wait())
}

// A holeWriter writes a file. It leaves a hole in the place of a long text, which must be zeros.
type holeWriter struct{ file *os.File }

func (w holeWriter) Write(p []byte) (int, error) {
	const long = 1 << 30
	if len(p) < long {
		return w.file.Write(p)
	}
	_, err := w.file.Seek(int64(len(p)), io.SeekCurrent)
	return len(p), err
}
