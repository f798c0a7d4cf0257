package operations

import (
	"encoding/binary"
	"io/fs"
	"math"
	"unicode/utf8"
)

// The records of an archive, as APPNOTE.TXT of PKWARE (6.3.3) lays them out; the
// numbers in front of the lines below are its sections. archive/zip keeps some 300
// bytes of each entry until the archive is closed, and as many for each that it
// reads: for a million entries that is many times what the trial itself takes.
const (
	localSignature     = 0x04034b50 // 4.3.7
	dataSignature      = 0x08074b50 // 4.3.9
	entrySignature     = 0x02014b50 // 4.3.12
	end64Signature     = 0x06064b50 // 4.3.14
	locator64Signature = 0x07064b50 // 4.3.15
	endSignature       = 0x06054b50 // 4.3.16

	localLength     = 30
	entryLength     = 46
	end64Length     = 56
	locator64Length = 20
	endLength       = 22

	extra64    = 1      // 4.5.3: sizes and offset in 64 bits
	version20  = 20     // 4.4.3: directories and deflate
	version45  = 45     // 4.4.3: ZIP64
	madeByUnix = 3 << 8 // 4.4.2

	flagSizesBehind = 0x8   // 4.4.4: a descriptor behind the data has the sizes
	flagUTF8        = 0x800 // 4.4.4: without it readers guess

	methodStored   = 0 // 4.4.5
	methodDeflated = 8

	// The oldest date that the format knows (4.4.6), 1 January 1980: equal items
	// make equal entries at any time.
	oldestDate = 1<<5 | 1
)

// A zipEntry is what both records of an entry are made of.
type zipEntry struct {
	name     string // a directory's ends in a slash
	mode     fs.FileMode
	crc      uint32
	size     int64 // of the content
	stored   int64 // of what stands in the archive: less than size if it is deflated
	position int64 // of the local record
}

// huge says whether a size takes more than 32 bits. Then a descriptor with the sizes
// follows the data, as archive/zip has it.
func (e *zipEntry) huge() bool { return max(e.size, e.stored) >= math.MaxUint32 }

func (e *zipEntry) flags() uint16 {
	var flags uint16
	if e.huge() {
		flags |= flagSizesBehind
	}
	if utf8.ValidString(e.name) {
		flags |= flagUTF8
	}
	return flags
}

func (e *zipEntry) method() uint16 {
	if e.stored != e.size {
		return methodDeflated
	}
	return methodStored
}

// length is that of the entry in front of the central directory.
func (e *zipEntry) length() int64 {
	n := localLength + int64(len(e.name)) + e.stored
	if e.huge() {
		n += 24
	}
	return n
}

// attributes are the permissions as Unix has them, and what is left of them on
// MS-DOS (4.4.15).
func (e *zipEntry) attributes() uint32 {
	const regular, directory, readOnly, subdirectory = 0o100000 << 16, 0o040000 << 16, 0x01, 0x10
	bits := uint32(e.mode.Perm()) << 16
	if e.mode.IsDir() {
		bits |= directory | subdirectory
	} else {
		bits |= regular
	}
	if e.mode&0o200 == 0 {
		bits |= readOnly
	}
	return bits
}

// appendLocal appends the record in front of the data.
func (e *zipEntry) appendLocal(b []byte) []byte {
	version, crc, stored, size := uint16(version20), e.crc, uint32(e.stored), uint32(e.size)
	if e.huge() {
		version, crc, stored, size = version45, 0, 0, 0
	}
	b = u32(b, localSignature)
	b = u16(b, version, e.flags(), e.method(), 0, oldestDate)
	b = u32(b, crc, stored, size)
	b = u16(b, uint16(len(e.name)), 0)
	return append(b, e.name...)
}

// appendDescriptor appends the record behind the data, where there is one.
func (e *zipEntry) appendDescriptor(b []byte) []byte {
	if !e.huge() {
		return b
	}
	b = u32(b, dataSignature, e.crc)
	return u64(b, e.stored, e.size)
}

// appendEntry appends the record in the central directory.
func (e *zipEntry) appendEntry(b []byte) []byte {
	far := e.huge() || e.position >= math.MaxUint32
	version, extra := uint16(version20), uint16(0)
	stored, size := uint32(e.stored), uint32(e.size)
	if far {
		version, extra = version45, 4+24
		stored, size = math.MaxUint32, math.MaxUint32
	}
	b = u32(b, entrySignature)
	b = u16(b, madeByUnix|version, version, e.flags(), e.method(), 0, oldestDate)
	b = u32(b, e.crc, stored, size)
	b = u16(b, uint16(len(e.name)), extra, 0, 0, 0)
	b = u32(b, e.attributes(), uint32(min(e.position, math.MaxUint32)))
	b = append(b, e.name...)
	if far {
		b = u64(u16(b, extra64, 24), e.size, e.stored, e.position)
	}
	return b
}

// appendEnd appends what follows the central directory: where it begins, how many
// entries it has, and its length.
func appendEnd(b []byte, begins, entries, length int64) []byte {
	if entries >= math.MaxUint16 || length >= math.MaxUint32 || begins >= math.MaxUint32 {
		b = u32(b, end64Signature)
		b = u64(b, end64Length-12)
		b = u16(b, version45, version45)
		b = u32(b, 0, 0)
		b = u64(b, entries, entries, length, begins)
		b = u32(b, locator64Signature, 0)
		b = u64(b, begins+length)
		b = u32(b, 1)
		entries, length, begins = math.MaxUint16, math.MaxUint32, math.MaxUint32
	}
	b = u32(b, endSignature)
	b = u16(b, 0, 0, uint16(entries), uint16(entries))
	b = u32(b, uint32(length), uint32(begins))
	return u16(b, 0)
}

func u16(b []byte, values ...uint16) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func u32(b []byte, values ...uint32) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func u64(b []byte, values ...int64) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	return b
}
