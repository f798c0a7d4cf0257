//go:build unix

package process

import (
	"fmt"
	"math"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// systemLimits are of fork(2), pipe(2), open(2) and write(2).
func systemLimits() []systemLimit {
	tooMany := "no more descriptors; ulimit -n raises it"
	if limit, ok := DescriptorLimit(); ok {
		tooMany = fmt.Sprintf("this process may have %d descriptors; ulimit -n raises it, fewer workers need less", limit)
	}
	return []systemLimit{
		{unix.EMFILE, false, tooMany},
		{unix.ENFILE, false, "the system may have no more descriptors; fs.file-max raises it"},
		{unix.EAGAIN, true, "no more processes may be started; ulimit -u raises it, or pids.max of the control group"},
		{unix.ENOMEM, true, "there is no more memory; ulimit -v raises it, or memory.max of the control group"},
		{unix.EFBIG, false, "a file may not be larger; ulimit -f raises it"},
	}
}

// DescriptorLimit is how many descriptors this process may have: the hard limit,
// because the Go runtime raises the soft one to it at the start of a program. The
// processes of a trial, which are this program too, have as many.
func DescriptorLimit() (limit uint64, ok bool) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0, false
	}
	return uint64(l.Cur), true
}

// FileSizeLimit is how large a file this process may make: RLIMIT_FSIZE of setrlimit(2).
func FileSizeLimit() int64 {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &l) != nil || uint64(l.Cur) > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(l.Cur)
}

// CatchFileLimitSignal has a write beyond the limit of a file's size fail with EFBIG. The
// signal that comes first would end a program of Go. It is caught and not ignored:
// what is ignored is inherited by contenders.
func CatchFileLimitSignal() { signal.Notify(make(chan os.Signal, 1), unix.SIGXFSZ) }
