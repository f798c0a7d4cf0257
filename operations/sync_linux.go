package operations

import "golang.org/x/sys/unix"

// syncAll makes everything below the directory durable. One syncfs lets the
// file system order its writes as it likes; an fsync for each file does not.
func syncAll(d directory) error {
	f, err := d.top.entries()
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
