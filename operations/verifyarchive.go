package operations

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// verifyArchive opens the archive with the standard library, which is not what
// wrote it, and compares every entry with the manifest.
func verifyArchive(site Site) (Outcome, error) {
	files := site.Manifest.Files
	outcome := Outcome{Items: len(files), Bytes: site.Manifest.Bytes()}
	f, err := os.Open(filepath.Join(site.Output, ArchiveName))
	if err != nil {
		return outcome, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return outcome, err
	}
	outcome.OutputBytes = info.Size()
	reader, err := openArchive(f, info.Size(), site.Manifest)
	if err != nil {
		return outcome, fmt.Errorf("%s: %w", ArchiveName, err)
	}
	var wrong faults
	entries := matchEntries(reader, site.Manifest, &wrong)
	err = forEach(context.Background(), len(files), func() func(int) error {
		buf := make([]byte, digestBuffer)
		return func(item int) error {
			err := errMissing
			if entries[item] != nil {
				err = compareEntry(entries[item], &files[item], buf)
			}
			if err != nil {
				wrong.item(item, files[item].Name, err)
			}
			return nil
		}
	})
	if err == nil {
		err = wrong.err(len(files))
	}
	return outcome, err
}

// openArchive reads the central directory of an archive that must hold the items of
// a manifest. What is larger than any archive of theirs is refused unread, and what
// has more entries before any of them is: the directory is kept in memory.
func openArchive(r io.ReaderAt, size int64, m *Manifest) (*zip.Reader, error) {
	if most := largestArchive(m); size > most {
		return nil, fmt.Errorf("it has %d bytes, and no archive of these items has more than %d", size, most)
	}
	reader, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are compared with those of the items
		return nil, err
	}
	// The items, what matchEntries tolerates, and the directory itself as "./".
	if most := len(m.Files) + len(m.Dirs) + len(m.Skipped) + 1; len(reader.File) > most {
		return nil, fmt.Errorf("it holds %d entries, expected at most %d", len(reader.File), most)
	}
	return reader, nil
}

// largestArchive is more than an archive of the items can have, whoever makes it:
// content that gets larger by compression, and for each entry names, times, owners
// and alignment to a page.
func largestArchive(m *Manifest) int64 {
	const perEntry, once = 8 << 10, 1 << 20
	size := m.Bytes()
	size += size/8 + once
	for i := range m.Files {
		size += perEntry + 2*int64(len(m.Files[i].Name))
	}
	for _, names := range [][]string{m.Dirs, m.Skipped} {
		for _, name := range names {
			size += perEntry + 2*int64(len(name))
		}
	}
	return size
}

// matchEntries finds the entry of every item and notes the entries that belong
// to none. Other programs write names with "./" in front, entries for
// directories, and links as entries: those are no fault.
func matchEntries(reader *zip.Reader, m *Manifest, wrong *faults) []*zip.File {
	items := make(map[string]int, len(m.Files))
	for item := range m.Files {
		items[m.Files[item].Name] = item
	}
	tolerated := map[string]bool{"": true}
	for _, name := range m.Dirs {
		tolerated[name+"/"] = true
	}
	for _, name := range m.Skipped {
		tolerated[name] = true
	}
	entries := make([]*zip.File, len(m.Files))
	for _, entry := range reader.File {
		name := strings.TrimPrefix(entry.Name, "./")
		item, known := items[name]
		switch {
		case known && entries[item] == nil:
			entries[item] = entry
		case known:
			wrong.unexpected(entry.Name, "second entry")
		case !tolerated[name]:
			wrong.unexpected(entry.Name, "entry")
		}
	}
	return entries
}

// compareEntry unpacks one entry and says how it differs from the item. It reads
// no more than one byte beyond the item's size, whatever the entry claims, and
// nothing of one that claims another size.
func compareEntry(entry *zip.File, file *File, buf []byte) error {
	if mode := entry.Mode(); !mode.IsRegular() {
		return fmt.Errorf("is a %s in the archive, expected a file", kindOf(mode))
	}
	if entry.UncompressedSize64 != uint64(file.Size) {
		return sizeError(file, int64(min(entry.UncompressedSize64, math.MaxInt64)))
	}
	r, err := entry.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	size, crc, err := digest(io.LimitReader(r, file.Size+1), buf)
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
