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

	"golang.org/x/sys/unix"
)

// A Folder is one open directory, in which names are single components. On Linux it is a
// descriptor with direct system calls. os.File would register every regular file with the
// poller, which fails each time, and would allocate memory that becomes garbage. That takes a
// quarter of the time of a small file.
type Folder struct {
	FD int
}

// openFolder opens the directory at a path. The flag O_PATH is enough: such a descriptor cannot
// be read, but other system calls can start from it.
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

// folderOf returns a folder for the directory that f has open. The caller may close f.
func folderOf(f *os.File) (Folder, error) {
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	return Folder{fd}, os.NewSyscallError("dup", err)
}

// OpenFolder opens a folder at any depth below this one. No component of the name may be a
// link. Unless crossMounts is set, none may be on another mount.
func (f Folder) OpenFolder(name string, crossMounts bool) (Folder, error) {
	fd, err := Open(f.FD, name, unix.O_PATH, crossMounts)
	return Folder{fd}, err
}

// isWithin reports whether other is this folder or one above it.
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
			return false, nil // the root directory is its own parent
		}
		below = here
	}
}

// entries opens the folder again, to read its entries.
func (f Folder) entries() (*os.File, error) {
	return f.file(".", ".", unix.O_RDONLY|unix.O_DIRECTORY)
}

// file opens a file as an *os.File. path is used in its error messages.
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

// forReading are the flags for reading. If a pipe or a device has replaced the file, opening
// does not block, and a terminal does not become the controlling terminal. The flags have no
// effect on regular files.
const forReading = unix.O_RDONLY | unix.O_NONBLOCK | unix.O_NOCTTY

// open opens a file for reading. It refuses a link.
func (f Folder) open(name string) (File, error) {
	return f.openat(name, forReading, 0)
}

// Create creates a file, which must not exist, for writing. The output directory of a trial is
// new, so an existing file means that an item was written twice.
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

