package workload

import (
	"context"
	"hash/crc32"
	"io"
)

// DigestBuffer is the size of the read buffer for code that needs only a checksum.
const DigestBuffer = 256 << 10

// Digest reads r to its end and returns its length and CRC-32. It stops when the context is
// cancelled, because a file may be very large.
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
