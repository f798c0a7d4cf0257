package operations

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"iosweep/internal/regular"
	"iosweep/internal/workload"
)

// verifyArchive reads the archive and compares every entry with the manifest.
func verifyArchive(site Site, archive *os.File) (Outcome, error) {
	m := site.Manifest
	outcome := Outcome{Items: m.Len(), Bytes: m.Bytes()}
	info, err := archive.Stat()
	if err != nil {
		return outcome, err
	}
	outcome.OutputBytes = info.Size()
	var wrong faults
	if err := compareArchive(archive, info.Size(), m, &wrong); err != nil {
		return outcome, fmt.Errorf("%s: %w", ArchiveName, err)
	}
	return outcome, wrong.err(m.Len())
}

// compareArchive notes how an archive differs from what it should hold.
func compareArchive(archive io.ReaderAt, size int64, m *workload.Manifest, wrong *faults) error {
	reader, err := readArchive(archive, size, m)
	if err != nil {
		return err
	}
	matched := newMatcher(m, wrong)
	items := make([]int, len(reader.File))
	for i, entry := range reader.File {
		item, ok := matched.match(entry.Name)
		if items[i] = item; !ok {
			items[i] = -1
		}
	}
	matched.missing()
	return workload.ForEach(context.Background(), len(items), func(int) func(int) error {
		buf := make([]byte, workload.DigestBuffer)
		return func(i int) error {
			if items[i] < 0 {
				return nil
			}
			file := m.File(items[i])
			if err := compareEntry(reader.File[i], &file, buf); err != nil {
				wrong.item(items[i], file.Name, err)
			}
			return nil
		}
	})
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

// A matcher finds the item of each entry and notes what belongs to none. Other
// programs write names with "./" in front, entries for directories, and links as
// entries: those are no fault.
type matcher struct {
	items     *workload.Manifest
	index     *workload.NameIndex // nil until an entry is out of order
	next      int                 // the item that is next in order
	tolerated map[string]bool
	seen      []bool // by item
	wrong     *faults
}

func newMatcher(m *workload.Manifest, wrong *faults) *matcher {
	tolerated := setOf(m.Skipped)
	tolerated[""] = true
	for _, name := range m.Dirs {
		tolerated[name+"/"] = true
	}
	return &matcher{items: m, tolerated: tolerated, seen: make([]bool, m.Len()), wrong: wrong}
}

// match is the item of an entry; not ok for one that is no item, or a second one.
func (m *matcher) match(full string) (item int, ok bool) {
	name := strings.TrimPrefix(full, "./")
	if m.tolerated[name] {
		return 0, false
	}
	item, known := m.item(name)
	switch {
	case !known:
		m.wrong.unexpected(full, "entry")
	case m.seen[item]:
		m.wrong.unexpected(full, "second entry")
	default:
		m.seen[item], m.next = true, item+1
		return item, true
	}
	return 0, false
}

// item is the item with a name.
func (m *matcher) item(name string) (item int, ok bool) {
	if m.next < m.items.Len() && m.items.Name(m.next) == name {
		return m.next, true
	}
	if m.index == nil {
		m.index = new(workload.IndexNames(m.items))
	}
	return m.index.Item(name)
}

// missing notes the items that no entry was found for.
func (m *matcher) missing() {
	for item, seen := range m.seen {
		if !seen {
			m.wrong.item(item, m.items.Name(item), errMissing)
		}
	}
}

// mostEntries is how many entries an archive of a manifest may have: the items,
// what a matcher tolerates, and the directory itself as "./".
func mostEntries(m *workload.Manifest) int { return m.Len() + len(m.Dirs) + len(m.Skipped) + 1 }