// OpenForWriting opens an existing file for writing.
func (f Folder) OpenForWriting(name string) (File, error) {
	return f.openat(name, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
}

// Chmod sets the permissions of a file.
func (f Folder) Chmod(name string, mode fs.FileMode) error {
	if err := unix.Fchmodat(f.FD, name, uint32(mode), 0); err != nil {
		return &fs.PathError{Op: "fchmodat", Path: name, Err: err}
	}
	return nil
}

// OpenDirect opens a file for reads that bypass the page cache.
func (f Folder) OpenDirect(name string) (File, error) {
	in, err := f.openat(name, forReading|unix.O_DIRECT, 0)
	if errors.Is(err, unix.EINVAL) {
		err = fmt.Errorf("the file system does not support reads without the page cache; use cache: warm or cold: %w", err)
	}
	return in, err
}

func (f Folder) openat(name string, flags int, mode uint32) (File, error) {
	var space cString
	path, err := space.of(name)
	for err == nil {
		var fd int
		fd, err = pathCall(unix.SYS_OPENAT, f.FD, path,
			uintptr(flags|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_LARGEFILE), uintptr(mode))
		switch err {
		case nil:
			return File{fd, name}, nil
		case unix.EINTR:
			err = nil
		}
	}
	return File{}, &fs.PathError{Op: "openat", Path: name, Err: err}
}

// Remove deletes a file.
func (f Folder) Remove(name string) error {
	var space cString
	path, err := space.of(name)
	if err == nil {
		_, err = pathCall(unix.SYS_UNLINKAT, f.FD, path, 0, 0)
	}
	if err != nil {
		return &fs.PathError{Op: "unlinkat", Path: name, Err: err}
	}
	return nil
}

// Rename renames a file, within this folder or into another folder of the same file system.
func (f Folder) Rename(name string, to Folder, newName string) error {
	var space, newSpace cString
	path, err := space.of(name)
	var newPath *byte
	if err == nil {
		newPath, err = newSpace.of(newName)
	}
	if err == nil {
		err = rename(f.FD, path, to.FD, newPath)
	}
	if err != nil {
		return &os.LinkError{Op: "renameat", Old: name, New: newName, Err: err}
	}
	return nil
}

// A cString contains a file name with a terminating zero byte for the kernel. It is on the
// caller's stack, so it needs no allocation, unlike the functions of package unix. Only names
// of more than NAME_MAX bytes are allocated. FAT and similar file systems allow such names,
// because they limit characters, not bytes.
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

// A File is an open file of a folder.
type File struct {
	fd   int
	name string
}

// Read implements io.Reader.
func (f File) Read(p []byte) (int, error) {
	for {
		n, err := read(f.fd, p)
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

// Write implements io.Writer: it continues until everything is written.
func (f File) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		n, err := write(f.fd, p[written:])
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

// WriteAt implements io.WriterAt: it continues until everything is written.
func (f File) WriteAt(p []byte, offset int64) (int, error) {
	written := 0
	for written < len(p) {
		n, err := pwrite(f.fd, p[written:], offset+int64(written))
		if err == unix.EINTR {
			continue
		}
		if err == nil && n == 0 {
			err = io.ErrShortWrite
		}
		if err != nil {
			return written, &fs.PathError{Op: "pwrite", Path: f.name, Err: err}
		}
		written += n
	}
	return written, nil
}

// Seek implements io.Seeker.
func (f File) Seek(offset int64, whence int) (int64, error) {
	at, err := unix.Seek(f.fd, offset, whence)
	if err != nil {
		return 0, &fs.PathError{Op: "lseek", Path: f.name, Err: err}
	}
	return at, nil
}

// Truncate sets the size of the file.
func (f File) Truncate(size int64) error {
	for {
		err := unix.Ftruncate(f.fd, size)
		if err == nil {
			return nil
		}
		if err != unix.EINTR {
			return &fs.PathError{Op: "ftruncate", Path: f.name, Err: err}
		}
	}
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

// Close closes the file. An interrupted close also closes the descriptor.
func (f File) Close() error {
	if err := closeFile(f.fd); err != nil && err != unix.EINTR {
		return &fs.PathError{Op: "close", Path: f.name, Err: err}
	}
	return nil
}

// Fd returns the descriptor.
func (f File) Fd() uintptr { return uintptr(f.fd) }

// inspect returns the status of an open file.
func inspect(f File) (Status, error) {
	var stat unix.Stat_t
	err := unix.Fstat(f.fd, &stat)
	return Status{modeFrom(stat.Mode), stat.Nlink > 1}, os.NewSyscallError("fstat", err)
}

// modeOf returns the mode of the file at a name in the folder. It does not follow a link.
func (f Folder) modeOf(name string) (fs.FileMode, error) {
	var stat unix.Stat_t
	err := unix.Fstatat(f.FD, name, &stat, unix.AT_SYMLINK_NOFOLLOW)
	return modeFrom(stat.Mode), os.NewSyscallError("fstatat", err)
}

// SizeOf returns the size of the file at a name in the folder. It does not follow a link.
func (f Folder) SizeOf(name string) (int64, error) {
	var stat unix.Stat_t
	err := unix.Fstatat(f.FD, name, &stat, unix.AT_SYMLINK_NOFOLLOW)
	return stat.Size, os.NewSyscallError("fstatat", err)
}

// kinds maps the file types of the kernel to the file types of package fs.
var kinds = map[uint32]fs.FileMode{
	unix.S_IFREG: 0, unix.S_IFDIR: fs.ModeDir, unix.S_IFLNK: fs.ModeSymlink,
	unix.S_IFIFO: fs.ModeNamedPipe, unix.S_IFSOCK: fs.ModeSocket,
	unix.S_IFCHR: fs.ModeDevice | fs.ModeCharDevice, unix.S_IFBLK: fs.ModeDevice,
}

// modeFrom converts a mode of the kernel to one of package fs.
func modeFrom(mode uint32) fs.FileMode {
	kind, known := kinds[mode&unix.S_IFMT]
	if !known {
		kind = fs.ModeIrregular
	}
	return fs.FileMode(mode)&fs.ModePerm | kind
}
