package dirio

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"iosweep/internal/oneline"
)

// ErrMounted is the error for a directory on another mount.
var ErrMounted = fmt.Errorf("another file system or directory is mounted there, and iosweep does not enter it: %w", unix.EXDEV)

// openat2 is the system call that can refuse links and other mounts in a path. It is a variable
// so that tests can simulate a kernel without this call.
var openat2 = unix.Openat2

// Open opens the directory at name, which is slash-separated and relative to the directory
// dir. It follows no link and no "..", and crosses no mount unless crossMounts is set. flags
// are flags of open(2): O_RDONLY to read the entries, or O_PATH. A name may be longer than
// PATH_MAX.
func Open(dir int, name string, flags int, crossMounts bool) (fd int, err error) {
	if len(name) < unix.PathMax {
		return open(dir, name, flags, crossMounts)
	}
	cut := strings.LastIndexByte(name[:unix.PathMax], '/')
	if cut <= 0 {
		return -1, pathError(name, unix.ENAMETOOLONG)
	}
	next, err := open(dir, name[:cut], unix.O_PATH, crossMounts)
	if err != nil {
		return -1, err
	}
	defer unix.Close(next)
	return Open(next, name[cut+1:], flags, crossMounts)
}

// open opens a directory with one system call. Kernels before 5.6 have no openat2, and some
// containers forbid it. Then open uses openSteps.
func open(dir int, name string, flags int, crossMounts bool) (int, error) {
	how := &unix.OpenHow{
		Flags:   uint64(flags | unix.O_DIRECTORY | unix.O_CLOEXEC),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS | unix.RESOLVE_NO_MAGICLINKS,
	}
	if !crossMounts {
		how.Resolve |= unix.RESOLVE_NO_XDEV
	}
	for {
		fd, err := openat2(dir, name, how)
		switch {
		case err == nil:
			return fd, nil
		case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EPERM):
			return openSteps(dir, name, flags, crossMounts)
		case err != unix.EINTR:
			return -1, pathError(name, err)
		}
	}
}

// openSteps opens a directory component by component. It compares mounts only at the end. That
// is enough: without "..", a path that has left a mount cannot return to it.
func openSteps(dir int, name string, flags int, crossMounts bool) (int, error) {
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
	if crossMounts {
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

// openStep opens a directory in another one. more reports whether other components follow.
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

// sameMount reports whether two open directories are on the same mount. Device numbers are not
// enough: a directory may be mounted within its own file system.
func sameMount(a, b int) (bool, error) {
	first, err := MountOf(a)
	if err != nil {
		return false, err
	}
	second, err := MountOf(b)
	return first == second, err
}

// MountOf returns the id of the mount that contains an open file: proc_pid_fdinfo(5).
func MountOf(fd int) (int, error) {
	path := "/proc/self/fdinfo/" + strconv.Itoa(fd)
	info, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return 0, fmt.Errorf("openat2(2) is not available, and /proc cannot be read to compare mounts: %w", &fs.PathError{Op: "open", Path: path, Err: err})
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
		return 0, fmt.Errorf("%s contains no mount id (mnt_id), and openat2(2) is not available: mounts cannot be compared", path)
	}
	return id, nil
}

// pathError returns an error with the name.
func pathError(name string, err error) error {
	if err == unix.EXDEV {
		err = ErrMounted
	}
	return &fs.PathError{Op: "open", Path: oneline.Shorten(name, longestPath), Err: err}
}

// longestPath is the maximum length of a path in an error, in characters.
const longestPath = 200
