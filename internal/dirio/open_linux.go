package dirio

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// ErrMounted is the error for a directory that lies behind a mount.
var ErrMounted = fmt.Errorf("another file system or directory is mounted there, which is never entered: %w", unix.EXDEV)

// openat2 is replaced in tests, as if the kernel had no such call.
var openat2 = unix.Openat2

// Open opens the directory that name, which is slash-separated, leads to from the
// directory dir. It follows no link and no "..", and crosses no mount unless across
// is set. flags are those of open(2): O_RDONLY to read its entries, or O_PATH. A
// name may be longer than PATH_MAX.
func Open(dir int, name string, flags int, across bool) (fd int, err error) {
	if len(name) < unix.PathMax {
		return open(dir, name, flags, across)
	}
	cut := strings.LastIndexByte(name[:unix.PathMax], '/')
	if cut <= 0 {
		return -1, pathError(name, unix.ENAMETOOLONG)
	}
	next, err := open(dir, name[:cut], unix.O_PATH, across)
	if err != nil {
		return -1, err
	}
	defer unix.Close(next)
	return Open(next, name[cut+1:], flags, across)
}

// open opens a directory with one call. Kernels before 5.6 have no openat2, and some
// containers forbid it: there it goes step by step.
func open(dir int, name string, flags int, across bool) (int, error) {
	how := &unix.OpenHow{
		Flags:   uint64(flags | unix.O_DIRECTORY | unix.O_CLOEXEC),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
	}
	if !across {
		how.Resolve |= unix.RESOLVE_NO_XDEV
	}
	for {
		fd, err := openat2(dir, name, how)
		switch {
		case err == nil:
			return fd, nil
		case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EPERM):
			return openSteps(dir, name, flags, across)
		case err != unix.EINTR:
			return -1, pathError(name, err)
		}
	}
}

// openSteps opens a directory component by component. It compares mounts once, in
// the end: who goes down from a mount into another one does not come back to the
// first, for that is mounted above.
func openSteps(dir int, name string, flags int, across bool) (int, error) {
	at := dir
	for rest, more := name, true; more; {
		var step string
		step, rest, more = strings.Cut(rest, "/")
		next, err := openStep(at, step, flags, more)
		if at != dir {
			unix.Close(at)
		}
		if err != nil {
			return -1, pathError(name, err)
		}
		at = next
	}
	if across {
		return at, nil
	}
	same, err := sameMount(dir, at)
	if err == nil && !same {
		err = pathError(name, unix.EXDEV)
	}
	if err != nil {
		unix.Close(at)
		return -1, err
	}
	return at, nil
}

// openStep opens a directory in another one; more says that it is not the last.
func openStep(dir int, name string, flags int, more bool) (int, error) {
	if name == "" || name == ".." {
		return -1, unix.EXDEV
	}
	if more {
		flags = unix.O_PATH
	}
	for {
		fd, err := unix.Openat(dir, name, flags|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// sameMount reports whether two open directories are on one mount. Their device
// numbers do not tell: a directory may be mounted in another one of its own file
// system.
func sameMount(a, b int) (bool, error) {
	first, err := MountOf(a)
	if err != nil {
		return false, err
	}
	second, err := MountOf(b)
	return first == second, err
}

// MountOf is the number of the mount that an open file is on: proc_pid_fdinfo(5).
func MountOf(fd int) (int, error) {
	path := "/proc/self/fdinfo/" + strconv.Itoa(fd)
	info, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("without openat2(2), mounts are told apart by what /proc says: %w", &fs.PathError{Op: "open", Path: path, Err: err})
	}
	defer unix.Close(info)
	var buf [1024]byte
	n, err := unix.Read(info, buf[:])
	if err != nil {
		return 0, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	_, rest, found := bytes.Cut(buf[:n], []byte("mnt_id:\t"))
	digits, _, _ := bytes.Cut(rest, []byte("\n"))
	id, err := strconv.Atoi(string(digits))
	if !found || err != nil {
		return 0, fmt.Errorf("%s names no mount (mnt_id): neither it nor openat2(2), which is missing here, can tell mounts apart", path)
	}
	return id, nil
}

// pathError is the error of a name.
func pathError(name string, err error) error {
	if err == unix.EXDEV {
		err = ErrMounted
	}
	return &fs.PathError{Op: "open", Path: name, Err: err}
}
