package workload

import (
	"context"
	"hash/crc32"
	"io"
)

// DigestBuffer is how much of a file is read at a time where only its checksum
// is wanted.
const DigestBuffer = 256 << 10

// Digest reads r to its end and returns its length and its CRC-32. It ends with its
// context: a file may be as large as it likes.
func Digest(ctx context.Context, r io.Reader, buf []byte) (size int64, crc uint32, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return size, crc, err
		}
		n, err := r.Read(buf)
		size += int64(n)
		crc = crc32.Update(crc, crc32.IEEETable, buf[:n])
		if err == io.EOF {
			return size, crc, nil
		}
		if err != nil {
			return size, crc, err
		}
	}
}
