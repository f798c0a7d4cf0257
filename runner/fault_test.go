//go:build unix

package runner

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"iosweep/journal"
)

func TestFaultOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("exit status 1"), ""},
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, faultFull},
		{fmt.Errorf("item 3 %q: %w", "x", errors.Join(errors.New("other"), syscall.EDQUOT)), faultQuota},
		{syscall.EROFS, faultReadOnly},
		{fmt.Errorf(journal.Unverified+"%w", syscall.EIO), faultDevice},
		{syscall.EMFILE, ""},
		{syscall.EACCES, ""},
		// What a worker process says, and names of files that look like it.
		{errors.New(`item 3 "x": write x: no space left on device`), faultFull},
		{errors.New("worker process 7 died: exit status 1\nitem 3 \"x\": openat: x: read-only file system"), faultReadOnly},
		{errors.New("input/output error"), faultDevice},
		{errors.New(`item 3 "no space left on device": missing`), ""},
		{errors.New(`item 3 "x: no space left on device": missing`), ""},
		{errors.New("open my read-only file system"), ""},
		{errors.New("no space left on device or so"), ""},
	} {
		if got := faultOf(test.err); got != test.want {
			t.Errorf("faultOf(%v) = %q, expected %q", test.err, got, test.want)
		}
	}
}
