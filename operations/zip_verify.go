package operations

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"iosweep/internal/parallel"
	"iosweep/internal/regular"
	"iosweep/internal/workload"
)

// compareArchive records the differences between an archive and the manifest.
func compareArchive(archive io.ReaderAt, size int64, m *workload.Manifest, wrong *mismatches) error {
	reader, err := readArchive(archive, size, m)
	if err != nil {
		return err
	}
	found := entriesOf(reader, m, wrong)
	return parallel.ForEach(context.Background(), len(found), func(int) func(int) error {
		buf := make([]byte, workload.DigestBuffer)
		return func(item int) error {
			if found[item] == nil {
				return nil
			}
			file := m.File(item)
			if err := compareEntry(found[item], &file, buf); err != nil {
				wrong.item(item, file.Name, err)
			}
			return nil
		}
	})
}

// entriesOf returns the entry of each item, or nil if it is missing, and records missing and
// unexpected entries. Names that begin with "./", entries for directories, and links stored
// as entries are accepted, because other programs write them.
func entriesOf(archive *zip.Reader, m *workload.Manifest, wrong *mismatches) []*zip.File {
	tolerated := setOf(m.Skipped)
	tolerated[""] = true
	for _, name := range m.Dirs {
		tolerated[name+"/"] = true
	}
	found := make([]*zip.File, m.Len())
	var index *workload.NameIndex // made at the first entry that is out of order
	next := 0                     // the next item in order
	for _, entry := range archive.File {
		name := strings.TrimPrefix(entry.Name, "./")
		if tolerated[name] {
			continue
		}
		item, known := next, next < m.Len() && m.Name(next) == name
		if !known {
			if index == nil {
				index = new(workload.IndexNames(m))
			}
			item, known = index.Item(name)
		}
		switch {
		case !known:
			wrong.unexpected(entry.Name, "entry")
		case found[item] != nil:
			wrong.unexpected(entry.Name, "second entry")
		default:
			found[item], next = entry, item+1
		}
	}
	for item, entry := range found {
		if entry == nil {
			wrong.item(item, m.Name(item), errMissing)
		}
	}
	return found
}

// readArchive reads the central directory of an archive that must contain the items of a
// manifest. It refuses an archive or a directory that is too large before reading it.
func readArchive(archive io.ReaderAt, size int64, m *workload.Manifest) (*zip.Reader, error) {
	if most := maxArchiveSize(m); size > most {
		return nil, fmt.Errorf("it has %d bytes, but an archive of these items has at most %d", size, most)
	}
	limited := &limitedReader{from: archive, left: maxDirectorySize(m)}
	reader, err := zip.NewReader(limited, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // entriesOf checks the names
		return nil, err
	}
	limited.directoryRead = true
	if n, most := len(reader.File), maxEntries(m); n > most {
		return nil, fmt.Errorf("it has %d entries, expected at most %d", n, most)
	}
	return reader, nil
}

// A limitedReader limits how much is read of an archive's central directory. The library
// keeps about 200 bytes of memory for every entry that it finds there.
type limitedReader struct {
	from          io.ReaderAt
	left          int64
	directoryRead bool // the central directory was read; entries are read without a limit
}

func (l *limitedReader) ReadAt(p []byte, at int64) (int, error) {
	if !l.directoryRead {
		if l.left -= int64(len(p)); l.left < 0 {
			return 0, errors.New("its central directory is too large for an archive of these items")
		}
	}
	return l.from.ReadAt(p, at)
}

// maxArchiveSize returns an upper bound of the size of an archive of the items, made by any
// program. It allows for content that grows under compression. For each entry it allows for
// names, times, owners and alignment to a page.
func maxArchiveSize(m *workload.Manifest) int64 {
	return m.Bytes() + m.Bytes()/8 + 1<<20 + allEntries(m, 8<<10)
}

// maxDirectorySize returns an upper bound of the size of such an archive's central
// directory, including the bytes that are read to find it.
func maxDirectorySize(m *workload.Manifest) int64 { return 1<<20 + allEntries(m, 256) }

// allEntries returns the size of all entries: for each one twice the length of its name and
// perEntry bytes.
func allEntries(m *workload.Manifest, perEntry int64) (sum int64) {
	for _, file := range m.All() {
		sum += perEntry + 2*int64(len(file.Name))
	}
	for _, names := range [][]string{m.Dirs, m.Skipped} {
		for _, name := range names {
			sum += perEntry + 2*int64(len(name))
		}
	}
	return sum
}

// compareEntry decompresses one entry and returns an error if it differs from the item. It
// reads at most one byte more than the item's size, whatever size the entry claims. It reads
// nothing of an entry that claims another size.
func compareEntry(entry *zip.File, file *workload.File, buf []byte) error {
	if mode := entry.Mode(); !mode.IsRegular() {
		return fmt.Errorf("is a %s in the archive, expected a file", regular.Kind(mode))
	}
	if entry.UncompressedSize64 != uint64(file.Size) {
		return sizeError(file, int64(min(entry.UncompressedSize64, math.MaxInt64)))
	}
	r, err := entry.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	size, crc, err := workload.Digest(context.Background(), io.LimitReader(r, file.Size+1), buf)
	switch {
	case err != nil:
		return err
	case size != file.Size:
		return sizeError(file, size)
	case crc != file.CRC:
		return contentError(crc, file.CRC)
	}
	return nil
}

// maxEntries returns the largest number of entries in an archive of a manifest: the items,
// the entries that entriesOf accepts, and the directory itself as "./".
func maxEntries(m *workload.Manifest) int { return m.Len() + len(m.Dirs) + len(m.Skipped) + 1 }
