package runner

import (
	"fmt"
	"io/fs"
	"syscall"
	"time"
)

// changedAt tells a file and its state from all others: its inode, and when that was
// last changed, which no program can set back (inode(7)).
func changedAt(info fs.FileInfo) string {
	stat := info.Sys().(*syscall.Stat_t)
	return fmt.Sprintf("%d %d.%09d", stat.Ino, stat.Ctim.Sec, stat.Ctim.Nsec)
}

// changeTime is when the inode of a file was last changed.
func changeTime(info fs.FileInfo) time.Time {
	stat := info.Sys().(*syscall.Stat_t)
	return time.Unix(stat.Ctim.Unix())
}
