package dirio

import (
	"errors"
	"io/fs"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// DropPages asks the kernel to forget the pages of a file. It is a request: a
// page that somebody else has mapped or not yet written stays.
func DropPages(f descriptor) error {
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}

// FileSize is how many bytes a file has.
func FileSize(f descriptor) (int64, error) {
	var stat unix.Stat_t
	err := unix.Fstat(int(f.Fd()), &stat)
	return stat.Size, os.NewSyscallError("fstat", err)
}

// ResidentPages counts the pages of a file that are in the page cache, with
// cachestat(2), which Linux has since 6.5, or else with mincore(2).
func ResidentPages(f descriptor, size int64) (int64, error) {
	if size == 0 {
		return 0, nil
	}
	if stacked(f) {
		return mincore(f, size)
	}
	var stat unix.Cachestat_t
	err := unix.Cachestat(uint(f.Fd()), &unix.CachestatRange{}, &stat, 0)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EOPNOTSUPP) {
		return mincore(f, size)
	}
	return int64(stat.Cache), err
}

// stacked reports whether a file is on an overlay, as those of a container are. Its pages
// are those of the file beneath, which a mapping leads to; cachestat(2) looks at the
// overlay's own, of which there are none, and would call every file cold.
func stacked(f descriptor) bool {
	var stat unix.Statfs_t
	return unix.Fstatfs(int(f.Fd()), &stat) == nil && stat.Type == unix.OVERLAYFS_SUPER_MAGIC
}

// mincore maps a file, touches nothing, and asks which pages would not have to
// be fetched. The kernel answers truly only for a file that the caller could
// write to; of others it says that all is there.
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

// Sync makes everything below the directory durable. One syncfs lets the
// file system order its writes as it likes; an fsync for each file does not.
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
