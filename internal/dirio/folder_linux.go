//go:build !portable

package dirio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Folder is one open directory, in which items are single names. Here it is a
// descriptor, and the calls on it are the system's own: os.File would ask the
// poller about every regular file, which is a failing call for each, and
// allocate what the garbage collector then has to find. A quarter of the time
// of a small file is in that.
type Folder struct {
	FD int
}

// openFolder opens the directory at a path. Only a directory can be opened so,
// and nothing is read from it.
func openFolder(path string) (Folder, error) {
	for {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err == nil {
			return Folder{fd}, nil
		}
		if err != unix.EINTR {
			return Folder{}, &fs.PathError{Op: "open", Path: path, Err: err}
		}
	}
}

// folderOf is the folder that a file has open. The file may be closed then.
func folderOf(f *os.File) (Folder, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	return Folder{fd}, os.NewSyscallError("dup", err)
}

// OpenFolder opens a folder anywhere below this one. No component of the name
// may be a link, and none may be on another mount unless across is set.
func (f Folder) OpenFolder(name string, across bool) (Folder, error) {
	fd, err := Open(f.FD, name, unix.O_PATH, across)
	return Folder{fd}, err
}

// isWithin reports whether the folder, or one above it, is another directory.
func (f Folder) isWithin(other fs.FileInfo) (bool, error) {
	want := other.Sys().(*syscall.Stat_t)
	var below, here unix.Stat_t
	for up := "."; ; up += "/.." {
		if err := unix.Fstatat(f.FD, up, &here, 0); err != nil {
			return false, &fs.PathError{Op: "fstatat", Path: up, Err: err}
		}
		if here.Dev == want.Dev && here.Ino == want.Ino {
			return true, nil
		}
		if up != "." && here.Dev == below.Dev && here.Ino == below.Ino {
			return false, nil // the root is above itself
		}
		below = here
	}
}

// entries opens the folder once more, to read its entries.
func (f Folder) entries() (*os.File, error) {
	return f.file(".", ".", unix.O_RDONLY|unix.O_DIRECTORY)
}

// file opens a file as package os has it. path is for its messages.
func (f Folder) file(name, path string, flags int) (*os.File, error) {
	opened, err := f.openat(name, flags|unix.O_NONBLOCK, plainMode)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(opened.fd), path), nil
}

// Close closes the folder.
func (f Folder) Close() error {
	return os.NewSyscallError("close", unix.Close(f.FD))
}

// forReading has a pipe or a device that was put in the place of a file not hold up
// who opens it, nor become the terminal of this process. It changes nothing for a
// file.
const forReading = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY

// open opens a file for reading. A link in its place is refused.
func (f Folder) open(name string) (File, error) {
	return f.openat(name, forReading, 0)
}

// Create makes a file that does not exist yet, for writing. The output of a
// trial is fresh: a file that is there already was written twice.
func (f Folder) Create(name string, mode fs.FileMode) (File, error) {
	out, err := f.openat(name, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL, uint32(mode))
	if err != nil || !UmaskClears(mode) {
		return out, err
	}
	if err := unix.Fchmod(out.fd, uint32(mode)); err != nil {
		out.Close()
		return File{}, &fs.PathError{Op: "fchmod", Path: name, Err: err}
	}
	return out, nil
}

// OpenDirect opens a file so that reads go past the page cache.
func (f Folder) OpenDirect(name string) (File, error) {
	in, err := f.openat(name, forReading|unix.O_DIRECT, 0)
	if errors.Is(err, unix.EINVAL) {
		err = fmt.Errorf("the file system cannot read past the page cache; use cache: warm or cold: %w", err)
	}
	return in, err
}

func (f Folder) openat(name string, flags int, mode uint32) (File, error) {
	var space cString
	path, err := space.of(name)
	for err == nil {
		fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, uintptr(f.FD), uintptr(unsafe.Pointer(path)),
			uintptr(flags|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_LARGEFILE), uintptr(mode), 0, 0)
		switch errno {
		case 0:
			return File{int(fd), name}, nil
		case unix.EINTR:
		default:
			err = errno
		}
	}
	return File{}, &fs.PathError{Op: "openat", Path: name, Err: err}
}

