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
)

// trySize is that of the files on which things are tried out.
const trySize = 1 << 20

// anonymous is a file on the file system of a directory that has no name there at any
// time, so that nothing can be left of it: O_TMPFILE in open(2). It is full, and
// synced, so that its pages can be dropped.
func anonymous(dir string) (*os.File, error) {
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, &os.PathError{Op: "open a file without a name in", Path: dir, Err: err}
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

// trying calls a function with such a file. Where the file cannot be made, nothing is
// known.
func trying(dir string, try func(*os.File) Check) Check {
	f, err := anonymous(dir)
	if err != nil {
		return unknown("it cannot be tried out: %v", err)
	}
	defer f.Close()
	return try(f)
}

// again opens an open file again, with other flags: proc_pid_fd(5).
func again(f *os.File, flags int) (*os.File, error) {
	path := fmt.Sprintf("/proc/self/fd/%d", f.Fd())
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: f.Name(), Err: err}
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

// stillCold is the part of a file that may be left in the page cache after it was
// dropped; trials under cache: cold have the same limit.
const stillCold = 0.01

// coldCache tries out whether files can be dropped from the page cache, and whether
// that can be told.
func coldCache(s *subject) Check {
	return trying(s.dir, func(f *os.File) Check {
		before, err := dirio.ResidentFraction(f, trySize)
		if err != nil {
			return unknown("what the page cache holds is not told: %v", err)
		}
		if err := dirio.DropPages(f); err != nil {
			return unfit(withoutCold, "files cannot be dropped from the page cache: %v", err)
		}
		after, err := dirio.ResidentFraction(f, trySize)
		if err != nil {
			return unknown("what the page cache holds is not told: %v", err)
		}
		return judgeCold(sysinfo.FilesystemOf(s.dir).Type, before, after)
	})
}

const withoutCold = "measure with cache: warm, or name a directory on a disk"

// judgeCold is told which part of a file was in the page cache right after it was
// written, and after it was dropped.
func judgeCold(kind string, before, after float64) Check {
	switch {
	case slices.Contains(inMemory, kind):
		return unknown("there is no cold on %s, whose files are memory: cells with cache: cold or direct are refused", kind)
	case after > stillCold:
		return unfit(withoutCold, "%s keeps files in memory: %.0f%% of one was still there after it was dropped", kind, 100*after)
	case before <= stillCold:
		return unknown("%s does not tell what the page cache holds: a file that was just written seems not to be in it", kind)
	}
	return fit("files can be dropped from the page cache, and it can be told")
}

// directReads tries out O_DIRECT.
func directReads(s *subject) Check {
	return trying(s.dir, func(f *os.File) Check {
		const advice = "measure with cache: cold, or name a directory on another file system"
		if err := dirio.DropPages(f); err != nil {
			return unknown("files cannot be dropped from the page cache: %v", err)
		}
		in, err := again(f, unix.O_RDONLY|unix.O_DIRECT)
		if err != nil {
			return unfit(advice, "O_DIRECT is refused: %v", err)
		}
		defer in.Close()
		// A mapping begins at a page, and so at a block.
		block, err := unix.Mmap(-1, 0, trySize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
		if err != nil {
			return unknown("%v", os.NewSyscallError("mmap", err))
		}
		defer unix.Munmap(block)
		n, err := in.ReadAt(block, 0)
		if err != nil && !errors.Is(err, io.EOF) || n != trySize {
			return unfit(advice, "O_DIRECT was taken, and then %d bytes of %d were read: %v", n, trySize, err)
		}
		if left, err := dirio.ResidentFraction(f, trySize); err == nil && left > stillCold {
			return unfit(advice, "O_DIRECT is taken for a hint: %.0f%% of what was read is in the page cache", 100*left)
		}
		return fit("O_DIRECT goes past the page cache")
	})
}

// copies tries out how the kernel copies a file by itself.
func copies(s *subject) Check {
	return trying(s.dir, func(from *os.File) Check {
		return trying(s.dir, func(to *os.File) Check {
			n, err := unix.CopyFileRange(int(from.Fd()), new(int64), int(to.Fd()), new(int64), trySize, 0)
			if err != nil {
				return unfit("programs that copy by it, such as cp, read and write instead: compare them with that in mind",
					"there is no copy_file_range: %v", err)
			}
			if err := unix.IoctlFileClone(int(to.Fd()), int(from.Fd())); err != nil {
				return fit("copy_file_range copies %s at a time; files share no blocks (%v)", size(int64(n)), err)
			}
			return fit("copy_file_range copies; files can share blocks (reflinks), so that a copy by cp may move no data")
		})
	})
}
