//go:build unix

package regular

import "syscall"

// NonBlock is a flag of os.OpenFile: a named pipe is opened without a wait for its
// other end.
const NonBlock = syscall.O_NONBLOCK
