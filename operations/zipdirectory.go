package operations

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"iosweep/internal/workload"
)

// A zipDirectory is the central directory of an archive that is being read, be it
// ours or another program's. It is read from front to back through a small window,
// so that its length costs no memory.
type zipDirectory struct {
	archive io.ReaderAt
	begins  int64
	ends    int64
	entries int64 // as the end says
	wide    bool  // that is ZIP64's; else only the lower 16 bits count
}

// errNoArchive is what is wrong with a file that has no end of an archive.
var errNoArchive = errors.New("it is not a whole zip archive: it has no end record")

// openZip finds the directory of an archive of the given size.
func openZip(archive io.ReaderAt, size int64) (zipDirectory, error) {
	d := zipDirectory{archive: archive}
	// Behind the record is a comment of up to 65,535 bytes.
	tail := make([]byte, min(size, endLength+math.MaxUint16))
	if _, err := archive.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return d, err
	}
	at := lastEnd(tail)
	if at < 0 {
		return d, errNoArchive
	}
	end := tail[at:]
	d.ends = size - int64(len(tail)) + int64(at)
	d.entries = int64(binary.LittleEndian.Uint16(end[10:]))
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	d.begins = int64(binary.LittleEndian.Uint32(end[16:]))
	if d.entries == math.MaxUint16 || length == math.MaxUint32 || d.begins == math.MaxUint32 {
		var err error
		if length, err = d.widen(length); err != nil {
			return d, err
		}
	}
	if length < 0 || d.begins < 0 || length > d.ends || d.begins != d.ends-length {
		return d, fmt.Errorf("its central directory of %d bytes is not where its end says, at byte %d", length, d.begins)
	}
	return d, nil
}

// lastEnd is where the last end record with its comment fits the tail of a file,
// or -1.
func lastEnd(tail []byte) int {
	for at := len(tail) - endLength; at >= 0; at-- {
		end := tail[at:]
		if binary.LittleEndian.Uint32(end) == endSignature &&
			int(binary.LittleEndian.Uint16(end[20:])) <= len(end)-endLength {
			return at
		}
	}
	return -1
}

// widen takes the figures from the records of ZIP64, where they stand in front of
// the end record, and returns the length of the directory.
func (d *zipDirectory) widen(length int64) (int64, error) {
	locator := make([]byte, locator64Length)
	if d.ends < locator64Length {
		return length, nil
	}
	if _, err := d.archive.ReadAt(locator, d.ends-locator64Length); err != nil {
		return 0, err
	}
	if binary.LittleEndian.Uint32(locator) != locator64Signature {
		return length, nil // it has just so many entries
	}
	at := int64(binary.LittleEndian.Uint64(locator[8:]))
	record := make([]byte, end64Length)
	if at < 0 || at > d.ends-locator64Length-end64Length {
		return 0, fmt.Errorf("its ZIP64 end record is not at byte %d", at)
	}
	if _, err := d.archive.ReadAt(record, at); err != nil {
		return 0, err
	}
	if binary.LittleEndian.Uint32(record) != end64Signature {
		return 0, fmt.Errorf("its ZIP64 end record is not at byte %d", at)
	}
	d.wide = true
	d.entries = int64(binary.LittleEndian.Uint64(record[32:]))
	d.begins = int64(binary.LittleEndian.Uint64(record[48:]))
	d.ends = at
	return int64(binary.LittleEndian.Uint64(record[40:])), nil
}

// A heldEntry is an entry as the central directory has it. The name is good until
// the next one is read.
type heldEntry struct {
	begins, ends int64 // of the record
	name         []byte
	crc          uint32
	size         int64
	stored       int64
	position     int64 // of the local record
}

// each goes through the entries in the order of the directory; most is how many
// there may be.
func (d *zipDirectory) each(most int, visit func(*heldEntry) error) error {
	if d.entries < 0 || d.entries > int64(most) {
		return fmt.Errorf("it holds %d entries, expected at most %d", uint64(d.entries), most)
	}
	// The longest record has three fields of 65,535 bytes.
	look := window{from: d.archive, size: d.ends, buf: make([]byte, min(256<<10, d.ends))}
	var e heldEntry
	count := 0
	for at := d.begins; at < d.ends; count++ {
		if count == most {
			return fmt.Errorf("it holds more than %d entries, though its end says %d", most, d.entries)
		}
		if err := e.read(&look, at); err != nil {
			return fmt.Errorf("entry %d of its central directory, at byte %d: %w", count, at, err)
		}
		if err := visit(&e); err != nil {
			return err
		}
		at = e.ends
	}
	if int64(count) != d.entries && (d.wide || count&math.MaxUint16 != int(d.entries)) {
		return fmt.Errorf("it holds %d entries, though its end says %d", count, d.entries)
	}
	return nil
}

// read reads the record at a place.
func (e *heldEntry) read(look *window, at int64) error {
	b, err := look.bytes(at, entryLength)
	if err != nil {
		return err
	}
	if len(b) < entryLength || binary.LittleEndian.Uint32(b) != entrySignature {
		return errors.New("there is no such record")
	}
	name, extra, comment := binary.LittleEndian.Uint16(b[28:]), binary.LittleEndian.Uint16(b[30:]), binary.LittleEndian.Uint16(b[32:])
	length := entryLength + int(name) + int(extra) + int(comment)
	if b, err = look.bytes(at, length); err != nil {
		return err
	}
	if len(b) < length {
		return io.ErrUnexpectedEOF
	}
	*e = heldEntry{
		begins: at, ends: at + int64(length), name: b[entryLength : entryLength+int(name)],
		crc:      binary.LittleEndian.Uint32(b[16:]),
		stored:   int64(binary.LittleEndian.Uint32(b[20:])),
		size:     int64(binary.LittleEndian.Uint32(b[24:])),
		position: int64(binary.LittleEndian.Uint32(b[42:])),
	}
	return e.widen(b[entryLength+int(name):][:extra])
}

// widen takes from the extra fields what is too large for the record: sizes and
// position, those of them that are full, in this order (4.5.3).
func (e *heldEntry) widen(extra []byte) error {
	for len(extra) >= 4 {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return nil // what is no field is padding
		}
		if id == extra64 {
			field := extra[:n]
			for _, v := range []*int64{&e.size, &e.stored, &e.position} {
				if *v != math.MaxUint32 || len(field) < 8 {
					continue
				}
				if *v = int64(binary.LittleEndian.Uint64(field)); *v < 0 {
					return errors.New("its sizes are beyond all measure")
				}
				field = field[8:]
			}
		}
		extra = extra[n:]
	}
	return nil
}

// A matcher finds the item of each entry and notes what belongs to none. Other
// programs write names with "./" in front, entries for directories, and links as
// entries: those are no fault. As long as entries come in the order of the items,
// as ours do, it needs no index of their names.
type matcher struct {
	items     *workload.Manifest
	index     *workload.NameIndex // nil until an entry is out of order
	next      int                 // the item that is next in order
	tolerated map[string]bool
	seen      []bool // by item
	wrong     *faults
}

func newMatcher(m *workload.Manifest, wrong *faults) *matcher {
	tolerated := map[string]bool{"": true}
	for _, name := range m.Dirs {
		tolerated[name+"/"] = true
	}
	for _, name := range m.Skipped {
		tolerated[name] = true
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
