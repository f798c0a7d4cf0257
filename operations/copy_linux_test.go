//go:build !portable

package operations

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"iosweep/internal/workload"
)

// otherDir returns a directory on another file system than dir, or skips the test.
func otherDir(t *testing.T, dir string) string {
	t.Helper()
	other, err := os.MkdirTemp("/dev/shm", "iosweep-test-")
	if err != nil {
		t.Skip("there is no second file system: ", err)
	}
	t.Cleanup(func() { os.RemoveAll(other) })
	var a, b unix.Stat_t
	must(t, unix.Stat(dir, &a))
	must(t, unix.Stat(other, &b))
	if a.Dev == b.Dev {
		t.Skip("there is no second file system: temporary files are in memory too")
	}
	return other
}

// TestCopyAcrossFileSystems runs the whole operation, with its fallbacks.
func TestCopyAcrossFileSystems(t *testing.T) {
	site := newSite(t, copying{}, workload.Workload{Files: 9, Content: workload.ContentBytes, Size: 70_001}, nil)
	site.Output = otherDir(t, site.Input)
	digests := perform(t, copying{}, site, oneByOne, allItems(site))
	if _, err := (copying{}).Verify(site, digests); err != nil {
		t.Error(err)
	}
}
