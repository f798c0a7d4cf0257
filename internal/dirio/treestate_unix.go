//go:build unix

package dirio

import (
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// stateAt returns the state of an entry of an open directory. It does not follow a link.
func stateAt(dir *os.File, name string) (entryState, error) {
	var s unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &s, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return entryState{}, &fs.PathError{Op: "fstatat", Path: name, Err: err}
	}
	return entryState{
		mode: uint32(s.Mode), size: s.Size, inode: s.Ino,
		modified: time.Unix(s.Mtim.Unix()), changed: time.Unix(s.Ctim.Unix()),
	}, nil
}
