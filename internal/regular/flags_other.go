//go:build !unix

package regular

// NonBlock is not needed here: no name in a directory leads to a pipe.
const NonBlock = 0
