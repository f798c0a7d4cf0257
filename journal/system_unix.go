//go:build unix

package journal

import "syscall"

// noFollow makes opening a symbolic link fail, so that its target is not written.
const noFollow = syscall.O_NOFOLLOW
