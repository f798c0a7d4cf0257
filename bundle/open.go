package bundle

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"iosweep/internal/regular"
	"iosweep/internal/units"
)

// Limits of an archive. They keep a hostile one from filling the memory. A journal of a million trials has
// about 1 GiB.
const (
	maxEntries = 100_000
	maxBytes   = 4 << 30
)

// A File is a file of a bundle.
type File struct {
	Name string // relative to the root of the bundle, with slashes
	Data []byte
	Mode fs.FileMode // its permissions
}

// A Bundle is the content of an archive.
type Bundle struct {
	Path  string
	Files []File // in the order of the archive
}

// IsArchive reports whether a file begins as a ZIP archive does.
func IsArchive(path string) bool {
	f, err := regular.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	begin := make([]byte, 4)
	_, err = io.ReadFull(f, begin)
	return err == nil && string(begin) == "PK\x03\x04"
}

// Open reads a bundle. It does not verify it.
func Open(path string) (*Bundle, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s is not a bundle: %w\na bundle is a ZIP archive that iosweep bundle wrote", path, err)
	}
	b := &Bundle{Path: path}
	if err := b.read(archive); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if b.File(metadataName) == nil || b.File(journalName) == nil {
		return nil, fmt.Errorf("%s is not a bundle: it has no %s or no %s; expected a file that iosweep bundle wrote", path, metadataName, journalName)
	}
	return b, nil
}

func (b *Bundle) read(archive *zip.Reader) error {
	if n := len(archive.File); n > maxEntries {
		return fmt.Errorf("it has %s; a bundle has at most %d", units.Count(n, "entry"), maxEntries)
	}
	left := int64(maxBytes)
	seen := map[string]bool{}
	for _, entry := range archive.File {
		name := entry.Name
		switch {
		case strings.HasSuffix(name, "/"):
			continue
		case !isLocal(name):
			return fmt.Errorf("its entry %q is outside the archive; a bundle has only relative names", name)
		case !entry.Mode().IsRegular():
			return fmt.Errorf("its entry %q is %s; a bundle has only regular files", name, regular.KindOf(entry.Mode()))
		case seen[strings.ToLower(name)]:
			return fmt.Errorf("it has two entries %q", name)
		}
		seen[strings.ToLower(name)] = true
		data, err := content(entry, left)
		if err != nil {
			return fmt.Errorf("its entry %q: %w", name, err)
		}
		left -= int64(len(data))
		b.Files = append(b.Files, File{name, data, entry.Mode().Perm()})
	}
	return nil
}

// content returns the content of an entry. It reads at most limit bytes.
func content(entry *zip.File, limit int64) ([]byte, error) {
	if entry.UncompressedSize64 > uint64(limit) {
		return nil, fmt.Errorf("the bundle has more than %s", units.Size(maxBytes))
	}
	r, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// The reader returns an error if there are more bytes than the archive announces, or fewer.
	return io.ReadAll(r)
}

// isLocal reports whether the name of an entry leads to a file below the root on every system.
func isLocal(name string) bool {
	return fs.ValidPath(name) && path.Clean(name) == name && !strings.ContainsAny(name, "\\:\x00")
}

// File returns a file, or nil.
func (b *Bundle) File(name string) *File {
	for i := range b.Files {
		if b.Files[i].Name == name {
			return &b.Files[i]
		}
	}
	return nil
}

// data returns the content of a file that Open has found.
func (b *Bundle) data(name string) ([]byte, error) {
	if f := b.File(name); f != nil {
		return f.Data, nil
	}
	return nil, fmt.Errorf("%w: %s", errMissing, name)
}

var errMissing = errors.New("the bundle has no file of this name")
