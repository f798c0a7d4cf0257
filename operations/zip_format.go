package operations

import (
	"archive/zip"
	"encoding/binary"
	"io/fs"
	"math"
	"unicode/utf8"
)

// This file writes the headers of the zip format, as APPNOTE.TXT of PKWARE describes them. The
// standard library writes them too. But the zip64 field of a large entry then also contains the
// offset of the entry, although the header contains it, and 7z reports "Headers Error".

// Signatures of the parts of an archive.
const (
	signLocalHeader     = 0x04034b50
	signDirectoryHeader = 0x02014b50
	signZip64End        = 0x06064b50
	signZip64Locator    = 0x07064b50
	signEnd             = 0x06054b50
)

// Versions of the format that a reader must support.
const (
	version20 = 20 // deflate and directories
	version45 = 45 // zip64
)

// A zip64 field contains the values that do not fit into the fields of a header with 32 bits. It
// contains no other value, in the order of the format: size, stored size, offset.
type zip64 []uint64

// field returns the 32-bit field of a value. If the value does not fit, it is appended to z, and
// all bits of the field are set. The largest number of 32 bits does not fit, because it means that
// the value is in z.
func (z *zip64) field(value uint64) uint32 {
	if value < math.MaxUint32 {
		return uint32(value)
	}
	*z = append(*z, value)
	return math.MaxUint32
}

// version returns the version that a reader needs.
func (z zip64) version() uint16 {
	if len(z) > 0 {
		return version45
	}
	return version20
}

// size returns the number of bytes of the field.
func (z zip64) size() uint16 {
	if len(z) == 0 {
		return 0
	}
	return uint16(4 + 8*len(z))
}

// appendTo appends the field, unless it has no value.
func (z zip64) appendTo(b []byte) []byte {
	if len(z) == 0 {
		return b
	}
	const zip64ID = 1
	b = little.AppendUint16(b, zip64ID)
	b = little.AppendUint16(b, uint16(8*len(z)))
	for _, value := range z {
		b = little.AppendUint64(b, value)
	}
	return b
}

var little = binary.LittleEndian

// newHeader returns the header of an entry, without the fields about its data.
func newHeader(name string, mode fs.FileMode) *zip.FileHeader {
	const flagUTF8 = 0x800
	h := &zip.FileHeader{Name: name}
	h.SetMode(mode)
	if utf8.ValidString(name) {
		h.Flags = flagUTF8 // without it, readers guess the encoding
	}
	return h
}

// appendLocalHeader appends the header that precedes the data of an entry.
func appendLocalHeader(b []byte, h *zip.FileHeader) []byte {
	return appendLocalHeaderOf(b, h, max(h.UncompressedSize64, h.CompressedSize64) >= math.MaxUint32)
}

// appendLocalHeaderOf appends a header with a zip64 field, or without one. If one of the sizes
// needs the field, the format requires both in it.
func appendLocalHeaderOf(b []byte, h *zip.FileHeader, hasField bool) []byte {
	var large zip64
	size, stored := uint32(h.UncompressedSize64), uint32(h.CompressedSize64)
	if hasField {
		large = zip64{h.UncompressedSize64, h.CompressedSize64}
		size, stored = math.MaxUint32, math.MaxUint32
	}
	b = little.AppendUint32(b, signLocalHeader)
	b = appendCommon(b, h, size, stored, large)
	b = append(b, h.Name...)
	return large.appendTo(b)
}

// appendDirectoryHeader appends the header of an entry in the central directory. offset is the
// position of its local header.
func appendDirectoryHeader(b []byte, h *zip.FileHeader, offset uint64) []byte {
	var large zip64
	size, stored, at := large.field(h.UncompressedSize64), large.field(h.CompressedSize64), large.field(offset)
	b = little.AppendUint32(b, signDirectoryHeader)
	b = little.AppendUint16(b, h.CreatorVersion|large.version()) // the upper byte is the system
	b = appendCommon(b, h, size, stored, large)
	b = little.AppendUint16(b, 0) // length of the comment
	b = little.AppendUint16(b, 0) // number of the disk
	b = little.AppendUint16(b, 0) // internal attributes
	b = little.AppendUint32(b, h.ExternalAttrs)
	b = little.AppendUint32(b, at)
	b = append(b, h.Name...)
	return large.appendTo(b)
}

// appendCommon appends the fields that both headers of an entry have. The date is always 1 January
// 1980, the oldest that the format supports. So equal items make equal entries at any time.
func appendCommon(b []byte, h *zip.FileHeader, size, stored uint32, large zip64) []byte {
	const midnight, oldestDate = 0, 1<<5 | 1
	b = little.AppendUint16(b, large.version())
	b = little.AppendUint16(b, h.Flags)
	b = little.AppendUint16(b, h.Method)
	b = little.AppendUint16(b, midnight)
	b = little.AppendUint16(b, oldestDate)
	b = little.AppendUint32(b, h.CRC32)
	b = little.AppendUint32(b, stored)
	b = little.AppendUint32(b, size)
	b = little.AppendUint16(b, uint16(len(h.Name)))
	return little.AppendUint16(b, large.size())
}

// appendEndRecord appends the records after the central directory, which has this size and offset.
func appendEndRecord(b []byte, entries, size, offset uint64) []byte {
	if entries >= math.MaxUint16 || size >= math.MaxUint32 || offset >= math.MaxUint32 {
		b = appendZip64End(b, entries, size, offset)
	}
	number := uint16(min(entries, math.MaxUint16))
	b = little.AppendUint32(b, signEnd)
	b = little.AppendUint32(b, 0) // two numbers of disks
	b = little.AppendUint16(b, number)
	b = little.AppendUint16(b, number)
	b = little.AppendUint32(b, uint32(min(size, math.MaxUint32)))
	b = little.AppendUint32(b, uint32(min(offset, math.MaxUint32)))
	return little.AppendUint16(b, 0) // length of the comment
}

// appendZip64End appends the end record of zip64, and the record that leads readers to it.
func appendZip64End(b []byte, entries, size, offset uint64) []byte {
	const remaining = 44 // bytes of the record after its length
	b = little.AppendUint32(b, signZip64End)
	b = little.AppendUint64(b, remaining)
	b = little.AppendUint16(b, version45) // of the writer
	b = little.AppendUint16(b, version45) // that a reader needs
	b = little.AppendUint64(b, 0)         // two numbers of disks
	b = little.AppendUint64(b, entries)
	b = little.AppendUint64(b, entries)
	b = little.AppendUint64(b, size)
	b = little.AppendUint64(b, offset)

	b = little.AppendUint32(b, signZip64Locator)
	b = little.AppendUint32(b, 0) // number of the disk
	b = little.AppendUint64(b, offset+size)
	return little.AppendUint32(b, 1) // number of disks
}
