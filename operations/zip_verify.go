package operations

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"iosweep/internal/regular"
	"iosweep/internal/workload"
)

// compareArchive notes how an archive differs from what it should hold.
func compareArchive(archive io.ReaderAt, size int64, m *workload.Manifest, wrong *faults) error {
	reader, err := readArchive(archive, size, m)
	if err != nil {
		return err
	}
	found := entriesOf(reader, m, wrong)
	return workload.ForEach(context.Background(), len(found), func(int) func(int) error {
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

// entriesOf returns the entry of each item, nil where there is none, and notes what
// belongs to no item, and what is missing. Other programs write names with "./" in
// front, entries for directories, and links as entries: those are no fault.
func entriesOf(archive *zip.Reader, m *workload.Manifest, wrong *faults) []*zip.File {
	tolerated := setOf(m.Skipped)
	tolerated[""] = true
	for _, name := range m.Dirs {
		tolerated[name+"/"] = true
	}
	found := make([]*zip.File, m.Len())
	var index *workload.NameIndex // made for the first entry that is out of order
	next := 0                     // the item that is next in order
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

// readArchive reads the central directory of an archive that must hold the items of
// a manifest. What is larger than any of theirs is refused unread.
func readArchive(archive io.ReaderAt, size int64, m *workload.Manifest) (*zip.Reader, error) {
	if most := largestArchive(m); size > most {
		return nil, fmt.Errorf("it has %d bytes, and no archive of these items has more than %d", size, most)
	}
	limited := &limitedReader{from: archive, left: largestDirectory(m)}
	reader, err := zip.NewReader(limited, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are compared with those of the items
		return nil, err
	}
	limited.read = true
	if n, most := len(reader.File), mostEntries(m); n > most {
		return nil, fmt.Errorf("it holds %d entries, expected at most %d", n, most)
	}
	return reader, nil
}

// A limitedReader lets no more be read of an archive's central directory than a
// directory of its items can have: the library keeps some 200 bytes of every entry that
// it finds there.
type limitedReader struct {
	from io.ReaderAt
	left int64
	read bool // the directory is: now come the entries
}

func (l *limitedReader) ReadAt(p []byte, at int64) (int, error) {
	if !l.read {
		if l.left -= int64(len(p)); l.left < 0 {
			return 0, errors.New("its central directory is larger than that of any archive of these items")
		}
	}
	return l.from.ReadAt(p, at)
}

// largestArchive is more than an archive of the items can have, whoever makes it:
// content that gets larger by compression, and for each entry names, times, owners
// and alignment to a page.
func largestArchive(m *workload.Manifest) int64 {
	return m.Bytes() + m.Bytes()/8 + 1<<20 + allEntries(m, 8<<10)
}

// largestDirectory is more than the central directory of such an archive can have, with
// what is read in search of it.
func largestDirectory(m *workload.Manifest) int64 { return 1<<20 + allEntries(m, 256) }

// allEntries is what all entries take, each with its name twice and perEntry bytes more.
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

// compareEntry unpacks one entry and says how it differs from the item. It reads
// no more than one byte beyond the item's size, whatever the entry claims, and
// nothing of one that claims another size.
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

// mostEntries is how many entries an archive of a manifest may have: the items,
// what entriesOf tolerates, and the directory itself as "./".
func mostEntries(m *workload.Manifest) int { return m.Len() + len(m.Dirs) + len(m.Skipped) + 1 }
