package operations

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"iosweep/internal/regular"
	"iosweep/internal/workload"
)

// verifyArchive reads the archive with the standard library, which is not what
// wrote it, and compares every entry with the manifest. The library keeps some 300
// bytes of each entry, so of a large archive it is shown the central directory in
// parts, as if there were no other entries. Where it can be asked to keep all of
// them, it has to accept the archive as it is, too, with its end.
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
	directory, err := openArchive(archive, size, m)
	if err != nil {
		return err
	}
	if mostEntries(m) <= wholeEntries {
		if _, err := zip.NewReader(archive, size); err != nil && !errors.Is(err, zip.ErrInsecurePath) {
			return err
		}
	}
	matched := newMatcher(m, wrong)
	part := zipPart{archive: archive}
	err = directory.each(mostEntries(m), func(e *heldEntry) error {
		if part.count == 0 {
			part.begins = e.begins
		}
		part.ends = e.ends
		if part.count++; part.count < partEntries {
			return nil
		}
		return part.compare(matched)
	})
	if err == nil && part.count > 0 {
		err = part.compare(matched)
	}
	if err == nil {
		matched.missing()
	}
	return err
}

// wholeEntries is how many entries the library is shown at once: those that it keeps
// take some 24 MiB then, and there are enough for the records of ZIP64.
const wholeEntries = 80_000

// openArchive finds the central directory of an archive that must hold the items of
// a manifest. What is larger than any archive of theirs is refused unread.
func openArchive(archive io.ReaderAt, size int64, m *workload.Manifest) (zipDirectory, error) {
	if most := largestArchive(m); size > most {
		return zipDirectory{}, fmt.Errorf("it has %d bytes, and no archive of these items has more than %d", size, most)
	}
	return openZip(archive, size)
}

// largestArchive is more than an archive of the items can have, whoever makes it:
// content that gets larger by compression, and for each entry names, times, owners
// and alignment to a page.
func largestArchive(m *workload.Manifest) int64 {
	const perEntry, once = 8 << 10, 1 << 20
	size := m.Bytes()
	size += size/8 + once
	for _, file := range m.All() {
		size += perEntry + 2*int64(len(file.Name))
	}
	for _, names := range [][]string{m.Dirs, m.Skipped} {
		for _, name := range names {
			size += perEntry + 2*int64(len(name))
		}
	}
	return size
}

// partEntries is how many entries are shown to the library at a time.
const partEntries = 4096

// A zipPart is an archive with some consecutive entries of its central directory
// alone: behind them, in place of what follows, stands an end of its own.
type zipPart struct {
	archive      io.ReaderAt
	begins, ends int64
	count        int64
	end          []byte
}

// ReadAt reads the archive up to the part's last entry, and then its end.
func (z *zipPart) ReadAt(p []byte, at int64) (n int, err error) {
	if at < z.ends {
		here := p[:min(int64(len(p)), z.ends-at)]
		if n, err = z.archive.ReadAt(here, at); n < len(here) {
			return n, err
		}
		if n == len(p) {
			return n, nil
		}
	}
	behind := at + int64(n) - z.ends
	if behind < int64(len(z.end)) {
		n += copy(p[n:], z.end[behind:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// compare compares the entries of the part with their items, on all processors,
// and makes it ready for the next.
func (z *zipPart) compare(matched *matcher) error {
	z.end = appendEnd(z.end[:0], z.begins, z.count, z.ends-z.begins)
	reader, err := zip.NewReader(z, z.ends+int64(len(z.end)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are compared with those of the items
		return err
	}
	if int64(len(reader.File)) != z.count {
		return fmt.Errorf("archive/zip finds %d entries where there are %d", len(reader.File), z.count)
	}
	z.count = 0
	items := make([]int, len(reader.File))
	for i, entry := range reader.File {
		item, ok := matched.match(entry.Name)
		if items[i] = item; !ok {
			items[i] = -1
		}
	}
	m := matched.items
	return workload.ForEach(context.Background(), len(items), func() func(int) error {
		buf := make([]byte, workload.DigestBuffer)
		return func(i int) error {
			if items[i] < 0 {
				return nil
			}
			file := m.File(items[i])
			if err := compareEntry(reader.File[i], &file, buf); err != nil {
				matched.wrong.item(items[i], file.Name, err)
			}
			return nil
		}
	})
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
