package workspace

import "golang.org/x/sys/unix"

// hasAccessList reports whether a directory has an access list (acl(5)). Then the bits
// of its group are those of the list's mask, and others may be on it.
func hasAccessList(dir string) bool {
	size, err := unix.Getxattr(dir, "system.posix_acl_access", nil)
	return err == nil && size > 0
}
