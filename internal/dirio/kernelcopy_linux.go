//go:build !portable

package dirio

import (
	"io/fs"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// MinKernelCopy is the size from which a file is copied without passing through the
// process. The call itself costs more than a small read and write: on tmpfs both
// are even at 4 KiB, and from 16 KiB on the copy within the kernel takes a tenth
// less processor; on ext4 there is little between them at any size.
const MinKernelCopy = 16 << 10

// A KernelCopy copies files within the kernel, in the first of these ways that
// the two file systems allow:
//
//   - copy_file_range(2), which shares the blocks instead of copying them where the
//     file system can do that, as cp does. A separate FICLONE would gain nothing:
//     it is what the kernel tries first.
//   - sendfile(2), which copies between different file systems, too.
//
// A way that is refused once is not tried again.
type KernelCopy struct {
	way atomic.Int32
}

var kernelWays = [...]struct {
	name string
	move func(out, in, n int) (int, error)
}{
	{"copy_file_range", func(out, in, n int) (int, error) { return unix.CopyFileRange(in, nil, out, nil, n, 0) }},
	{"sendfile", func(out, in, n int) (int, error) { return unix.Sendfile(out, in, nil, n) }},
}

// Copy copies the rest of in to out, from where both are. It is not done when the
// kernel cannot do it; then what is missing is to be moved otherwise. Like a read,
// it asks for one byte more than the file should have, so that a file that has
// grown shows itself, and one that has not needs no further call to find its end.
func (k *KernelCopy) Copy(out, in File, size int64) (moved int64, done bool, err error) {
	for {
		way := k.way.Load()
		if int(way) == len(kernelWays) {
			return moved, false, nil
		}
		n, err := kernelWays[way].move(out.fd, in.fd, int(size+1-moved))
		switch {
		case err == unix.EINTR:
		case cannot(err) || err == nil && n == 0 && moved == 0 && size > 0: // some file systems answer 0 for files that they make as they are read
			k.way.CompareAndSwap(way, way+1)
		case err != nil:
			return moved, true, &fs.PathError{Op: kernelWays[way].name, Path: out.name, Err: err}
		default:
			moved += int64(n)
			if n == 0 || moved >= size {
				return moved, true, nil
			}
		}
	}
}

// cannot reports whether a way is refused as such: other errors, as of a full disk,
// would befall any.
func cannot(err error) bool {
	switch err {
	case unix.EXDEV, unix.ENOSYS, unix.EOPNOTSUPP, unix.EINVAL, unix.EPERM:
		return true
	}
	return false
}
