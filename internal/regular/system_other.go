//go:build !unix

package regular

import "os"

// NonBlock is 0 on this system: no path in a directory leads to a pipe.
const NonBlock = 0

// Lock does nothing: on Windows other processes could not read a locked file.
func Lock(*os.File) error { return nil }
