//go:build unix && (!linux || portable)

package operations

import "syscall"

// nonBlocking has a pipe that was put in the place of a file not hold up who opens
// it. It changes nothing for a file.
const nonBlocking = syscall.O_NONBLOCK
