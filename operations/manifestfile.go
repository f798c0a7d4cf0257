package operations

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

// The file form of a manifest is text, one entry a line, and names are quoted
// as Go quotes strings, so that a name with a newline or with bytes that are no
// UTF-8 survives:
//
//	iosweep manifest 1
//	dirs 1
//	"photos"
//	files 1
//	4096 1c291ca3 644 "photos/a.jpg"
//	skipped 0
//
// Rejected: JSON, which loses such bytes and takes ten times as long for the
// million items that each of many worker processes has to read.
const manifestHeader = "iosweep manifest 1"

// WriteTo writes the file form. It returns how many bytes that took.
func (m *Manifest) WriteTo(w io.Writer) (int64, error) {
	var written int64
	buf := bufio.NewWriterSize(w, 1<<20)
	var line []byte
	put := func() {
		n, _ := buf.Write(append(line, '\n')) // the error is kept until Flush
		written += int64(n)
		line = line[:0]
	}
	section := func(title string, n int) {
		line = append(line, title...)
		line = strconv.AppendInt(append(line, ' '), int64(n), 10)
		put()
	}
	line = append(line, manifestHeader...)
	put()
	section("dirs", len(m.Dirs))
	for _, name := range m.Dirs {
		line = strconv.AppendQuote(line, name)
		put()
	}
	section("files", len(m.Files))
	for i := range m.Files {
		line = m.Files[i].appendLine(line)
		put()
	}
	section("skipped", len(m.Skipped))
	for _, name := range m.Skipped {
		line = strconv.AppendQuote(line, name)
		put()
	}
	return written, buf.Flush()
}

// appendLine appends the file's line: size, checksum, permissions, name.
func (f *File) appendLine(line []byte) []byte {
	line = strconv.AppendInt(line, f.Size, 10)
	line = strconv.AppendUint(append(line, ' '), uint64(f.CRC), 16)
	line = strconv.AppendUint(append(line, ' '), uint64(f.Mode.Perm()), 8)
	return strconv.AppendQuote(append(line, ' '), f.Name)
}

// ReadManifest reads the file form back. An error names the line. Names that
// are absolute or lead out of their directory are refused.
func ReadManifest(r io.Reader) (*Manifest, error) {
	var text strings.Builder
	if _, err := io.Copy(&text, r); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	lines := manifestLines{rest: text.String()}
	m, err := lines.manifest()
	if err != nil {
		return nil, fmt.Errorf("manifest, line %d: %w", lines.number, err)
	}
	return m, nil
}

// manifestLines takes the lines of a manifest's text one by one. The names it
// returns share the text's memory: a million items cost no million allocations.
type manifestLines struct {
	rest   string
	number int
}

// next is the next line, without its end. Every line has an end: without it the
// file was cut short.
func (l *manifestLines) next() (string, error) {
	l.number++
	line, rest, ok := strings.Cut(l.rest, "\n")
	if !ok {
		return "", fmt.Errorf("ends too early: %w", io.ErrUnexpectedEOF)
	}
	l.rest = rest
	return line, nil
}

func (l *manifestLines) manifest() (*Manifest, error) {
	header, err := l.next()
	if err != nil {
		return nil, err
	}
	if header != manifestHeader {
		return nil, fmt.Errorf("found %.40q, expected %q", header, manifestHeader)
	}
	m := &Manifest{}
	if m.Dirs, err = section(l, "dirs", parseName); err != nil {
		return nil, err
	}
	if m.Files, err = section(l, "files", parseFile); err != nil {
		return nil, err
	}
	if m.Skipped, err = section(l, "skipped", parseName); err != nil {
		return nil, err
	}
	if l.rest != "" {
		l.number++
		return nil, errors.New("expected the end of the file")
	}
	return m, nil
}

// section reads a title with a count, and that many lines.
func section[T any](l *manifestLines, title string, parse func(string) (T, error)) ([]T, error) {
	line, err := l.next()
	if err != nil {
		return nil, err
	}
	digits, ok := strings.CutPrefix(line, title+" ")
	n, err := strconv.ParseUint(digits, 10, 32)
	// A line has a byte at least: a count beyond the text must not reserve memory.
	if !ok || err != nil || n > uint64(len(l.rest)) {
		return nil, fmt.Errorf("found %.40q, expected %q and a count of lines", line, title)
	}
	if n == 0 {
		return nil, nil
	}
	entries := make([]T, n)
	for i := range entries {
		if line, err = l.next(); err != nil {
			return nil, err
		}
		if entries[i], err = parse(line); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

func parseFile(line string) (File, error) {
	size, rest, _ := strings.Cut(line, " ")
	crc, rest, _ := strings.Cut(rest, " ")
	mode, quoted, _ := strings.Cut(rest, " ")
	var f File
	var err error
	if f.Size, err = strconv.ParseInt(size, 10, 64); err != nil || f.Size < 0 {
		return File{}, fmt.Errorf("size %.40q is not a count of bytes", size)
	}
	sum, err := strconv.ParseUint(crc, 16, 32)
	if err != nil {
		return File{}, fmt.Errorf("checksum %.40q is not a CRC-32 in hexadecimal", crc)
	}
	bits, err := strconv.ParseUint(mode, 8, 32)
	if err != nil || fs.FileMode(bits)&^fs.ModePerm != 0 {
		return File{}, fmt.Errorf("permissions %.40q are not three octal digits", mode)
	}
	f.CRC, f.Mode = uint32(sum), fs.FileMode(bits)
	f.Name, err = parseName(quoted)
	return f, err
}

// parseName takes the quotes off a name and refuses one that leads elsewhere.
func parseName(quoted string) (string, error) {
	if !strings.HasPrefix(quoted, `"`) {
		return "", fmt.Errorf("found %.40q, expected a name in double quotes", quoted)
	}
	name, err := strconv.Unquote(quoted)
	if err != nil {
		return "", fmt.Errorf("name %.80s is not quoted as it should be", quoted)
	}
	if !isInside(name) {
		return "", fmt.Errorf("name %q leads out of its directory", name)
	}
	return name, nil
}

// isInside says whether a slash-separated name stays in its directory and names
// something in it.
func isInside(name string) bool {
	return filepath.IsLocal(filepath.FromSlash(name)) && filepath.Clean(name) != "."
}
