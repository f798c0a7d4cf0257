//go:build !unix

package regular

import "os"

// NonBlock is not needed here: no name in a directory leads to a pipe.
const NonBlock = 0

// Lock does nothing: a file that is locked on Windows could not be read meanwhile.
func Lock(*os.File) error { return nil }
