//go:build unix

package regular

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// special creates files that are not regular, and returns the kind of each.
func special(t *testing.T, dir string) map[string]string {
	t.Helper()
	list := map[string]string{
		dir:         "a directory",
		"/dev/zero": "a character device",
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o644); err != nil {
		t.Fatal(err)
	}
	list[pipe] = "a named pipe"
	socket := filepath.Join(dir, "socket")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip(err) // the path may be too long for a socket
	}
	t.Cleanup(func() { listener.Close() })
	list[socket] = "a socket"
	for name, target := range map[string]string{"to-pipe": pipe, "to-zero": "/dev/zero"} {
		link := filepath.Join(dir, name)
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		list[link] = list[target]
	}
	return list
}
