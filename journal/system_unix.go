//go:build unix

package journal

import "syscall"

// noFollow has a link not opened, and what it leads to not written.
const noFollow = syscall.O_NOFOLLOW
