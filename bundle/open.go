package bundle

import (
	"archive/zip"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"iosweep/internal/regular"
	"iosweep/internal/units"
)

// Limits of an archive. They keep a hostile one from filling the memory. A journal of a million trials has
// about 1 GiB, and its lines compress to a fifth.
const (
	maxEntries = 50_000
	maxBytes   = 4 << 30
	minBytes   = 64 << 20 // allowed for any archive
	maxRatio   = 50       // of the content to the size of the archive
)

// ErrChanged is the error of a bundle whose archive was changed or damaged.
var ErrChanged = errors.New("it is not as iosweep bundle wrote it")

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
	if begin := make([]byte, len(localMagic)); err != nil {
		if _, readErr := f.ReadAt(begin, 0); readErr == nil && string(begin) == localMagic {
			return nil, fmt.Errorf("%s: %w: its end is missing or damaged (%w)", path, ErrChanged, err)
		}
		return nil, fmt.Errorf("%s is not a bundle: %w\na bundle is a ZIP archive that iosweep bundle wrote", path, err)
	}
	if !has(archive, metadataName) || !has(archive, journalName) {
		return nil, fmt.Errorf("%s is not a bundle: it has no %s or no %s; expected a file that iosweep bundle wrote", path, metadataName, journalName)
	}
	b := &Bundle{Path: path}
	err = checkExtent(f, info.Size(), archive)
	if err == nil {
		err = b.read(archive, min(maxBytes, minBytes+maxRatio*info.Size()))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", path, ErrChanged, err)
	}
	return b, nil
}

func has(archive *zip.Reader, name string) bool {
	return slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == name })
}

// Sizes of the parts of an archive, and the bytes that they begin with.
const (
	localSize, localMagic = 30, "PK\x03\x04"
	endSize, endMagic     = 22, "PK\x05\x06"
)

// checkExtent checks that each byte of an archive belongs to an entry or to the directory at the end. Other
// programs read an archive from its beginning, or an earlier directory, and would show other files.
func checkExtent(r io.ReaderAt, size int64, archive *zip.Reader) error {
	type extent struct {
		data, end int64
		name      string
	}
	var entries []extent
	for _, f := range archive.File {
		data, err := f.DataOffset()
		if err != nil {
			return err
		}
		entries = append(entries, extent{data, data + int64(min(f.CompressedSize64, uint64(size))), f.Name})
	}
	slices.SortFunc(entries, func(a, b extent) int { return cmp.Compare(a.data, b.data) })
	at := int64(0)
	for _, e := range entries {
		if !slices.ContainsFunc(descriptors, func(n int64) bool { return isHeader(r, at+n, e.data, e.name) && (at > 0 || n == 0) }) {
			return fmt.Errorf("it has data outside its files, at byte %d", at)
		}
		at = e.end
	}
	end := make([]byte, endSize)
	if _, err := r.ReadAt(end, size-endSize); err != nil {
		return err
	}
	length, start := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if string(end[:4]) != endMagic || start+length != size-endSize || !slices.Contains(descriptors, start-at) {
		return errors.New("it has data outside its files, at its end")
	}
	return nil
}

// descriptors are the sizes of the checksum that may follow an entry: none, with or without a signature, and
// with sizes of 32 or 64 bits.
var descriptors = []int64{0, 12, 16, 20, 24}

// isHeader reports whether the header of an entry with this name and this place of its data is at a place.
func isHeader(r io.ReaderAt, at, data int64, name string) bool {
	h := make([]byte, localSize+len(name))
	if _, err := r.ReadAt(h, at); err != nil || string(h[:4]) != localMagic {
		return false
	}
	return string(h[localSize:]) == name && at+localSize+int64(binary.LittleEndian.Uint16(h[26:]))+int64(binary.LittleEndian.Uint16(h[28:])) == data
}

// read reads the files of an archive, with at most left bytes.
func (b *Bundle) read(archive *zip.Reader, left int64) error {
	if n := len(archive.File); n > maxEntries {
		return fmt.Errorf("it has %s; a bundle has at most %d", units.Count(n, "entry"), maxEntries)
	}
	most := left
	seen := map[string]bool{}
	for _, entry := range archive.File {
		name, isDir := strings.CutSuffix(entry.Name, "/")
		switch {
		case !isRelative(name):
			return fmt.Errorf("its entry %q is outside the archive; a bundle has only relative names", entry.Name)
		case isDir && entry.UncompressedSize64 == 0:
			continue // other programs write them
		case isDir:
			return fmt.Errorf("its entry %q is a directory with content", entry.Name)
		case !entry.Mode().IsRegular():
			return fmt.Errorf("its entry %q is %s; a bundle has only regular files", name, regular.KindOf(entry.Mode()))
		case seen[strings.ToLower(name)]:
			return fmt.Errorf("it has two entries %q", name)
		case entry.UncompressedSize64 > uint64(left):
			return fmt.Errorf("its files have more than %s, too much for an archive of its size", units.Size(most))
		}
		seen[strings.ToLower(name)] = true
		data, err := content(entry)
		if err != nil {
			return fmt.Errorf("its entry %q: %w", name, err)
		}
		left -= int64(len(data))
		b.Files = append(b.Files, File{name, data, entry.Mode().Perm()})
	}
	return nil
}

// content returns the content of an entry.
func content(entry *zip.File) ([]byte, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// The reader returns an error if there are more bytes than the archive announces, or fewer. The announced
	// size may be a lie, so it is not allocated.
	return io.ReadAll(r)
}

// isRelative reports whether the name of an entry leads to a file below the root on every system.
func isRelative(name string) bool {
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
