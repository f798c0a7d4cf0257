//go:build unix

package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"
)

func TestFaultOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("exit status 1"), ""},
		{&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, Full},
		{fmt.Errorf("item 3 %q: %w", "x", errors.Join(errors.New("other"), syscall.EDQUOT)), Quota},
		{syscall.EROFS, ReadOnly},
		{fmt.Errorf("verification: %w", syscall.EIO), Device},
		{syscall.EMFILE, ""},
		{syscall.EACCES, ""},
		// Errors from a worker process, and file names that look like them.
		{errors.New(`item 3 "x": write x: no space left on device`), Full},
		{errors.New("worker process 7 died: exit status 1\nitem 3 \"x\": openat: x: read-only file system"), ReadOnly},
		{errors.New("input/output error"), Device},
		{errors.New(`item 3 "no space left on device": missing`), ""},
		{errors.New(`item 3 "x: no space left on device": missing`), ""},
		{errors.New("open my read-only file system"), ""},
		{errors.New("no space left on device or so"), ""},
	} {
		if got := Of(test.err); got != test.want {
			t.Errorf("Of(%v) = %q, want %q", test.err, got, test.want)
		}
	}
}
