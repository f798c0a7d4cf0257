package checkup

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"golang.org/x/sys/unix"

	"iosweep/internal/dirio"
	"iosweep/internal/sysinfo"
	"iosweep/internal/units"
)

// trySize is the size of the test files.
const trySize = 1 << 20

// anonymous creates a file on the file system of a directory. The file never has a name, so it
// disappears when it is closed: O_TMPFILE in open(2). It has trySize bytes, and is synced so that
// its pages can be dropped.
func anonymous(dir string) (*os.File, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "create a file without a name in", Path: dir, Err: err}
	}
	f := os.NewFile(uintptr(fd), dir+"/(a file without a name)")
	if _, err = f.Write(bytes.Repeat([]byte("iosweep\n"), trySize/8)); err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// withFile runs a check with an anonymous file. The result is unknown if the file cannot be
// created.
func withFile(dir string, run func(*os.File) Check) Check {
	f, err := anonymous(dir)
	if err != nil {
		return unknown("cannot create a test file: %v", err)
	}
	defer f.Close()
	return run(f)
}

// reopen opens an open file again, with other flags: proc_pid_fd(5).
func reopen(f *os.File, flags int) (*os.File, error) {
	path := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: f.Name(), Err: err}
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// maxResident is the fraction of a file that may be in the page cache after it was dropped. Trials
// with a cold cache have the same limit.
const maxResident = 0.01

// coldCache checks whether files can be dropped from the page cache, and whether the kernel reports
// that.
func coldCache(s *subject) Check {
	return withFile(s.dir, func(f *os.File) Check {
		before, err := dirio.ResidentFraction(f, trySize)
		if err != nil {
			return unknown("the contents of the page cache are not available: %v", err)
		}
		if err := dirio.DropPages(f); err != nil {
			return unfit(adviceWithoutCold, "files cannot be dropped from the page cache: %v", err)
		}
		after, err := dirio.ResidentFraction(f, trySize)
		if err != nil {
			return unknown("the contents of the page cache are not available: %v", err)
		}
		return judgeCold(sysinfo.FilesystemOf(s.dir).Type, before, after)
	})
}

const adviceWithoutCold = "measure with cache: warm, or choose a directory on a disk"

// judgeCold returns the check for two fractions of a file that were in the page cache: before and
// after it was dropped.
func judgeCold(kind string, before, after float64) Check {
	switch {
	case slices.Contains(inMemory, kind):
		return unknown("files on %s are always in memory: iosweep rejects cells with cache: cold or direct", kind)
	case after > maxResident:
		return unfit(adviceWithoutCold, "%s keeps files in memory: %.0f%% of a file was still in the page cache after it was dropped", kind, 100*after)
	case before <= maxResident:
		return unknown("%s does not report the contents of the page cache: a new file does not seem to be in it", kind)
	}
	return fit("files can be dropped from the page cache, and this can be verified")
}

// directReads checks whether O_DIRECT works.
func directReads(s *subject) Check {
	return withFile(s.dir, func(f *os.File) Check {
		const advice = "measure with cache: cold, or choose a directory on another file system"
		if err := dirio.DropPages(f); err != nil {
			return unknown("files cannot be dropped from the page cache: %v", err)
		}
		in, err := reopen(f, unix.O_RDONLY|unix.O_DIRECT)
		if err != nil {
			return unfit(advice, "O_DIRECT is not supported: %v", err)
		}
		defer in.Close()
		// O_DIRECT needs an aligned buffer. A mapping begins at a page, so it is aligned to blocks.
		block, err := unix.Mmap(-1, 0, trySize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			return unknown("%v", os.NewSyscallError("mmap", err))
		}
		defer unix.Munmap(block)
		n, err := in.ReadAt(block, 0)
		if err != nil && !errors.Is(err, io.EOF) || n != trySize {
			return unfit(advice, "open accepts O_DIRECT, but a read returned %d of %d bytes: %v", n, trySize, err)
		}
		if left, err := dirio.ResidentFraction(f, trySize); err == nil && left > maxResident {
			return unfit(advice, "O_DIRECT does not bypass the page cache: %.0f%% of the data is in it after the read", 100*left)
		}
		return fit("O_DIRECT bypasses the page cache")
	})
}

// copies checks whether the kernel can copy a file with one system call.
func copies(s *subject) Check {
	return withFile(s.dir, func(from *os.File) Check {
		return withFile(s.dir, func(to *os.File) Check {
			n, err := unix.CopyFileRange(int(from.Fd()), new(int64), int(to.Fd()), new(int64), trySize, 0)
			if err != nil {
				return unfit("programs that use it, such as cp, read and write instead: keep this in mind when you compare them",
					"copy_file_range is not available: %v", err)
			}
			if err := unix.IoctlFileClone(int(to.Fd()), int(from.Fd())); err != nil {
				return fit("copy_file_range copies %s per call; files cannot share blocks (%v)", units.Size(int64(n)), err)
			}
			return fit("copy_file_range works; files can share blocks (reflinks), so cp may copy without moving data")
		})
	})
}
