package workload

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"unsafe"
)

// The file form of a manifest is text with one entry per line. Names are quoted like Go
// strings, so that names with newlines or with bytes that are not valid UTF-8 are
// preserved:
//
//	iosweep manifest 1
//	dirs 1
//	"photos"
//	files 1
//	4096 1c291ca3 644 "photos/a.jpg"
//	skipped 0
//
// Rejected: JSON. It loses such bytes, and reading takes ten times as long, for the
// million items that every worker process must read.
const manifestHeader = "iosweep manifest 1"

// lineBuffer is the size of the buffer for reading and writing a manifest file.
const lineBuffer = 64 << 10

// WriteTo writes the file form and returns the number of bytes written.
func (m *Manifest) WriteTo(w io.Writer) (written int64, err error) {
	buf := bufio.NewWriterSize(w, lineBuffer)
	put := func(text []byte) {
		n, _ := buf.Write(text) // Flush returns the error
		written += int64(n)
	}
	section := func(title string, names []string) {
		put(fmt.Appendf(nil, "%s %d\n", title, len(names)))
		for _, name := range names {
			put(fmt.Appendf(nil, "%q\n", name))
		}
	}
	put([]byte(manifestHeader + "\n"))
	section("dirs", m.Dirs)
	put(fmt.Appendf(nil, "files %d\n", m.Len()))
	var line []byte
	for _, file := range m.All() {
		line = append(file.appendLine(line[:0]), '\n')
		put(line)
	}
	section("skipped", m.Skipped)
	return written, buf.Flush()
}

// appendLine appends the line of a file: size, checksum, permissions, name.
func (f *File) appendLine(line []byte) []byte {
	line = strconv.AppendInt(line, f.Size, 10)
	line = strconv.AppendUint(append(line, ' '), uint64(f.CRC), 16)
	line = strconv.AppendUint(append(line, ' '), uint64(f.Mode.Perm()), 8)
	return strconv.AppendQuote(append(line, ' '), f.Name)
}

// ReadManifest reads the file form. An error contains the line number. Names that are absolute
// or lead out of their directory are refused.
func ReadManifest(r io.Reader) (*Manifest, error) {
	lines := manifestLines{from: bufio.NewReaderSize(r, lineBuffer)}
	m, err := lines.manifest()
	if err != nil {
		return nil, fmt.Errorf("manifest, line %d: %w", lines.number, err)
	}
	return m, nil
}

// manifestLines reads the lines of a manifest file one by one. The values of a line go
// directly into the columns, so a million lines leave no garbage, which would count towards
// the peak memory of every trial.
type manifestLines struct {
	from   *bufio.Reader
	long   []byte // a line that does not fit into the buffer of the reader
	number int
}

// next returns the next line without its newline, valid until the following call. A line
// without a newline is an error: the file is incomplete.
func (l *manifestLines) next() ([]byte, error) {
	l.number++
	line, err := l.from.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		l.long = l.long[:0]
		for err == bufio.ErrBufferFull {
			l.long = append(l.long, line...)
			line, err = l.from.ReadSlice('\n')
		}
		l.long = append(l.long, line...)
		line = l.long
	}
	if err == io.EOF {
		err = fmt.Errorf("ends too early: %w", io.ErrUnexpectedEOF)
	}
	if err != nil {
		return nil, err
	}
	return line[:len(line)-1], nil
}

func (l *manifestLines) manifest() (*Manifest, error) {
	header, err := l.next()
	if err != nil {
		return nil, err
	}
	if string(header) != manifestHeader {
		return nil, fmt.Errorf("found %.40q, expected %q", header, manifestHeader)
	}
	var files manifestBuilder
	var dirs, skipped []string
	if err := l.section("dirs", addName(&dirs)); err != nil {
		return nil, err
	}
	if err := l.section("files", files.addLine); err != nil {
		return nil, err
	}
	if err := l.section("skipped", addName(&skipped)); err != nil {
		return nil, err
	}
	m := files.manifest()
	m.Dirs, m.Skipped = dirs, skipped
	return m, l.end()
}

// end returns an error if there is anything after the last section.
func (l *manifestLines) end() error {
	l.number++
	_, err := l.from.ReadByte()
	switch err {
	case io.EOF:
		return nil
	case nil:
		return errors.New("expected the end of the file")
	}
	return err
}

// section reads a title with a number of lines, and calls add for each of these lines. It
// reserves no memory for them, because the number may be wrong.
func (l *manifestLines) section(title string, add func(line []byte) error) error {
	line, err := l.next()
	if err != nil {
		return err
	}
	digits, ok := strings.CutPrefix(string(line), title+" ")
	n, err := strconv.ParseUint(digits, 10, 31)
	if !ok || err != nil {
		return fmt.Errorf("found %.40q, expected %q and a count of lines", line, title)
	}
	for range n {
		if line, err = l.next(); err == nil {
			err = add(line)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addName returns a function that adds the name in a line to a list.
func addName(list *[]string) func(line []byte) error {
	return func(line []byte) error {
		name, err := appendName(nil, line)
		*list = append(*list, string(name))
		return err
	}
}

// addLine adds the item that a line describes; see appendLine.
func (b *manifestBuilder) addLine(line []byte) error {
	size, rest, _ := bytes.Cut(line, []byte{' '})
	crc, rest, _ := bytes.Cut(rest, []byte{' '})
	mode, quoted, _ := bytes.Cut(rest, []byte{' '})
	var f File
	var err error
	if f.Size, err = strconv.ParseInt(string(size), 10, 64); err != nil || f.Size < 0 {
		return fmt.Errorf("size %.40q is not a count of bytes", size)
	}
	sum, err := strconv.ParseUint(string(crc), 16, 32)
	if err != nil {
		return fmt.Errorf("checksum %.40q is not a CRC-32 in hexadecimal", crc)
	}
	bits, err := strconv.ParseUint(string(mode), 8, 32)
	if err != nil || fs.FileMode(bits)&^fs.ModePerm != 0 {
		return fmt.Errorf("permissions %.40q are not three octal digits", mode)
	}
	f.CRC, f.Mode = uint32(sum), fs.FileMode(bits)
	if b.names, err = appendName(b.names, quoted); err != nil {
		return err
	}
	b.endName(&f)
	return nil
}

// appendName appends a name without its quotes. It refuses a name that leads out of its
// directory, or that is the directory itself.
func appendName(dst, quoted []byte) ([]byte, error) {
	if !bytes.HasPrefix(quoted, []byte{'"'}) {
		return dst, fmt.Errorf("found %.40q, expected a name in double quotes", quoted)
	}
	// If the name has no escapes, Unquote returns a part of quoted and does not allocate.
	// The name is copied immediately.
	name, err := strconv.Unquote(unsafe.String(unsafe.SliceData(quoted), len(quoted)))
	if err != nil {
		return dst, fmt.Errorf("name %.80s is not a valid quoted string", quoted)
	}
	if !isInside(name) {
		return dst, fmt.Errorf("name %q leads out of its directory", name)
	}
	return append(dst, name...), nil
}

// isInside reports whether a slash-separated name stays in its directory and is not the
// directory itself.
func isInside(name string) bool {
	return filepath.IsLocal(filepath.FromSlash(name)) && filepath.Clean(name) != "."
}
