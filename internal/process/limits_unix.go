//go:build unix

package process

import (
	"fmt"
	"math"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// systemLimits lists the limits of fork(2), pipe(2), open(2) and write(2).
func systemLimits() []systemLimit {
	tooMany := "too many open descriptors; raise the limit with ulimit -n"
	if limit, ok := DescriptorLimit(); ok {
		tooMany = fmt.Sprintf("the limit is %d open descriptors; raise it with ulimit -n, or use fewer workers", limit)
	}
	return []systemLimit{
		{unix.EMFILE, false, tooMany},
		{unix.ENFILE, false, "the system has no more descriptors; raise fs.file-max"},
		{unix.EAGAIN, true, "too many processes; raise ulimit -u, or pids.max of the control group"},
		{unix.ENOMEM, true, "not enough memory; raise ulimit -v, or memory.max of the control group"},
		{unix.EFBIG, false, "the file would exceed the size limit; raise it with ulimit -f"},
	}
}

// DescriptorLimit returns the number of descriptors that this process may open. It is the hard
// limit, because the Go runtime raises the soft limit to it at the start of a program. The
// processes of a trial run the same program, so they have the same limit.
func DescriptorLimit() (limit uint64, ok bool) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0, false
	}
	return uint64(l.Cur), true
}

// FileSizeLimit returns the size of the largest file that this process may write: RLIMIT_FSIZE
// of setrlimit(2).
func FileSizeLimit() int64 {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &l) != nil || uint64(l.Cur) > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(l.Cur)
}

// CatchFileLimitSignal makes a write above the file size limit fail with EFBIG. Before the
// call fails, the kernel sends SIGXFSZ, which by default ends a Go program. The signal is
// caught and not ignored, because contenders would inherit an ignored signal.
func CatchFileLimitSignal() { signal.Notify(make(chan os.Signal, 1), unix.SIGXFSZ) }
