package operations

import (
	"io"
	"unsafe"

	"iosweep/internal/dirio"
	"iosweep/internal/workload"
)

// directBlock is what direct reads are aligned to, in memory and in the file.
// Disks with larger blocks than this are not in use.
const directBlock = 4096

// aligned is a buffer of n bytes that begins at a block boundary: buf again, if
// it is one that is large enough.
func aligned(buf []byte, n int) []byte {
	if cap(buf) >= n && offBlock(buf) == 0 {
		return buf[:n]
	}
	raw := make([]byte, n+directBlock)
	skip := (directBlock - offBlock(raw)) % directBlock
	return raw[skip : skip+n : skip+n]
}

// offBlock is how far beyond a block boundary the buffer's array begins.
func offBlock(buf []byte) int {
	return int(uintptr(unsafe.Pointer(unsafe.SliceData(buf))) % directBlock)
}

// readDirect reads a whole file that was opened with openDirect; it uses dst's
// array if it can, and none of its content. Every read asks for whole blocks,
// and one that ends within a block has met the end of the file: after it, no
// further read would be allowed.
func readDirect(in dirio.File, want *workload.File, dst []byte) ([]byte, error) {
	size := int(want.Size)
	dst = aligned(dst[:0], (size/directBlock+1)*directBlock)
	n := 0
	for n <= size {
		m, err := in.Read(dst[n:])
		n += m
		if err == io.EOF || err == nil && m%directBlock != 0 {
			break
		}
		if err != nil {
			return dst[:0], err
		}
	}
	if n != size {
		return dst[:0], sizeError(want, int64(n))
	}
	return dst[:size], nil
}
