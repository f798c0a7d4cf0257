package dirio

import (
	"errors"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// DropPages asks the kernel to remove the pages of a file from the page cache. It is only a
// request: pages that another process has mapped, or that are dirty, stay.
func DropPages(f descriptor) error {
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}

// FileSize returns the size of a file in bytes.
func FileSize(f descriptor) (int64, error) {
	var stat unix.Stat_t
	err := unix.Fstat(int(f.Fd()), &stat)
	return stat.Size, os.NewSyscallError("fstat", err)
}

// ResidentPages counts the pages of a file that are in the page cache. It uses cachestat(2), a
// system call that returns this number since Linux 6.5, or else mincore(2).
func ResidentPages(f descriptor, size int64) (int64, error) {
	if size == 0 {
		return 0, nil
	}
	if isOverlay(f) {
		return mincore(f, size)
	}
	var stat unix.Cachestat_t
	err := unix.Cachestat(uint(f.Fd()), &unix.CachestatRange{}, &stat, 0)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EOPNOTSUPP) {
		return mincore(f, size)
	}
	return int64(stat.Cache), err
}

// isOverlay reports whether a file is on an overlay, as in a container. Its pages belong to
// the file on the layer below. mincore(2) finds them, because a mapping leads to that file.
// cachestat(2) looks only at the overlay's own pages. There are none, so every file would seem
// cold.
func isOverlay(f descriptor) bool {
	var stat unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &stat) == nil && stat.Type == unix.OVERLAYFS_SUPER_MAGIC
}

// mincore maps a file without touching it, and asks which pages are in memory. The kernel
// reports the true state only to a caller that could write to the file; to others it reports
// all pages as resident.
func mincore(f descriptor, size int64) (int64, error) {
	pages, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return 0, os.NewSyscallError("mmap", err)
	}
	defer unix.Munmap(pages)
	resident := make([]byte, PagesOf(size))
	_, _, errno := unix.Syscall(unix.SYS_MINCORE,
		uintptr(unsafe.Pointer(&pages[0])), uintptr(len(pages)), uintptr(unsafe.Pointer(&resident[0])))
	if errno != 0 {
		return 0, os.NewSyscallError("mincore", errno)
	}
	var count int64
	for _, state := range resident {
		count += int64(state & 1)
	}
	return count, nil
}

// Sync makes everything below the directory durable. One syncfs lets the file system choose
// the order of its writes; one fsync per file does not.
func (d Directory) Sync() error {
	f, err := d.Top.entries()
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unix.Syncfs(int(f.Fd())); err != nil {
		return &fs.PathError{Op: "syncfs", Path: d.Path, Err: err}
	}
	return nil
}
