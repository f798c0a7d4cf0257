package checkup

import (
	"bytes"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
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