// Remove deletes a file.
func (f Folder) Remove(name string) error {
	var space cString
	path, err := space.of(name)
	if err == nil {
		err = failed(unix.Syscall(unix.SYS_UNLINKAT, uintptr(f.FD), uintptr(unsafe.Pointer(path)), 0))
	}
	if err != nil {
		return &fs.PathError{Op: "unlinkat", Path: name, Err: err}
	}
	return nil
}

// failed is the error of a system call, nil where there is none.
func failed(_, _ uintptr, errno unix.Errno) error {
	if errno == 0 {
		return nil
	}
	return errno
}

// Rename gives a file another name, here or in another folder of the same file
// system.
func (f Folder) Rename(name string, to Folder, newName string) error {
	var space, newSpace cString
	path, err := space.of(name)
	var newPath *byte
	if err == nil {
		newPath, err = newSpace.of(newName)
	}
	if err == nil {
		err = failed(unix.Syscall6(unix.SYS_RENAMEAT2, uintptr(f.FD), uintptr(unsafe.Pointer(path)),
			uintptr(to.FD), uintptr(unsafe.Pointer(newPath)), 0, 0))
	}
	if err != nil {
		return &os.LinkError{Op: "renameat", Old: name, New: newName, Err: err}
	}
	return nil
}

// A cString is the name of a file with the zero behind it that the kernel expects.
// It is on the caller's stack, where package unix would allocate for every call. Only
// a longer name is allocated: FAT and its kin count characters, not bytes.
type cString [unix.NAME_MAX + 1]byte

func (c *cString) of(name string) (*byte, error) {
	if len(name) >= len(c) {
		return unix.BytePtrFromString(name)
	}
	if strings.IndexByte(name, 0) >= 0 {
		return nil, unix.EINVAL
	}
	c[copy(c[:], name)] = 0
	return &c[0], nil
}

// A File is a file of a folder that was opened.
type File struct {
	fd   int
	name string
}

// Read is io.Reader's.
func (f File) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(f.fd, p)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, &fs.PathError{Op: "read", Path: f.name, Err: err}
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// Write is io.Writer's: it goes on until all is written.
func (f File) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n, err := unix.Write(f.fd, p[written:])
		if err == unix.EINTR {
			continue
		}
		if err == nil && n == 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return written, &fs.PathError{Op: "write", Path: f.name, Err: err}
		}
		written += n
	}
	return written, nil
}

// Sync makes the file durable.
func (f File) Sync() error {
	for {
		err := unix.Fsync(f.fd)
		if err == nil {
			return nil
		}
		if err != unix.EINTR {
			return &fs.PathError{Op: "fsync", Path: f.name, Err: err}
		}
	}
}

// Close closes the file. An interrupted close has closed it all the same.
func (f File) Close() error {
	if err := unix.Close(f.fd); err != nil && err != unix.EINTR {
		return &fs.PathError{Op: "close", Path: f.name, Err: err}
	}
	return nil
}

// Fd is a descriptor's.
func (f File) Fd() uintptr { return uintptr(f.fd) }

// inspect returns what an open file is.
func inspect(f File) (Status, error) {
	var stat unix.Stat_t
	err := unix.Fstat(f.fd, &stat)
	return Status{modeFrom(stat.Mode), stat.Nlink > 1}, os.NewSyscallError("fstat", err)
}

// modeOf is the mode of what has a name in the folder. No link is followed.
func (f Folder) modeOf(name string) (fs.FileMode, error) {
	var stat unix.Stat_t
	err := unix.Fstatat(f.FD, name, &stat, unix.AT_SYMLINK_NOFOLLOW)
	return modeFrom(stat.Mode), os.NewSyscallError("fstatat", err)
}

// kinds are those of files, as the kernel has them and as package fs does.
var kinds = map[uint32]fs.FileMode{
	unix.S_IFREG: 0, unix.S_IFDIR: fs.ModeDir, unix.S_IFLNK: fs.ModeSymlink,
	unix.S_IFIFO: fs.ModeNamedPipe, unix.S_IFSOCK: fs.ModeSocket,
	unix.S_IFCHR: fs.ModeDevice | fs.ModeCharDevice, unix.S_IFBLK: fs.ModeDevice,
}

// modeFrom is a mode of the kernel's as package fs has it.
func modeFrom(mode uint32) fs.FileMode {
	kind, known := kinds[mode&unix.S_IFMT]
	if !known {
		kind = fs.ModeIrregular
	}
	return fs.FileMode(mode)&fs.ModePerm | kind
}
