package operations

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
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
	reader, err := zip.NewReader(f, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
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
// no more than one byte beyond the item's size, whatever the entry claims.
func compareEntry(entry *zip.File, file *File, buf []byte) error {
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
